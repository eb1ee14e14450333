"""Links across areas as lines between their middles."""

from __future__ import annotations

import math

import folium
import numpy as np

from ilpgeo.core.briefing import Released
from ilpgeo.core.links import LinkPicture
from ilpgeo.maps.areas_map import days
from ilpgeo.maps.element import Call
from ilpgeo.maps.palette import Theme, scheme_of
from ilpgeo.maps.released import value_of
from ilpgeo.maps.shapes import AreaShapes

MOST_DRAWN = 200


def link_layer(released: Released[LinkPicture], shapes: AreaShapes, theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return the links, the more series they share the thicker; at most `MOST_DRAWN`, those of most incidents.

    Cost: about 2 ms for 100 links.
    """
    picture = value_of(released, LinkPicture)
    scheme, areas = scheme_of(theme), shapes.areas
    drawn = picture.links[:MOST_DRAWN]
    ends = sorted({areas.at(area) for each in drawn for area in (each.one, each.other)})
    rows = [
        [
            each.one, each.other, round(2 + 2 * math.log2(1 + each.n_series), 1),
            f"{areas.name[areas.at(each.one)]} \u2013 {areas.name[areas.at(each.other)]}",
            [["Series shared", f"{each.n_series:,}"], ["Incidents of them", f"{each.n:,}"]],
        ]
        for each in reversed(drawn)
    ]  # fmt: skip
    group = folium.FeatureGroup(name="Links")
    Call(
        "links",
        {
            "sources": shapes.sources(np.array(ends, np.int64)) if ends else [],
            "links": rows,
            "casing": {"color": scheme.casing, "opacity": 0.9},
            "style": {"color": scheme.ramp[-2], "opacity": 0.9},
            "end": {"radius": 4, "color": scheme.casing, "weight": 1.5, "fillColor": scheme.ramp[-2],
                    "fillOpacity": 1},
            "foot": f"Incidents {days(picture.period)}",
        },
    ).add_to(group)  # fmt: skip
    return group

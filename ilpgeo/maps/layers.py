"""Hotspots, and the ground they lie on, as layers."""

from __future__ import annotations

from typing import Any

import folium
import numpy as np

from ilpgeo.core import wording as words
from ilpgeo.core.arrays import IntArray
from ilpgeo.core.briefing import Hotspot, HotspotSet, Released
from ilpgeo.maps.areas_map import corners, days, outline, padded
from ilpgeo.maps.element import Call
from ilpgeo.maps.legend import intensity_legend
from ilpgeo.maps.palette import Theme, scheme_of, step_of
from ilpgeo.maps.released import value_of
from ilpgeo.maps.shapes import AreaShapes, geojson, to_degrees

# A legend of seven classes is about so high, with what the map leaves at its foot.
_LEGEND_PX = 140
_MANY = 40
_MANY_PARTS = 150
_NUMBERED = 20
_NUMBERED_OVER_A_SURFACE = 10


def hotspot_layer(
    released: Released[HotspotSet],
    theme: Theme = Theme.LIGHT,
    *,
    selected: str | None = None,
    is_filled: bool = True,
    has_legend: bool = True,
    most: int | None = None,
) -> folium.FeatureGroup:
    """Return hotspots as outlined polygons, the denser the stronger the colour; a click returns the hotspot's id.

    The first twenty (ten over a surface) carry their rank as a number. Cost: about 10 ms for 100 hotspots.

    Parameters
    ----------
    selected
        Id of the hotspot that gets the strong outline.
    is_filled
        False draws outlines only, over a surface that has the colours and the legend.
    has_legend
        False leaves the legend out, where the list beside the map says the same in numbers.
    most
        How many to draw, by rank; None draws all.
    """
    import shapely

    found = value_of(released, HotspotSet)
    hotspots = found.hotspots[:most]
    scheme = scheme_of(theme)
    group = folium.FeatureGroup(name="Hotspots")
    shapes = np.array([each.polygon for each in hotspots], dtype=object)
    degrees = to_degrees(shapes, found.crs) if len(shapes) else shapes
    boxes = shapely.bounds(degrees)
    of_each = [_density(each) for each in hotspots]
    density = np.sort(of_each)
    # by rank: one very dense hotspot must not make all others look alike
    places = np.searchsorted(density, of_each, side="right") / max(len(density), 1)
    is_fine = not is_filled or len(hotspots) > _MANY or int(shapely.get_num_geometries(degrees).sum()) > _MANY_PARTS
    numbered = _NUMBERED if is_filled else _NUMBERED_OVER_A_SURFACE
    low, middle, high = (f"{each:,.0f}" for each in np.quantile(density, (0, 0.5, 1))) if hotspots else ("none",) * 3
    rows: list[list[Any]] = []
    for each, polygon, box, place in zip(hotspots, degrees, boxes, places.tolist(), strict=True):
        number = str(each.rank) if each.rank <= numbered else ""
        colour = scheme.ramp[step_of(place)]
        rows.append(
            [each.id, geojson(polygon), colour, [(box[0] + box[2]) / 2, box[3]], number, each.name, _words(each)]
        )
    Call(
        "hotspots",
        {
            # the first rank is drawn last, on top
            "hotspots": rows[::-1],
            "casing": {"color": scheme.casing, "weight": 2 if is_fine else 4.5, "opacity": 0.9, "fill": False},
            "style": {
                "color": scheme.ink,
                "weight": 0.8 if is_fine and is_filled else 1.2 if is_fine else 1.8,
                "opacity": 1,
                "fillOpacity": 0.9 if is_filled else 0,
            },
            "outline": outline(scheme),
            "selected": selected,
            "foot": f"Expected {days(found.window)}" if found.window else f"Incidents {days(found.trained_on)}",
            "legend": intensity_legend("Hotspots: incidents per km²", low, high, theme, middle=middle)
            if is_filled and has_legend
            else "",
        },
    ).add_to(group)
    return group


def ground_layer(
    shapes: AreaShapes, named: IntArray, lined: IntArray, view: IntArray, theme: Theme = Theme.LIGHT
) -> folium.FeatureGroup:
    """Return thin borders to find one's way by, and the view on a scope; nothing in it can be clicked.

    Parameters
    ----------
    named
        Positions of the areas whose border is drawn faintly and whose name shows under the pointer.
    lined
        Positions of the areas drawn with a stronger border.
    view
        Positions of the areas to look at.
    """
    scheme, areas = scheme_of(theme), shapes.areas
    group = folium.FeatureGroup(name="Ground")
    faint = {"color": scheme.line, "weight": 0.5, "opacity": 0.6, "fillOpacity": 0, "clickable": False}
    Call(
        "areas",
        {
            "sources": shapes.sources(np.union1d(named, lined).astype(np.int64)) if len(named) + len(lined) else [],
            "styles": {"faint": faint},
            "areas": [[areas.id[at], "faint", -1, areas.name[at]] for at in named],
            "rows": [],
            "foot": "",
            "marks": [],
            "selected": None,
            "outline": [],
            "parents": [areas.id[at] for at in lined],
            "parent": {"color": scheme.ink, "weight": 1.2, "opacity": 0.55, "fill": False},
            "view": corners(padded(shapes.bounds(view))),
            "below": _LEGEND_PX,
            "legend": "",
        },
    ).add_to(group)
    return group


def _density(each: Hotspot) -> float:
    return each.density_km2 if each.expected is None else each.expected / each.area_km2


def _words(each: Hotspot) -> list[list[str]]:
    foreseen = [] if each.expected is None else [["Expected", f"{each.expected:,.1f}"]]
    return [
        ["Rank", str(each.rank)],
        *foreseen,
        ["Incidents learned from" if foreseen else "Incidents", f"{each.n:,}"],
        ["Area", words.area(each.area_km2)],
        ["Share of all", f"{each.share:.1%}"],
        ["Peak", each.peak],
    ]

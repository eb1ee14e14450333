"""An event on the map: its circle, and the busiest places inside it."""

from __future__ import annotations

import folium

from ilpgeo.core.event import Event, EventPicture
from ilpgeo.core.taskings import Place
from ilpgeo.core.types import Released
from ilpgeo.maps.palette import Theme, scheme_of
from ilpgeo.maps.places import Drawn, places_layer
from ilpgeo.maps.released import value_of


def event_layer(
    event: Event, place: Place, picture: Released[EventPicture], crs: str, theme: Theme, *, has_view: bool
) -> folium.FeatureGroup:
    """Return the circle and, numbered by rank under the pointer, the places that are released.

    Parameters
    ----------
    place
        The circle, in metres of `crs`.
    has_view
        Whether the map goes to the circle.
    """
    scheme, shown = scheme_of(theme), value_of(picture, EventPicture)
    style = {
        "color": scheme.selected, "weight": 2.5, "fillColor": scheme.ramp[6], "fillOpacity": 0.12, "interactive": False,
    }  # fmt: skip
    drawn = [Drawn("event", place.polygon(), "event", event.name)]
    group = places_layer("Event", drawn, {"event": style}, crs, scheme, kind="event", has_view=has_view)
    for rank, spot in enumerate(shown.spots, start=1):
        folium.CircleMarker(
            (spot.lat, spot.lon), radius=7 if rank <= 3 else 5, color=scheme.casing, weight=1.5, fill=True,
            fill_color=scheme.ramp[12 if rank <= 3 else 9], fill_opacity=0.95,
            tooltip=f"{rank}. {spot.name}: {spot.n} in the year",
        ).add_to(group)  # fmt: skip
    return group

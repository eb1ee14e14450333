"""An event on the map: its circle, and the busiest places inside it."""

from __future__ import annotations

import folium

from ilpgeo.core.event import EventPicture
from ilpgeo.core.types import Released
from ilpgeo.maps.palette import Theme, scheme_of


def event_layer(
    lon: float, lat: float, radius_m: float, picture: Released[EventPicture] | None, theme: Theme
) -> folium.FeatureGroup:
    """Return the circle and, numbered by rank under the pointer, the places that are released."""
    scheme = scheme_of(theme)
    group = folium.FeatureGroup(name="Event")
    folium.Circle(
        (lat, lon), radius=radius_m, color=scheme.selected, weight=2.5, fill=True, fill_color=scheme.ramp[6],
        fill_opacity=0.12, interactive=False,
    ).add_to(group)  # fmt: skip
    for rank, spot in enumerate(picture.value.spots if picture else (), start=1):
        folium.CircleMarker(
            (spot.lat, spot.lon), radius=7 if rank <= 3 else 5, color=scheme.casing, weight=1.5, fill=True,
            fill_color=scheme.ramp[12 if rank <= 3 else 9], fill_opacity=0.95,
            tooltip=f"{rank}. {spot.name}: {spot.n} in the year",
        ).add_to(group)  # fmt: skip
    return group

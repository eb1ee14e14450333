"""The commander's map: a base that never changes and the layer of ranked areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilpgeo.core.briefing import Briefing, Released
from ilpgeo.maps.palette import Theme
from ilpgeo.maps.shapes import AreaShapes

if TYPE_CHECKING:
    import folium


def base_map(
    shapes: AreaShapes,
    theme: Theme = Theme.LIGHT,
    *,
    attribution: str = "",
    tiles_url: str = "",
    tiles_attribution: str = "",
) -> folium.Map:
    """Return the map under every layer: land, water, the workspace's outer boundaries, own tiles by setting."""
    raise NotImplementedError


def priority_layer(
    released: Released[Briefing],
    shapes: AreaShapes,
    selected: str | None = None,
    theme: Theme = Theme.LIGHT,
    *,
    fill_selected: bool = True,
) -> folium.FeatureGroup:
    """Return the ranked areas by tier; a click returns the area's id. `fill_selected` False leaves room for hotspots."""
    raise NotImplementedError

"""Hotspots, surfaces, significance and clusters as layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilpgeo.core.answers import Clusters, RiskSurface, Significance
from ilpgeo.core.briefing import HotspotSet, Released
from ilpgeo.maps.palette import Theme

if TYPE_CHECKING:
    import folium


def hotspot_layer(
    released: Released[HotspotSet], theme: Theme = Theme.LIGHT, *, selected: str | None = None
) -> folium.FeatureGroup:
    """Return hotspots as outlined polygons, numbered by rank; a click returns the hotspot's id."""
    raise NotImplementedError


def surface_layer(released: Released[RiskSurface], theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return a surface as one palette picture; cells outside the study area or withheld are transparent."""
    raise NotImplementedError


def significance_layer(released: Released[Significance], theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return where significantly more or less happened than chance would place there."""
    raise NotImplementedError


def clusters_layer(released: Released[Clusters], theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return the cells of clusters by intensity."""
    raise NotImplementedError

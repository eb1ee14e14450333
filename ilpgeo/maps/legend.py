"""The legend as HTML, the same on the map and beside it."""

from __future__ import annotations

from ilpgeo.maps.palette import Theme


def tier_legend(theme: Theme = Theme.LIGHT) -> str:
    """Return the legend of the ranked areas: tiers, uncertain rank, no data, selected."""
    raise NotImplementedError


def intensity_legend(title: str, low: str, high: str, theme: Theme = Theme.LIGHT) -> str:
    """Return the legend of a surface: the palette between two labels."""
    raise NotImplementedError

"""Colours and marks: one sequential palette for intensity, one mark per tier."""

from __future__ import annotations

from enum import StrEnum

from ilpgeo.core.briefing import Tier


class Theme(StrEnum):
    """The two looks of every picture."""

    LIGHT = "light"
    DARK = "dark"


def colour_of(share: float, theme: Theme = Theme.LIGHT) -> str:
    """Return the intensity colour (``#rrggbb``) of a share from 0 (least) to 1 (most)."""
    raise NotImplementedError


def mark_svg(tier: Tier, theme: Theme = Theme.LIGHT, size_px: int = 16) -> str:
    """Return the tier's mark as inline SVG with a title, for cards and tables."""
    raise NotImplementedError

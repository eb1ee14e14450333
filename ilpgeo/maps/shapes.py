"""Area boundaries for the browser: simplified together, in degrees, made once per workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ilpgeo.core.space import Areas


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder whose files the app's own server hands out, and its address as seen from the map's frame."""

    folder: Path
    url: str


@dataclass(frozen=True, eq=False)
class AreaShapes:
    """The boundaries of a workspace's areas, ready to draw.

    Attributes
    ----------
    areas
        The areas drawn.
    shelf
        Where geometry is put for the browser to fetch; None writes it into the page (standalone files).
    key
        Changes when the areas change: part of the map's key.
    """

    areas: Areas
    shelf: Shelf | None
    key: str


def area_shapes(areas: Areas, shelf: Shelf | None = None) -> AreaShapes:
    """Return the shapes of `areas`; geometry is simplified when first drawn."""
    raise NotImplementedError

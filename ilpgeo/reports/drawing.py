"""A picture as shapes and words in millimetres: drawn once, written by every product with its own pen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.briefing import Tier
from ilpgeo.maps.palette import LIGHT

INK, MUTED, FAINT, RULE, PAPER = LIGHT.ink, "#59626d", "#8b939c", "#d5d9de", "#ffffff"
ALARM = "#a20a1e"  # of words that must not be overlooked
_BOX = 24.0  # side of the box that the palette draws its marks in
_ROUND = 40


@dataclass(frozen=True, slots=True)
class Ink:
    """How a shape is painted; an empty colour is none.

    Attributes
    ----------
    fill, stroke
        ``#rrggbb``.
    width_mm
        Of the stroke.
    opacity
        Of the fill, 0..1.
    """

    fill: str = ""
    stroke: str = ""
    width_mm: float = 0.2
    opacity: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Rings (or, open, lines) with one ink.

    Attributes
    ----------
    rings
        Each of shape (n, 2): x to the right and y downwards, mm from the picture's upper left corner.
    name
        What it is, for those who point at it or do not see it.
    """

    rings: tuple[FloatArray, ...]
    ink: Ink
    is_closed: bool = True
    name: str = ""

    def scaled(self, by: float) -> Shape:
        """Return the shape so many times as large, its lines too."""
        ink = Ink(self.ink.fill, self.ink.stroke, self.ink.width_mm * by, self.ink.opacity)
        return Shape(tuple(ring * by for ring in self.rings), ink, self.is_closed, self.name)


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place: `anchor` (start, middle, end) at x, the baseline at y."""

    x: float
    y: float
    text: str
    size_pt: float = 8.0
    colour: str = INK
    anchor: str = "start"
    is_bold: bool = False

    def scaled(self, by: float) -> Label:
        """Return the words so many times as large."""
        return Label(self.x * by, self.y * by, self.text, self.size_pt * by, self.colour, self.anchor, self.is_bold)


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A picture of a size, with what it shows in words; parts are painted in order."""

    width_mm: float
    height_mm: float
    title: str
    parts: tuple[Shape | Label, ...] = field(default=())

    def scaled(self, by: float) -> Drawing:
        """Return the picture so many times as large, its letters with it."""
        parts = tuple(each.scaled(by) for each in self.parts)
        return Drawing(self.width_mm * by, self.height_mm * by, self.title, parts)


def box(x: float, y: float, width: float, height: float) -> FloatArray:
    """Return the corners of a rectangle."""
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


def line(*points: tuple[float, float]) -> FloatArray:
    """Return the points of a line."""
    return np.array(points, np.float64)


def disc(x: float, y: float, radius: float) -> FloatArray:
    """Return a circle as a ring of many corners."""
    turn = np.linspace(0, 2 * math.pi, _ROUND, endpoint=False)
    return np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])


_OUTLINES = {
    Tier.CRITICAL: line((12, 1), (23, 12), (12, 23), (1, 12)),
    Tier.HIGH: line((12, 2.5), (22.5, 21), (1.5, 21)),
    Tier.ELEVATED: disc(12, 12, 8),
    Tier.ROUTINE: disc(12, 12, 4),
    Tier.NO_DATA: box(4, 4, 16, 16),
}
_STRIPES = (line((4, 12), (12, 4)), line((4, 20), (20, 4)), line((12, 20), (20, 12)))


def mark(tier: Tier, x: float, y: float, size_mm: float, *, has_halo: bool = False) -> tuple[Shape, ...]:
    """Return a tier's mark, the palette's own, with its middle at (x, y)."""
    look, scale = LIGHT.marks[tier], size_mm / _BOX
    at = np.array([x, y]) - size_mm / 2
    outline = (_OUTLINES[tier] * scale + at,)
    parts = [Shape(outline, Ink(look.fill, look.edge, 2 * scale), name=tier.value)]
    if has_halo:
        parts.insert(0, Shape(outline, Ink(PAPER, PAPER, 7 * scale)))
    if tier is Tier.NO_DATA:
        parts.append(Shape(tuple(each * scale + at for each in _STRIPES), Ink("", LIGHT.hatch, 2 * scale), False))
    return tuple(parts)


def moved(drawing: Drawing, x: float, y: float) -> tuple[Shape | Label, ...]:
    """Return the parts of a drawing moved to a place in another."""
    by = np.array([x, y])
    return tuple(
        Label(each.x + x, each.y + y, each.text, each.size_pt, each.colour, each.anchor, each.is_bold)
        if isinstance(each, Label)
        else Shape(tuple(ring + by for ring in each.rings), each.ink, each.is_closed, each.name)
        for each in drawing.parts
    )

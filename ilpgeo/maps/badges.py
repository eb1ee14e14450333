"""Numbers on a picture that do not cover each other: pushed apart, with a line to the place they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.maps.palette import Scheme

RADIUS = 24.0
_GAP = 5.0
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Badge:
    """A number and the place it stands for, in the picture's own units."""

    text: str
    x: float
    y: float


def spread(places: FloatArray, size: tuple[float, float], radius: float = RADIUS) -> FloatArray:
    """Return where the middles of the badges go: as near to their places as they can without touching each other.

    Parameters
    ----------
    places
        Shape (n, 2): what each badge stands for.
    size
        Width and height of the picture, which they stay inside.

    Notes
    -----
    Each round pushes every pair that is too close apart by half of what is missing, along the line between the two
    (equal places: in directions spread evenly). A few badges settle within some tens of rounds.
    """
    least = 2 * radius + _GAP
    found = places.astype(np.float64)
    turns = 2 * np.pi * np.arange(len(found)) / max(len(found), 1)
    apart_by_hair = 1e-3 * np.column_stack([np.cos(turns), np.sin(turns)])
    edge = np.array([radius + _GAP] * 2), np.array(size) - radius - _GAP
    found = np.clip(found, *edge)
    for _ in range(_ROUNDS):
        near = found + apart_by_hair
        between = near[:, None, :] - near[None, :, :]
        apart = np.sqrt((between**2).sum(axis=2))
        np.fill_diagonal(apart, np.inf)
        missing = np.maximum(least - apart, 0.0)
        if not missing.any():
            break
        push = (between / apart[:, :, None] * missing[:, :, None] / 2).sum(axis=1)
        found = np.clip(found + push, *edge)
    return found


def badges(wanted: Sequence[Badge], scheme: Scheme, size: tuple[float, float], *, beside: float = 0.0) -> list[str]:
    """Return badges as SVG: light discs with dark numbers, a line to the place where one stands beside it.

    Parameters
    ----------
    beside
        How far outwards from their middle the badges stand, so that what they number is seen; 0 is on it.
    """
    if not wanted:
        return []
    places = np.array([(each.x, each.y) for each in wanted], np.float64)
    drawn = []
    outwards = places - places.mean(axis=0)
    far = np.hypot(outwards[:, 0], outwards[:, 1])[:, None]
    outwards = np.where(far > 1.0, outwards / np.maximum(far, 1.0), (0.0, -1.0))
    middles = spread(places + beside * outwards, size).tolist()
    for each, (x, y) in zip(wanted, middles, strict=True):
        if np.hypot(x - each.x, y - each.y) > RADIUS / 2:
            line = f'x1="{x:.1f}" y1="{y:.1f}" x2="{each.x:.1f}" y2="{each.y:.1f}"'
            drawn.append(f'<line {line} stroke="{scheme.casing}" stroke-width="7" stroke-linecap="round"/>')
            drawn.append(f'<line {line} stroke="{scheme.selected}" stroke-width="3" stroke-linecap="round"/>')
            drawn.append(f'<circle cx="{each.x:.1f}" cy="{each.y:.1f}" r="5" fill="{scheme.selected}"/>')
    for each, (x, y) in zip(wanted, middles, strict=True):
        drawn.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS:g}" fill="{scheme.selected}" stroke="{scheme.casing}" '
            f'stroke-width="3"/><text class="wall-badge" x="{x:.1f}" y="{y + 11:.1f}" text-anchor="middle" '
            f'fill="{scheme.casing}">{escape(each.text)}</text>'
        )
    return drawn

"""Taskings on a map on paper: their outlines, told apart by line and letter, for colour means risk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.taskings import Board, State
from ilpgeo.reports.drawing import INK, PAPER, Ink, Label, Shape, box, line
from ilpgeo.reports.map_view import View, border_lines

_CASING = Ink("", PAPER, 1.4)
_RUNNING, _OTHER = Ink("", INK, 0.75), Ink("", INK, 0.5)
_DASH_MM, _BREAK_MM = 2.0, 1.1
_PLATE_MM, _APART_MM = 3.8, 0.4
_FINEST_MM = 0.4  # detail finer than this would break the dashes up
SOLID = (Shape((box(0.5, 1.5, 3.0, 3.0),), Ink("", INK, 0.75)),)
DASHED = (Shape((line((0.0, 3.0), (1.6, 3.0)), line((2.4, 3.0), (4.0, 3.0))), Ink("", INK, 0.6), False),)


def letter(at: int) -> str:
    """Return what a tasking is called on the map and in the list beside it.

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    head, last = divmod(at, 26)
    return (letter(head - 1) if head else "") + chr(ord("A") + last)


def tasking_marks(board: Board, letters: dict[str, str], view: View) -> list[Shape | Label]:
    """Return the outlines of taskings; a running one solid, others dashed.

    Parameters
    ----------
    letters
        By the id of each tasking to draw.
    """
    import shapely

    parts: list[Shape | Label] = []
    plates: list[tuple[float, float, float, str]] = []
    for each, polygon in zip(board.taskings, board.polygons, strict=True):
        called = letters.get(each.tasking.id, "")
        if polygon is None or not called:
            continue
        rings = border_lines(shapely.simplify(polygon, _FINEST_MM / view.mm_per_m), view)
        if not rings:
            continue
        parts.append(Shape(rings, _CASING, False))
        is_running = each.value.state is State.RUNNING
        drawn = rings if is_running else tuple(dash for ring in rings for dash in dashed(ring, _DASH_MM, _BREAK_MM))
        parts.append(Shape(drawn, _RUNNING if is_running else _OTHER, False, f"Tasking {called}"))
        corner = shapely.get_coordinates(polygon)
        x, y = view.place(corner[[np.argmax(corner[:, 1])]])[0].tolist()
        half = _PLATE_MM / 2 + 0.4 * (len(called) - 1)
        plates.append((*_free(x, y, half, [(at, up, wide) for at, up, wide, _ in plates], view), half, called))
    for x, y, half, called in plates:
        parts.append(Shape((box(x - half, y - _PLATE_MM / 2, 2 * half, _PLATE_MM),), Ink(INK, PAPER, 0.3)))
        parts.append(Label(x, y + 1.1, called, 8, PAPER, "middle", True))
    return parts


def _free(
    x: float, y: float, half: float, taken: Sequence[tuple[float, float, float]], view: View
) -> tuple[float, float]:  # fmt: skip
    """Return the place on the map nearest to (x, y), mm, where a plate hides none of those taken; else (x, y)."""
    tall = _PLATE_MM / 2
    low, high = np.array([half, tall]), np.array([view.width_mm - half, view.height_mm - tall])
    steps = np.stack(np.meshgrid(np.arange(-3, 4), np.arange(-3, 4), indexing="ij"), axis=-1).reshape(-1, 2)
    steps = steps[np.argsort((steps**2).sum(axis=1), kind="stable")]
    for place in np.clip(np.array([x, y]) + steps * [2 * half + _APART_MM, _PLATE_MM + _APART_MM], low, high):
        across, down = place.tolist()
        if all(abs(across - at) >= half + wide or abs(down - up) >= _PLATE_MM for at, up, wide in taken):
            return across, down
    across, down = np.clip([x, y], low, high).tolist()
    return across, down


def dashed(points: FloatArray, dash: float, gap: float) -> tuple[FloatArray, ...]:
    """Return a line, shape (n, 2), as dashes with gaps between them, of these lengths in its own unit."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    starts = np.arange(0.0, along[-1], dash + gap)
    pieces = []
    for start in starts:
        end = min(start + dash, along[-1])
        inside = points[(along > start) & (along < end)]
        ends = [[np.interp(at, along, points[:, axis]) for axis in (0, 1)] for at in (start, end)]
        pieces.append(np.vstack([ends[:1], inside, ends[1:]]))
    return tuple(pieces)

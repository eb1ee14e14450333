"""From the workspace's metres to millimetres on paper, and areas as shapes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.space import Areas
from ilpgeo.reports.drawing import Ink, Label, Shape

_PAPER_STEP_MM = 0.12  # detail finer than this is not drawn


@dataclass(frozen=True, slots=True)
class View:
    """From metres in the workspace's CRS to millimetres on paper."""

    west: float
    north: float
    mm_per_m: float
    width_mm: float
    height_mm: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        return (
            self.west,
            self.north - self.height_mm / self.mm_per_m,
            self.west + self.width_mm / self.mm_per_m,
            self.north,
        )

    def place(self, xy: FloatArray) -> FloatArray:
        """Return points, shape (n, 2), metres east and north, as millimetres right and down."""
        return np.column_stack([(xy[:, 0] - self.west) * self.mm_per_m, (self.north - xy[:, 1]) * self.mm_per_m])


def view_of(areas: Areas, positions: IntArray, width_mm: float, height_mm: float, padding: float) -> View:
    """Return the view of a frame that holds areas, with a share of their size around them."""
    import shapely

    west, south, east, north = (float(each) for each in shapely.total_bounds(areas.geometry[positions]))
    wide, high = max(east - west, 1.0) * (1 + 2 * padding), max(north - south, 1.0) * (1 + 2 * padding)
    mm_per_m = min(width_mm / wide, height_mm / high)
    return View(
        (west + east) / 2 - width_mm / mm_per_m / 2,
        (south + north) / 2 + height_mm / mm_per_m / 2,
        mm_per_m,
        width_mm,
        height_mm,
    )


def simplified(areas: Areas, positions: IntArray, view: View) -> Any:
    """Return the areas' geometry without what paper cannot show; neighbours keep their common border."""
    import shapely

    answer = areas.geometry[positions].copy()
    for number in np.unique(areas.type[positions]):
        rows = np.flatnonzero(areas.type[positions] == number)
        simple = shapely.coverage_simplify(answer[rows], _PAPER_STEP_MM / view.mm_per_m)
        lost = shapely.is_empty(simple)
        simple[lost] = answer[rows][lost]
        answer[rows] = simple
    return answer


def _rings(geometry: Any, view: View) -> tuple[FloatArray, ...]:
    """Return the rings of what is seen of a geometry."""
    import shapely

    seen = shapely.clip_by_rect(geometry, *view.bounds)
    rings = []
    for part in shapely.get_parts(seen):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings += [view.place(shapely.get_coordinates(ring)[:-1]) for ring in (part.exterior, *part.interiors)]
    return tuple(rings)


def border_lines(geometry: Any, view: View) -> tuple[FloatArray, ...]:
    """Return the borders of a geometry as lines, cut at the frame so that the frame is no border."""
    import shapely

    seen = shapely.clip_by_rect(shapely.boundary(geometry), *view.bounds)
    return tuple(view.place(shapely.get_coordinates(part)) for part in shapely.get_parts(seen) if not part.is_empty)


def painted(geometry: Any, view: View, ink: Ink, name: str = "") -> list[Shape | Label]:
    """Return what is seen of a geometry as a shape; nothing where nothing is."""
    rings = _rings(geometry, view)
    return [Shape(rings, ink, name=name)] if rings else []

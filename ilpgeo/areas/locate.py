"""Exact point in polygon for whole tessellations, on a raster that settles most points with one look-up."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.areas.edges import Edges, Frame, Strips, lay, load, mark_row
from ilpgeo.core.arrays import CodeArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled

CELLS_PER_EDGE = 2.0
MOST_CELLS = 1 << 22
MOST_PER_EDGE = 6  # cells an edge may pass through on average before the raster is made coarser
NOWHERE = -1
MIXED = -2  # codes from here downwards number the cells that edges pass through


@dataclass(frozen=True, slots=True, eq=False)
class Locator:
    """Tells which polygon holds a point: built once, asked often, safe to share between threads.

    Borders are half-open (see `ilpgeo.areas.edges`): over a tessellation every point of the union lies in exactly
    one polygon, on a shared border or corner too; a point on the union's eastern or northern rim lies in none.
    Where polygons overlap the lowest position wins.

    Attributes
    ----------
    strips
        The polygons' edges by polygon and row of the raster.
    code
        Shape (n_cells,): the polygon that covers the whole cell, -1 for none, -2 - k for mixed cell number k.
    mixed_start, mixed_cover
        Shape (n_mixed + 1,), (n_mixed,): where the cell's candidates begin, and the polygon that covers it or -1.
    candidate, strip
        Shape (k,): polygons with an edge in the mixed cell, ascending, and their strip in the cell's row.
    """

    strips: Strips
    code: CodeArray
    mixed_start: IntArray
    mixed_cover: CodeArray
    candidate: CodeArray
    strip: CodeArray

    @classmethod
    def of(cls, polygons: npt.NDArray[Any]) -> Locator:
        """Return the locator of polygons and multipolygons; a missing or empty one holds no point.

        Cost: O(edges + cells), with at most 3 x `MOST_CELLS` cells of 4 bytes and 6 entries per edge on average.

        Raises
        ------
        InvalidInput
            When a geometry is no polygon or has a coordinate that is not finite.
        """
        edges = Edges.of(polygons)
        frame = fitting_frame(edges)
        strips = lay(edges, frame)
        cover, count = _cover_cells(
            strips.first_row, strips.first_strip, strips.start, strips.columns, strips.crossing,
            frame.n_cols, frame.n_rows,
        )  # fmt: skip
        code, mixed_start, mixed_cover = _number_mixed(cover, count)
        candidate, strip = _list_candidates(
            strips.first_row, strips.first_strip, strips.start, strips.columns, code, mixed_start, frame.n_cols
        )
        return cls(strips, code, mixed_start, mixed_cover, candidate, strip)

    def locate(self, x: FloatArray, y: FloatArray) -> CodeArray:
        """Return the position of the polygon that holds each point, -1 for none.

        Parameters
        ----------
        x, y
            Shape (n,), in the CRS of the polygons; a coordinate that is not finite lies nowhere.
        """
        xs, ys = (np.ascontiguousarray(values, np.float64) for values in (x, y))
        frame = self.strips.frame
        return _locate(
            xs, ys, frame.x0, frame.y0, frame.cell, frame.n_cols, frame.n_rows, self.code, self.mixed_start,
            self.mixed_cover, self.candidate, self.strip, self.strips.start, self.strips.edge,
        )  # fmt: skip


def fitting_frame(edges: Edges) -> Frame:
    """Return cells for the extent of the edges: about two per edge, fewer where long edges would pass through many."""
    if not len(edges):
        return Frame(0.0, 0.0, 1.0, 0, 0)
    x0, y0, x1, y1 = edges.extent
    width, height = x1 - x0, y1 - y0
    n_cells = min(max(CELLS_PER_EDGE * len(edges), 4096.0), MOST_CELLS)
    # a long narrow extent would otherwise get more columns than cells
    cell = max(sqrt(width / n_cells) * sqrt(height), max(width, height) / n_cells) or 1.0
    while True:
        frame = Frame(x0, y0, cell, floor(width / cell) + 1, floor(height / cell) + 1)
        if load(edges, frame) <= MOST_PER_EDGE * len(edges) or frame.n_cols == frame.n_rows == 1:
            return frame
        cell *= 2.0


@compiled
def _cover_cells(
    first_row: IntArray, first_strip: IntArray, start: IntArray, columns: CodeArray, crossing: FloatArray,
    n_cols: int, n_rows: int,
) -> tuple[CodeArray, CodeArray]:  # fmt: skip
    """Return per cell the lowest polygon that covers all of it and the number of polygons with an edge in it."""
    cover = np.full(n_cols * n_rows, -1, np.int32)
    count = np.zeros(n_cols * n_rows, np.int32)
    stamp = np.full(n_cols, -1, np.int32)
    passed = np.empty(n_cols, np.int32)
    filled = np.empty(n_cols, np.int32)
    for a in range(len(first_row)):
        for s in range(first_strip[a], first_strip[a + 1]):
            base = (first_row[a] + s - first_strip[a]) * n_cols
            n_passed, n_filled = mark_row(
                columns, crossing, start[s], start[s + 1], stamp, s, passed, filled, n_cols
            )  # fmt: skip
            for k in range(n_passed):
                count[base + passed[k]] += 1
            for k in range(n_filled):
                if cover[base + filled[k]] < 0:
                    cover[base + filled[k]] = a
    return cover, count


@compiled
def _number_mixed(cover: CodeArray, count: CodeArray) -> tuple[CodeArray, IntArray, CodeArray]:
    n_mixed = np.count_nonzero(count)
    mixed_start = np.zeros(n_mixed + 1, np.int64)
    mixed_cover = np.empty(n_mixed, np.int32)
    code = cover.copy()
    k = 0
    for cell in range(len(cover)):
        if count[cell]:
            mixed_start[k + 1] = mixed_start[k] + count[cell]
            mixed_cover[k] = cover[cell]
            code[cell] = MIXED - k
            k += 1
    return code, mixed_start, mixed_cover


@compiled
def _list_candidates(
    first_row: IntArray, first_strip: IntArray, start: IntArray, columns: CodeArray, code: CodeArray,
    mixed_start: IntArray, n_cols: int,
) -> tuple[CodeArray, CodeArray]:  # fmt: skip
    candidate = np.empty(mixed_start[-1], np.int32)
    strip = np.empty(mixed_start[-1], np.int32)
    free = mixed_start[:-1].copy()
    stamp = np.full(n_cols, -1, np.int32)
    for a in range(len(first_row)):
        for s in range(first_strip[a], first_strip[a + 1]):
            base = (first_row[a] + s - first_strip[a]) * n_cols
            for i in range(start[s], start[s + 1]):
                for c in range(columns[i, 0], columns[i, 1] + 1):
                    if stamp[c] != s:
                        stamp[c] = s
                        k = MIXED - code[base + c]
                        candidate[free[k]] = a
                        strip[free[k]] = s
                        free[k] += 1
    return candidate, strip


@compiled
def _is_inside(px: float, py: float, edge: FloatArray, begin: int, end: int) -> bool:
    """Tell whether an odd number of edges passes to the right of a point; only the sign of one product is needed."""
    inside = False
    for i in range(begin, end):
        low = edge[i, 1]
        if low <= py < edge[i, 3]:
            x = edge[i, 0]
            if (edge[i, 2] - x) * (py - low) > (px - x) * (edge[i, 3] - low):
                inside = not inside
    return inside


@compiled
def _locate(
    x: FloatArray, y: FloatArray, x0: float, y0: float, cell: float, n_cols: int, n_rows: int, code: CodeArray,
    mixed_start: IntArray, mixed_cover: CodeArray, candidate: CodeArray, strip: CodeArray, start: IntArray,
    edge: FloatArray,
) -> CodeArray:  # fmt: skip
    answer = np.full(len(x), NOWHERE, np.int32)
    for i in range(len(x)):
        u = (x[i] - x0) / cell
        v = (y[i] - y0) / cell
        if not (0.0 <= u < n_cols and 0.0 <= v < n_rows):
            continue
        found = code[np.int64(v) * n_cols + np.int64(u)]
        if found > MIXED:
            answer[i] = found
            continue
        k = MIXED - found
        best = mixed_cover[k]
        for j in range(mixed_start[k], mixed_start[k + 1]):
            if 0 <= best < candidate[j]:
                break
            if _is_inside(x[i], y[i], edge, start[strip[j]], start[strip[j] + 1]):
                best = candidate[j]
                break
        answer[i] = best
    return answer

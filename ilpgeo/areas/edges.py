"""Edges of polygons, laid over square cells: what point location and study-area grids share.

A point belongs to a polygon by the crossing rule: it is inside when an odd number of edges pass to its right.
An edge is always taken from its lower to its upper end, so both neighbours of a shared border do bit-identical
arithmetic and every point on it falls to exactly one of them (in effect the point is moved by an infinitesimal
step east and a smaller one north). Shared edges cancel in pairs, so over a tessellation an odd number of areas
claims each point of the union, at least one, whatever the rounding; the lowest position then wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.core.arrays import CodeArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.jit import compiled

SLACK = 1e-9  # cells; far above the rounding of a clipped edge, far below a cell


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The ring edges of polygons, holes and parts included.

    Attributes
    ----------
    ends
        Shape (n, 4): x, y of the lower end (the western one of a horizontal edge), x, y of the other one.
    owner
        Shape (n,): position of the polygon the edge belongs to, ascending.
    n_owners
        Number of polygons.
    """

    ends: FloatArray
    owner: CodeArray
    n_owners: int

    def __len__(self) -> int:
        return len(self.owner)

    @classmethod
    def of(cls, polygons: npt.NDArray[Any]) -> Edges:
        """Return the edges of polygons and multipolygons; a missing or empty one has none.

        Raises
        ------
        InvalidInput
            When there is a geometry of another kind or a coordinate that is not finite, with its position.
        """
        geometry = np.asarray(polygons, object)
        kinds = shapely.get_type_id(geometry)
        other = np.flatnonzero(~np.isin(kinds, (-1, 3, 6)))
        if len(other):
            raise InvalidInput(f"areas: position {other[0]} is a {geometry[other[0]].geom_type}, not a polygon")
        parts, owner_of_part = shapely.get_parts(geometry, return_index=True)
        rings, part_of_ring = shapely.get_rings(parts, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        owner_of_ring = owner_of_part[part_of_ring]
        if not np.isfinite(xy).all():
            bad = owner_of_ring[ring[~np.isfinite(xy).all(axis=1)]]
            raise InvalidInput(f"areas: position {bad[0]} has a coordinate that is not finite; repair the boundary")
        ends, owner = _oriented(xy, ring, owner_of_ring)
        return cls(ends, owner, len(geometry))

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east, north of at least one edge."""
        x0, y0, x1, y1 = self.ends.T
        return float(min(x0.min(), x1.min())), float(y0.min()), float(max(x0.max(), x1.max())), float(y1.max())


@dataclass(frozen=True, slots=True)
class Frame:
    """Square half-open cells: cell (r, c) holds the points with floor((y - y0) / cell) = r, and so for x."""

    x0: float
    y0: float
    cell: float
    n_cols: int
    n_rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Strips:
    """Edges sorted into strips: one strip for each polygon and each row of cells it reaches.

    Attributes
    ----------
    frame
        The cells.
    first_row, first_strip
        Shape (n_owners,) and (n_owners + 1,): the polygon's lowest row, and the number of that row's strip.
    start
        Shape (n_strips + 1,): where each strip begins in the arrays below.
    edge
        Shape (k, 4): x, y of the lower, x, y of the upper end.
    columns
        Shape (k, 2): first and last column that the edge passes through in the row; last < first: none.
    crossing
        Shape (k,): where the edge crosses the middle line of the row, in columns; NaN where it does not.
    """

    frame: Frame
    first_row: IntArray
    first_strip: IntArray
    start: IntArray
    edge: FloatArray
    columns: CodeArray
    crossing: FloatArray


def _rows(edges: Edges, frame: Frame) -> tuple[IntArray, IntArray]:
    """Return first and last row that holds a point between an edge's ends: the upper end itself is not between."""
    first = np.floor((edges.ends[:, 1] - frame.y0) / frame.cell)
    last = np.floor((np.nextafter(edges.ends[:, 3], -np.inf) - frame.y0) / frame.cell)
    return first.astype(np.int64), last.astype(np.int64)


def _column_limits(edges: Edges, frame: Frame) -> tuple[IntArray, IntArray]:
    west = np.minimum(edges.ends[:, 0], edges.ends[:, 2])
    east = np.nextafter(np.maximum(edges.ends[:, 0], edges.ends[:, 2]), -np.inf)
    first, last = (np.floor((x - frame.x0) / frame.cell) for x in (west, east))
    return first.astype(np.int64), last.astype(np.int64)


def load(edges: Edges, frame: Frame) -> int:
    """Return an upper bound on the cells that the edges pass through: what decides the memory of `lay`."""
    first_row, last_row = _rows(edges, frame)
    first_col, last_col = _column_limits(edges, frame)
    return int((last_row - first_row + 1).clip(0).sum() + (last_col - first_col + 1).clip(0).sum())


def lay(edges: Edges, frame: Frame) -> Strips:
    """Return the edges sorted into the strips of a frame. Cost: O(edges x rows each one spans)."""
    first, last = _rows(edges, frame)
    lowest, first_strip = _strips_of_owners(first, last, edges.owner, edges.n_owners)
    start = _strip_starts(first, last, edges.owner, lowest, first_strip)
    limits = np.stack(_column_limits(edges, frame), axis=1)
    edge, columns, crossing = _fill_strips(
        edges.ends, limits, first, last, edges.owner, lowest, first_strip, start, frame.x0, frame.y0, frame.cell
    )
    return Strips(frame, lowest, first_strip, start, edge, columns, crossing)


@compiled
def _oriented(xy: FloatArray, ring: IntArray, owner_of_ring: IntArray) -> tuple[FloatArray, CodeArray]:
    ends = np.empty((len(xy), 4))
    owner = np.empty(len(xy), np.int32)
    n = 0
    for i in range(len(xy) - 1):
        if ring[i] != ring[i + 1]:
            continue
        low, high = i, i + 1
        if xy[low, 1] > xy[high, 1] or (xy[low, 1] == xy[high, 1] and xy[low, 0] > xy[high, 0]):
            low, high = high, low
        ends[n, 0], ends[n, 1], ends[n, 2], ends[n, 3] = xy[low, 0], xy[low, 1], xy[high, 0], xy[high, 1]
        owner[n] = owner_of_ring[ring[i]]
        n += 1
    return ends[:n].copy(), owner[:n].copy()


@compiled
def _strips_of_owners(
    first: IntArray, last: IntArray, owner: CodeArray, n_owners: int
) -> tuple[IntArray, IntArray]:  # fmt: skip
    lowest = np.zeros(n_owners, np.int64)
    highest = np.full(n_owners, -1, np.int64)
    for e in range(len(owner)):
        if last[e] < first[e]:
            continue
        a = owner[e]
        if highest[a] < lowest[a]:
            lowest[a], highest[a] = first[e], last[e]
        else:
            lowest[a], highest[a] = min(lowest[a], first[e]), max(highest[a], last[e])
    first_strip = np.zeros(n_owners + 1, np.int64)
    for a in range(n_owners):
        first_strip[a + 1] = first_strip[a] + highest[a] - lowest[a] + 1
    return lowest, first_strip


@compiled
def _strip_starts(
    first: IntArray, last: IntArray, owner: CodeArray, lowest: IntArray, first_strip: IntArray
) -> IntArray:
    start = np.zeros(first_strip[-1] + 1, np.int64)
    for e in range(len(owner)):
        base = first_strip[owner[e]] - lowest[owner[e]]
        for row in range(first[e], last[e] + 1):
            start[base + row + 1] += 1
    for s in range(len(start) - 1):
        start[s + 1] += start[s]
    return start


@compiled
def _columns_in_row(
    u0: float, v0: float, u1: float, v1: float, row: int, first: int, last: int
) -> tuple[int, int]:  # fmt: skip
    """Clip an edge (in cells) to a row; never beyond the columns of its own ends, which are exact."""
    if v1 <= v0 or u0 == u1:
        return first, last
    at_bottom = u0 + (u1 - u0) * (max(row - v0, 0.0) / (v1 - v0))
    at_top = u0 + (u1 - u0) * (min(row + 1 - v0, v1 - v0) / (v1 - v0))
    west = int(np.floor(min(at_bottom, at_top) - SLACK))
    east = int(np.floor(max(at_bottom, at_top) + SLACK))
    return max(first, west), min(last, east)


@compiled
def _fill_strips(
    ends: FloatArray, limits: IntArray, first: IntArray, last: IntArray, owner: CodeArray,
    lowest: IntArray, first_strip: IntArray, start: IntArray, x0: float, y0: float, cell: float,
) -> tuple[FloatArray, CodeArray, FloatArray]:  # fmt: skip
    total = start[-1]
    edge = np.empty((total, 4))
    columns = np.empty((total, 2), np.int32)
    crossing = np.full(total, np.nan)
    free = start[:-1].copy()
    for e in range(len(owner)):
        base = first_strip[owner[e]] - lowest[owner[e]]
        u0, v0 = (ends[e, 0] - x0) / cell, (ends[e, 1] - y0) / cell
        u1, v1 = (ends[e, 2] - x0) / cell, (ends[e, 3] - y0) / cell
        for row in range(first[e], last[e] + 1):
            at = free[base + row]
            free[base + row] += 1
            edge[at] = ends[e]
            west, east = _columns_in_row(u0, v0, u1, v1, row, limits[e, 0], limits[e, 1])
            columns[at, 0], columns[at, 1] = west, east
            middle = row + 0.5
            if v0 <= middle < v1:
                crossing[at] = u0 + (u1 - u0) * ((middle - v0) / (v1 - v0))
    return edge, columns, crossing


@compiled
def mark_row(
    columns: CodeArray, crossing: FloatArray, begin: int, end: int, stamp: CodeArray, number: int,
    passed: CodeArray, filled: CodeArray, n_cols: int,
) -> tuple[int, int]:  # fmt: skip
    """List the columns of one strip that edges pass through and those wholly inside the polygon.

    Parameters
    ----------
    begin, end
        The strip's part of `columns` and `crossing`.
    stamp, number
        Scratch of length n_cols and a number not used on it before.
    passed, filled
        Scratch of length n_cols that receives the columns.

    Returns
    -------
    n_passed, n_filled
        How many columns of `passed` and `filled` are valid.
    """
    n_passed = 0
    n_crossings = 0
    at = np.empty(end - begin)
    for i in range(begin, end):
        for c in range(columns[i, 0], columns[i, 1] + 1):
            if stamp[c] != number:
                stamp[c] = number
                passed[n_passed] = c
                n_passed += 1
        if not np.isnan(crossing[i]):
            at[n_crossings] = crossing[i]
            n_crossings += 1
    ordered = np.sort(at[:n_crossings])
    n_filled = 0
    for k in range(0, n_crossings - 1, 2):
        west = max(0, int(np.ceil(ordered[k] - 0.5)))
        east = min(n_cols - 1, int(np.floor(ordered[k + 1] - 0.5)))
        for c in range(west, east + 1):
            if stamp[c] != number:
                stamp[c] = number
                filled[n_filled] = c
                n_filled += 1
    return n_passed, n_filled

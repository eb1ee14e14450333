"""Compiled: core cells joined into clusters, and every place labelled.

A cell is core when it holds a core place. Core cells that lie surely within eps of each other are joined without a
look at their places; of the others, only those that are not yet in one cluster are compared place by place.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.models.dbscan_cells import Lattice
from ilpgeo.models.dbscan_reach import advance
from ilpgeo.models.jit import compiled


@compiled
def first_core(core: BoolArray, start: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Return for each cell the position of its first core place, the cell's end where it has none."""
    first = np.empty(len(start) - 1, np.int32)
    for c in range(len(start) - 1):
        at = start[c]
        while at < start[c + 1] and not core[at]:
            at += 1
        first[c] = at
    return first


@compiled
def _root(parent: npt.NDArray[np.int32], c: int) -> int:
    while parent[c] != c:
        parent[c] = parent[parent[c]]
        c = parent[c]
    return c


@compiled
def _unite(parent: npt.NDArray[np.int32], a: int, b: int) -> None:
    root_a, root_b = _root(parent, a), _root(parent, b)
    parent[max(root_a, root_b)] = min(root_a, root_b)


@compiled
def join_cells(
    x: FloatArray,
    y: FloatArray,
    core: BoolArray,
    first: npt.NDArray[np.int32],
    start: npt.NDArray[np.int32],
    key: IntArray,
    lattice: Lattice,
    possible: IntArray,
    certain: IntArray,
    eps_m: float,
) -> npt.NDArray[np.int32]:
    """Return for each core cell the first cell of its cluster, -1 for the others."""
    m, reach = len(first), len(possible) // 2
    # A chain is a stretch of a row whose core cells are each surely within eps of the next.
    chain = np.full(m, -1, np.int32)
    after = np.zeros(m, np.int32)
    before = -1
    for c in range(m):
        if first[c] < start[c + 1]:
            is_linked = before >= 0 and key[c] - key[before] <= certain[reach]
            chain[c] = chain[before] if is_linked else c
            after[chain[c]] = c + 1
            before = c
    parent = np.arange(m).astype(np.int32)
    for row in range(1, reach + 1):
        if certain[reach + row] >= 0:
            _join_certain(row * lattice.stride, certain[reach + row], chain, after, key, parent)
    # Cells next to each other first: most of those farther apart are then one cluster already.
    for near, far in ((0, reach // 2), (reach // 2, reach)):
        for row in range(reach + 1):
            _join_possible(
                row, near, far, possible[reach + row], x, y, core, first, start, chain, after, key, lattice, eps_m,
                parent,
            )  # fmt: skip
    for c in range(m):
        parent[c] = _root(parent, chain[c]) if chain[c] >= 0 else -1
    return parent


@compiled
def _join_certain(
    ahead: int,
    width: int,
    chain: npt.NDArray[np.int32],
    after: npt.NDArray[np.int32],
    key: IntArray,
    parent: npt.NDArray[np.int32],
) -> None:
    begin = 0
    for c in range(len(chain)):
        if chain[c] < 0:
            continue
        begin = advance(key, begin, key[c] + ahead - width)
        e = begin
        while key[e] <= key[c] + ahead + width:
            if chain[e] >= 0:
                _unite(parent, chain[c], chain[e])
                e = after[chain[e]]
            else:
                e += 1


@compiled
def _join_possible(
    row: int,
    near: int,
    far: int,
    width: int,
    x: FloatArray,
    y: FloatArray,
    core: BoolArray,
    first: npt.NDArray[np.int32],
    start: npt.NDArray[np.int32],
    chain: npt.NDArray[np.int32],
    after: npt.NDArray[np.int32],
    key: IntArray,
    lattice: Lattice,
    eps_m: float,
    parent: npt.NDArray[np.int32],
) -> None:
    # Joins each core cell with those `row` rows above, more than `near` and up to `far` cells away along either axis.
    if row > far:
        return
    begin = 0
    width = min(width, far)
    for c in range(len(chain)):
        if chain[c] < 0:
            continue
        middle = key[c] + row * lattice.stride
        begin = advance(key, begin, middle - width if row else key[c] + 1)
        root = _root(parent, chain[c])
        e = begin
        while key[e] <= middle + width:
            if chain[e] < 0:
                e += 1
            elif _root(parent, chain[e]) == root:
                e = after[chain[e]]
            else:
                is_due = row > near or abs(key[e] - middle) > near
                if is_due and _touch(c, e, x, y, core, first, start, key, lattice, eps_m):
                    _unite(parent, chain[c], chain[e])
                    root = _root(parent, chain[c])
                e += 1


@compiled
def _touch(
    a: int,
    b: int,
    x: FloatArray,
    y: FloatArray,
    core: BoolArray,
    first: npt.NDArray[np.int32],
    start: npt.NDArray[np.int32],
    key: IntArray,
    lattice: Lattice,
    eps_m: float,
) -> bool:
    eps2 = eps_m * eps_m
    for i in range(first[a], start[a + 1]):
        if not core[i] or _nearest2(b, x[i], y[i], key, lattice) > eps2:
            continue
        for j in range(first[b], start[b + 1]):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            if dx * dx + dy * dy <= eps2 and core[j]:
                return True
    return False


@compiled
def _nearest2(c: int, px: float, py: float, key: IntArray, lattice: Lattice) -> float:
    # Square of a distance that no place of cell c falls short of, rounding included.
    row = key[c] // lattice.stride
    along = (px - lattice.west) * lattice.per_m - (key[c] - row * lattice.stride)
    across = (py - lattice.south) * lattice.per_m - row
    dx = max(-along, along - 1.0, 0.0)
    dy = max(-across, across - 1.0, 0.0)
    return float((dx * dx + dy * dy) * (1.0 - 1e-5) / (lattice.per_m * lattice.per_m))


@compiled
def label_places(
    first_cell: int,
    last_cell: int,
    x: FloatArray,
    y: FloatArray,
    core: BoolArray,
    first: npt.NDArray[np.int32],
    start: npt.NDArray[np.int32],
    key: IntArray,
    lattice: Lattice,
    possible: IntArray,
    number: npt.NDArray[np.int32],
    eps_m: float,
    label: npt.NDArray[np.int32],
) -> None:
    """Fill in the labels of the places of some cells; a border place gets the lowest-numbered cluster that reaches it.

    `number` is the cluster number of each cell's core places, -1 where it has none.
    """
    eps2 = eps_m * eps_m
    rows, reach = len(possible), len(possible) // 2
    begin = np.empty(rows, np.int64)
    for r in range(rows):
        begin[r] = np.searchsorted(key, key[first_cell] + (r - reach) * lattice.stride - possible[r])
    for c in range(first_cell, last_cell):
        has_border = False
        for i in range(start[c], start[c + 1]):
            label[i] = number[c]
            has_border |= not core[i]
        if not has_border:
            continue
        for r in range(rows):
            begin[r] = advance(key, begin[r], key[c] + (r - reach) * lattice.stride - possible[r])
        for i in range(start[c], start[c + 1]):
            if core[i]:
                continue
            lowest = number[c]
            for r in range(rows):
                end = key[c] + (r - reach) * lattice.stride + possible[r]
                e = begin[r]
                while key[e] <= end:
                    better = number[e] >= 0 and (lowest < 0 or number[e] < lowest)
                    if better and _nearest2(e, x[i], y[i], key, lattice) <= eps2:
                        for j in range(first[e], start[e + 1]):
                            dx = x[j] - x[i]
                            dy = y[j] - y[i]
                            if dx * dx + dy * dy <= eps2 and core[j]:
                                lowest = number[e]
                                break
                    e += 1
            label[i] = lowest

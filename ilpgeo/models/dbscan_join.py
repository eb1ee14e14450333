"""Compiled: core cells joined into clusters, and every place labelled.

A cell is core when it holds a core place. Core cells that lie surely within eps of each other are joined without a
look at their places; of the others, only those that are not yet in one cluster are compared place by place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.dbscan_cells import Lattice
from ilpgeo.models.dbscan_reach import Keys, advance, first_at, some_of
from ilpgeo.models.union_find import find_root


class CorePlaces(NamedTuple):
    """Which places are core, and the cells that hold them.

    Attributes
    ----------
    x, y
        Shape (k,): coordinates of all places.
    is_core
        Shape (k,).
    keys
        Of the m core cells.
    first, end
        Shape (m,): the first core place of each core cell, and the place after its last place of any kind.
    """

    x: FloatArray
    y: FloatArray
    is_core: BoolArray
    keys: Keys
    first: IntArray
    end: IntArray


def find_core_cells(
    x: FloatArray,
    y: FloatArray,
    is_core: BoolArray,
    start: npt.NDArray[np.int32],
    keys: Keys,
) -> CorePlaces:
    """Return the core cells among the occupied ones, whose keys are given."""
    first = _first_core(is_core, start)
    held = first < start[1:]
    return CorePlaces(x, y, is_core, some_of(keys, held), first[held], start[1:][held].astype(np.int64))


@compiled
def _first_core(is_core: BoolArray, start: npt.NDArray[np.int32]) -> IntArray:
    first = np.empty(len(start) - 1, np.int64)
    for c in range(len(first)):
        at = start[c]
        while at < start[c + 1] and not is_core[at]:
            at += 1
        first[c] = at
    return first


@compiled
def _unite(parent: IntArray, a: int, b: int) -> int:
    root_a, root_b = find_root(parent, a), find_root(parent, b)
    root = min(root_a, root_b)
    parent[max(root_a, root_b)] = root
    return root


@compiled
def join_cells(cores: CorePlaces, lattice: Lattice, possible: IntArray, certain: IntArray, eps_m: float) -> IntArray:
    """Return for each core cell the first core cell of its cluster."""
    m, reach = len(cores.first), len(possible) // 2
    # A chain is a stretch of a row in which each core cell is surely within eps of the next.
    chain, after = np.arange(m), np.arange(1, m + 1)
    for c in range(1, m):
        if cores.keys.key[c] - cores.keys.key[c - 1] <= certain[reach]:
            chain[c] = chain[c - 1]
            after[chain[c]] = c + 1
    parent = np.arange(m)
    for row in range(1, reach + 1):
        if certain[reach + row] >= 0:
            _join_certain(row * lattice.stride, certain[reach + row], cores.keys, chain, after, parent)
    # Cells next to each other first: most of those farther apart are then one cluster already.
    for nearer, farthest in ((0, reach // 2), (reach // 2, reach)):
        for row in range(farthest + 1):
            width = min(possible[reach + row], farthest)
            _join_possible(row, width, nearer, cores, chain, after, lattice, eps_m, parent)
    for c in range(m):
        parent[c] = find_root(parent, chain[c])
    return parent


@compiled
def _join_certain(ahead: int, width: int, keys: Keys, chain: IntArray, after: IntArray, parent: IntArray) -> None:
    key, begin = keys.key, 0
    for c in range(len(chain)):
        begin = advance(keys, begin, key[c] + ahead - width)
        e = begin
        while key[e] <= key[c] + ahead + width:
            _unite(parent, chain[c], chain[e])
            e = after[chain[e]]


@compiled
def _join_possible(
    row: int,
    width: int,
    nearer: int,
    cores: CorePlaces,
    chain: IntArray,
    after: IntArray,
    lattice: Lattice,
    eps_m: float,
    parent: IntArray,
) -> None:
    # Joins each core cell with those `row` rows above and up to `width` columns aside that it touches, except those
    # no more than `nearer` cells away along both axes: they have been looked at.
    key = cores.keys.key
    begin = 0
    for c in range(len(chain)):
        middle = key[c] + row * lattice.stride
        begin = advance(cores.keys, begin, middle - width if row else key[c] + 1)
        root = find_root(parent, chain[c])
        e = begin
        while key[e] <= middle + width:
            if find_root(parent, chain[e]) == root:
                e = after[chain[e]]
                continue
            aside = key[e] - middle
            if max(row, abs(aside)) > nearer and _touch(c, e, row, aside, cores, lattice, eps_m):
                root = _unite(parent, chain[c], chain[e])
            e += 1


@compiled
def _touch(a: int, b: int, row: int, aside: int, cores: CorePlaces, lattice: Lattice, eps_m: float) -> bool:
    # Whether core places of both cells are within eps, `b` lying `row` rows above `a` and `aside` columns to its right.
    south_row, west_column = divmod(cores.keys.key[a], lattice.stride)
    for i in range(cores.first[a], cores.end[a]):
        if cores.is_core[i]:
            gap_x = _gap((cores.x[i] - lattice.west) * lattice.per_m - west_column, aside)
            gap_y = _gap((cores.y[i] - lattice.south) * lattice.per_m - south_row, row)
            if _reaches(b, cores.x[i], cores.y[i], gap_x, gap_y, cores, lattice, eps_m):
                return True
    return False


@compiled
def _gap(along: float, ahead: int) -> float:
    # How many cells lie between a place, so far along its own cell, and the cell that is so many ahead.
    return max(ahead - along, along - ahead - 1.0, 0.0)


@compiled
def _reaches(
    cell: int, px: float, py: float, gap_x: float, gap_y: float, cores: CorePlaces, lattice: Lattice, eps_m: float
) -> bool:
    # Whether a core place of the cell is within eps of the point.
    eps2 = eps_m * eps_m
    # No place of the cell is nearer than its edge; the margin is for rounding.
    if (gap_x * gap_x + gap_y * gap_y) * (1.0 - 1e-5) > eps2 * lattice.per_m * lattice.per_m:
        return False
    for j in range(cores.first[cell], cores.end[cell]):
        dx = cores.x[j] - px
        dy = cores.y[j] - py
        if dx * dx + dy * dy <= eps2 and cores.is_core[j]:
            return True
    return False


@compiled
def label_places(
    first_cell: int,
    last_cell: int,
    start: npt.NDArray[np.int32],
    key: IntArray,
    cores: CorePlaces,
    number: IntArray,
    lattice: Lattice,
    possible: IntArray,
    eps_m: float,
    label: npt.NDArray[np.int32],
) -> None:
    """Fill in the labels of the places of some cells; a border place gets the lowest-numbered cluster that reaches it.

    `number` is the cluster number of each core cell; `start` and `key` are of all occupied cells.
    """
    rows, reach = len(possible), len(possible) // 2
    own = first_at(cores.keys, key[first_cell])
    begin = np.empty(rows, np.int64)
    for r in range(rows):
        begin[r] = first_at(cores.keys, key[first_cell] + (r - reach) * lattice.stride - possible[r])
    for c in range(first_cell, last_cell):
        own = advance(cores.keys, own, key[c])
        of_core = number[own] if cores.keys.key[own] == key[c] else -1
        has_border = False
        for i in range(start[c], start[c + 1]):
            label[i] = of_core
            has_border |= not cores.is_core[i]
        if not has_border:
            continue
        has_near = False
        for r in range(rows):
            middle = key[c] + (r - reach) * lattice.stride
            begin[r] = advance(cores.keys, begin[r], middle - possible[r])
            has_near |= cores.keys.key[begin[r]] <= middle + possible[r]
        if not has_near:
            continue
        for i in range(start[c], start[c + 1]):
            if not cores.is_core[i]:
                label[i] = _lowest_in_reach(
                    i, of_core, key[c], begin, cores, number, lattice, possible, eps_m
                )  # fmt: skip


@compiled
def _lowest_in_reach(
    i: int,
    lowest: int,
    key: int,
    begin: IntArray,
    cores: CorePlaces,
    number: IntArray,
    lattice: Lattice,
    possible: IntArray,
    eps_m: float,
) -> int:
    px, py = cores.x[i], cores.y[i]
    south_row, west_column = divmod(key, lattice.stride)
    along, across = (px - lattice.west) * lattice.per_m - west_column, (py - lattice.south) * lattice.per_m - south_row
    for r in range(len(begin)):
        above = r - len(begin) // 2
        middle, gap_y, e = key + above * lattice.stride, _gap(across, above), begin[r]
        while cores.keys.key[e] <= middle + possible[r]:
            is_better = lowest < 0 or number[e] < lowest
            gap_x = _gap(along, cores.keys.key[e] - middle)
            if is_better and _reaches(e, px, py, gap_x, gap_y, cores, lattice, eps_m):
                lowest = number[e]
            e += 1
    return lowest

"""Compiled: which cells around a cell, and around a place in it, can hold or surely hold its neighbours.

Everything is counted in cells. `possible` and `certain` have an entry for each row from -reach to reach: how many
columns to either side hold some, or only, points within eps of some, or every, point of the cell in the middle;
-1 is none.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.dbscan_cells import Lattice

# A table larger than the processor's cache, or with few cells among many keys, is slower than looking along the cells.
_MOST_KEYS = 2**22
_MOST_KEYS_PER_CELL = 32


def possible_widths(per_block: int) -> IntArray:
    """Return for each row how many columns to either side can hold a neighbour of a point in the middle cell."""
    squared = 2 * per_block**2
    reach = math.isqrt(squared) + 1
    gaps = [max(abs(row) - 1, 0) for row in range(-reach, reach + 1)]
    return np.array([math.isqrt(squared - gap * gap) + 1 for gap in gaps], np.int64)


def certain_widths(per_block: int) -> IntArray:
    """Return for each row of `possible_widths` how many columns hold nothing but neighbours, -1 for none."""
    squared = 2 * per_block**2
    reach = math.isqrt(squared) + 1
    spans = [abs(row) + 1 for row in range(-reach, reach + 1)]
    return np.array([math.isqrt(max(squared - span * span, 0)) - 1 for span in spans], np.int64)


class Keys(NamedTuple):
    """Keys of cells, and a table that says where each key is, of a lattice that is small enough for one.

    Attributes
    ----------
    key
        Shape (m + 1,): in ascending order, and one beyond all.
    table
        Shape (k,): the first occupied cell whose key is at least `j - before`; without entries for a large lattice.
    before
        How many keys below 0 the table begins.
    rank
        Shape (occupied cells + 1,): how many of these cells come before each occupied cell; without entries where
        these are all.
    """

    key: IntArray
    table: npt.NDArray[np.int32]
    before: int
    rank: npt.NDArray[np.int32]


def index_keys(key: IntArray, lattice: Lattice, reach: int) -> Keys:
    """Return the keys of occupied cells that are looked for up to `reach` rows and columns around each other."""
    before, n_keys = (reach + 1) * (lattice.stride + 1), lattice.n_rows * lattice.stride
    none = np.empty(0, np.int32)
    if n_keys > min(_MOST_KEYS, _MOST_KEYS_PER_CELL * len(key)):
        return Keys(key, none, before, none)
    return Keys(key, _first_cells(key, before, n_keys + 2 * before + 1), before, none)


def some_of(keys: Keys, held: BoolArray) -> Keys:
    """Return those of all occupied cells that `held`, shape (m,), says."""
    rank = np.zeros(len(held) + 1, np.int32)
    np.cumsum(held, out=rank[1:])
    return keys._replace(key=np.append(keys.key[:-1][held], keys.key[-1]), rank=rank)


@compiled
def _first_cells(key: IntArray, before: int, length: int) -> npt.NDArray[np.int32]:
    table = np.zeros(length, np.int32)
    for cell in range(len(key) - 1):
        table[key[cell] + before + 1] = 1
    for k in range(1, length):
        table[k] += table[k - 1]
    return table


@compiled
def first_at(keys: Keys, wanted: int) -> int:
    """Return the first cell whose key is at least `wanted`."""
    return int(np.searchsorted(keys.key, wanted))


@compiled
def advance(keys: Keys, cell: int, wanted: int) -> int:
    """Return the first cell whose key is at least `wanted`, not looking before `cell`."""
    if len(keys.table):
        at = np.uint64(keys.table[np.uint64(wanted + keys.before)])
        return max(cell, int(keys.rank[at] if len(keys.rank) else at))
    while keys.key[cell] < wanted:
        cell += 1
    return cell

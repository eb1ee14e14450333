"""Compiled: places sorted into small square cells, of which only the occupied ones are kept."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.jit import compiled
from ilpgeo.models.slices import in_slices, n_slices

# Two points of one block must be within eps although cell numbers are rounded: room for numbers below 2**29.
_SHRINK = 1.0 - 1e-6
_MOST_CELLS_ALONG = 2**29
# Buckets that a scatter fills at once without leaving the cache.
_MOST_BUCKETS = 2048
_LEAST_IN_BUCKET = 256
LEAST_IN_SLICE = 20_000
# How the number of cells along a block grows with the points in it, measured from 10 to 2,000 points in reach.
_FINENESS = 0.3
_MOST_PER_BLOCK = 8


class Lattice(NamedTuple):
    """Square cells of side eps / (sqrt(2) * per_block): all places of a block of per_block^2 cells are neighbours.

    Attributes
    ----------
    west, south
        Corner of cell 0, metres.
    per_m
        Cells per metre.
    stride
        Keys from one row to the next; a cell's key is row * stride + column. Columns beyond the last are kept free,
        so that no neighbour range runs over into the next row.
    n_rows
        Number of rows.
    """

    west: float
    south: float
    per_m: float
    stride: int
    n_rows: int


class Cells(NamedTuple):
    """Occupied cells in order of key, and the points in order of cell, within a cell in their own order.

    Attributes
    ----------
    order
        Shape (n,): the point at each position.
    x, y
        Shape (n,): coordinates by position.
    start
        Shape (m + 1,): first position of each occupied cell.
    key
        Shape (m + 1,): key of each occupied cell, and one beyond all.
    """

    order: npt.NDArray[np.int32]
    x: FloatArray
    y: FloatArray
    start: npt.NDArray[np.int32]
    key: IntArray


def cells_per_block(least: float, weight_per_point: float) -> int:
    """Return into how many columns and rows a block is worth dividing.

    Blocks much denser or emptier than a core place needs are decided whole; how finely the others are worth counting
    follows from the density at which a place is just core: `least` in a disc, which is 2 pi blocks.
    """
    points_per_block = least / max(weight_per_point, 1e-300) / (2 * math.pi)
    return int(min(max(round(points_per_block**_FINENESS), 1), _MOST_PER_BLOCK))


def lay_out(x: FloatArray, y: FloatArray, eps_m: float, per_block: int) -> Lattice:
    """Return the lattice that covers the points.

    Raises
    ------
    InvalidInput
        When `eps_m` is too small for the extent.
    """
    side = eps_m / math.sqrt(2.0) / per_block * _SHRINK
    west, south = float(x.min()), float(y.min())
    wide, high = (float(x.max()) - west) / side, (float(y.max()) - south) / side
    if not max(wide, high) < _MOST_CELLS_ALONG:
        raise InvalidInput(
            f"dbscan: eps_m = {eps_m:g} is too small for points {max(wide, high) * side:g} m apart; choose a larger one"
        )
    free = math.floor(math.sqrt(2.0) * per_block) + 3
    return Lattice(west, south, 1.0 / side, int(wide) + 1 + free, int(high) + 1)


def sort_into_cells(x: FloatArray, y: FloatArray, lattice: Lattice) -> Cells:
    """Return the points sorted by cell: first into buckets of whole rows, then each bucket within the cache.

    Notes
    -----
    O(n) where the extent is full, O(n log n) where it is sparse; memory O(n) either way.
    """
    n = len(x)
    bucket_start, sorted_x, sorted_y, order = _sort_into_buckets(x, y, lattice)
    shift = _shift(n, lattice.n_rows)
    where = (sorted_x, sorted_y, lattice)
    n_buckets = len(bucket_start) - 1

    def sort_some(begin: int, end: int) -> tuple[IntArray, npt.NDArray[np.int32]]:
        first, last = np.searchsorted(bucket_start, [begin, end] if end < n else [begin, n + 1]).tolist()
        return _sort_buckets(*where, order, bucket_start, shift, first, min(last, n_buckets))

    keys, starts = zip(*in_slices(sort_some, n, LEAST_IN_SLICE), strict=True)
    beyond = np.array([np.iinfo(np.int64).max])
    start = np.concatenate([*starts, np.array([n], np.int32)])
    return Cells(order, sorted_x, sorted_y, start, np.concatenate([*keys, beyond]))


def _shift(n: int, n_rows: int) -> int:
    most = min(_MOST_BUCKETS, max(n // _LEAST_IN_BUCKET, 1))
    return max(math.ceil(math.log2(n_rows / most)), 0)


def _sort_into_buckets(
    x: FloatArray, y: FloatArray, lattice: Lattice
) -> tuple[IntArray, FloatArray, FloatArray, npt.NDArray[np.int32]]:
    n, shift = len(x), _shift(len(x), lattice.n_rows)
    n_buckets = ((lattice.n_rows - 1) >> shift) + 1
    counts = np.array(
        in_slices(
            lambda begin, end: _count_buckets(y[begin:end], lattice.south, lattice.per_m, shift, n_buckets),
            n,
            LEAST_IN_SLICE,
        )
    )
    start = np.concatenate(([0], np.cumsum(counts.sum(axis=0))))
    following = start[:-1] + np.cumsum(counts, axis=0) - counts
    edge = {n * part // len(counts): part for part in range(n_slices(n, LEAST_IN_SLICE))}
    sorted_x, sorted_y, order = np.empty(n), np.empty(n), np.empty(n, np.int32)
    in_slices(
        lambda begin, end: _scatter(
            x, y, begin, end, lattice.south, lattice.per_m, shift, following[edge[begin]], sorted_x, sorted_y, order
        ),
        n,
        LEAST_IN_SLICE,
    )
    return start, sorted_x, sorted_y, order


@compiled
def _count_buckets(y: FloatArray, south: float, per_m: float, shift: int, n_buckets: int) -> IntArray:
    count = np.zeros(n_buckets, np.int64)
    for i in range(len(y)):
        count[np.int64((y[i] - south) * per_m) >> shift] += 1
    return count


@compiled
def _scatter(
    x: FloatArray,
    y: FloatArray,
    begin: int,
    end: int,
    south: float,
    per_m: float,
    shift: int,
    following: IntArray,
    sorted_x: FloatArray,
    sorted_y: FloatArray,
    order: npt.NDArray[np.int32],
) -> None:
    for i in range(begin, end):
        bucket = np.int64((y[i] - south) * per_m) >> shift
        at = following[bucket]
        following[bucket] = at + 1
        sorted_x[at], sorted_y[at], order[at] = x[i], y[i], i


@compiled
def _key(x: float, y: float, lattice: Lattice) -> int:
    row = np.int64((y - lattice.south) * lattice.per_m)
    return int(row * lattice.stride + np.int64((x - lattice.west) * lattice.per_m))


@compiled
def _sort_buckets(
    x: FloatArray,
    y: FloatArray,
    lattice: Lattice,
    order: npt.NDArray[np.int32],
    bucket_start: IntArray,
    shift: int,
    first: int,
    last: int,
) -> tuple[IntArray, npt.NDArray[np.int32]]:
    # Returns the key of each occupied cell of the buckets and its first position.
    most, n_points = 0, bucket_start[last] - bucket_start[first]
    for b in range(first, last):
        most = max(most, bucket_start[b + 1] - bucket_start[b])
    cell_key, cell_start, n_cells = np.empty(n_points + 1, np.int64), np.empty(n_points + 1, np.int32), 0
    key, at = np.empty(most, np.int64), np.empty(most, np.int64)
    old_x, old_y, old_order = np.empty(most), np.empty(most), np.empty(most, np.int32)
    span = (1 << shift) * lattice.stride
    following = np.zeros(min(span, 4 * most + 1024) + 1, np.int64)
    for b in range(first, last):
        begin, n = bucket_start[b], bucket_start[b + 1] - bucket_start[b]
        base = (b << shift) * lattice.stride
        for i in range(n):
            old_x[i], old_y[i], old_order[i] = x[begin + i], y[begin + i], order[begin + i]
            key[i] = _key(old_x[i], old_y[i], lattice) - base
        if span <= 4 * n + 1024:
            following[: span + 1] = 0
            for i in range(n):
                following[key[i] + 1] += 1
            for k in range(span):
                # Written for empty cells too, and then written over.
                cell_key[n_cells], cell_start[n_cells] = base + k, begin + following[k]
                n_cells += following[k + 1] > 0
                following[k + 1] += following[k]
            for i in range(n):
                at[i] = following[key[i]]
                following[key[i]] += 1
        else:
            ascending = np.argsort(key[:n], kind="mergesort")
            for i in range(n):
                at[ascending[i]] = i
                if i == 0 or key[ascending[i]] != key[ascending[i - 1]]:
                    cell_key[n_cells], cell_start[n_cells] = base + key[ascending[i]], begin + i
                    n_cells += 1
        for i in range(n):
            to = begin + at[i]
            x[to], y[to], order[to] = old_x[i], old_y[i], old_order[i]
    return cell_key[:n_cells], cell_start[:n_cells]

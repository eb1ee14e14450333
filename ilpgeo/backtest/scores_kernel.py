"""Compiled: a surface's cells put into buckets by height, and what flagged cells hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, CodeArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled

Buckets = npt.NDArray[np.uint16]

# Heights are below 2^30; a bucket holds those that agree in the exponent and the first six binary places.
_DROPPED_BITS = 17
_BUCKETS_PER_OCTAVE = 64
_FIRST_EXPONENT = 127
N_BUCKETS = 31 * _BUCKETS_PER_OCTAVE + 1
# Added and taken off again, it leaves a whole number, halves to the even one, as numpy rounds.
_TO_WHOLE = 6755399441055744.0


@compiled
def put_in_buckets(
    expected: FloatArray, factor: float, height: CodeArray, bucket: Buckets, count: IntArray, mass: IntArray
) -> None:
    """Write down each cell's height and bucket, and how many cells and how much height each bucket has.

    Parameters
    ----------
    expected
        Shape (cells,).
    factor
        A height is the expectation times this, to the nearest whole number.
    count, mass
        Shape (N_BUCKETS,), zeros; higher buckets have higher cells.
    """
    n = len(expected)
    single = np.empty(n, np.float32)
    for i in range(n):
        whole = (expected[i] * factor + _TO_WHOLE) - _TO_WHOLE
        height[i] = np.int32(whole)
        single[i] = np.float32(whole)
    bits = single.view(np.int32)
    for i in range(n):
        at = max((bits[i] >> _DROPPED_BITS) - (_FIRST_EXPONENT * _BUCKETS_PER_OCTAVE - 1), 0)
        bucket[i] = at
    for i in range(n):
        at = np.uint64(bucket[i])
        count[at] += 1
        mass[at] += height[i]


@compiled
def taken_from_buckets(height: CodeArray, bucket: Buckets, is_wanted: BoolArray, n: int) -> CodeArray:
    """Return the heights of the n cells in the wanted buckets, in no order."""
    answer = np.empty(n + 1, np.int32)
    k = 0
    for i in range(len(height)):
        # Written at once and counted after: a branch would be guessed wrong too often.
        answer[k] = height[i]
        k += is_wanted[np.uint64(bucket[i])]
    return answer[:n]


@compiled
def highest(height: CodeArray, least: int, n: int) -> tuple[IntArray, CodeArray]:
    """Return the positions of the n cells that are at least so high, ascending, and their heights."""
    at, high = np.empty(n + 1, np.int64), np.empty(n + 1, np.int32)
    k = np.uint64(0)
    for i in range(len(height)):
        at[k] = i
        high[k] = height[i]
        k += np.uint64(height[i] >= least)
    return at[:n], high[:n]


@compiled
def held_by(
    chosen: IntArray,
    before: IntArray,
    spot: IntArray,
    row_of_spots: int,
    marked: npt.NDArray[np.uint8],
    learnt: FloatArray,
    expected: FloatArray,
) -> tuple[float, float, int, int]:
    """Return what chosen cells hold.

    Parameters
    ----------
    chosen, before
        Positions of inside cells: flagged now, and the time before.
    spot
        Where each inside cell lies on a lattice that is wider and higher than the grid, so that no cell of one row is
        beside one of the next.
    row_of_spots
        How wide it is.
    marked
        By spot, zeros, and zeros again afterwards.
    learnt, expected
        Shape (inside cells,).

    Returns
    -------
    tuple
        Incidents learnt from in them, those expected there, cells that were chosen before, and pairs of chosen cells
        side by side.
    """
    for i in range(len(before)):
        marked[np.uint64(spot[before[i]])] = 1
    past = ahead = 0.0
    n_kept = n_alike = 0
    for i in range(len(chosen)):
        cell = np.uint64(chosen[i])
        past += learnt[cell]
        ahead += expected[cell]
        at = np.uint64(spot[cell])
        n_kept += marked[at] & 1
        marked[at] |= 2
    one, row = np.uint64(1), np.uint64(row_of_spots)
    for i in range(len(chosen)):
        at = np.uint64(spot[np.uint64(chosen[i])])
        n_alike += (marked[at + one] >> 1) + (marked[at + row] >> 1)
    for cells in (before, chosen):
        for i in range(len(cells)):
            marked[np.uint64(spot[np.uint64(cells[i])])] = 0
    return past, ahead, n_kept, n_alike

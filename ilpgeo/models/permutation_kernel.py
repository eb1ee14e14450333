"""Compiled: draws without replacement, and the few of them that hold the cell they are drawn for."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.neighbourhood import FINEST


@compiled
def draw(order: IntArray, picks: IntArray) -> IntArray:
    """Return sequences of different cells, one per column: the first steps of a shuffle of `order`, in place.

    `picks[q, d]` is the position, q or later, of the cell that comes q-th in sequence d. The order left by one
    shuffle is as good a start for the next as any other.
    """
    length, n_draws = picks.shape
    drawn = np.empty((length, n_draws), np.int64)
    for d in range(n_draws):
        for q in range(length):
            pick = picks[q, d]
            cell = order[pick]
            order[pick] = order[q]
            order[q] = cell
            drawn[q, d] = cell
    return drawn


@compiled
def _comparable(total: float) -> float:
    return float(np.rint(total / FINEST) * FINEST)


@compiled
def exchange_own(
    values: FloatArray,
    around: FloatArray,
    size: IntArray,
    drawn: IntArray,
    sums: FloatArray,
    larger: IntArray,
    smaller: IntArray,
) -> None:
    """Correct the counts of draws that hold the cell itself: the next cell of the sequence takes its place.

    `around` is comparable; `sums[k, d]` is the plain sum of the first k cells of sequence d. `larger` and `smaller` are
    changed in place.
    """
    length, n_draws = drawn.shape
    for q in range(length - 1):
        for d in range(n_draws):
            cell = drawn[q, d]
            k = size[cell]
            if q >= k:
                continue
            with_own = _comparable(sums[k, d])
            without = _comparable(sums[k, d] - values[cell] + values[drawn[k, d]])
            larger[cell] += int(without >= around[cell]) - int(with_own >= around[cell])
            smaller[cell] += int(without <= around[cell]) - int(with_own <= around[cell])

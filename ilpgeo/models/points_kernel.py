"""Compiled: distinct places by hashing."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled


@compiled
def slot_of(x_bits: np.int64, y_bits: np.int64, mask: int) -> np.int64:
    """Return where in a table, of a power of two of slots, a point is looked for first; by the bits of its numbers."""
    # Lattice coordinates differ in few high bits, which must reach the low ones.
    mixed = np.uint64(x_bits) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(y_bits) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return np.int64(mixed & np.uint64(mask))


@compiled
def first_places(x: FloatArray, y: FloatArray, t: IntArray) -> tuple[IntArray, IntArray]:
    """Return each point's place and each place's first point; places are numbered by first appearance.

    Where there is a `t`, points at one spot at different times are different places; it has length 0 or n.
    """
    n, is_timed = len(x), len(t) > 0
    size = 16
    while size < 2 * n:
        size *= 2
    table = np.full(size, -1, np.int64)
    of_point = np.empty(n, np.int64)
    first = np.empty(n, np.int64)
    x_bits, y_bits = x.view(np.int64), y.view(np.int64)
    k = 0
    for i in range(n):
        moment = t[i] if is_timed else 0
        slot = slot_of(x_bits[i], y_bits[i] + moment, size - 1)
        while True:
            place = table[slot]
            if place < 0:
                table[slot] = k
                first[k] = i
                of_point[i] = k
                k += 1
                break
            shown = first[place]
            if x[shown] == x[i] and y[shown] == y[i] and (not is_timed or t[shown] == moment):
                of_point[i] = place
                break
            slot = (slot + 1) & (size - 1)
    return of_point, first[:k].copy()

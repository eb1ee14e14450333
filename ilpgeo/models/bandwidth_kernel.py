"""Compiled: densities at places, each from all other places, for many bandwidths at once."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled_reordered


@compiled_reordered
def add_others(
    at: IntArray, x: FloatArray, y: FloatArray, weight: FloatArray, bandwidths: FloatArray, reach: float, gaussian: bool
) -> FloatArray:
    """Return the kernel sums at places `at` over all other places, shape (len(at), len(bandwidths)).

    Parameters
    ----------
    at
        Positions in `x`.
    x, y, weight
        Places in ascending order of `x`.
    bandwidths
        Ascending, metres.
    reach
        Where a kernel ends, in bandwidths.
    """
    sums = np.zeros((len(at), len(bandwidths)))
    farthest = bandwidths[-1] * reach
    limit2 = (bandwidths * reach) ** 2
    inverse2 = 1.0 / (bandwidths * bandwidths)
    height = (0.5 if gaussian else 3.0) / math.pi * inverse2
    for row in range(len(at)):
        i = at[row]
        line = sums[row]
        for j in range(np.searchsorted(x, x[i] - farthest), np.searchsorted(x, x[i] + farthest, side="right")):
            dx, dy = x[j] - x[i], y[j] - y[i]
            distance2 = dx * dx + dy * dy
            if j == i:
                continue
            b = len(bandwidths) - 1
            # From the widest down: beyond one bandwidth is beyond all narrower ones.
            while b >= 0 and distance2 < limit2[b]:
                u2 = distance2 * inverse2[b]
                line[b] += weight[j] * (math.exp(-0.5 * u2) if gaussian else (1.0 - u2) * (1.0 - u2))
                b -= 1
        for b in range(len(bandwidths)):
            line[b] *= height[b]
    return sums

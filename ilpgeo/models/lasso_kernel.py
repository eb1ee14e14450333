"""Compiled: the lasso of a quadratic by coordinate descent."""

from __future__ import annotations

import math

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.jit import compiled


@compiled
def descend(
    curvature: FloatArray, slope: FloatArray, begin: FloatArray, weight: FloatArray, may_lower: bool, most_rounds: int
) -> FloatArray:
    """Return the b that minimises slope (b - begin) + (b - begin) curvature (b - begin) / 2 + weight |b|.

    Parameters
    ----------
    curvature
        Shape (a, a), symmetric, with a positive diagonal.
    slope, begin, weight
        Shape (a,).
    may_lower
        Whether b may be negative.

    Notes
    -----
    O(a^2) a round. Friedman, Hastie & Tibshirani (2010), doi:10.18637/jss.v033.i01.
    """
    b = begin.copy()
    now = slope.copy()
    for _ in range(most_rounds):
        furthest = 0.0
        for j in range(len(b)):
            free = curvature[j, j] * b[j] - now[j]
            if free > weight[j]:
                after = (free - weight[j]) / curvature[j, j]
            elif may_lower and free < -weight[j]:
                after = (free + weight[j]) / curvature[j, j]
            else:
                after = 0.0
            moved = after - b[j]
            if moved != 0.0:
                b[j] = after
                for k in range(len(b)):
                    now[k] += curvature[k, j] * moved
                furthest = max(furthest, abs(moved) * math.sqrt(curvature[j, j]))
        if furthest < 1e-10:
            break
    return b

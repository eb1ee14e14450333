"""Compiled: rising and falling pairs of many short series, and their ties."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled

# Series looked at together: the vector registers hold several side by side, the nearest cache holds all their steps.
_ABREAST = 64


@compiled
def pair_scores(series: FloatArray) -> tuple[IntArray, IntArray]:
    """Return for each series rising less falling pairs, and the sum of t (t - 1) (2t + 5) over its groups of ties.

    Parameters
    ----------
    series
        Shape (n_steps, n_series).
    """
    n_steps, n_series = series.shape
    score = np.zeros(n_series, np.int64)
    tied = np.zeros(n_series, np.int64)
    block = np.zeros((n_steps, _ABREAST))
    rising, falling = np.empty(_ABREAST, np.int64), np.empty(_ABREAST, np.int64)
    for first in range(0, n_series, _ABREAST):
        width = min(_ABREAST, n_series - first)
        for step in range(n_steps):
            block[step, :width] = series[step, first : first + width]
        rising[:] = 0
        falling[:] = 0
        for early in range(n_steps - 1):
            one = block[early]
            for late in range(early + 1, n_steps):
                other = block[late]
                for k in range(_ABREAST):
                    rising[k] += other[k] > one[k]
                    falling[k] += other[k] < one[k]
        for k in range(width):
            score[first + k] = rising[k] - falling[k]
            if 2 * (rising[k] + falling[k]) < n_steps * (n_steps - 1):
                tied[first + k] = _ties(block[:, k])
    return score, tied


@compiled
def _ties(values: FloatArray) -> int:
    tied = 0
    for one in values:
        equal = 0
        for other in values:
            equal += one == other
        # Each of the t values of a group brings its share of t (t - 1) (2t + 5).
        tied += (equal - 1) * (2 * equal + 5)
    return tied

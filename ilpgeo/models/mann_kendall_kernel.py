"""Compiled: rising and falling pairs of many short series, and their ties."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.models.jit import compiled


@compiled
def pair_scores(series: FloatArray) -> tuple[IntArray, IntArray]:
    """Return for each series rising less falling pairs, and the sum of t (t - 1) (2t + 5) over its groups of ties.

    Parameters
    ----------
    series
        Shape (n_series, n_steps).
    """
    n_series, n_steps = series.shape
    score = np.empty(n_series, np.int64)
    tied = np.zeros(n_series, np.int64)
    for i in range(n_series):
        values = series[i]
        rising = 0
        falling = 0
        for early in range(n_steps - 1):
            value = values[early]
            for late in range(early + 1, n_steps):
                rising += values[late] > value
                falling += values[late] < value
        score[i] = rising - falling
        if 2 * (rising + falling) < n_steps * (n_steps - 1):
            for one in range(n_steps):
                equal = 0
                for other in range(n_steps):
                    equal += values[other] == values[one]
                # Each of the t values of a group brings its share of t (t - 1) (2t + 5).
                tied[i] += (equal - 1) * (2 * equal + 5)
    return score, tied

"""Compiled: one step of expectation and maximisation over all cells, each event visited once."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled


@compiled
def expect_cells(
    t: FloatArray,
    weight: FloatArray,
    start: IntArray,
    prior: float,
    exposure: float,
    own: float,
    theta: float,
    omega: float,
    history_days: float,
    background: FloatArray,
    chance: FloatArray,
) -> tuple[float, float, float, FloatArray]:
    """Return what the M step needs, walking each cell's events in order of time.

    An exponential is all that is left of the past of a cell: A_j = sum_{t_i < t_j} w_i exp(-omega (t_j - t_i)) follows
    from the event before, and so does the sum of w_i (t_j - t_i) exp(-omega (t_j - t_i)). Events of the same instant
    add up before they count as anyone's past.

    Parameters
    ----------
    t, weight
        Shape (n,), sorted by cell and then time; events of a cell from start[c] to start[c + 1].
    prior, exposure
        The rate of a cell is its background events plus `prior`, over `exposure` days.
    own
        How much of an event's own background is left out of the rate that explains it: 0 or 1.
    background
        Shape (n_cells,), updated: background events expected among those scored (t >= history_days).
    chance
        Shape (n,), updated: the probability that the event is background.

    Returns
    -------
    tuple
        Follow-ups expected, their summed delays, the sum of the logarithms of the intensities, and the information
        of theta, omega and the level of the background (sum of the squared scores), shape (3, 3).
    """
    followed = delays = log_sum = 0.0
    information = np.zeros((3, 3))
    for c in range(len(start) - 1):
        known = background[c] + prior
        background[c] = 0.0
        mass = delay = 0.0
        j = start[c]
        while j < start[c + 1]:
            # The events of this instant, j..last-1, have the same past.
            last, here = j, 0.0
            while last < start[c + 1] and t[last] == t[j]:
                here += weight[last]
                last += 1
            is_scored = t[j] >= history_days
            rate = max(known - (own * here * chance[j] if is_scored else 0.0), 0.0) / exposure
            triggered = theta * omega * mass
            intensity = rate + triggered
            share = rate / intensity if intensity > 0 else 1.0
            for k in range(j, last):
                chance[k] = share
            if is_scored and intensity > 0:
                background[c] += here * share
                followed += here * (1.0 - share)
                delays += here * theta * omega * delay / intensity
                log_sum += here * math.log(intensity)
                by_theta = 1.0 - share
                by_omega = by_theta - theta * omega * omega * delay / intensity
                information[0, 0] += here * by_theta * by_theta
                information[0, 1] += here * by_theta * by_omega
                information[0, 2] += here * by_theta * share
                information[1, 1] += here * by_omega * by_omega
                information[1, 2] += here * by_omega * share
                information[2, 2] += here * share * share
            mass += here
            if last < start[c + 1]:
                gap = t[last] - t[j]
                fading = math.exp(-omega * gap)
                delay = fading * (delay + gap * mass)
                mass *= fading
            j = last
    for a in range(3):
        for b in range(a):
            information[a, b] = information[b, a]
    return followed, delays, log_sum, information


@compiled
def remaining(t: FloatArray, weight: FloatArray, start: IntArray, omega: float, at: float) -> FloatArray:
    """Return for each cell what is left of its past at time `at`: sum of w exp(-omega (at - t)), shape (n_cells,)."""
    left = np.zeros(len(start) - 1)
    for c in range(len(start) - 1):
        for k in range(start[c], start[c + 1]):
            left[c] += weight[k] * math.exp(-omega * (at - t[k]))
    return left

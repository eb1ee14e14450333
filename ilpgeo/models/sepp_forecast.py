"""What a fitted self-exciting process expects of a coming window, all generations of follow-ups included."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.space import Grid
from ilpgeo.models.sepp_space import spread_to_cells
from ilpgeo.models.sepp_trigger import Trigger

# Generations are followed until what is left of them is below this share, or so many.
_LEAST_LEFT, _MOST_GENERATIONS = 1e-3, 40
_STEPS_PER_DAY, _MOST_STEPS = 4, 2000


class Forecast(NamedTuple):
    """Expected incidents per cell in the window, shape (ny, nx): all, and those that follow from recorded incidents."""

    expected: FloatArray
    followed: FloatArray


def forecast(
    trigger: Trigger,
    ratio: float,
    background_per_day: FloatArray,
    x: FloatArray,
    y: FloatArray,
    age_days: FloatArray,
    weight: FloatArray,
    grid: Grid,
    gap_days: float,
    window_days: float,
) -> Forecast:
    """Return what is expected from `gap_days` after now for `window_days`.

    A recorded incident of age a has ratio (G(a + end) - G(a + begin)) follow-ups of its own in the window, spread over
    the cells by the Gaussian's mass on each. A generation further, each is spread again, and comes with the chance that
    a chain of that many delays ends in the window. What falls outside the study area is lost.

    Parameters
    ----------
    x, y, age_days, weight
        Shape (n,): recorded incidents, metres from the grid's corner, days before now.
    """
    begin, end = gap_days, gap_days + window_days
    chances = _chances(trigger, ratio, begin, end)
    step = end / len(chances[0])
    recent = np.flatnonzero(age_days < trigger.reach_days)
    recorded = _Recorded(trigger, age_days[recent], begin, end, len(chances[0]))
    blur = _Blur(trigger, grid)
    followed, coming = np.zeros(grid.shape), np.zeros(grid.shape)
    for generation in range(len(chances) - 1, -1, -1):
        # Horner's rule: each round adds one generation and spreads all later ones once more.
        coming = ratio**generation * float(chances[generation].sum()) * step * background_per_day + blur(coming)
        if generation and recent.size:
            given = weight[recent] * recorded.of_generation(generation, chances)
            own = spread_to_cells(x[recent], y[recent], given, grid, trigger)
            followed = ratio**generation * own + blur(followed)
    return Forecast(coming + followed, followed)


def _chances(trigger: Trigger, ratio: float, begin: float, end: float) -> list[FloatArray]:
    """Return, by generation and time step from now to `end`, the chance that a chain from there ends in the window."""
    n = max(1, min(math.ceil(end * _STEPS_PER_DAY), _MOST_STEPS))
    edges = np.linspace(0.0, end, n + 1)
    inside = np.clip(edges[1:] - np.maximum(edges[:-1], begin), 0.0, None) / (end / n)
    # Chance that an event evenly within one step has its follow-up so many steps later.
    running = trigger.running_share(edges) / (end / n)
    later = np.concatenate([running[1:2], np.diff(running, 2)])
    chances = [inside]
    left = ratio
    while len(chances) == 1 or (left > _LEAST_LEFT and len(chances) < _MOST_GENERATIONS):
        chances.append(_correlated(later, chances[-1]))
        left *= ratio
    return chances


def _correlated(later: FloatArray, chance: FloatArray) -> FloatArray:
    from scipy import fft

    size = fft.next_fast_len(2 * len(chance), real=True)
    whole = fft.irfft(fft.rfft(later, size) * fft.rfft(chance[::-1], size), size)
    return np.asarray(np.clip(whole[: len(chance)][::-1], 0.0, 1.0), np.float64)


class _Recorded:
    """The chance that a chain from a recorded incident, its first follow-up coming after now, ends in the window."""

    def __init__(self, trigger: Trigger, age_days: FloatArray, begin: float, end: float, n_steps: int) -> None:
        self._age_days = age_days
        self._direct = trigger.share_by(age_days + end) - trigger.share_by(age_days + begin)
        edges = np.linspace(0.0, end, n_steps + 1)
        self._ages = np.linspace(0.0, trigger.reach_days, 4 * math.ceil(trigger.reach_days) + 1)
        self._first = np.diff(trigger.share_by(self._ages[:, None] + edges[None, :]), axis=1)

    def of_generation(self, generation: int, chances: list[FloatArray]) -> FloatArray:
        if generation == 1:
            return self._direct
        by_age = (self._first * chances[generation - 1]).sum(axis=1)
        return np.asarray(np.interp(self._age_days, self._ages, by_age), np.float64)


class _Blur:
    """The spread of one generation, from cells to cells, nothing beyond the study area."""

    def __init__(self, trigger: Trigger, grid: Grid) -> None:
        self._inside = grid.inside
        # What starts evenly within a cell: the mass between two places averaged over the cell, by Simpson's rule.
        half = math.ceil(trigger.reach_m / grid.cell_m) + 1
        line = _all_inside(grid, 2 * half + 1)
        starts = (half + np.array([0.0, 0.25, 0.5, 0.75, 1.0])) * grid.cell_m
        share = np.array([1.0, 4.0, 2.0, 4.0, 1.0]) / 12.0
        middle = np.full(5, (half + 0.5) * grid.cell_m)
        self._mass = spread_to_cells(starts, middle, share, line, trigger).sum(axis=0)

    def __call__(self, values: FloatArray) -> FloatArray:
        from scipy import ndimage

        if not values.any():
            return values
        along = ndimage.correlate1d(values, self._mass, axis=1, mode="constant")
        both = ndimage.correlate1d(along, self._mass, axis=0, mode="constant")
        return np.asarray(np.where(self._inside, both, 0.0), np.float64)


def _all_inside(grid: Grid, side: int) -> Grid:
    """Return a square grid of the same cells, all inside."""
    return replace(grid, nx=side, ny=side, inside=np.ones((side, side), np.bool_))

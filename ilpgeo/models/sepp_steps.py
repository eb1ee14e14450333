"""The steps of the iteration that fits a self-exciting process: expectation, maximisation, and their covariance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.space import Grid
from ilpgeo.models.intervals import covariance_from_information, held_ratio
from ilpgeo.models.sepp_background import Background
from ilpgeo.models.sepp_pairs import Events, Parents, Sums, find_parents, sum_parents
from ilpgeo.models.sepp_space import is_near_border, shares_inside
from ilpgeo.models.sepp_trigger import Trigger, decay_from_mean, spread_from_mean

_CHUNK = 20_000
_MOST_PAIRS_KEPT = 100_000_000
_FIRST_RATIO = 0.2
# Places nearer than this share of the reach are not told apart: what repeats at one address is either its own
# background or a follow-up, and both must be equally sharp for the incidents to decide.
_FINEST = 0.25


class _Expected(NamedTuple):
    """What one trigger means for the events.

    Attributes
    ----------
    sums
        Over the parents of each event.
    exposure
        Follow-ups that would have been seen at a branching ratio of one.
    by_decay, by_spread
        Derivative of the exposure's logarithm by the logarithm of the decay and of the spread.
    """

    sums: Sums
    exposure: float
    by_decay: float
    by_spread: float


class State(NamedTuple):
    """One step of the iteration: parameters, intensities at the events and the log likelihood."""

    ratio: float
    trigger: Trigger
    expected: _Expected
    triggered: FloatArray
    intensity: FloatArray
    log_likelihood: float


def _dot(one: FloatArray, other: FloatArray) -> float:
    # Not the linear algebra library's: its threads cost more than they save here, and their number changes the sum.
    return float((one * other).sum())


class Fitting:
    """The state of the iteration: what is found once, and the parameters as they stand."""

    def __init__(
        self,
        events: Events,
        grid: Grid,
        period_days: float,
        history_days: float,
        background: str,
        bandwidth_m: float,
        reach_m: float,
        reach_days: float,
    ) -> None:
        self.events = events
        self._grid = grid
        self._days = period_days - history_days
        self._until_end = period_days - events.t
        self._until_start = np.maximum(history_days - events.t, 0.0)
        self._near_an_end = np.flatnonzero((events.t < history_days) | (self._until_end < reach_days))
        self.scored = np.where(events.t >= history_days, events.weight, 0.0)
        self.background = Background(grid, events.x, events.y, background, bandwidth_m, _FINEST * reach_m)
        # The Gaussian whose peak is as high as an even density on a tile.
        self.least_m = min(self.background.tile_m, _FINEST * reach_m) / math.sqrt(2.0 * math.pi)
        self._near_border = np.flatnonzero(is_near_border(events.x, events.y, grid, reach_m))
        self._kept: list[Parents] | None = None
        self.watch: Progress = unwatched
        self._trigger = Trigger(6.0 / reach_days, reach_m / 3.0, reach_days, reach_m)
        self._followed: float | None = None
        self._ratio = _FIRST_RATIO
        self._density = self.background.update(self.scored * (1.0 - _FIRST_RATIO)) / self._days

    def expect(self) -> State:
        """Return intensities and log likelihood at the parameters as they stand."""
        trigger, expected = self._trigger, self._expected()
        if self._followed is not None:
            self._ratio = held_ratio(self._followed, expected.exposure)
        triggered = self._ratio * trigger.height * expected.sums.mass
        intensity = self._density + triggered
        counts = self.scored > 0
        with np.errstate(divide="ignore"):
            log_sum = _dot(self.scored[counts], np.log(intensity[counts]))
        value = log_sum - self.background.total - self._ratio * expected.exposure
        return State(self._ratio, trigger, expected, triggered, intensity, value)

    def maximise(self, state: State) -> float:
        """Move the parameters to where they explain the expected parentage best; return the largest relative change."""
        expected, trigger = state.expected, state.trigger
        with np.errstate(invalid="ignore", divide="ignore"):
            each = np.where(state.intensity > 0, self.scored / state.intensity, 0.0)
        scale = state.ratio * trigger.height
        followed = _dot(each, state.triggered)
        self._density = self.background.update(self.scored - each * state.triggered) / self._days
        self._followed = followed
        if followed <= 1e-9 * self.scored.sum():
            self._followed = 0.0
            return 0.0
        mean_days = scale * _dot(each, expected.sums.days) / followed
        mean_m2 = scale * _dot(each, expected.sums.metres2) / followed
        decay = decay_from_mean(mean_days + expected.by_decay / trigger.decay_per_day, trigger.reach_days)
        along_axis = 0.5 * (mean_m2 - expected.by_spread * trigger.spread_m**2)
        spread = spread_from_mean(along_axis, trigger.reach_m, self.least_m)
        self._trigger = Trigger(decay, spread, trigger.reach_days, trigger.reach_m)
        ratio = held_ratio(followed, expected.exposure)
        return max(
            abs(math.log(decay / trigger.decay_per_day)),
            abs(math.log(spread / trigger.spread_m)),
            abs(ratio - state.ratio) / max(state.ratio, 1e-12),
        )

    def covariance(self, state: State) -> FloatArray:
        """Return the covariance of the logarithms of branching ratio, decay and spread, shape (3, 3)."""
        trigger, sums = state.trigger, state.expected.sums
        with np.errstate(invalid="ignore", divide="ignore"):
            inverse = np.where(state.intensity > 0, 1.0 / state.intensity, 0.0)
        by_decay, by_spread = trigger.slopes
        scale = state.ratio * trigger.height
        scores = (
            inverse * state.triggered,
            inverse * (by_decay * state.triggered - scale * trigger.decay_per_day * sums.days),
            inverse * (by_spread * state.triggered + scale / trigger.spread_m**2 * sums.metres2),
            inverse * self._density,
        )
        information = np.array([[_dot(one * self.scored, other) for other in scores] for one in scores])
        return covariance_from_information(information)[:3, :3]

    def _expected(self) -> _Expected:
        events, trigger = self.events, self._trigger
        by_time, time_slope, inside, space_slope = (np.full(len(events.t), value) for value in (1.0, 0.0, 1.0, 0.0))
        late, near = self._near_an_end, self._near_border
        until_end, until_start = self._until_end[late], self._until_start[late]
        by_time[late] = trigger.share_by(until_end) - trigger.share_by(until_start)
        time_slope[late] = trigger.share_slope(until_end) - trigger.share_slope(until_start)
        inside[near], space_slope[near] = shares_inside(events.x[near], events.y[near], self._grid, trigger)
        weighted = events.weight * inside
        exposure = _dot(weighted, by_time)
        by_decay, by_spread = _dot(weighted, time_slope), _dot(events.weight * by_time, space_slope)
        safe = exposure if exposure > 0 else 1.0
        return _Expected(self._sums(), exposure, by_decay / safe, by_spread / safe)

    def _sums(self) -> Sums:
        events, trigger = self.events, self._trigger
        sums = Sums(*(np.empty(len(events.t)) for _ in range(3)))
        for parents in self._parents():
            sum_parents(
                events.x, events.y, events.t, events.weight, *parents, trigger.decay_per_day, trigger.precision, *sums
            )
            self.watch(parents.first / len(events.t))
        return sums

    def _parents(self) -> Iterator[Parents]:
        """Yield the parents of all events in chunks, searched once unless there are too many to keep."""
        if self._kept is not None:
            yield from self._kept
            return
        kept, n_pairs = [], 0
        for first in range(0, len(self.events.t), _CHUNK):
            parents = self._search(first)
            n_pairs += len(parents.parent)
            if n_pairs <= _MOST_PAIRS_KEPT:
                kept.append(parents)
            yield parents
        if n_pairs <= _MOST_PAIRS_KEPT:
            self._kept = kept

    def _search(self, first: int) -> Parents:
        events, last = self.events, min(first + _CHUNK, len(self.events.t))
        found = find_parents(
            events.x, events.y, events.t, events.cell, events.start, events.n_columns, events.n_rows,
            first, last, self._trigger.reach_m, self._trigger.reach_days,
        )  # fmt: skip
        return Parents(first, *found)

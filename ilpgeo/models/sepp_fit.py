"""A self-exciting point process fitted by expectation maximisation: which incidents followed from earlier ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray, frozen
from ilpgeo.core.errors import raise_all
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.space import Grid
from ilpgeo.models.intervals import Estimate, covariance_from_information, estimates
from ilpgeo.models.points import check_points, check_study_area
from ilpgeo.models.sepp_background import BACKGROUNDS, Background
from ilpgeo.models.sepp_pairs import Events, Parents, Sums, find_parents, order_events, sum_parents
from ilpgeo.models.sepp_space import is_near_border, shares_inside
from ilpgeo.models.sepp_trigger import Trigger, decay_from_mean, is_decay_at_bound, spread_from_mean

# Share of the period kept as history only, where the reach is longer.
_MOST_HISTORY = 0.2
_CHUNK = 20_000
_MOST_PAIRS_KEPT = 100_000_000
_FIRST_RATIO = 0.2
# Places nearer than this share of the reach are not told apart: what repeats at one address is either its own
# background or a follow-up, and both must be equally sharp for the incidents to decide.
_FINEST = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class SeppFit:
    """A fitted self-exciting process.

    Attributes
    ----------
    branching_ratio
        Follow-ups expected of one incident.
    decay_per_day, spread_m
        Rate at which the risk after an incident fades; its standard deviation along each axis.
    covariance
        Shape (3, 3): of the logarithms of the three.
    trigger
        The fitted density of follow-ups.
    background_probability
        Shape (n,): probability that each incident did not follow from an earlier one.
    background_per_day
        Shape (ny, nx): background incidents per cell and day.
    log_likelihood
        Of the events after the history, in the fitted process.
    log_likelihoods
        The same before each iteration.
    n, history_days
        Incidents scored and days at the start that serve as history only.
    is_converged
        False when the iterations ran out before the values stood still.
    is_fading
        False when no fading with time was found within the reach.
    is_same_place
        True when follow-ups lie nearer than places are told apart.
    """

    branching_ratio: Estimate
    decay_per_day: Estimate
    spread_m: Estimate
    covariance: FloatArray
    trigger: Trigger
    background_probability: FloatArray
    background_per_day: FloatArray
    log_likelihood: float
    log_likelihoods: tuple[float, ...]
    n: float
    history_days: float
    is_converged: bool
    is_fading: bool
    is_same_place: bool

    def __post_init__(self) -> None:
        for name in ("covariance", "background_probability", "background_per_day"):
            object.__setattr__(self, name, frozen(getattr(self, name)))


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


class _State(NamedTuple):
    """One step of the iteration: parameters, intensities at the events and the log likelihood."""

    ratio: float
    trigger: Trigger
    expected: _Expected
    triggered: FloatArray
    intensity: FloatArray
    log_likelihood: float


def fit_sepp(
    x: FloatArray,
    y: FloatArray,
    t_days: FloatArray,
    period_days: float,
    grid: Grid,
    *,
    weights: FloatArray | None = None,
    background: str = "smooth",
    bandwidth_m: float = 200.0,
    reach_m: float = 300.0,
    reach_days: float = 60.0,
    history_days: float | None = None,
    iterations: int = 200,
    tolerance: float = 1e-4,
    progress: Progress = unwatched,
) -> SeppFit:
    """Return the self-exciting process that explains the incidents best.

    The intensity is mu(s) + theta sum_{t_i < t} w_i f(t - t_i) h(x - x_i) h(y - y_i), see `Trigger` and `Background`.
    Parents come strictly before their follow-ups: incidents of the same instant never follow from one another, and
    rows of the same place and instant are one event of their added weight. What a parent would have caused after the
    period or outside the study area is allowed for; incidents of the first `history_days` are parents only, because
    their own parents were not seen.

    Parameters
    ----------
    x, y
        Shape (n,), metres in the grid's CRS, all in the study area.
    t_days
        Shape (n,), days from the start of the period, 0 <= t < period_days.
    period_days
        Length of the period.
    weights
        Shape (n,), positive; None is one each.
    background
        ``smooth`` or ``cells``.
    history_days
        None is `reach_days`, at most a fifth of the period.
    iterations, tolerance
        Stops after so many, or when no parameter changes by more than this share.
    progress
        Called with the share done; what it raises passes through.

    Raises
    ------
    InvalidInput
        For values that are not finite or out of range, incidents outside the study area or the period, or none at all
        after the history.

    Notes
    -----
    O(pairs within reach) for each iteration; 4 bytes a pair, above 100 million of them they are searched again in
    every iteration. Intervals are from the information of all parameters and the level of the background (sum of the
    squared scores, Ogata 1978, doi:10.1007/BF02480216), with the background's shape taken as known. Mohler et al.
    (2011), doi:10.1198/jasa.2011.ap09546; Reinhart (2018), doi:10.1214/17-STS629.
    """
    weight = np.ones(len(x)) if weights is None else np.asarray(weights, np.float64)
    history = min(reach_days, _MOST_HISTORY * period_days) if history_days is None else history_days
    _check(x, y, t_days, weight, period_days, history, grid, background)
    extent = grid.nx * grid.cell_m, grid.ny * grid.cell_m
    events = order_events(x - grid.x0, y - grid.y0, np.asarray(t_days, np.float64), weight, extent, reach_m)
    fitting = _Fitting(events, grid, period_days, history, background, bandwidth_m, reach_m, reach_days)
    fitting.watch = lambda share: progress((len(trace) + share) / (iterations + 1))
    trace: list[float] = []
    is_converged = False
    for _ in range(iterations):
        state = fitting.expect()
        trace.append(state.log_likelihood)
        is_converged = fitting.maximise(state) < tolerance
        if is_converged:
            break
    state = fitting.expect()
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(state.intensity > 0, 1.0 - state.triggered / state.intensity, 1.0)
    covariance = fitting.covariance(state)
    values = (state.ratio, state.trigger.decay_per_day, state.trigger.spread_m)
    ratio, decay, spread = estimates(values, covariance)
    return SeppFit(
        branching_ratio=ratio,
        decay_per_day=decay,
        spread_m=spread,
        covariance=covariance,
        trigger=state.trigger,
        background_probability=share[events.of_row],
        background_per_day=fitting.background.per_cell() / (period_days - history),
        log_likelihood=state.log_likelihood,
        log_likelihoods=tuple(trace),
        n=float(fitting.scored.sum()),
        history_days=history,
        is_converged=is_converged,
        is_fading=not is_decay_at_bound(state.trigger.decay_per_day, reach_days),
        is_same_place=state.trigger.spread_m <= fitting.least_m * 1.001,
    )


def _check(
    x: FloatArray,
    y: FloatArray,
    t_days: FloatArray,
    weight: FloatArray,
    period_days: float,
    history_days: float,
    grid: Grid,
    background: str,
) -> None:
    check_points(x, y, weight)
    check_study_area(grid)
    faults = []
    if background not in BACKGROUNDS:
        faults.append(f"background must be one of {', '.join(BACKGROUNDS)}, not {background!r}")
    if not 0 <= history_days < period_days:
        faults.append(f"history_days must lie between 0 and the period of {period_days:g} days, not {history_days:g}")
    if t_days.shape != x.shape or not ((t_days >= 0) & (t_days < period_days)).all():
        faults.append(f"t_days must be one number from 0 to {period_days:g} for each incident; leave out the others")
    elif not (weight[t_days >= history_days] > 0).any():
        faults.append("no incident lies after the history; choose a longer period")
    if (grid.cell_of(x, y) < 0).any():
        faults.append("some incidents lie outside the study area; leave them out")
    raise_all(faults, subject="fit_sepp")


def _dot(one: FloatArray, other: FloatArray) -> float:
    # Not the linear algebra library's: its threads cost more than they save here, and their number changes the sum.
    return float((one * other).sum())


class _Fitting:
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

    def expect(self) -> _State:
        """Return intensities and log likelihood at the parameters as they stand."""
        trigger, expected = self._trigger, self._expected()
        if self._followed is not None:
            self._ratio = self._followed / expected.exposure if expected.exposure > 0 else 0.0
        triggered = self._ratio * trigger.height * expected.sums.mass
        intensity = self._density + triggered
        counts = self.scored > 0
        with np.errstate(divide="ignore"):
            log_sum = _dot(self.scored[counts], np.log(intensity[counts]))
        value = log_sum - self.background.total - self._ratio * expected.exposure
        return _State(self._ratio, trigger, expected, triggered, intensity, value)

    def maximise(self, state: _State) -> float:
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
        ratio = followed / expected.exposure if expected.exposure > 0 else 0.0
        return max(
            abs(math.log(decay / trigger.decay_per_day)),
            abs(math.log(spread / trigger.spread_m)),
            abs(ratio - state.ratio) / max(state.ratio, 1e-12),
        )

    def covariance(self, state: _State) -> FloatArray:
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

"""A self-exciting point process fitted by expectation maximisation: which incidents followed from earlier ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import FloatArray, frozen
from ilpgeo.core.errors import raise_all
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.space import Grid
from ilpgeo.models.intervals import Estimate, estimates
from ilpgeo.models.points import check_points, check_study_area
from ilpgeo.models.sepp_background import BACKGROUNDS
from ilpgeo.models.sepp_pairs import order_events
from ilpgeo.models.sepp_steps import Fitting
from ilpgeo.models.sepp_trigger import Trigger, is_decay_at_bound

# Share of the period kept as history only, where the reach is longer.
_MOST_HISTORY = 0.2


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
    fitting = Fitting(events, grid, period_days, history, background, bandwidth_m, reach_m, reach_days)
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

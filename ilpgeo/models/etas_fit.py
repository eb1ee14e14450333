"""A self-exciting process in each cell of a grid, with one branching ratio and one decay for all cells."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray, frozen
from ilpgeo.core.errors import raise_all
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.models.etas_kernel import expect_cells, remaining
from ilpgeo.models.intervals import Estimate, covariance_from_information, estimates, held_ratio

_FIRST_THETA = 0.3
_SLOWEST, _FASTEST = 1e-3, 1e5
# A larger shape cannot be told from cells that are all alike.
_MOST_ALIKE = 1e4


BACKGROUNDS = ("pooled", "published")


class _Prior(NamedTuple):
    """The gamma distribution of the cells' rates: shape, and mean in events a day."""

    shape: float
    mean: float


@dataclass(frozen=True, slots=True, eq=False)
class EtasFit:
    """A fitted process.

    Attributes
    ----------
    branching_ratio, decay_per_day
        theta and omega with their intervals.
    covariance
        Shape (2, 2): of the logarithms of the two.
    rate
        Shape (n_cells,): background events a day, mu.
    background_probability
        Shape (n,): probability that each event did not follow from an earlier one in its cell.
    left
        Shape (n_cells,): what is left of each cell's past at the end of the period, in events.
    log_likelihood, log_likelihoods
        Of the events scored; the same before each iteration, which never falls for a ``published`` background.
    n, history_days
        Events scored and days at the start that serve as history only.
    is_converged
        False when the iterations ran out first.
    """

    branching_ratio: Estimate
    decay_per_day: Estimate
    covariance: FloatArray
    rate: FloatArray
    background_probability: FloatArray
    left: FloatArray
    log_likelihood: float
    log_likelihoods: tuple[float, ...]
    n: float
    history_days: float
    is_converged: bool

    def __post_init__(self) -> None:
        for name in ("covariance", "rate", "background_probability", "left"):
            object.__setattr__(self, name, frozen(getattr(self, name)))


def fit_etas(
    cell: IntArray,
    t_days: FloatArray,
    n_cells: int,
    period_days: float,
    *,
    weights: FloatArray | None = None,
    history_days: float = 0.0,
    background: str = "pooled",
    iterations: int = 500,
    tolerance: float = 1e-5,
    progress: Progress = unwatched,
) -> EtasFit:
    """Return the process lambda_c(t) = mu_c + sum_{t_i < t in c} w_i theta omega exp(-omega (t - t_i)).

    E: p_ij = theta omega exp(-omega (t_j - t_i)) / lambda_j, p_jj = mu / lambda_j. M: mu_c = sum p_jj / T; theta and
    omega as published, with what parents would have caused after the period allowed for:
    theta = sum p_ij / sum_i (1 - exp(-omega (T - t_i))), at most 1: above it a process grows without end,
    1 / omega = (sum p_ij dt_ij + theta sum_i (T - t_i) exp(-omega (T - t_i))) / sum p_ij.

    Parameters
    ----------
    cell, t_days
        Shape (n,): cell 0..n_cells-1 and days from the start of the period, 0 <= t < period_days.
    weights
        Shape (n,), positive; None is one each. Events of the same instant never follow from one another, so that a
        weight of k equals k copies.
    history_days
        Events of the first days are parents only: their own parents were not seen.
    background
        ``published``: mu_c is each cell's own, as in the paper. A cell with few events then explains them by its own
        rate, and theta comes out a fifth and more too low. ``pooled``: the mu_c are drawn from a gamma distribution
        fitted to all cells, and no event vouches for itself: mu is what the cell's other events and the other cells
        predict.
    iterations, tolerance
        Stops after so many, or when neither theta nor omega changes by more than this share.
    progress
        Called with the share done; what it raises passes through.

    Raises
    ------
    InvalidInput
        For cells, times or weights out of range.

    Notes
    -----
    O(n) time for each iteration, whatever the number of pairs, and O(n + cells) memory. Mohler et al. (2015),
    doi:10.1080/01621459.2015.1077710.
    """
    weight = np.ones(len(cell)) if weights is None else np.asarray(weights, np.float64)
    _check(cell, t_days, weight, n_cells, period_days, history_days, background)
    order = np.lexsort((weight, t_days, cell))
    t, w = np.asarray(t_days, np.float64)[order], weight[order]
    start = np.searchsorted(cell[order], np.arange(n_cells + 1)).astype(np.int64)
    days = period_days - history_days
    is_scored = t >= history_days
    until_end, until_start = period_days - t, np.maximum(history_days - t, 0.0)
    n = float(w[is_scored].sum())
    counts = np.bincount(cell[order][is_scored], w[is_scored], n_cells).astype(np.float64)
    theta, omega = _FIRST_THETA, max(10.0 / period_days, 0.1)
    masses, chance = (1.0 - theta) * counts, np.full(len(t), 1.0 - theta)
    is_pooled = background == "pooled"
    prior = _Prior(1.0, max(float(masses.mean()) / days, 1e-300)) if is_pooled else None
    trace: list[float] = []
    is_converged = False
    information = np.zeros((3, 3))
    for done in range(iterations + 1):
        strength, per_day = (prior.shape, prior.shape / prior.mean + days) if prior else (0.0, days)
        rate = (masses + strength) / per_day
        followed, delays, log_sum, information = expect_cells(
            t, w, start, strength, per_day, float(is_pooled), theta, omega, history_days, masses, chance
        )
        fading, fading_start = np.exp(-omega * until_end), np.exp(-omega * until_start)
        exposure = float((w * (fading_start - fading)).sum())
        trace.append(log_sum - float(rate.sum()) * days - theta * exposure)
        if is_converged or done == iterations:
            break
        progress((done + 1) / (iterations + 1))
        if prior is not None:
            prior = _refitted(prior, masses, days)
        if followed <= 1e-9 * max(n, 1.0):
            theta, is_converged = 0.0, True
            continue
        lost = float((w * (until_end * fading - until_start * fading_start)).sum())
        new_omega = min(max(followed / (delays + theta * lost), _SLOWEST / period_days), _FASTEST)
        new_theta = held_ratio(followed, exposure)
        is_converged = abs(new_omega / omega - 1.0) < tolerance and abs(new_theta / theta - 1.0) < tolerance
        theta, omega = new_theta, new_omega
    covariance = covariance_from_information(information)[:2, :2]
    ratio, decay = estimates((theta, omega), covariance)
    probability = np.empty(len(t))
    probability[order] = chance
    return EtasFit(
        branching_ratio=ratio,
        decay_per_day=decay,
        covariance=covariance,
        rate=rate,
        background_probability=probability,
        left=remaining(t, w, start, omega, period_days),
        log_likelihood=trace[-1],
        log_likelihoods=tuple(trace),
        n=n,
        history_days=history_days,
        is_converged=is_converged,
    )


def expected_in_window(fit: EtasFit, gap_days: float, window_days: float) -> tuple[FloatArray, FloatArray]:
    """Return expected events per cell from `gap_days` after the period for `window_days`, all generations included.

    With X the raised part of the intensity, dX/dt = -omega (1 - theta) X + theta omega mu on average, which has a
    closed form. O(cells).

    Returns
    -------
    tuple
        All events, and those that follow from the events of the period; shape (n_cells,).
    """
    theta, omega = fit.branching_ratio.value, fit.decay_per_day.value
    begin, end = gap_days, gap_days + window_days
    fading = omega * (1.0 - theta)
    if abs(fading) * end < 1e-5:
        # The closed form loses its digits where the process neither fades nor grows; this near, the change is nothing.
        fading = 1e-5 / end
    reached = [-math.expm1(-fading * at) / fading for at in (begin, end)]
    followed = theta * omega * fit.left * (reached[1] - reached[0])
    grown = (window_days - (reached[1] - reached[0])) / fading
    return fit.rate * (window_days + theta * omega * grown) + followed, followed


def _refitted(prior: _Prior, masses: FloatArray, days: float) -> _Prior:
    """Return the gamma distribution that the cells' rates, as far as they are known, seem drawn from."""
    from scipy.special import polygamma, psi

    strength, per_day = prior.shape + masses, prior.shape / prior.mean + days
    mean = max(float(strength.mean()) / per_day, 1e-300)
    spread = max(math.log(mean) - float((psi(strength) - math.log(per_day)).mean()), 0.5 / _MOST_ALIKE)
    # Newton's method on log(shape) - psi(shape) = spread from its usual first guess.
    shape = (3.0 - spread + math.sqrt((spread - 3.0) ** 2 + 24.0 * spread)) / (12.0 * spread)
    for _ in range(5):
        slope = 1.0 / shape - float(polygamma(1, shape))
        shape = max(shape - (math.log(shape) - float(psi(shape)) - spread) / slope, 0.5 * shape)
    return _Prior(min(shape, _MOST_ALIKE), mean)


def _check(
    cell: IntArray,
    t_days: FloatArray,
    weight: FloatArray,
    n_cells: int,
    period_days: float,
    history_days: float,
    background: str,
) -> None:
    faults = []
    if background not in BACKGROUNDS:
        faults.append(f"background must be one of {', '.join(BACKGROUNDS)}, not {background!r}")
    if n_cells < 1:
        faults.append("there must be at least one cell")
    if not 0 <= history_days < period_days:
        faults.append(f"history_days must lie between 0 and the period of {period_days:g} days, not {history_days:g}")
    if not cell.shape == t_days.shape == weight.shape:
        faults.append(f"cell, t_days and weights have shapes {cell.shape}, {t_days.shape} and {weight.shape}")
    elif not ((cell >= 0) & (cell < n_cells)).all():
        faults.append(f"cells must lie between 0 and {n_cells - 1}; leave the other events out")
    elif not ((t_days >= 0) & (t_days < period_days)).all():
        faults.append(f"t_days must lie between 0 and the period of {period_days:g} days; leave the others out")
    elif not (np.isfinite(weight) & (weight > 0)).all():
        faults.append("weights must be finite and positive; leave the other events out")
    raise_all(faults, subject="fit_etas")

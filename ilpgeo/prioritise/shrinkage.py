"""Gamma-Poisson empirical Bayes: rates of areas, shrunk towards what areas of this kind have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, gammaincc, gammaincinv, gammaln

from ilpgeo.core.arrays import FloatArray, frozen
from ilpgeo.core.errors import InvalidInput

_FIRST_GRID = 25
_NEXT_GRID = 9
_REFINEMENTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class GammaPosterior:
    """A gamma distribution of each area's daily rate.

    Attributes
    ----------
    shape, rate
        Shape (areas,); `rate` in days. NaN where there is no estimate.
    """

    shape: FloatArray
    rate: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", frozen(self.shape))
        object.__setattr__(self, "rate", frozen(self.rate))

    def expected(self, window_days: float) -> FloatArray:
        """Return the expected incidents of each area in a window."""
        return np.asarray(self.shape / self.rate * window_days, np.float64)

    def interval(self, window_days: float, level: float = 0.9) -> tuple[FloatArray, FloatArray]:
        """Return the central credible interval of `expected`, lower and upper end."""
        tail = (1 - level) / 2
        low = gammaincinv(self.shape, tail) / self.rate * window_days
        high = gammaincinv(self.shape, 1 - tail) / self.rate * window_days
        return np.asarray(low, np.float64), np.asarray(high, np.float64)

    def likely(self, window_days: float, level: float = 0.9) -> tuple[FloatArray, FloatArray]:
        """Return the central range of the count in a window, lower and upper end: the rate's uncertainty and chance.

        The count is negative binomial: ``P(N <= k) = I_p(shape, k + 1)`` with ``p = rate / (rate + window_days)``.
        """
        tail, known = (1 - level) / 2, np.isfinite(self.shape)
        shape, p = self.shape[known], self.rate[known] / (self.rate[known] + window_days)
        mean = shape * (1 - p) / p
        reach = np.ceil(12 * np.sqrt(mean / p)) + 1  # beyond it lies less than a hundredth (Cantelli)
        ends = []
        for aim in (tail, 1 - tail):
            below, enough = np.maximum(-1.0, np.floor(mean - reach)), np.ceil(mean + reach)
            while (enough - below > 1).any():
                middle = np.floor((below + enough) / 2)
                has_enough = betainc(shape, middle + 1, p) >= aim
                below, enough = np.where(has_enough, below, middle), np.where(has_enough, middle, enough)
            end = np.full(len(known), np.nan)
            end[known] = enough
            ends.append(end)
        return ends[0], ends[1]

    def exceeds(self, daily: float) -> FloatArray:
        """Return the probability that each area's daily rate is above `daily`."""
        return np.asarray(gammaincc(self.shape, daily * self.rate), np.float64)

    def below(self, daily: float) -> FloatArray:
        """Return the probability that each area's daily rate is at most `daily`."""
        return np.asarray(gammainc(self.shape, daily * self.rate), np.float64)


def weighted_sum(posteriors: Sequence[GammaPosterior], weights: FloatArray) -> GammaPosterior:
    """Return the gamma with the mean and variance of ``sum(weight * rate)``; exact for one posterior.

    NaN where a posterior has no estimate, or where every weight is 0.
    """
    n = len(posteriors[0].shape)
    mean, variance = np.zeros(n), np.zeros(n)
    for each, weight in zip(posteriors, weights, strict=True):
        mean += weight * each.shape / each.rate
        variance += weight**2 * each.shape / each.rate**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return GammaPosterior(mean**2 / variance, mean / variance)


def shrink(n: npt.ArrayLike, exposure_days: npt.ArrayLike) -> GammaPosterior:
    """Return each area's posterior rate of one offence.

    ``n_i ~ Poisson(rate_i * exposure_i)``, ``rate_i ~ Gamma(a, b)``; the posterior is ``Gamma(a + n_i, b +
    exposure_i)``. ``a / b`` and ``a`` maximise the negative binomial likelihood of the areas with exposure, ``a``
    under the uniform-shrinkage prior, which keeps it finite where counts are (nearly) the same. As the prior is itself
    estimated, its weight is cut: ``1/a' = (1 + 1/k) / a + 1/N`` for k areas with N incidents in all. One area alone
    learns from nothing but itself (Jeffreys' prior).

    Parameters
    ----------
    n
        Shape (areas,): incidents, >= 0.
    exposure_days
        Shape (areas,): days with data, >= 0; areas with 0 get NaN.

    Raises
    ------
    InvalidInput
        Unequal lengths, or a value that is negative or not finite.

    Notes
    -----
    Cost: O(areas) to collapse equal (count, exposure) pairs, then some 70 likelihoods of the distinct pairs.

    References
    ----------
    Clayton & Kaldor (1987), doi:10.2307/2532003; Christiansen & Morris (1997), JASA 92, 618-632.
    """
    counts, exposure = np.asarray(n, np.float64), np.asarray(exposure_days, np.float64)
    if counts.shape != exposure.shape or counts.ndim != 1:
        raise InvalidInput(f"shrinkage: {counts.shape} counts for {exposure.shape} exposures; one of each per area")
    if not all(np.isfinite(each).all() and (each >= 0).all() for each in (counts, exposure)):
        raise InvalidInput("shrinkage: counts and exposures must be finite and not negative")
    known = exposure > 0
    shape, rate = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    if known.any():
        a, b = fit_prior(counts[known], exposure[known])
        shape[known], rate[known] = a + counts[known], b + exposure[known]
    return GammaPosterior(shape, rate)


def fit_prior(counts: FloatArray, exposure: FloatArray) -> tuple[float, float]:
    """Return shape and rate (days) of the prior fitted over areas that all have exposure (see `shrink`)."""
    total, k = float(counts.sum()), len(counts)
    if k == 1:
        return 0.5, 0.0
    if total == 0:
        return 0.5, float(exposure.sum())
    days, day_code = np.unique(exposure, return_inverse=True)
    pair, copies = np.unique(counts * len(days) + day_code, return_counts=True)
    n, e = pair // len(days), days[(pair % len(days)).astype(np.int64)]
    mean = total / float(exposure.sum())
    shape = 1.0
    for _ in range(10):
        before = mean
        shape = _fit_shape(n, e, copies, mean, typical=mean * float(np.median(exposure)))
        for _ in range(20):
            mean = total / float((copies * e * (shape + n) / (shape + mean * e)).sum())
        if abs(mean / before - 1) < 1e-6:
            break
    shape = 1 / ((1 + 1 / k) / shape + 1 / total)
    return shape, shape / mean


def _fit_shape(n: FloatArray, e: FloatArray, copies: npt.NDArray[np.intp], mean: float, typical: float) -> float:
    # A grid refined round its best point: the likelihood in log(shape) can be flat to the right, where Newton strays.
    low, high = np.log(1e-3), np.log(1e3 * max(typical, 1.0))
    points = np.linspace(low, high, _FIRST_GRID)
    for _ in range(_REFINEMENTS):
        a = np.exp(points)[:, None]
        each = (
            gammaln(n + a) - gammaln(a) - a * np.log1p(mean * e / a) + n * np.log(mean * e) - n * np.log(a + mean * e)
        )
        likelihood = each @ copies + points - 2 * np.log(np.exp(points) + typical)
        best, step = points[int(np.argmax(likelihood))], points[1] - points[0]
        points = np.linspace(best - step, best + step, _NEXT_GRID)
    return float(np.exp(best))

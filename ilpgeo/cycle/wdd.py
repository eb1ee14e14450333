"""Weighted displacement difference: whether a place changed by more than what it is compared with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from ilpgeo.core.errors import raise_all

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Counts:
    """Incidents of one place before and after, with the weight of each.

    Attributes
    ----------
    before, after
        Counts, taken as Poisson.
    before_weight, after_weight
        How large time and area of each count are beside those the answer is stated for: 2 is twice as long or large,
        and the count is divided by it.
    """

    before: float
    after: float
    before_weight: float = 1.0
    after_weight: float = 1.0

    def __post_init__(self) -> None:
        faults = [
            f"counts must be finite and not below zero, not {n:g}"
            for n in (self.before, self.after)
            if not 0 <= n < math.inf
        ]
        faults += [
            f"weights must be finite and above zero, not {weight:g}"
            for weight in (self.before_weight, self.after_weight)
            if not 0 < weight < math.inf
        ]
        raise_all(faults, subject="displacement difference")

    @property
    def change(self) -> float:
        """After less before, in weighted incidents."""
        return self.after / self.after_weight - self.before / self.before_weight

    @property
    def variance(self) -> float:
        """Variance of the change; a Poisson count estimates its own variance."""
        return self.after / self.after_weight**2 + self.before / self.before_weight**2


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference with its standard error."""

    value: float
    se: float

    @property
    def z(self) -> float:
        """Value over standard error; 0 where nothing was counted."""
        return self.value / self.se if self.se else 0.0

    @property
    def p(self) -> float:
        """Two-sided p of no difference."""
        return 2 * NormalDist().cdf(-abs(self.z)) if self.se else 1.0

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Return the normal interval of the difference."""
        reach = NormalDist().inv_cdf(0.5 + confidence / 2) * self.se
        return self.value - reach, self.value + reach


def wdd(
    treated: Counts,
    comparison: Counts,
    displacement: Counts | None = None,
    comparison_displacement: Counts | None = None,
) -> Estimate:
    """Return (T1 - T0) - (C1 - C0) + (Dt1 - Dt0) - (Dc1 - Dc0) and its standard error.

    Below zero: the treated place fell by more than its comparison, after what moved next door is counted in.

    Parameters
    ----------
    treated, comparison
        The place where something was done, and the one it is compared with.
    displacement, comparison_displacement
        The ground around each that incidents may have moved to; None leaves it out.

    Notes
    -----
    Wheeler and Ratcliffe (2018), doi:10.1186/s40163-018-0085-5. The counts are Poisson and independent, and both places
    would have changed by the same number of incidents had nothing been done.

    Examples
    --------
    >>> found = wdd(Counts(20, 10), Counts(20, 20))
    >>> found.value, round(found.se, 3)
    (-10.0, 8.367)
    """
    terms = [(treated, 1.0), (comparison, -1.0)]
    terms += [(displacement, 1.0)] if displacement is not None else []
    terms += [(comparison_displacement, -1.0)] if comparison_displacement is not None else []
    value = sum(sign * each.change for each, sign in terms)
    return Estimate(value, math.sqrt(sum(each.variance for each, _ in terms)))


def harm_weighted(estimates: Sequence[Estimate], weights: Sequence[float]) -> Estimate:
    """Return the differences of several offences as one in units of harm: sum(w est), sqrt(sum w^2 se^2).

    Examples
    --------
    >>> harm_weighted([Estimate(-3.0, 4.0), Estimate(1.0, 3.0)], [10.0, 10.0])
    Estimate(value=-20.0, se=50.0)
    """
    pairs = list(zip(estimates, weights, strict=True))
    return Estimate(
        sum(weight * each.value for each, weight in pairs),
        math.sqrt(sum(weight**2 * each.se**2 for each, weight in pairs)),
    )


def peak_p(before: float, before_days: float, longer: float, longer_days: float) -> float:
    """Return how likely a count at least as high as the one before is, at the rate of the longer run.

    Both are Poisson; given their sum, the count before is binomial (Przyborowski and Wilenski 1940). A small p says
    that the place was at a peak, from which it comes down by itself. 1 where there is nothing to go by.

    Examples
    --------
    >>> round(peak_p(8, 1, 10, 10), 4)
    0.0001
    """
    n, k = round(before + longer), round(before)
    if n == 0 or longer_days <= 0:
        return 1.0
    share = before_days / (before_days + longer_days)
    return math.fsum(_binomial(n, at, share) for at in range(k, n + 1)) if k else 1.0


def _binomial(n: int, k: int, share: float) -> float:
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log + k * math.log(share) + (n - k) * math.log1p(-share))

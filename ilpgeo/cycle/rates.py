"""Two counts compared: the ratio of their rates with its exact interval, and what that allows to be said."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from ilpgeo.core.assessment import Course, Direction
from ilpgeo.core.errors import InvalidInput

LEVEL = 0.95
FEWEST_PAIRS = 6


class RateRatio(NamedTuple):
    """A ratio of rates and its interval; the upper end, and the ratio over none, may be infinite; NaN: unknown."""

    ratio: float
    low: float
    high: float

    @property
    def direction(self) -> Direction:
        """What may be said: a rise or fall only where the interval leaves 1 out."""
        if np.isnan(self.low) or np.isnan(self.high):
            return Direction.UNKNOWN
        if self.low > 1:
            return Direction.RISE
        return Direction.FALL if self.high < 1 else Direction.NONE


def compare_rates(n: float, before: float, share: float = 0.5, dispersion: float = 1.0) -> RateRatio:
    """Return the rate of `n` over that of `before` with its exact 95 % interval.

    Parameters
    ----------
    n, before
        Counts, >= 0. Two zeros say nothing: from none to any number.
    share
        Days of `n` over the days of both, above 0 and below 1.
    dispersion
        How many times more than Poisson counts these usually differ from one period to the next (see
        `usual_dispersion`), >= 1: as many incidents count as one.

    Notes
    -----
    Given the sum, `n` is binomial with chance p = r*share / (r*share + 1 - share) for a ratio r of rates; the ends of
    the interval of p (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404) are turned into ratios (Przyborowski &
    Wilenski 1940, doi:10.1093/biomet/31.3-4.313). With a dispersion above 1 the counts are divided by it first, as in
    quasi-likelihood (McCullagh & Nelder 1989): the interval widens with its root.

    Examples
    --------
    >>> [round(each, 2) for each in compare_rates(30, 20)]
    [1.5, 0.82, 2.78]
    """
    if not (n >= 0 and before >= 0 and 0 < share < 1 and dispersion >= 1):
        raise InvalidInput("rates: counts must not be negative, the share lie between 0 and 1, the dispersion be >= 1")
    a, b, tail = n / dispersion, before / dispersion, (1 - LEVEL) / 2
    low = float(betaincinv(a, b + 1, tail)) if a > 0 else 0.0
    high = float(betaincinv(a + 1, b, 1 - tail)) if b > 0 else 1.0
    odds = (1 - share) / share

    def ratio(p: float) -> float:
        return odds * p / (1 - p) if p < 1 else float("inf")

    point = odds * n / before if before else float("inf" if n else "nan")
    return RateRatio(point, ratio(low), ratio(high))


def usual_dispersion(history: npt.ArrayLike) -> float:
    """Return how many times more than Poisson counts these differ from each to the next; at least 1.

    Parameters
    ----------
    history
        Counts of successive periods of equal length, in order; those compared now are left out of it. With fewer than
        six pairs there is nothing to go by: 1.

    Notes
    -----
    The mean of (a - b)^2 / (a + b) over successive pairs, which is 1 for Poisson counts of one rate: the difference of
    successive values, so that a slow trend does not pass for scatter (von Neumann 1941, doi:10.1214/aoms/1177731677).

    Examples
    --------
    >>> usual_dispersion([100, 120, 100, 120, 100, 120, 100])
    1.8181818181818181
    """
    counts = np.asarray(history, np.float64)
    total = counts[1:] + counts[:-1]
    known = total > 0
    if int(known.sum()) < FEWEST_PAIRS:
        return 1.0
    return max(1.0, float((np.diff(counts)[known] ** 2 / total[known]).mean()))


def course_of(before: Direction, last_year: Direction) -> Course:
    """Return where a group is heading: a word for rise or fall only where both comparisons agree.

    >>> course_of(Direction.RISE, Direction.RISE), course_of(Direction.RISE, Direction.NONE)
    (<Course.EMERGING: 'emerging'>, <Course.MIXED: 'mixed'>)
    """
    both = {before, last_year}
    if both == {Direction.RISE}:
        return Course.EMERGING
    if both == {Direction.FALL}:
        return Course.FADING
    if both <= {Direction.NONE, Direction.UNKNOWN}:
        return Course.STEADY if both == {Direction.NONE} else Course.UNKNOWN
    return Course.MIXED

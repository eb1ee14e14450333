"""The same place at the same times before: which windows, how many to expect, was it more than usual."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from scipy.special import betainc

from ilpgeo.core.event import Usual
from ilpgeo.cycle.rates import compare_rates

WEEKS = 8
YEAR = timedelta(weeks=52)
LEVEL = 0.9
_MOST = 1_000_000


def earlier_windows(start: datetime, end: datetime, first: datetime, until: datetime) -> tuple[datetime, ...]:
    """Return the starts of up to eight windows on the same weekdays and hours before, newest first.

    They lie whole weeks before the event, do not overlap it or each other, and within the data.

    Parameters
    ----------
    first, until
        The data reach from the first up to, not including, the second.
    """
    weeks = max(1, math.ceil((end - start) / timedelta(weeks=1)))
    step = timedelta(weeks=weeks)
    lag = max(1, math.ceil((end - until) / step)) if end > until else 1
    found: list[datetime] = []
    at = start - lag * step
    while len(found) < WEEKS and at >= first:
        found.append(at)
        at -= step
    return tuple(found)


def next_count(total: int, windows: int) -> tuple[float, float, float]:
    """Return the mean of the earlier windows and the 90 % interval of the count of one more.

    Notes
    -----
    Poisson counts whose rate has Jeffreys' prior: the next count is negative binomial with size total + 1/2 and
    chance windows / (windows + 1). The ends are the smallest counts whose chance to be at most that is 5 and 95 %.

    Examples
    --------
    >>> next_count(40, 8)
    (5.0, 2.0, 9.0)
    """
    size, chance = total + 0.5, windows / (windows + 1)
    tail = (1 - LEVEL) / 2

    def quantile(share: float) -> float:
        low, high = -1, 1
        while _at_most(high, size, chance) < share and high < _MOST:
            high *= 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _at_most(middle, size, chance) < share else (low, middle)
        return float(high)

    return total / windows, quantile(tail), quantile(1 - tail)


def _at_most(count: int, size: float, chance: float) -> float:
    return float(betainc(size, count + 1, chance))


def usual(offence: str, n: int | None, earlier: int, windows: int, last_year: int | None) -> Usual:
    """Return one group beside the same place at the same times before; raw counts, to be released by the gate."""
    if not windows:
        return Usual(offence, n, None, 0, None, None, None, last_year)
    expected, low, high = next_count(earlier, windows)
    if n is None:
        return Usual(offence, None, earlier, windows, expected, low, high, last_year)
    found = compare_rates(n, earlier, 1 / (1 + windows))
    ratio, ratio_low, ratio_high = (float(each) if math.isfinite(each) else None for each in found)
    return Usual(
        offence, n, earlier, windows, expected, low, high, last_year, found.direction, ratio, ratio_low, ratio_high
    )

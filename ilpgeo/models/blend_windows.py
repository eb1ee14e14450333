"""Windows already past that are like the one foretold: to learn weights from, and to count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.query import DAYS_A_MONTH, Period, months_later

_HISTORY_SHARE = 1 / 3  # of the past is looked at only, so that the first window learnt from has a past of its own
_LEAST_SPAN_DAYS = 182
_MOST_WINDOWS = 104
_FEW_WINDOWS = 26


@dataclass(frozen=True, slots=True)
class Taught:
    """A window that teaches: days start <= day < after, counted from the first day learnt from, and its say.

    Attributes
    ----------
    say
        What an incident in it counts: windows overlap, and an incident in two of them counts half in each.
    """

    start: int
    after: int
    say: float


def windows_taught(window: Period, trained_on: Period, n_windows: int) -> list[Taught]:
    """Return the windows of the past that teach, oldest first; all end with the past or before.

    They are as long as the window foretold and start half its length apart (a month, where it is whole months), back to
    as many lengths as `n_windows`, at least half a year, but not into the first third of the past.
    """
    first = _first_taught(trained_on)
    months = whole_months(window)
    if months:
        length_days = months * DAYS_A_MONTH
        span = max(n_windows * length_days, _LEAST_SPAN_DAYS)
        starts = [months_later(window.start, -back) for back in range(int(span / DAYS_A_MONTH) + months, 0, -1)]
        pairs = [(_day(start, trained_on), _day(months_later(start, months), trained_on)) for start in starts]
        earliest = max(first, trained_on.days - span - 1)
        say = 1 / months
        return [Taught(*pair, say) for pair in pairs if pair[0] >= earliest and pair[1] <= trained_on.days]
    span = max(n_windows * window.days, _LEAST_SPAN_DAYS)
    step = max(1, window.days // 2, -(-span // _MOST_WINDOWS))
    lasts = range(trained_on.days - window.days, max(first, trained_on.days - span) - 1, -step)
    say = min(1.0, step / window.days)
    return [Taught(start, start + window.days, say) for start in reversed(lasts)]


def taught_share(taught: Sequence[Taught], trained_on: Period) -> float:
    """Return how much of half a year the past lets its windows teach, 0 to 1; where none fits into it, 0.

    >>> taught_share([Taught(180, 210, 1.0)], Period(date(2024, 1, 1), date(2024, 12, 31)))
    1.0
    """
    days = trained_on.days - _first_taught(trained_on)
    return min(1.0, days / _LEAST_SPAN_DAYS) if taught else 0.0


def pieces_before(window: Period, trained_on: Period) -> tuple[IntArray, int]:
    """Return the borders of pieces of time side by side that end with the past, and how many make up the window.

    Whole months are counted month by month (monthly data can tell no less apart), longer windows of days week by week
    where the past holds few of them; a past that holds not one such piece is counted day by day.

    Returns
    -------
    IntArray
        Shape (n + 1,), days counted from the first day learnt from, oldest first.
    int
        Pieces in the window.
    """
    borders, n_ahead = _usual_pieces(window, trained_on)
    if len(borders) < 2:
        return np.arange(trained_on.days + 1), window.days
    return borders, n_ahead


def _usual_pieces(window: Period, trained_on: Period) -> tuple[IntArray, int]:
    months = whole_months(window)
    if months and trained_on.after.day == 1:
        starts, start = [trained_on.after], months_later(trained_on.after, -1)
        while start >= trained_on.start:
            starts.append(start)
            start = months_later(start, -1)
        return np.array([_day(start, trained_on) for start in reversed(starts)], np.int64), months
    is_scarce = trained_on.days < _FEW_WINDOWS * window.days
    n_ahead = max(1, window.days // 7) if is_scarce else 1
    n = trained_on.days * n_ahead // window.days
    back = np.round(np.arange(n, -1, -1) * (window.days / n_ahead)).astype(np.int64)
    return trained_on.days - back, n_ahead


def whole_months(window: Period) -> int:
    """Return how many whole calendar months a window is; 0 where it is not.

    >>> whole_months(Period(date(2024, 2, 1), date(2024, 3, 31)))
    2
    """
    after = window.end + timedelta(days=1)
    if window.start.day != 1 or after.day != 1:
        return 0
    return 12 * (after.year - window.start.year) + after.month - window.start.month


def _first_taught(trained_on: Period) -> int:
    return int(np.ceil(trained_on.days * _HISTORY_SHARE))


def _day(day: date, trained_on: Period) -> int:
    return (day - trained_on.start).days

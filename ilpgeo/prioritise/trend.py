"""The trend of one place: equal steps, each beside its usual range."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.briefing import TrendPoint
from ilpgeo.core.query import Coverage, Period, months_later

_YEARS_BACK = 3
_FEWEST = 5
_LOW, _HIGH = 10, 90


def trend_steps(period: Period, *, monthly: bool) -> tuple[Period, ...]:
    """Return the steps of the trend that ends with `period`, oldest first.

    Months for whole-month periods and monthly data (13), else weeks for a period up to four weeks (26), else
    steps of 28 days (13).
    """
    if monthly or period.is_whole_months:
        first = period.end.replace(day=1)
        return tuple(
            Period(start, months_later(start, 1) - timedelta(days=1))
            for start in (months_later(first, -back) for back in range(12, -1, -1))
        )
    days, steps = (7, 26) if period.days <= 28 else (28, 13)
    last = Period.ending(period.end, days)
    return tuple(last.shifted(-days * back) for back in range(steps - 1, -1, -1))


def trend(
    steps: tuple[Period, ...], daily: IntArray, days: Period, coverage: Coverage, line: tuple[str, ...]
) -> tuple[TrendPoint, ...]:
    """Return the count of each step and its usual range.

    The usual range runs from the 10th to the 90th percentile of the same step and its two neighbours in up to three
    earlier years, as far as these are covered; with fewer than five such counts there is none. A step that is not
    wholly covered has no count.

    Parameters
    ----------
    steps
        Equal steps, oldest first.
    daily
        Shape (days of `days`,): incidents per day.
    days
        The days of `daily`.
    coverage, line
        Where there are data; the place's id and the ids of all it lies in.
    """
    total = np.concatenate(([0], np.cumsum(daily)))
    covered = coverage.periods(line)

    def count(step: Period) -> int | None:
        if not any(each.start <= step.start and step.end <= each.end for each in covered):
            return None
        low = min(max((step.start - days.start).days, 0), len(daily))
        high = min(max((step.after - days.start).days, 0), len(daily))
        return int(total[high] - total[low])

    points = []
    for step in steps:
        years = [step]
        earlier: list[int] = []
        for _ in range(_YEARS_BACK):
            years.append(years[-1].year_before())
            around = [years[-1].previous(), years[-1], _following(years[-1])]
            earlier += [n for each in around if (n := count(each)) is not None]
        usual = None
        if len(earlier) >= _FEWEST:
            usual = (float(np.percentile(earlier, _LOW)), float(np.percentile(earlier, _HIGH)))
        points.append(TrendPoint(step, count(step), usual))
    return tuple(points)


def _following(step: Period) -> Period:
    if step.is_whole_months:
        return Period(step.after, months_later(step.after, 1) - timedelta(days=1))
    return step.shifted(step.days)

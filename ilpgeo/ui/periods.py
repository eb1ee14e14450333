"""Period presets: the periods people ask for, never finer than the data's precision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ilpgeo.core.query import Period, months_later

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Preset:
    """A period with the words people use for it."""

    label: str
    period: Period


def month_of(day: date) -> Period:
    """Return the calendar month that holds `day`."""
    return Period(day, day).whole_months()


def months_ending(last: date, n_months: int) -> Period:
    """Return the `n_months` whole calendar months of which `last` is the last day."""
    return Period(months_later(last, 1 - n_months), last)


def presets(now: date, *, is_monthly: bool) -> tuple[Preset, ...]:
    """Return the presets that end with the last complete day (or month) of data, the one to start with first.

    Parameters
    ----------
    now
        The first day without data.
    is_monthly
        True when a source knows its times to the month only: every preset is then whole months.
    """
    last = now - ONE_DAY
    if is_monthly:
        whole = last if month_of(last).end == last else last.replace(day=1) - ONE_DAY
        choices = [("Last month", 1), ("Last 3 months", 3), ("Last 6 months", 6), ("Last 12 months", 12)]
        answer = [Preset(label, months_ending(whole, n)) for label, n in choices]
        answer.append(Preset("Year to date", Period(whole.replace(month=1, day=1), whole)))
    else:
        choices = [("Last 28 days", 28), ("Last 7 days", 7), ("Last 91 days", 91), ("Last 365 days", 365)]
        answer = [Preset(label, Period.ending(last, days)) for label, days in choices]
        answer.append(Preset("This month", Period(last.replace(day=1), last)))
        answer.append(Preset("Last month", month_of(last.replace(day=1) - ONE_DAY)))
        answer.append(Preset("Year to date", Period(last.replace(month=1, day=1), last)))
    return tuple(answer)


def named(period: Period, choices: tuple[Preset, ...]) -> Preset | None:
    """Return the first preset that is this period, or None for one of the user's own."""
    return next((preset for preset in choices if preset.period == period), None)


def rounded(period: Period, *, is_monthly: bool) -> Period:
    """Return the period, widened to whole months where the data know no better."""
    return period.whole_months() if is_monthly else period


def last_day(now: date) -> date:
    """Return the last day of data."""
    return now - ONE_DAY


def latest(last: date, period: Period) -> date:
    """Return the last day a date field may offer: the last of the data, or of a period already chosen."""
    return max(last, period.end)

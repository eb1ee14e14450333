"""The training period cut into equal steps, and the step each incident falls into."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.query import Coverage, Period, months_later
from ilpgeo.core.wording import plural, span
from ilpgeo.models.localtime import local_seconds

FEWEST_STEPS = 10


def cut_into_steps(trained_on: Period, step_days: int) -> tuple[Period, ...]:
    """Return the steps of `step_days` days that end with the period's last day, oldest first.

    What is left over at the beginning and does not fill a step belongs to none.

    Raises
    ------
    InvalidInput
        When there are fewer than ten.
    """
    n_steps = trained_on.days // step_days
    last = Period.ending(trained_on.end, step_days)
    return _enough([last.shifted(-step_days * back) for back in reversed(range(n_steps))], trained_on, step_days)


def cut_into_months(trained_on: Period) -> tuple[Period, ...]:
    """Return the whole calendar months in the period, oldest first; InvalidInput when there are fewer than ten."""
    first = trained_on.start.replace(day=1)
    if first < trained_on.start:
        first = months_later(first, 1)
    months = []
    while (following := months_later(first, 1)) <= trained_on.after:
        months.append(Period(first, following - timedelta(days=1)))
        first = following
    return _enough(months, trained_on, 0)


def _enough(steps: list[Period], trained_on: Period, step_days: int) -> tuple[Period, ...]:
    if len(steps) >= FEWEST_STEPS:
        return tuple(steps)
    n_days, n_steps = plural(trained_on.days, "day"), plural(len(steps), "step" if step_days else "whole month")
    held = f"{n_steps} of {plural(step_days, 'day')}" if step_days else n_steps
    shorter = trained_on.days // FEWEST_STEPS
    advice = "a longer period that the data cover without a gap" + (
        f" or steps of at most {plural(shorter, 'day')}" if step_days and shorter else ""
    )
    raise InvalidInput(
        f"Emerging hot spots: {span(trained_on)} ({n_days}) holds {held}; a trend needs at least "
        f"{FEWEST_STEPS}, so choose {advice}"
    )


def is_dated_by_month(past: Incidents) -> bool:
    """Whether enough incidents are known to their calendar month only that other steps would cut their months apart.

    Such an incident starts on a first and may have lasted a month; one in twenty is enough.
    """
    days = (local_seconds(past.t_from, past.timezone) // 86_400).astype("datetime64[D]")
    starts_month = days == days.astype("datetime64[M]")
    by_month = starts_month & (past.t_to - past.t_from >= np.timedelta64(27, "D"))
    return bool(past.weight[by_month].sum() > 0.05 * past.weight.sum())


def within_coverage(trained_on: Period, coverage: Coverage | None) -> Period:
    """Return the training period from its first day with data on: what lies before is unknown, not empty."""
    starts = [entry.period.start for entry in coverage.entries] if coverage is not None else []
    if not starts or not trained_on.start < min(starts) <= trained_on.end:
        return trained_on
    return Period(min(starts), trained_on.end)


def step_of(past: Incidents, steps: tuple[Period, ...]) -> IntArray:
    """Return the number of the step in which each incident began, by the local calendar; -1 for none."""
    days = local_seconds(past.t_from, past.timezone) // 86_400
    edges = np.array([_day(step.start) for step in steps] + [_day(steps[-1].after)])
    number = np.searchsorted(edges, days, side="right") - 1
    return np.where(number < len(steps), number, -1)


def _day(when: date) -> int:
    return when.toordinal() - date(1970, 1, 1).toordinal()

"""Which taskings need attention on a day, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ilpgeo.core.taskings import Due, DueTasking, Followed, State

SOON_DAYS = 7
_YEAR, _MANY = 366, 93


def due_taskings(taskings: Iterable[Followed], today: date) -> tuple[DueTasking, ...]:
    """Return the open taskings that need attention, the most urgent first, the longest waiting before others.

    Overdue: past its last day and not closed. Not started: agreed, its first day past. Undecided: still proposed on its
    first day. Today: running, or agreed and starting today. Soon: it starts within a week.
    """
    found = [said for each in taskings if each.value.is_open and (said := _judge(each, today))]
    order = list(Due)
    return tuple(sorted(found, key=lambda each: (order.index(each.due), each.followed.value.ends_on)))


def _judge(each: Followed, today: date) -> DueTasking | None:
    tasking = each.value
    late = (today - tasking.ends_on).days
    begun = (today - tasking.starts_on).days
    if late > 0:
        return DueTasking(each, Due.OVERDUE, f"ended {_days(late)} ago and is not closed: log what was done")
    if tasking.state is State.RUNNING:
        left = -late
        return DueTasking(each, Due.TODAY, "last day today" if not left else f"running, {_days(left)} left")
    if begun > 0 or (begun == 0 and tasking.state is State.PROPOSED):
        if tasking.state is State.AGREED:
            return DueTasking(each, Due.NOT_STARTED, f"was to start {_days(begun)} ago")
        waited = f"its first day was {_days(begun)} ago" if begun else "it starts today"
        return DueTasking(each, Due.UNDECIDED, f"not agreed yet: {waited}")
    if begun == 0:
        return DueTasking(each, Due.TODAY, "starts today")
    if -begun <= SOON_DAYS:
        return DueTasking(each, Due.SOON, f"starts in {_days(-begun)}")
    return None


def _days(n: int) -> str:
    if n >= 2 * _YEAR:
        return f"over {n // _YEAR} years"
    if n >= _MANY:
        return f"over {n // 31} months"
    return "1 day" if n == 1 else f"{n} days"

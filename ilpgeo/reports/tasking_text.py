"""A tasking in words: its hours, its dosage, why it presses; for screens and products alike."""

from __future__ import annotations

from ilpgeo.core.taskings import Tasking

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def duration(minutes: float) -> str:
    """Return minutes as hours and minutes.

    >>> duration(45), duration(60), duration(150)
    ('45 min', '1 h', '2 h 30 min')
    """
    hours, left = divmod(round(minutes), 60)
    parts = ([f"{hours:,} h"] if hours else []) + ([f"{left} min"] if left or not hours else [])
    return " ".join(parts)


def hours(tasking: Tasking) -> str:
    """Return the hours and days of the week in words."""
    at = (
        "at any hour"
        if (tasking.from_hour, tasking.until_hour) == (0, 24)
        else f"{tasking.from_hour:02d}\u2013{tasking.until_hour:02d} h"
    )
    on = "every day" if len(tasking.weekdays) == 7 else " ".join(DAYS[day] for day in sorted(tasking.weekdays))
    return f"{on}, {at}"

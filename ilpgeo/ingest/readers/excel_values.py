"""What an Excel cell says, as the text a CSV of it would hold; dates as coarse as they are shown."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from ilpgeo.ingest.readers.delimited import NULLS

_NOT_SHOWN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_HALF_SECOND = timedelta(microseconds=500_000)
_LARGEST_WHOLE = 1e15


@lru_cache(maxsize=256)
def shown_parts(number_format: str) -> frozenset[str]:
    """Return which of day, month or minute, hour, second, year (``d m h s y``) a number format shows."""
    return frozenset(_NOT_SHOWN.sub("", number_format.split(";", maxsplit=1)[0]).lower()) & frozenset("dmhsy")


def cell_text(value: object, number_format: str = "") -> str | None:
    """Return a cell's value as text, None where it says nothing.

    A date shown without a time of day has none; one shown as month and year is that month when it is its first day;
    a time shown without seconds is known to the minute.

    >>> cell_text(datetime(2021, 3, 1), "dd/mm/yyyy"), cell_text(datetime(2021, 3, 1), "mmm-yy"), cell_text(12.0)
    ('2021-03-01', '2021-03', '12')
    """
    if value is None:
        return None
    if isinstance(value, str):
        return None if value in NULLS else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _LARGEST_WHOLE else repr(value)
    if isinstance(value, datetime):
        return _moment_text(value, shown_parts(number_format))
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


def _moment_text(value: datetime, shown: frozenset[str]) -> str:
    whole = value
    if value < datetime.max - _HALF_SECOND:
        whole = (value + _HALF_SECOND).replace(microsecond=0)
    if whole.time() == time() and "h" not in shown:
        if "d" not in shown and "m" in shown and whole.day == 1:
            return whole.date().isoformat()[:7]
        return whole.date().isoformat()
    is_coarse = whole.second == 0 and "s" not in shown
    return whole.isoformat(sep=" ", timespec="minutes" if is_coarse else "seconds")

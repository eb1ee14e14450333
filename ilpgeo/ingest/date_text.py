"""Compiled: a calendar date, or a moment in one number, read from bytes; see `moment_text`."""
# ruff: noqa: PLR0912, PLR1714 - compiled code: a table or a set would be slower than its branches

from __future__ import annotations

from typing import Any

from ilpgeo.core.jit import compiled
from ilpgeo.ingest.text_scan import read_number, read_word


@compiled
def days_of(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01 of a date of the Gregorian calendar, or a large negative number if it is none."""
    if month < 1 or month > 12 or day < 1 or year < 1 or year > 9999:
        return -(10**9)
    length = 31
    if month in (4, 6, 9, 11):
        length = 30
    elif month == 2:
        length = 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    if day > length:
        return -(10**9)
    y = year - 1 if month <= 2 else year
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


_MONTHS = tuple(
    sum((ord(letter) - 96) * 32 ** (2 - place) for place, letter in enumerate(name))
    for name in ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
)


@compiled
def _month_of(code: int) -> int:
    for number in range(12):
        if _MONTHS[number] == code:
            return number + 1
    return 0


@compiled
def _separator(data: Any, at: int, end: int) -> Any:
    """Return the place after what may stand between the parts of a date, and whether anything stood there."""
    start = at
    while at < end and (
        data[at] == 32 or data[at] == 45 or data[at] == 47 or data[at] == 46 or data[at] == 44 or data[at] == 95
    ):
        at += 1
    return at, at > start


@compiled
def read_date(data: Any, at: int, end: int, month_first: bool) -> Any:
    """Return (days since 1970 or very negative, precision, place after) of a date with separators or month names."""
    none = -(10**9)
    value = (0, 0, 0)
    width = (0, 0, 0)
    named = -1
    n = 0
    after = at
    while n < 3:
        if after < end and 48 <= data[after] <= 57:
            part, digits, after = read_number(data, after, end)
        else:
            code, length, after = read_word(data, after, end)
            part, digits = _month_of(code) if length >= 3 else 0, 2
            if part == 0 or named >= 0:
                break
            named = n
        value = (value[1], value[2], part)
        width = (width[1], width[2], digits)
        n += 1
        at = after
        after, stood = _separator(data, after, end)
        if not stood:
            break
        if n == 2 and named < 0 and data[at] == 32:
            break
    if n == 2:
        if width[1] == 4 and width[2] <= 2:
            return days_of(value[1], value[2], 1), 1, at
        if width[2] == 4 and width[1] <= 2:
            return days_of(value[2], value[1], 1), 1, at
        return none, 0, at
    if n < 3 or width[0] > 4 or (width[1] > 2 and named != 1) or width[2] > 4:
        return none, 0, at
    if width[0] == 4:
        if width[2] > 2:
            return none, 0, at
        return days_of(value[0], value[1], value[2]), 2, at
    year = value[2]
    if width[2] == 2 and named != 2:
        year += 2000 if year < 70 else 1900
    elif width[2] != 4:
        return none, 0, at
    if width[0] > 2:
        return none, 0, at
    if named == 0 or (month_first and named < 0):
        return days_of(year, value[0], value[1]), 2, at
    return days_of(year, value[1], value[0]), 2, at


@compiled
def read_compact(value: int, digits: int) -> Any:
    """Return (seconds, precision, is UTC) of a moment written as one number."""
    if digits == 8:
        return days_of(value // 10000, value // 100 % 100, value % 100) * 86400, 2, False
    if digits == 6:
        return days_of(value // 100, value % 100, 1) * 86400, 1, False
    if digits == 14 or digits == 12:
        if digits == 12:
            value *= 100
        clock = value % 1000000
        hour, minute, second = clock // 10000, clock // 100 % 100, clock % 100
        if hour > 23 or minute > 59 or second > 59:
            return -(10**15), 0, False
        days = days_of(value // 10**10, value // 10**8 % 100, value // 10**6 % 100)
        return days * 86400 + hour * 3600 + minute * 60 + second, 5 if digits == 14 else 4, False
    if digits == 10:
        return value, 5, True
    if digits == 13:
        return value // 1000, 5, True
    return -(10**15), 0, False

"""The compiled pass that reads dates and times from the bytes of Arrow text; see `moments`."""
# ruff: noqa: PLR0912, PLR0915, PLR1714 - compiled code: a table or a set would be slower than its branches

from __future__ import annotations

from typing import Any

import numba as nb


@nb.njit(cache=True)
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


@nb.njit(cache=True)
def _number(data: Any, at: int, end: int) -> Any:
    value = 0
    start = at
    while at < end and 48 <= data[at] <= 57 and at - start < 15:
        value = value * 10 + (data[at] - 48)
        at += 1
    return value, at - start, at


@nb.njit(cache=True)
def _word(data: Any, at: int, end: int) -> Any:
    """Return (first three letters as a number, lower case; length; place after)."""
    start = at
    code = 0
    while at < end:
        byte = data[at] | 32
        if byte < 97 or byte > 122:
            break
        if at - start < 3:
            code = code * 32 + (byte - 96)
        at += 1
    return code, at - start, at


@nb.njit(cache=True)
def _letters(a: int, b: int, c: int) -> int:
    return ((a - 96) * 32 + (b - 96)) * 32 + (c - 96)


_MONTHS = tuple(
    sum((ord(letter) - 96) * 32 ** (2 - place) for place, letter in enumerate(name))
    for name in ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
)


@nb.njit(cache=True)
def _month_of(code: int) -> int:
    for number in range(12):
        if _MONTHS[number] == code:
            return number + 1
    return 0


@nb.njit(cache=True)
def _spaces(data: Any, at: int, end: int) -> int:
    while at < end and (data[at] == 32 or data[at] == 9):
        at += 1
    return at


@nb.njit(cache=True)
def _clock(data: Any, at: int, end: int) -> Any:
    """Return (seconds after midnight or -1, precision, place after) of a time of day."""
    hour, digits, at = _number(data, at, end)
    minute = second = 0
    precision = 3
    if digits == 0:
        return -1, 0, at
    if digits == 3 or digits == 4:
        hour, minute, precision = hour // 100, hour % 100, 4
    elif digits == 6:
        hour, minute, second, precision = hour // 10000, hour // 100 % 100, hour % 100, 5
    elif digits > 2:
        return -1, 0, at
    elif at < end and data[at] == 58:
        minute, digits, at = _number(data, at + 1, end)
        if digits == 0 or digits > 2:
            return -1, 0, at
        precision = 4
        if at < end and data[at] == 58:
            second, digits, at = _number(data, at + 1, end)
            if digits == 0 or digits > 2:
                return -1, 0, at
            precision = 5
    if at + 1 < end and (data[at] == 46 or data[at] == 44) and 48 <= data[at + 1] <= 57:
        at += 1
        while at < end and 48 <= data[at] <= 57:
            at += 1
    after = _spaces(data, at, end)
    if after < end and ((data[after] | 32) == 97 or (data[after] | 32) == 112):
        is_pm = (data[after] | 32) == 112
        after += 1
        if after < end and data[after] == 46:
            after += 1
        if after >= end or (data[after] | 32) != 109 or hour < 1 or hour > 12:
            return -1, 0, at
        after += 1
        if after < end and data[after] == 46:
            after += 1
        hour = hour % 12 + (12 if is_pm else 0)
        at = after
    if second == 60:
        second = 59
    if hour > 23 or minute > 59 or second > 59:
        return -1, 0, at
    return hour * 3600 + minute * 60 + second, precision, at


@nb.njit(cache=True)
def _offset(data: Any, at: int, end: int) -> Any:
    """Return (seconds east of UTC or the smallest int32, place after); the place stays where there is none."""
    at = _spaces(data, at, end)
    if at >= end:
        return -(2**31), at
    byte = data[at]
    if (byte | 32) == 122:
        return 0, at + 1
    if (byte | 32) == 117 or (byte | 32) == 103:
        code, length, after = _word(data, at, end)
        if length == 3 and (code == _letters(117, 116, 99) or code == _letters(103, 109, 116)):
            return 0, after
        return -(2**31), at
    if byte == 43 or byte == 45:
        value, digits, after = _number(data, at + 1, end)
        if digits == 4:
            seconds = value // 100 * 3600 + value % 100 * 60
        elif digits == 2 or digits == 1:
            seconds = value * 3600
            if after < end and data[after] == 58:
                minutes, more, after = _number(data, after + 1, end)
                if more != 2:
                    return -(2**31), at
                seconds += minutes * 60
        else:
            return -(2**31), at
        if seconds > 15 * 3600:
            return -(2**31), at
        return (-seconds if byte == 45 else seconds), after
    return -(2**31), at


@nb.njit(cache=True)
def _separator(data: Any, at: int, end: int) -> Any:
    """Return the place after what may stand between the parts of a date, and whether anything stood there."""
    start = at
    while at < end and (
        data[at] == 32 or data[at] == 45 or data[at] == 47 or data[at] == 46 or data[at] == 44 or data[at] == 95
    ):
        at += 1
    return at, at > start


@nb.njit(cache=True)
def _date(data: Any, at: int, end: int, month_first: bool) -> Any:
    """Return (days since 1970 or very negative, precision, place after) of a date with separators or month names."""
    none = -(10**9)
    value = (0, 0, 0)
    width = (0, 0, 0)
    named = -1
    n = 0
    after = at
    while n < 3:
        if after < end and 48 <= data[after] <= 57:
            part, digits, after = _number(data, after, end)
        else:
            code, length, after = _word(data, after, end)
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


@nb.njit(cache=True)
def _compact(value: int, digits: int) -> Any:
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


@nb.njit(cache=True, nogil=True)
def parse_all(
    valid: Any, offsets: Any, data: Any, month_first: bool, clock_only: bool, clock: Any, precision: Any, offset_s: Any
) -> None:
    """Fill in clock, precision and offset of every readable row; the others stay as they are."""
    for row in range(len(clock)):
        if not valid[row]:
            continue
        at = _spaces(data, offsets[row], offsets[row + 1])
        end = offsets[row + 1]
        while end > at and (data[end - 1] == 32 or data[end - 1] == 9):
            end -= 1
        if clock_only:
            seconds, exact, at = _clock(data, at, end)
            # Spreadsheets write a whole hour as 8.0; what follows the number has been passed over by then.
            if seconds >= 0 and at == end:
                clock[row], precision[row] = seconds, exact
            continue
        value, digits, after = _number(data, at, end)
        if digits >= 6:
            if after + 1 < end and data[after] == 46 and digits >= 10:
                after += 1
                while after < end and 48 <= data[after] <= 57:
                    after += 1
            seconds, exact, is_utc = _compact(value, digits)
            if seconds < -(10**12):
                continue
            if after < end and digits == 8 and ((data[after] | 32) == 116 or data[after] == 32):
                more, finer, after = _clock(data, _spaces(data, after + 1, end), end)
                if more < 0:
                    continue
                seconds, exact = seconds + more, finer
                offset, after = _offset(data, after, end)
                offset_s[row] = offset
            if after == end:
                clock[row], precision[row] = seconds, exact
                if is_utc:
                    offset_s[row] = 0
            continue
        days, exact, at = _date(data, at, end, month_first)
        if exact == 0 or days < -(10**8):
            continue
        seconds = days * 86400
        if at < end:
            if exact != 2:
                continue
            if data[at] == 44:
                at += 1
            if at < end and ((data[at] | 32) == 116 or data[at] == 32 or data[at] == 58):
                at = _spaces(data, at + 1, end)
            else:
                continue
            more, exact, at = _clock(data, at, end)
            if more < 0:
                continue
            seconds += more
            offset, at = _offset(data, at, end)
            if at < end:
                continue
            offset_s[row] = offset
        clock[row], precision[row] = seconds, exact

"""Compiled: a time of day and an offset from UTC, read from bytes; see `moment_text`."""
# ruff: noqa: PLR0912, PLR1714 - compiled code: a table or a set would be slower than its branches

from __future__ import annotations

from typing import Any

from ilpgeo.core.jit import compiled
from ilpgeo.ingest.text_scan import read_number, read_word, skip_spaces


@compiled
def read_clock(data: Any, at: int, end: int) -> Any:
    """Return (seconds after midnight or -1, precision, place after) of a time of day."""
    hour, digits, at = read_number(data, at, end)
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
        minute, digits, at = read_number(data, at + 1, end)
        if digits == 0 or digits > 2:
            return -1, 0, at
        precision = 4
        if at < end and data[at] == 58:
            second, digits, at = read_number(data, at + 1, end)
            if digits == 0 or digits > 2:
                return -1, 0, at
            precision = 5
    if at + 1 < end and (data[at] == 46 or data[at] == 44) and 48 <= data[at + 1] <= 57:
        at += 1
        while at < end and 48 <= data[at] <= 57:
            at += 1
    after = skip_spaces(data, at, end)
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


@compiled
def _letters(a: int, b: int, c: int) -> int:
    return ((a - 96) * 32 + (b - 96)) * 32 + (c - 96)


@compiled
def read_offset(data: Any, at: int, end: int) -> Any:
    """Return (seconds east of UTC or the smallest int32, place after); the place stays where there is none."""
    at = skip_spaces(data, at, end)
    if at >= end:
        return -(2**31), at
    byte = data[at]
    if (byte | 32) == 122:
        return 0, at + 1
    if (byte | 32) == 117 or (byte | 32) == 103:
        code, length, after = read_word(data, at, end)
        if length == 3 and (code == _letters(117, 116, 99) or code == _letters(103, 109, 116)):
            return 0, after
        return -(2**31), at
    if byte == 43 or byte == 45:
        value, digits, after = read_number(data, at + 1, end)
        if digits == 4:
            seconds = value // 100 * 3600 + value % 100 * 60
        elif digits == 2 or digits == 1:
            seconds = value * 3600
            if after < end and data[after] == 58:
                minutes, more, after = read_number(data, after + 1, end)
                if more != 2:
                    return -(2**31), at
                seconds += minutes * 60
        else:
            return -(2**31), at
        if seconds > 15 * 3600:
            return -(2**31), at
        return (-seconds if byte == 45 else seconds), after
    return -(2**31), at

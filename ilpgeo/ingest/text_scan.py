"""What dates and times are written with, read from bytes: numbers, words, spaces."""

from __future__ import annotations

from typing import Any

from ilpgeo.core.jit import compiled


@compiled
def read_number(data: Any, at: int, end: int) -> Any:
    """Return (value, digits, place after) of up to 15 digits; no digits where there is no number."""
    value = 0
    start = at
    while at < end and 48 <= data[at] <= 57 and at - start < 15:
        value = value * 10 + (data[at] - 48)
        at += 1
    return value, at - start, at


@compiled
def read_word(data: Any, at: int, end: int) -> Any:
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


@compiled
def skip_spaces(data: Any, at: int, end: int) -> int:
    """Return the place after spaces and tabs."""
    while at < end and (data[at] == 32 or data[at] == 9):
        at += 1
    return at

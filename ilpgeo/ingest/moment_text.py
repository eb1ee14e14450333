"""The compiled pass that reads dates and times from the bytes of Arrow text; see `moments`."""
# ruff: noqa: PLR0912, PLR0915 - compiled code: a table or a set would be slower than its branches

from __future__ import annotations

from typing import Any

from ilpgeo.core.jit import compiled
from ilpgeo.ingest.clock_text import read_clock, read_offset
from ilpgeo.ingest.date_text import read_compact, read_date
from ilpgeo.ingest.text_scan import read_number, skip_spaces


@compiled
def parse_all(
    valid: Any, offsets: Any, data: Any, month_first: bool, clock_only: bool, clock: Any, precision: Any, offset_s: Any
) -> None:
    """Fill in clock, precision and offset of every readable row; the others stay as they are."""
    for row in range(len(clock)):
        if not valid[row]:
            continue
        at = skip_spaces(data, offsets[row], offsets[row + 1])
        end = offsets[row + 1]
        while end > at and (data[end - 1] == 32 or data[end - 1] == 9):
            end -= 1
        if clock_only:
            seconds, exact, at = read_clock(data, at, end)
            # Spreadsheets write a whole hour as 8.0; what follows the number has been passed over by then.
            if seconds >= 0 and at == end:
                clock[row], precision[row] = seconds, exact
            continue
        value, digits, after = read_number(data, at, end)
        if digits >= 6:
            if after + 1 < end and data[after] == 46 and digits >= 10:
                after += 1
                while after < end and 48 <= data[after] <= 57:
                    after += 1
            seconds, exact, is_utc = read_compact(value, digits)
            if seconds < -(10**12):
                continue
            if after < end and digits == 8 and ((data[after] | 32) == 116 or data[after] == 32):
                more, finer, after = read_clock(data, skip_spaces(data, after + 1, end), end)
                if more < 0:
                    continue
                seconds, exact = seconds + more, finer
                offset, after = read_offset(data, after, end)
                offset_s[row] = offset
            if after == end:
                clock[row], precision[row] = seconds, exact
                if is_utc:
                    offset_s[row] = 0
            continue
        days, exact, at = read_date(data, at, end, month_first)
        if exact == 0 or days < -(10**8):
            continue
        seconds = days * 86400
        if at < end:
            if exact != 2:
                continue
            if data[at] == 44:
                at += 1
            if at < end and ((data[at] | 32) == 116 or data[at] == 32 or data[at] == 58):
                at = skip_spaces(data, at + 1, end)
            else:
                continue
            more, exact, at = read_clock(data, at, end)
            if more < 0:
                continue
            seconds += more
            offset, at = read_offset(data, at, end)
            if at < end:
                continue
            offset_s[row] = offset
        clock[row], precision[row] = seconds, exact

"""Dates and times as written, read from Arrow text in one compiled pass over its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ilpgeo.core.arrays import IntArray
from ilpgeo.ingest.columns import text_buffers
from ilpgeo.ingest.moment_text import parse_all


class Precision(IntEnum):
    """How exactly a moment is known, coarsest first; 0 is not at all."""

    NONE = 0
    MONTH = 1
    DAY = 2
    HOUR = 3
    MINUTE = 4
    SECOND = 5


class DateOrder(StrEnum):
    """The order of day, month and year where the year does not come first."""

    DMY = "day-month-year"
    MDY = "month-day-year"


NO_OFFSET = np.int32(-(2**31))


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Moments as read from one column.

    Attributes
    ----------
    clock
        Shape (n,): seconds since 1970-01-01 on the clock the text speaks of.
    precision
        Shape (n,): `Precision`; NONE where the text is no moment.
    offset_s
        Shape (n,): seconds east of UTC where the text says so, else NO_OFFSET.
    """

    clock: IntArray
    precision: npt.NDArray[np.int8]
    offset_s: npt.NDArray[np.int32]


def read_moments(column: pa.Array, order: DateOrder = DateOrder.DMY) -> Moments:
    """Return the moments written in a text column.

    Read are ISO 8601 and year-first dates with any of ``- / .``, day-first or month-first dates (by `order`),
    English month names, ``YYYY-MM`` and ``MM/YYYY``, 24-hour and AM/PM times, ``Z`` and ``+hh:mm``, compact
    ``YYYYMMDD[hhmmss]``, and seconds or milliseconds since 1970 (10 or 13 digits). A date that is not in the
    calendar (31/02) is no moment. Two-digit years are 1970 to 2069. Cost: about 60 ns a row.
    """
    return _read(column, order == DateOrder.MDY, False)


def read_clocks(column: pa.Array) -> Moments:
    """Return times of day written in a text column as seconds after midnight (``8``, ``0830``, ``8:30 PM``)."""
    return _read(column, False, True)


def _read(column: pa.Array, month_first: bool, clock_only: bool) -> Moments:
    valid, offsets, data = text_buffers(column)
    n = len(column)
    clock = np.zeros(n, np.int64)
    precision = np.zeros(n, np.int8)
    offset_s = np.full(n, NO_OFFSET, np.int32)
    parse_all(valid, offsets, data, month_first, clock_only, clock, precision, offset_s)
    return Moments(clock, precision, offset_s)

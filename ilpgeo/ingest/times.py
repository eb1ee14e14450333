"""From what a row says of its time to the UTC window in which it happened, as coarse as it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ilpgeo.core.arrays import BoolArray, IntArray
from ilpgeo.ingest.columns import as_text
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.moments import NO_OFFSET, DateOrder, Moments, Precision, read_clocks, read_moments
from ilpgeo.ingest.zones import Zone, zone

DAY_S = 86_400
WINDOW = 6
_UTC = pa.timestamp("s", tz="UTC")
PRECISIONS = ("unknown", "month", "day", "hour", "minute", "second", "window")


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """When each row happened.

    Attributes
    ----------
    t_from, t_to
        Shape (n,): UTC seconds, half-open; equal when known to the second. Meaningless where unreadable.
    day
        Shape (n,): local calendar day of t_from, days since 1970-01-01.
    precision
        Shape (n,): place in `PRECISIONS`; 0 where the time cannot be read.
    is_reversed
        Shape (n,): the row's window ended before it began and was turned round.
    is_clock_lost
        Shape (n,): the row has a time of day that cannot be read; its whole day is kept.
    """

    t_from: IntArray
    t_to: IntArray
    day: IntArray
    precision: npt.NDArray[np.int8]
    is_reversed: BoolArray
    is_clock_lost: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """When each row was reported.

    Attributes
    ----------
    time
        Timestamps of seconds, UTC, shape (n,); null where it is not known. What is known to the day, or written as
        midnight, stands at that local midnight; what is known to the month, at its last day's.
    n_unreadable
        Rows that say something which cannot be read.
    n_impossible
        Rows that were reported before they happened, or on a day to come: taken for unknown.
    """

    time: pa.Array
    n_unreadable: int = 0
    n_impossible: int = 0


def read_windows(values: pa.RecordBatch, mapping: ColumnMapping, workspace_zone: str) -> Windows:
    """Return when each row of a raw batch happened.

    A month is the local month, a day the local day (23 or 25 hours when the clocks change), an hour or a minute
    just that, anything finer a moment. Text with an offset from UTC is taken at its word; a `date` with an offset
    is the local day that moment falls on. With an end given too, the window runs from the beginning of the first
    to the end of the second.
    """
    local = zone(mapping.timezone or workspace_zone)
    home = zone(workspace_zone)
    t_from, t_to, precision, lost = _windows_of(
        values, mapping, local, (Field.DATETIME, Field.DATE, (Field.TIME, Field.HOUR))
    )
    is_reversed = np.zeros(len(values), np.bool_)
    if mapping.column(Field.TO_DATETIME) or mapping.column(Field.TO_DATE):
        until_from, until_to, until_precision, until_lost = _windows_of(
            values, mapping, local, (Field.TO_DATETIME, Field.TO_DATE, (Field.TO_TIME,))
        )
        both = (precision > 0) & (until_precision > 0)
        only_end = (precision == 0) & (until_precision > 0)
        is_reversed = both & (until_to < t_from)
        start = np.where(is_reversed, until_from, t_from)
        end = np.where(is_reversed, t_to, np.maximum(until_to, t_to))
        is_window = both & ((start != t_from) | (end != t_to))
        t_from = np.where(only_end, until_from, np.where(both, start, t_from))
        t_to = np.where(only_end, until_to, np.where(both, end, t_to))
        precision = np.where(is_window, np.int8(WINDOW), np.where(only_end, until_precision, precision))
        lost = lost | until_lost
    return Windows(t_from, t_to, home.to_clock(t_from) // DAY_S, precision, is_reversed, lost)


def read_reports(
    values: pa.RecordBatch, mapping: ColumnMapping, workspace_zone: str, t_from: IntArray, today: int
) -> Reports:
    """Return when each row of a raw batch was reported.

    Parameters
    ----------
    t_from
        Shape (n,): UTC seconds when the incident began at the earliest.
    today
        Local day, days since 1970-01-01.
    """
    local = zone(mapping.timezone or workspace_zone)
    names = mapping.of_field(Field.REPORTED)
    moments = _moments(values, names, mapping.date_order)
    known = moments.precision > 0
    clock = moments.clock
    # As with dates: what was written as midnight is that day, whatever offset a program put behind it.
    told = (moments.offset_s != NO_OFFSET) & (clock % DAY_S != 0)
    utc = clock - np.where(told, moments.offset_s, 0)
    if told.any():
        clock = np.where(told, local.to_clock(utc), clock)
    is_month = moments.precision == Precision.MONTH
    if is_month.any():
        month = clock[is_month].astype("datetime64[s]").astype("datetime64[M]")
        clock = clock.copy()
        clock[is_month] = (month + 1).astype("datetime64[s]").astype(np.int64) - DAY_S
    time = np.where(told, utc, local.to_utc(clock))
    lasts_s = np.array([1, 0, 0, 3600, 60, 1], np.int64)[moments.precision]
    until = np.where(clock % DAY_S == 0, local.to_utc(clock + DAY_S), time + lasts_s)
    impossible = known & ((until <= t_from) | (clock // DAY_S > today))
    return Reports(
        pa.array(time, mask=~known | impossible).cast(_UTC),
        n_unreadable=_count_said(values.column(names[0]).filter(pa.array(~known))),
        n_impossible=int(np.count_nonzero(impossible)),
    )


def no_reports(n: int) -> Reports:
    """Return the reports of `n` rows that do not say when they were reported."""
    return Reports(pa.nulls(n, _UTC))


def _windows_of(
    values: pa.RecordBatch, mapping: ColumnMapping, local: Zone, fields: tuple[Field, Field, tuple[Field, ...]]
) -> tuple[IntArray, IntArray, npt.NDArray[np.int8], BoolArray]:
    at_moment, on_date, at_clock = fields
    lost = np.zeros(len(values), np.bool_)
    if mapping.column(at_moment):
        moments = _moments(values, mapping.of_field(at_moment), mapping.date_order)
        clock, precision = moments.clock, moments.precision
        told = moments.offset_s != NO_OFFSET
        if told.any():
            utc = clock - np.where(told, moments.offset_s, 0)
            clock = np.where(told, local.to_clock(utc), clock)
        else:
            utc = clock
    else:
        moments = _moments(values, mapping.of_field(on_date), mapping.date_order)
        clock, precision = _dates(moments, local)
        told, utc = np.zeros(len(values), np.bool_), clock
    clock_field = next((field for field in at_clock if mapping.column(field)), None)
    if clock_field is not None and not mapping.column(at_moment):
        clocks, is_given = _clocks(values, mapping.of_field(clock_field))
        has = (clocks.precision > 0) & (precision == Precision.DAY)
        lost = is_given & (clocks.precision == 0) & (precision > 0)
        cap = Precision.HOUR if clock_field == Field.HOUR else Precision.SECOND
        clock = np.where(has, clock + clocks.clock, clock)
        precision = np.where(has, np.minimum(clocks.precision, np.int8(cap)), precision)
    if mapping.midnight_unknown:
        precision = np.where((precision >= Precision.HOUR) & (clock % DAY_S == 0), np.int8(Precision.DAY), precision)
    precision = np.minimum(precision, np.int8(mapping.precision)).astype(np.int8)
    return *_spanned(clock, precision, told, utc, local), precision, lost


def _spanned(
    clock: IntArray, precision: npt.NDArray[np.int8], told: BoolArray, utc: IntArray, local: Zone
) -> tuple[IntArray, IntArray]:
    """Return the UTC window of each clock time at its precision."""
    step = np.array([1, DAY_S, DAY_S, 3600, 60, 1], np.int64)[precision]
    floor = clock - clock % step
    is_month = precision == Precision.MONTH
    if is_month.any():
        month = (floor[is_month] // DAY_S).astype("datetime64[D]").astype("datetime64[M]")
        floor[is_month] = month.astype("datetime64[s]").astype(np.int64)
    t_from = local.to_utc(floor)
    if told.any():
        # Within an hour the offset the text gives is right even where the clock was set back.
        t_from = np.where(told & (precision >= Precision.HOUR), utc - (clock - floor), t_from)
    t_to = t_from + np.array([0, 0, 0, 3600, 60, 0], np.int64)[precision]
    is_day = precision == Precision.DAY
    if is_day.any():
        t_to[is_day] = local.to_utc(floor[is_day] + DAY_S)
    if is_month.any():
        t_to[is_month] = local.to_utc((month + 1).astype("datetime64[s]").astype(np.int64))
    return t_from, t_to


def _dates(moments: Moments, local: Zone) -> tuple[IntArray, npt.NDArray[np.int8]]:
    """Return the midnight of each date on the local clock; a moment with an offset is first put on that clock."""
    told = moments.offset_s != NO_OFFSET
    clock = moments.clock
    if told.any():
        # A date that was written as midnight is that date, whatever offset a program put behind it.
        told &= clock % DAY_S != 0
        clock = np.where(told, local.to_clock(clock - np.where(told, moments.offset_s, 0)), clock)
    return clock - clock % DAY_S, np.minimum(moments.precision, np.int8(Precision.DAY))


def _moments(values: pa.RecordBatch, names: Sequence[str], order: DateOrder) -> Moments:
    if len(names) > 1:
        return read_moments(_joined([as_text(values.column(name)) for name in names], "-"), order)
    column = values.column(names[0])
    kind = column.type
    if pa.types.is_timestamp(kind):
        clock = column.cast(pa.timestamp("s", tz=kind.tz), safe=False).cast(pa.int64())
        offset = NO_OFFSET if kind.tz is None else np.int32(0)
        return _typed(clock, Precision.SECOND, offset)
    if pa.types.is_date(kind):
        return _typed(column.cast(pa.date32()).cast(pa.int32()).cast(pa.int64()), Precision.DAY, NO_OFFSET, DAY_S)
    if pa.types.is_dictionary(kind):
        few = read_moments(as_text(column.dictionary), order)
        at = column.indices.fill_null(0).to_numpy(zero_copy_only=False)
        known = column.is_valid().to_numpy(zero_copy_only=False)
        if not len(few.clock):
            return read_moments(pa.nulls(len(column), pa.string()), order)
        return Moments(few.clock[at], np.where(known, few.precision[at], np.int8(0)), few.offset_s[at])
    return read_moments(as_text(column), order)


def _typed(seconds: pa.Array, precision: Precision, offset: np.int32, times: int = 1) -> Moments:
    known = seconds.is_valid().to_numpy(zero_copy_only=False)
    clock = seconds.fill_null(0).to_numpy(zero_copy_only=False) * times
    return Moments(clock, np.where(known, np.int8(precision), np.int8(0)), np.full(len(clock), offset, np.int32))


def _clocks(values: pa.RecordBatch, names: Sequence[str]) -> tuple[Moments, BoolArray]:
    """Return the times of day of a batch and which rows say anything at all about it."""
    if len(names) > 1:
        text = _joined([as_text(values.column(name)) for name in names], ":")
    else:
        column = values.column(names[0])
        if pa.types.is_time(column.type):
            column = column.cast(pa.time64("us")).cast(pa.int64())
            return _typed(pc.divide(column, 1_000_000), Precision.SECOND, NO_OFFSET), column.is_valid().to_numpy(False)
        text = as_text(column)
    given = pc.fill_null(pc.not_equal(pc.utf8_trim_whitespace(text), ""), fill_value=False)
    return read_clocks(text), given.to_numpy(zero_copy_only=False)


def _count_said(column: pa.Array) -> int:
    """Return how many values of a column are neither null nor blank."""
    return int(pc.sum(pc.not_equal(pc.utf8_trim_whitespace(as_text(column)), "")).as_py() or 0)


def _joined(parts: Sequence[pa.Array], mark: str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, mark)

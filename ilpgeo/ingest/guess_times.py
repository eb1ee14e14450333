"""Which columns hold the time, in what order dates are written, and how exactly the times are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ilpgeo.core.arrays import IntArray
from ilpgeo.ingest.columns import as_text
from ilpgeo.ingest.mapping import Field
from ilpgeo.ingest.moments import NO_OFFSET, DateOrder, Precision, read_clocks, read_moments
from ilpgeo.ingest.names import vocabulary, words_of
from ilpgeo.ingest.readers import RawTable
from ilpgeo.ingest.zones import zone

_READABLE = 0.8
_HARDLY_READABLE = 0.3
_END = vocabulary("to end until ended latest")
_REPORTED = vocabulary("reported report rptd recorded")
# When a row was last touched says nothing of when the police came to know: often one day for a whole file.
_FILED = vocabulary("entered created updated update loaded modified edited")
_OCCURRED = vocabulary(
    "occurrence occurred occur occ offence offense incident from start begin began event fecha hecho tatzeit tattag"
)
_DATE = vocabulary("date datetime timestamp when fecha month dttm datum day time on")
_CLOCK = vocabulary("time hour hora heure uhrzeit")
_AFFIXES = ("datetime", "date", "time", "hour", "at")
_NOT_A_DATE = vocabulary("week weekday year of")
_MIDNIGHTS = 0.01
_NAMES = {Precision.MONTH: "month", Precision.DAY: "day", Precision.HOUR: "hour", Precision.MINUTE: "minute"}


@dataclass(slots=True)
class TimesGuess:
    """What was guessed of a file's times; see `ColumnMapping` for the fields."""

    columns: dict[Field, tuple[str, ...]] = field(default_factory=dict)
    order: DateOrder = DateOrder.DMY
    precision: Precision = Precision.SECOND
    midnight_unknown: bool = False
    reasons: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def guess_times(table: RawTable, columns: Sequence[str], sample: pa.RecordBatch, timezone: str) -> TimesGuess:
    """Return the time columns among `columns`.

    The whole of a date column is read where the first rows leave the order of day and month open.
    """
    guess = TimesGuess()
    parts = _parts(columns)
    dated = [name for name in columns if _is_date(sample.column(name), _said(name), _READABLE)]
    if not dated:
        dated = [name for name in columns if _is_date(sample.column(name), _said(name), _HARDLY_READABLE)][:1]
        guess.doubts += [f"many values of {name} cannot be read as a date: those rows will wait in quarantine"
                         for name in dated]  # fmt: skip
    starts = sorted(
        (name for name in dated if not (_END | _REPORTED | _FILED) & _said(name)),
        key=lambda name: (-len(_OCCURRED & _said(name)), "hour" in parts and "date" not in _said(name)),
    )
    if {"year", "month", "day"} <= set(parts) and not starts:
        guess.columns[Field.DATE] = (parts["year"], parts["month"], parts["day"])
        guess.reasons.append(f"the date stands in {parts['year']}, {parts['month']} and {parts['day']}")
    elif starts:
        _take_start(table, starts[0], sample, timezone, guess)
    elif dated:
        only = min(dated, key=lambda name: bool(_FILED & _said(name)))
        _take_start(table, only, sample, timezone, guess)
        guess.doubts.append(f"no date seems to be when it happened: {only} is taken for it; please confirm")
    else:
        guess.doubts.append("no column for the time was recognised: name datetime or date")
        return guess
    if guess.columns.get(Field.DATE):
        _take_clock(columns, parts, sample, guess)
    for name in dated:
        said = _said(name)
        if _END & said and Field.TO_DATETIME not in guess.columns:
            guess.columns[Field.TO_DATETIME] = (name,)
            guess.reasons.append(f"{name} is the end of the time window: by name")
        elif _is_reported(said) and Field.REPORTED not in guess.columns and (name,) not in guess.columns.values():
            guess.columns[Field.REPORTED] = (name,)
            guess.reasons.append(f"{name} is when it was reported: by name")
    return guess


def _said(name: str) -> frozenset[str]:
    """Return the words of a column name, with those that are run together: ``reporteddate``, ``daterptd``."""
    words = set(words_of(name))
    for word in tuple(words):
        for affix in _AFFIXES:
            for rest in (word.removesuffix(affix), word.removeprefix(affix)):
                if rest != word and rest in _REPORTED | _OCCURRED | _FILED | _END:
                    words |= {rest, affix}
    return frozenset(words)


def _is_reported(said: frozenset[str]) -> bool:
    return bool(_REPORTED & said) and not (_FILED | _END) & said


def _parts(columns: Sequence[str]) -> dict[str, str]:
    """Return columns that hold one part of a date or time, by that part."""
    spoken = {" ".join(words_of(name)): name for name in columns}
    return {part: spoken[part] for part in ("year", "month", "day", "hour", "minute") if part in spoken}


def _is_date(column: pa.Array, said: frozenset[str], least: float) -> bool:
    is_report = "reported" in said and said <= {"reported", "at"}
    if not said & (_DATE | _OCCURRED) and not is_report and not any("date" in word for word in said):
        return False
    if said & _NOT_A_DATE:
        return False
    if pa.types.is_temporal(column.type):
        return not pa.types.is_time(column.type)
    if not (pa.types.is_string(column.type) or pa.types.is_dictionary(column.type)):
        return False
    text = as_text(column).drop_null()
    day_first, month_first = (read_moments(text, order).precision > 0 for order in DateOrder)
    return bool(len(text)) and float(np.mean(day_first | month_first)) >= least


def _take_start(table: RawTable, name: str, sample: pa.RecordBatch, timezone: str, guess: TimesGuess) -> None:
    column = sample.column(name)
    if pa.types.is_temporal(column.type):
        column = column.cast(pa.timestamp("s"), safe=False).cast(pa.string())
    text = as_text(column)
    _take_order(table, name, text, timezone, guess)
    moments = read_moments(text, guess.order)
    held = moments.precision > 0
    clock, written = moments.clock[held], moments.clock[held]
    told = moments.offset_s[held] != NO_OFFSET
    if told.any():
        guess.reasons.append(f"{name} says its offset from UTC: times are put on the workspace's clock")
        if (written % 86_400 != 0).any():
            utc = written - np.where(told, moments.offset_s[held], 0)
            clock = np.where(told, zone(timezone).to_clock(utc), written)
    precision, midnights = _exactness(clock, moments.precision[held], words_of(name))
    at_midnight = float(np.mean(written % 86_400 == 0)) if len(written) else 0.0
    if precision > Precision.DAY and at_midnight >= _MIDNIGHTS and at_midnight > 3 * midnights:
        guess.doubts.append(
            f"{at_midnight:.1%} of the times in {name} are written 00:00 with an offset, yet few fall on midnight "
            "here: they may be local times with a wrong offset; if so, save the file without the offset"
        )
    is_moment = precision > Precision.DAY
    guess.columns[Field.DATETIME if is_moment else Field.DATE] = (name,)
    guess.precision = precision
    guess.reasons.append(f"{name} is the {'date and time' if is_moment else 'date'}: by name, and reads as one")
    if precision in _NAMES:
        guess.reasons.append(f"times are taken to be known to the {_NAMES[precision]}: none is finer")
    if midnights >= _MIDNIGHTS and precision >= Precision.MINUTE:
        guess.midnight_unknown = True
        guess.doubts.append(
            f"{midnights:.1%} of the times are exactly 00:00: taken as unknown times of that day; please confirm"
        )


def _exactness(clock: IntArray, precision: npt.NDArray[np.int8], words: Sequence[str]) -> tuple[Precision, float]:
    """Return how exactly the times are known at best, and the share that is exactly midnight."""
    if not len(clock):
        return Precision.SECOND, 0.0
    written = Precision(int(precision.max()))
    within = clock % 86_400
    if (within == 0).all():
        day = clock // 86_400
        month = day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        is_month = written == Precision.MONTH or ("month" in words and (day == month).all())
        return (Precision.MONTH if is_month else min(written, Precision.DAY)), 1.0
    if written > Precision.HOUR and (within % 3600 == 0).all() and len(clock) >= 20:
        return Precision.HOUR, 0.0
    if written > Precision.MINUTE and (within % 60 == 0).all() and len(clock) >= 20:
        written = Precision.MINUTE
    return written, float(np.mean(within == 0))


def _take_order(table: RawTable, name: str, text: pa.Array, timezone: str, guess: TimesGuess) -> None:
    """Settle whether the day or the month comes first, by values that only one order can read."""
    only_day_first, only_month_first, differ = _evidence(text)
    if differ and not (only_day_first or only_month_first):
        for raw in table.batches([name]):
            more = _evidence(as_text(raw.values.column(name)))
            only_day_first, only_month_first = only_day_first + more[0], only_month_first + more[1]
            if only_day_first or only_month_first:
                break
    if not differ and not only_day_first and not only_month_first:
        return
    if bool(only_day_first) != bool(only_month_first):
        guess.order = DateOrder.DMY if only_day_first else DateOrder.MDY
        guess.reasons.append(
            f"dates are {guess.order}: {only_day_first or only_month_first} of the values read no other way"
        )
        return
    if only_day_first:
        guess.order = DateOrder.DMY if only_day_first >= only_month_first else DateOrder.MDY
        guess.doubts.append(
            f"{name} mixes day-first ({only_day_first}) and month-first ({only_month_first}) dates: "
            f"taken as {guess.order}, the others will be quarantined"
        )
        return
    guess.order = DateOrder.MDY if timezone.startswith("America/") else DateOrder.DMY
    guess.doubts.append(
        f"{name} does not tell whether the day or the month comes first: taken as {guess.order}; please confirm"
    )


def _evidence(text: pa.Array) -> tuple[int, int, int]:
    """Return how many values only the day-first, only the month-first order can read, and how many differ."""
    day_first, month_first = (read_moments(text, order) for order in (DateOrder.DMY, DateOrder.MDY))
    reads_day, reads_month = day_first.precision > 0, month_first.precision > 0
    differ = reads_day & reads_month & (day_first.clock != month_first.clock)
    return int((reads_day & ~reads_month).sum()), int((reads_month & ~reads_day).sum()), int(differ.sum())


def _take_clock(columns: Sequence[str], parts: dict[str, str], sample: pa.RecordBatch, guess: TimesGuess) -> None:
    """Add the column of the time of day that goes with a date."""
    if guess.precision == Precision.MONTH:
        return
    if {"hour", "minute"} <= set(parts):
        guess.columns[Field.TIME] = (parts["hour"], parts["minute"])
        guess.precision = Precision.MINUTE
        guess.reasons.append(f"the time stands in {parts['hour']} and {parts['minute']}")
        return
    taken = {name for names in guess.columns.values() for name in names}
    for name in columns:
        words = words_of(name)
        if name in taken or not (words and (words[-1] in _CLOCK or words[-1].endswith("hour"))):
            continue
        if (_END | _REPORTED | _FILED) & _said(name):
            continue
        column = sample.column(name)
        if pa.types.is_time(column.type):
            readable = 1.0
        else:
            text = as_text(column).drop_null()
            readable = float(np.mean(read_clocks(text).precision > 0)) if len(text) else 0.0
        if readable >= _READABLE:
            is_hour = words[-1].endswith("hour")
            guess.columns[Field.HOUR if is_hour else Field.TIME] = (name,)
            guess.precision = Precision.HOUR if is_hour else Precision.SECOND
            guess.reasons.append(f"{name} is the {'hour' if is_hour else 'time of day'}: by name")
            return

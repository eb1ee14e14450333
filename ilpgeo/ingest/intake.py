"""One file on its way in: read, judged, placed; candidates out one side, quarantine and account out the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.ingested import FileReport, Flag
from ilpgeo.ingest.identity import file_id
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.personal import personal_columns
from ilpgeo.ingest.piles import Piles
from ilpgeo.ingest.quarantine import Quarantine
from ilpgeo.ingest.readers import RawBatch, RawTable, open_table
from ilpgeo.ingest.rules import Fault, Jurisdiction, Rules
from ilpgeo.ingest.series import sealed
from ilpgeo.ingest.times import PRECISIONS, WINDOW
from ilpgeo.ingest.validate import Judge, Judged

Progress = Callable[[int, int | None], None]
_EPOCH = date(1970, 1, 1)


class Intake:
    """One file being brought in; `batches` is run through once, then `report` and `quarantine` are complete.

    Nothing is stored here: when `batches` raises, the store that consumes it stores nothing.
    """

    def __init__(
        self,
        path: Path,
        mapping: ColumnMapping,
        rules: Rules,
        jurisdiction: Jurisdiction,
        *,
        source: str,
        progress: Progress | None = None,
        opened: RawTable | None = None,
    ) -> None:
        self._table = open_table(path) if opened is None else opened
        dropped = personal_columns(self._table)
        self._columns = tuple(name for name in self._table.columns if name not in dropped)
        _refuse_personal(path.name, mapping, dropped)
        mapping.require(path.name, self._columns)
        if self._table.crs and not mapping.crs:
            mapping = replace(mapping, crs=self._table.crs)
        self._mapping = mapping
        self._judge = Judge(mapping, rules, jurisdiction)
        self._piles = Piles()
        self._progress = progress
        self._faults: Counter[str] = Counter()
        self._told: Counter[str] = Counter()
        self._coarsest = len(PRECISIONS)
        self._days: list[int] = []
        self._located = self._unplaced = 0
        self._is_done = False
        identity = file_id(path, source)
        self._report = FileReport(
            file_id=identity,
            name=path.name,
            source=source,
            dropped_columns=tuple(dropped),
            mapping=mapping.words(),
        )
        self._series = mapping.column(Field.SERIES)
        self._secret = rules.series_secret() if self._series and rules.series_secret else b""
        self.quarantine = Quarantine(identity, self._columns)

    @property
    def file_id(self) -> str:
        """Id of the file, known before it is read."""
        return self._report.file_id

    @property
    def report(self) -> FileReport:
        """The account of the file; candidates stand as accepted until the store has told the duplicates.

        Before `batches` is exhausted it holds only what is known beforehand: id, name, source, mapping, columns
        dropped.
        """
        return self._report

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the candidates of the file in the layout of `core.schema.candidate`.

        Raises
        ------
        InvalidInput
            When the file turns out to be damaged on the way, or this intake has been run through already.
        """
        if self._is_done:
            raise InvalidInput(f"{self._report.name}: already read; open the file anew to bring it again")
        self._is_done = True
        read = accepted = 0
        coded = [name for field in (Field.OFFENCE, Field.PLACE) for name in self._mapping.of_field(field)]
        for read_as_written in self._table.batches(self._columns, coded):
            raw = self._without_references(read_as_written)
            judged = self._judge.judge(raw)
            self._account(raw, judged)
            read += len(raw.rows) + len(raw.unreadable)
            accepted += len(judged.candidates)
            if self._progress is not None:
                self._progress(read, max(read, self._table.n_rows_hint or 0) or None)
            if len(judged.candidates):
                yield judged.candidates
        if read == 0:
            raise InvalidInput(f"{self._report.name}: a header and no rows; bring a file with rows")
        self._close(read, accepted)

    def _without_references(self, raw: RawBatch) -> RawBatch:
        """Return a batch whose series are keyed hashes, before a row of it is kept anywhere; dropped without a key."""
        if not self._series:
            return raw
        column = raw.values.column(self._series)
        keyed = sealed(column, self._secret) if self._secret else pa.nulls(len(column), pa.string())
        at = raw.values.schema.get_field_index(self._series)
        return replace(raw, values=raw.values.set_column(at, self._series, keyed))

    def close(self) -> None:
        """Let go of the rejected rows; the report stays."""
        self.quarantine.close()

    def _account(self, raw: RawBatch, judged: Judged) -> None:
        self.quarantine.add(raw, judged.fault)
        counts = np.bincount(judged.fault, minlength=len(Fault))
        for fault in list(Fault)[1:]:
            if counts[fault]:
                self._faults[fault.reason] += int(counts[fault])
        if raw.unreadable:
            self._faults[Fault.UNREADABLE_ROW.reason] += len(raw.unreadable)
        self._located += judged.n_located
        self._told["identical"] += judged.n_repeated
        keep = judged.fault == Fault.NONE
        if not keep.any():
            return
        windows, candidates = judged.windows, judged.candidates
        self._told["reversed"] += int(windows.is_reversed[keep].sum())
        self._told["clock"] += int(windows.is_clock_lost[keep].sum())
        self._told["reported"] += judged.reports.n_impossible
        self._told["unreadable report"] += judged.reports.n_unreadable
        self._unplaced += candidates.column("area").null_count
        day, precision = windows.day[keep], windows.precision[keep]
        self._days = [min([*self._days, int(day.min())]), max([*self._days, int(day.max())])]
        named = precision[precision != WINDOW]
        if len(named):
            self._coarsest = min(self._coarsest, int(named.min()))
        x, y = (candidates.column(name).to_numpy() for name in ("x", "y"))
        self._piles.add(x, y, day, precision >= PRECISIONS.index("day"))

    def _close(self, read: int, accepted: int) -> None:
        first, last = ((_EPOCH + timedelta(days=day)) for day in self._days) if self._days else (None, None)
        precision = ""
        if accepted:
            precision = PRECISIONS[self._coarsest if self._coarsest < len(PRECISIONS) else WINDOW]
        self._report = replace(
            self._report,
            rows_read=read,
            accepted=accepted,
            quarantined=read - accepted,
            reasons=dict(self._faults),
            flags=(*self._file_flags(), *self._row_flags(), *self._piles.flags()),
            first=first,
            last=last,
            precision=precision,
            unplaced=self._unplaced,
            geocoded_share=self._located / read,
            brought=datetime.now(UTC),
        )

    def _file_flags(self) -> list[Flag]:
        return [Flag("file", note, 0) for note in self._table.notes]

    def _row_flags(self) -> list[Flag]:
        words = {
            "identical": "rows are identical to an earlier row of the file and carry no reference; all are kept",
            "reversed": "rows end before they begin; the two ends were exchanged",
            "clock": "rows have a time of day that cannot be read; their whole day is kept",
            "reported": "rows say they were reported before they happened or on a day to come; "
            "when they were reported is taken as unknown",
            "unreadable report": "rows have a reporting date that cannot be read; when they were reported is unknown",
        }
        return [Flag(kind, f"{n:,} {words[kind]}", n) for kind, n in self._told.items() if n]


def read_candidates(
    path: Path,
    mapping: ColumnMapping,
    rules: Rules,
    jurisdiction: Jurisdiction,
    *,
    source: str = "",
    progress: Progress | None = None,
    opened: RawTable | None = None,
) -> Intake:
    """Return a file opened and checked, ready to give its candidates.

    Parameters
    ----------
    source
        The source the file belongs to; empty means the file's own name without suffixes.
    progress
        Called after each batch with (rows done, rows in all or None).
    opened
        The file as `open_table` gave it, where it is open already.

    Raises
    ------
    InvalidInput
        When the file cannot be read or the mapping does not fit it; before anything is given out.
    """
    named = source or path.name.split(".")[0]
    return Intake(path, mapping, rules, jurisdiction, source=named, progress=progress, opened=opened)


def _refuse_personal(name: str, mapping: ColumnMapping, dropped: dict[str, str]) -> None:
    mapped = [column for column in mapping.used if column in dropped]
    if mapped:
        raise InvalidInput(
            f"{name}: column {', '.join(mapped)} describes persons ({dropped[mapped[0]]}) and is never read; "
            "map another column"
        )

"""Rejected rows with their number, reason, suggestion and raw values: kept, downloaded, corrected, brought again."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from ilpgeo.core.errors import NotFound
from ilpgeo.ingest.columns import as_text
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.origin import FILE_COLUMN, ROW_COLUMN, origin_of
from ilpgeo.ingest.readers import RawBatch
from ilpgeo.ingest.rules import Fault

REASON_COLUMN = "ilpgeo_reason"
SUGGESTION_COLUMN = "ilpgeo_suggestion"
OWN_COLUMNS = (FILE_COLUMN, ROW_COLUMN, REASON_COLUMN, SUGGESTION_COLUMN)
_IN_MEMORY = 32 << 20


class Quarantine:
    """The rejected rows of one file, spooled to a temporary file past 32 MB.

    Raw values are those of the columns read: columns about persons have been dropped before. A row that was in
    quarantine already, and says so, keeps the file and row it first stood in.
    """

    def __init__(self, file_id: str, columns: Sequence[str]) -> None:
        self.file_id = file_id
        self._raw = tuple(name for name in columns if name not in OWN_COLUMNS)
        text = [pa.field(name, pa.string()) for name in (REASON_COLUMN, SUGGESTION_COLUMN, *self._raw)]
        self.schema = pa.schema([pa.field(FILE_COLUMN, pa.string()), pa.field(ROW_COLUMN, pa.int64()), *text])
        self._spool: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - lives as long as this object
        weakref.finalize(self, self._spool.close)
        self._writer = pa.RecordBatchStreamWriter(self._spool, self.schema)
        self._is_open = True
        self.n = 0

    def add(self, raw: RawBatch, fault: npt.NDArray[np.int8]) -> None:
        """Take the rejected rows of a judged batch, and those that could not be split into columns."""
        rejected = fault != Fault.NONE
        if rejected.any():
            held = pa.array(rejected)
            values = raw.values.filter(held)
            code = pa.array(fault[rejected].astype(np.int32))
            told = [
                pa.array(texts).take(code)
                for texts in ([each.reason for each in Fault], [each.suggestion for each in Fault])
            ]
            columns = [as_text(values.column(name)) for name in self._raw]
            self._write([*self._origin(values, pa.array(raw.rows[rejected])), *told, *columns])
        if raw.unreadable:
            n = len(raw.unreadable)
            self._write(
                [
                    pa.array([self.file_id] * n),
                    pa.array([row for row, _ in raw.unreadable], pa.int64()),
                    pa.array([Fault.UNREADABLE_ROW.reason] * n),
                    pa.array([f"{detail}; {Fault.UNREADABLE_ROW.suggestion}" for _, detail in raw.unreadable]),
                    *[pa.nulls(n, pa.string())] * len(self._raw),
                ]
            )

    def _origin(self, values: pa.RecordBatch, rows: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Return (file, row) each row stands in; a row brought in again keeps those it first stood in."""
        says, file, row = origin_of(values)
        return pc.if_else(says, file, self.file_id), pc.if_else(says, row, rows)

    def _write(self, columns: list[pa.Array]) -> None:
        batch = pa.RecordBatch.from_arrays(columns, schema=self.schema)
        self._writer.write_batch(batch)
        self.n += len(batch)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rejected rows; nothing can be added after."""
        self._finish()
        self._spool.seek(0)
        with pa.RecordBatchStreamReader(self._spool) as reader:
            yield from reader

    def _finish(self) -> None:
        if self._is_open:
            self._writer.close()
            self._is_open = False

    def close(self) -> None:
        """Let go of the rejected rows."""
        self._finish()
        self._spool.close()

    def save(self, folder: Path) -> Path | None:
        """Write ``<file id>.parquet`` into a folder, whole or not at all; return its path, None without rows."""
        if self.n == 0:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        target = quarantine_path(folder, self.file_id)
        part = target.with_suffix(".part")
        with pq.ParquetWriter(part, self.schema) as writer:
            for batch in self.batches():
                writer.write_batch(batch)
        part.replace(target)
        return target


def quarantine_path(folder: Path, file_id: str) -> Path:
    """Return where the quarantine of a file is kept."""
    return folder / f"{file_id}.parquet"


def read_quarantine(folder: Path, file_id: str) -> pa.Table:
    """Return the rejected rows of a file, or raise NotFound where there are none."""
    path = quarantine_path(folder, file_id)
    if not path.is_file():
        raise NotFound(f"no rows of the file {file_id} are in quarantine")
    return pq.read_table(path)


def with_corrections(rejected: pa.Table, mapping: ColumnMapping) -> pa.Table:
    """Return the rows whose correction is certain enough to offer, corrected: swapped coordinates exchanged."""
    swapped = rejected.filter(pc.equal(rejected[REASON_COLUMN], Fault.SWAPPED.reason))
    pair = (Field.LONGITUDE, Field.LATITUDE) if mapping.is_geographic else (Field.X, Field.Y)
    across, up = (mapping.column(field) for field in pair)
    names = [{across: up, up: across}.get(name, name) for name in swapped.column_names]
    return swapped.rename_columns(names).select(rejected.column_names)


def write_csv(rejected: pa.Table, target: Path | IO[bytes]) -> None:
    """Write rejected rows as the CSV to correct and bring again; its first columns tell where each row came from."""
    pacsv.write_csv(rejected, target)

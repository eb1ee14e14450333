"""Parquet: typed columns, streamed row group by row group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers.table import RawBatch, unique_names

ROWS = 65_536
SAMPLE_ROWS = 4_096


@dataclass(frozen=True, slots=True)
class Columnar:
    """An opened Parquet file; see `RawTable`."""

    path: Path
    columns: tuple[str, ...]
    n_rows_hint: int | None
    format: str = "Parquet"
    crs: str = ""
    notes: tuple[str, ...] = ()

    def head(self, columns: Sequence[str]) -> pa.RecordBatch:
        """Return the first few thousand rows."""
        with _opened(self.path, 0), pq.ParquetFile(self.path) as file:
            return next(file.iter_batches(SAMPLE_ROWS, columns=list(columns))).select(list(columns))

    def batches(self, columns: Sequence[str], coded: Sequence[str] = ()) -> Iterator[RawBatch]:
        """Yield the rows with the file's own types; `coded` columns come dictionary-encoded where they are text."""
        passed = 0
        with pq.ParquetFile(self.path, read_dictionary=list(coded)) as file:
            reading = file.iter_batches(ROWS, columns=list(columns))
            while True:
                with _opened(self.path, passed):
                    values = next(reading, None)
                if values is None:
                    return
                rows = np.arange(passed + 1, passed + 1 + len(values), dtype=np.int64)
                passed += len(values)
                yield RawBatch(values.select(list(columns)), rows)


@contextmanager
def _opened(path: Path, passed: int) -> Iterator[None]:
    """Turn what Arrow says of damaged pages into a message for the person who brought the file."""
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(
            f"{path.name}, after row {passed}: the Parquet file is damaged ({error}); fetch it again"
        ) from error


def open_columnar(path: Path) -> Columnar:
    """Return a Parquet file opened.

    Raises
    ------
    InvalidInput
        For a file cut short, one that is no Parquet, or one without rows.
    """
    try:
        with pq.ParquetFile(path) as file:
            n = file.metadata.num_rows
            names = tuple(file.schema_arrow.names)
    except (pa.ArrowInvalid, OSError) as error:
        raise InvalidInput(
            f"{path.name}: not a whole Parquet file (damaged or cut short: {error}); fetch it again"
        ) from error
    if unique_names(names, path.name) != names:
        raise InvalidInput(f"{path.name}: column names are empty, repeated or padded with spaces; rename them")
    if n == 0:
        raise InvalidInput(f"{path.name}: {len(names)} columns and no rows; bring a file with rows")
    return Columnar(path, names, n)

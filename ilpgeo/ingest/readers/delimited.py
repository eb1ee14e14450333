"""Delimited text (CSV, TSV): any delimiter and encoding, plain or gzipped, streamed."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers.dialect import Dialect, read_dialect
from ilpgeo.ingest.readers.encoding import detect_encoding
from ilpgeo.ingest.readers.quotes import refuse_open_end, refuse_swallowed_rows
from ilpgeo.ingest.readers.table import RawBatch

BLOCK = 8 << 20
HEAD = 1 << 20
SAMPLE = 1 << 18
AHEAD = 2
MAX_UNPACKED_RATIO = 300
NULLS = ("", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan")


@dataclass(frozen=True, slots=True)
class Delimited:
    """An opened text file; see `RawTable`."""

    path: Path
    encoding: str
    dialect: Dialect
    n_rows_hint: int | None
    format: str = "CSV"
    crs: str = ""
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names of the header."""
        return self.dialect.columns

    def head(self, columns: Sequence[str]) -> pa.RecordBatch:
        """Return the rows of the first quarter megabyte, as text."""
        return next(self._parsed(columns, (), SAMPLE)).values

    def batches(self, columns: Sequence[str], coded: Sequence[str] = ()) -> Iterator[RawBatch]:
        """Yield the rows as text; parsing runs one or two batches ahead in a thread of its own.

        A row with too many or too few values is reported in `RawBatch.unreadable`.
        """
        queue: Queue[RawBatch | BaseException | None] = Queue(AHEAD)
        stopped = threading.Event()

        def parse() -> None:
            try:
                for batch in self._parsed(columns, coded, BLOCK):
                    queue.put(batch)
                    if stopped.is_set():
                        return
                queue.put(None)
            except BaseException as error:  # noqa: BLE001 - handed to the caller's thread and raised there
                queue.put(error)

        thread = threading.Thread(target=parse, daemon=True, name="ilpgeo-csv")
        thread.start()
        try:
            while (item := queue.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            stopped.set()
            while thread.is_alive():
                while not queue.empty():
                    queue.get_nowait()
                thread.join(0.01)

    def _parsed(self, columns: Sequence[str], coded: Sequence[str], block_size: int) -> Iterator[RawBatch]:
        faulty: list[tuple[int, str]] = []

        def note(row: Any) -> str:
            number = row.number - self.dialect.header_lines if row.number is not None else 0
            faulty.append((number, f"{row.actual_columns} values where {row.expected_columns} are expected"))
            return "skip"

        read = pacsv.ReadOptions(
            use_threads=False,
            block_size=block_size,
            column_names=list(self.columns),
            skip_rows=self.dialect.header_lines,
            encoding="utf8" if self.encoding.startswith("utf-8") else self.encoding,
        )
        parse = pacsv.ParseOptions(delimiter=self.dialect.delimiter, newlines_in_values=True, invalid_row_handler=note)
        text: dict[str, pa.DataType] = dict.fromkeys(columns, pa.string())
        text |= dict.fromkeys(coded, pa.dictionary(pa.int32(), pa.string()))
        convert = pacsv.ConvertOptions(
            check_utf8=False,
            include_columns=list(columns),
            column_types=text,
            null_values=list(NULLS),
            strings_can_be_null=True,
        )
        last = told = 0
        tail: pa.RecordBatch | None = None
        try:
            with _unpacked(self.path) as stream, pacsv.open_csv(stream, read, parse, convert) as reader:
                for values in reader:
                    rows, last, fresh = _numbered(len(values), last, [number for number, _ in faulty[told:]])
                    refuse_swallowed_rows(
                        values, rows, self.path.name, self.dialect.delimiter, len(self.dialect.columns)
                    )
                    tail = values.slice(max(len(values) - 1, 0))
                    yield RawBatch(values, rows, tuple(faulty[told : told + fresh]))
                    told += fresh
        except pa.ArrowInvalid as error:
            if "Empty CSV file" not in str(error):
                raise InvalidInput(
                    f"{self.path.name}, after row {last}: {error}; look for an unclosed quote there and bring it again"
                ) from error
        if tail is not None and len(tail):
            refuse_open_end(tail, last, self.path.name)
        if told < len(faulty):
            empty = pa.RecordBatch.from_pylist([], pa.schema([(name, text[name]) for name in columns]))
            yield RawBatch(empty, np.empty(0, np.int64), tuple(faulty[told:]))


def open_delimited(path: Path) -> Delimited:
    """Return a text file opened: encoding, delimiter and header told from its bytes.

    Raises
    ------
    InvalidInput
        For an empty, header-only, binary or mixed-encoding file, a broken gzip, or one that unpacks to absurd size.
    """
    try:
        with _unpacked(path) as stream:
            encoding = detect_encoding(stream, path.name)
        with _unpacked(path) as stream:
            raw = stream.read(HEAD)
            whole = len(raw) < HEAD
    except (gzip.BadGzipFile, EOFError) as error:
        raise InvalidInput(f"{path.name}: the gzip file is damaged or cut short ({error}); fetch it again") from error
    head = raw.decode(encoding, "ignore")
    dialect = read_dialect(head, path.name, whole=whole)
    lines = max(head.count("\n"), 1)
    total = path.stat().st_size if path.suffix != ".gz" else path.stat().st_size * 5
    hint = lines - 1 if whole else int(total / len(raw) * lines)
    return Delimited(path, encoding, dialect, max(hint, 1))


def _numbered(n: int, last: int, faulty: Sequence[int]) -> tuple[IntArray, int, int]:
    """Return the numbers of the next `n` readable rows, the last row number passed, and the faulty rows passed."""
    rows = np.arange(last + 1, last + 1 + n, dtype=np.int64)
    passed = 0
    for number in faulty:
        at = np.searchsorted(rows, number)
        if at == len(rows):
            break
        rows[at:] += 1
        passed += 1
    return rows, int(rows[-1]) if n else last, passed


class _Bounded(gzip.GzipFile):
    """A gzip stream that refuses to unpack to hundreds of times its size."""

    packed = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        if self.tell() > max(self.packed * MAX_UNPACKED_RATIO, 200 << 20):
            raise InvalidInput(
                f"{Path(str(self.name)).name}: unpacks to more than {MAX_UNPACKED_RATIO} times its size; "
                "bring the unpacked CSV if that is right"
            )
        return piece


def _unpacked(path: Path) -> IO[bytes]:
    with path.open("rb") as stream:
        is_gzip = stream.read(2) == b"\x1f\x8b"
    if not is_gzip:
        return path.open("rb")
    packed = _Bounded(path, "rb")
    packed.packed = path.stat().st_size
    return packed  # type: ignore[return-value]

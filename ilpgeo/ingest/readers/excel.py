"""Excel workbooks (.xlsx, .xlsm): the first sheet with values, read row by row as text."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import numpy as np
import pyarrow as pa

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers.limits import require_ratio, require_size
from ilpgeo.ingest.readers.sheet import Cells, rows_of
from ilpgeo.ingest.readers.table import RawBatch, is_number, named, unique_names

ROWS = 8_192
SAMPLE_ROWS = 500
MAX_SHEETS = 100
_LOOKED_AT = 30
_PROLOGUE_BYTES = 4096
_HEADER_SHARE = 0.6
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, ExpatError, KeyError, ValueError, TypeError, IndexError,
    AttributeError, EOFError, OSError, OverflowError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """An opened sheet of a workbook; see `RawTable`.

    Attributes
    ----------
    title
        Name of the sheet.
    header_row
        Number of the row that holds the column names, the sheet's first row being 1.
    sample
        The first rows, every column.
    """

    path: Path
    title: str
    header_row: int
    columns: tuple[str, ...]
    sample: pa.RecordBatch
    notes: tuple[str, ...]
    n_rows_hint: int | None = None
    format: str = "Excel"
    crs: str = ""

    def head(self, columns: Sequence[str]) -> pa.RecordBatch:
        """Return the first few hundred rows."""
        return self.sample.select(list(columns))

    def batches(self, columns: Sequence[str], coded: Sequence[str] = ()) -> Iterator[RawBatch]:  # noqa: ARG002
        """Yield the rows as text; rows without any value are passed over, their numbers counted."""
        with _sheets(self.path) as sheets:
            rows = rows_of(_named(sheets, self.title), self.header_row)
            while held := list(islice(rows, ROWS)):
                fitting = [(row, cells) for row, cells in held if len(cells) <= len(self.columns)]
                odd = tuple(
                    (row, f"values beyond the last of the {len(self.columns)} columns named")
                    for row, cells in held
                    if len(cells) > len(self.columns)
                )
                values = _batch(fitting, self.columns, columns)
                yield RawBatch(values, np.array([row for row, _ in fitting], np.int64), odd)


def open_excel(path: Path, archive: zipfile.ZipFile) -> Sheet:
    """Return the first sheet with values of a workbook opened.

    The header is the first row that is filled about as widely as those below it, so that titles above are passed.

    Parameters
    ----------
    archive
        The same file opened as the zip it is.

    Raises
    ------
    InvalidInput
        For a damaged or too large workbook, an empty one, a header without rows, or several sheets of one layout.
    """
    parts = [part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
    size = sum(part.file_size for part in parts)
    require_size(size, path.name, "the workbook unpacked")
    require_ratio(size, sum(part.compress_size for part in parts), path.name)
    with _sheets(path) as sheets:
        looked = [(sheet.title, _looked_at(sheet)) for sheet in sheets[:MAX_SHEETS]]
        filled = [(title, rows) for title, rows in looked if rows]
        if not filled:
            raise InvalidInput(f"{path.name}: no sheet holds a value; bring a sheet with a header and rows")
        title, rows = filled[0]
        header_row, header = _header(rows)
        alike = [other for other, below in filled[1:] if _header(below)[1] == header]
        if alike:
            raise InvalidInput(
                f"{path.name}: the sheets {named([title, *alike])} have the same columns; "
                "put their rows into one sheet, or save each as a file of its own"
            )
        width = max(len(cells) for _, cells in rows)
        columns = unique_names([*(name or "" for name in header), *[""] * (width - len(header))], path.name)
        if len(columns) > 1 and all(is_number(name) for name in header if name):
            raise InvalidInput(
                f"{path.name}, sheet {title!r}, row {header_row}: numbers where column names are expected; "
                "add a header row"
            )
        body = rows_of(_named(sheets, title), header_row)
        sample = [(row, cells) for row, cells in islice(body, SAMPLE_ROWS)]
    if not sample:
        raise InvalidInput(
            f"{path.name}, sheet {title!r}: a header with {len(columns)} columns and no rows; bring a file with rows"
        )
    notes = _notes(title, header_row, [other for other, _ in filled[1:]])
    fitting = [(row, cells) for row, cells in sample if len(cells) <= len(columns)]
    return Sheet(path, title, header_row, columns, _batch(fitting, columns, columns), notes)


@contextmanager
def _sheets(path: Path) -> Iterator[list[Any]]:
    """Give the visible sheets of a workbook; what is damaged becomes a message."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ExitStack() as stack:
            stream = stack.enter_context(path.open("rb"))
            _refuse_document_types(path)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            stack.callback(book.close)
            yield [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or list(book.worksheets)
    except InvalidInput:
        raise
    except (*_DAMAGE, InvalidFileException) as error:
        raise InvalidInput(
            f"{path.name}: the Excel file is damaged or cut short ({error}); fetch it again or save it as CSV"
        ) from error


def _refuse_document_types(path: Path) -> None:
    """Raise ValueError for a part that declares a document type: whichever parser reads it, it defines no entities."""
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                with parts.open(name) as part:
                    if b"<!DOCTYPE" in part.read(_PROLOGUE_BYTES):
                        raise ValueError("it holds a document type, as no workbook does")


def _named(sheets: list[Any], title: str) -> Any:
    return next(sheet for sheet in sheets if sheet.title == title)


def _looked_at(sheet: Any) -> list[Cells]:
    return list(islice(rows_of(sheet, 0), _LOOKED_AT))


def _header(rows: list[Cells]) -> tuple[int, list[str | None]]:
    filled = [sum(cell is not None for cell in cells) for _, cells in rows]
    at = next(place for place, n in enumerate(filled) if n >= _HEADER_SHARE * max(filled))
    return rows[at]


def _batch(rows: list[Cells], columns: tuple[str, ...], wanted: Sequence[str]) -> pa.RecordBatch:
    place = {name: at for at, name in enumerate(columns)}
    arrays = [
        pa.array([cells[place[name]] if place[name] < len(cells) else None for _, cells in rows], pa.string())
        for name in wanted
    ]
    return pa.RecordBatch.from_arrays(arrays, names=list(wanted))


def _notes(title: str, header_row: int, left: list[str]) -> tuple[str, ...]:
    notes = []
    if left:
        notes.append(f"sheet {title!r} is read; not read: {named([repr(each) for each in left])}")
    if header_row > 1:
        notes.append(f"the column names are taken from row {header_row}; rows are counted from the one below")
    return tuple(notes)

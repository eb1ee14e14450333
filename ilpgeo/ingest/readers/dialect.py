"""How a text file is written: delimiter, header, decimal mark; told from its first lines."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers.table import is_number, unique_names

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 50


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text file is written."""

    delimiter: str
    columns: tuple[str, ...]
    header_lines: int


def read_dialect(head: str, file: str, *, whole: bool) -> Dialect:
    """Return how the file that begins with `head` is written.

    The delimiter is the one that splits the header into the most columns and the next lines into as many; a file
    that none of them splits has one column.

    Parameters
    ----------
    head
        The first characters of the file.
    whole
        True when `head` is the whole file: its last line is complete then.

    Raises
    ------
    InvalidInput
        For an empty file, a header without rows, or a header that holds data.
    """
    if not head.strip():
        raise InvalidInput(f"{file}: the file is empty; bring one with a header line and at least one row")
    skipped = len(head) - len(head.lstrip("\r\n"))
    best = max(DELIMITERS, key=lambda delimiter: _agreement(head[skipped:], delimiter, whole=whole))
    records = _records(head[skipped:], best, whole=True)
    if not records:
        raise InvalidInput(
            f"{file}, row 1: more than {csv.field_size_limit():,} characters where a column name is expected; "
            "bring a table with a header line, its quotes closed"
        )
    header = records[0]
    columns = unique_names(header, file)
    if len([record for record in records if record]) < 2 and whole:
        raise InvalidInput(f"{file}: a header with {len(columns)} columns and no rows; bring a file with rows")
    if len(columns) > 1 and all(is_number(name) for name in header if name.strip()):
        raise InvalidInput(f"{file}, row 1: numbers where column names are expected; add a header line")
    return Dialect(best, columns, head[:skipped].count("\n") + _lines_of_first(head[skipped:], best))


def _records(text: str, delimiter: str, *, whole: bool) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records = []
    try:
        for record in reader:
            records.append(record)
            if len(records) > _SAMPLE_RECORDS:
                return records
    except csv.Error:
        return records
    return records if whole else records[:-1] or records


def _lines_of_first(text: str, delimiter: str) -> int:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(reader)
    return reader.line_num


def _agreement(text: str, delimiter: str, *, whole: bool) -> tuple[float, int]:
    records = [record for record in _records(text, delimiter, whole=whole) if record]
    if not records or len(records[0]) < 2:
        return (0.0, 0)
    width = len(records[0])
    alike = sum(len(record) == width for record in records[1:])
    share = alike / len(records[1:]) if len(records) > 1 else 1.0
    return (round(share, 1), width)

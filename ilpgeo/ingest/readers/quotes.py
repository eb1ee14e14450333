"""A quote that is opened and not closed swallows the rows after it into one value; here it is noticed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.errors import InvalidInput

_FEW_COLUMNS = 3
_LINES_OF_FEW = 5
_NEWLINE = ord("\n")


def refuse_swallowed_rows(values: pa.RecordBatch, rows: IntArray, file: str, delimiter: str, n_columns: int) -> None:
    """Raise InvalidInput for a text value that holds whole rows.

    A line within a value counts as a row when it has as many delimiters as the header; one is enough in a file of
    more than three columns, five in a narrower one, where an address may look like a row.
    """
    enough = 1 if n_columns > _FEW_COLUMNS else _LINES_OF_FEW
    for name, column in zip(values.schema.names, values.columns, strict=True):
        if not _has_newline(column):
            continue
        text = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        broken = pc.fill_null(pc.match_substring(text, "\n"), fill_value=False)
        for at in np.flatnonzero(broken.to_numpy(zero_copy_only=False)):
            lines = text[int(at)].as_py().split("\n")[1:]
            alike = sum(line.count(delimiter) == n_columns - 1 for line in lines) if n_columns > 1 else 0
            if alike >= enough:
                raise InvalidInput(_message(file, int(rows[at]), name))


def refuse_open_end(values: pa.RecordBatch, row: int, file: str) -> None:
    """Raise InvalidInput when the last value of a file ends with the file's own line end: its quote never closed."""
    for name, column in zip(values.schema.names, values.columns, strict=True):
        last = column[len(column) - 1].as_py()
        if last is not None and last.endswith("\n"):
            raise InvalidInput(_message(file, row, name))


def _message(file: str, row: int, name: str) -> str:
    return (
        f"{file}, row {row}, column {name}: an unclosed quote swallows the rows after it; close it and bring it again"
    )


def _has_newline(column: pa.Array) -> bool:
    data = (column.dictionary if pa.types.is_dictionary(column.type) else column).buffers()[2]
    return data is not None and bool((np.frombuffer(data, np.uint8) == _NEWLINE).any())

"""Where a row first stood: the file and row that quarantine writes beside it, and that a corrected row brings back."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from ilpgeo.ingest.columns import as_text

FILE_COLUMN = "ilpgeo_file"
ROW_COLUMN = "ilpgeo_row"
ORIGIN = (FILE_COLUMN, ROW_COLUMN)
_WHOLE = r"^\d{1,15}$"


def is_again(columns: Iterable[str]) -> bool:
    """Return whether rows of these columns say where they first stood."""
    return set(ORIGIN) <= set(columns)


def origin_of(values: pa.RecordBatch) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Return (says so, file, row) of each row; file and row are null where it does not say."""
    if not is_again(values.schema.names):
        n = len(values)
        return pa.array([False] * n, pa.bool_()), pa.nulls(n, pa.string()), pa.nulls(n, pa.int64())
    file, row = (pc.utf8_trim_whitespace(as_text(values.column(name))) for name in ORIGIN)
    says = pc.and_(pc.greater(pc.utf8_length(file), 0), pc.match_substring_regex(row, _WHOLE)).fill_null(False)
    return says, pc.if_else(says, file, None), pc.if_else(says, row, None).cast(pa.int64())

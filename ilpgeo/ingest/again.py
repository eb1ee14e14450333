"""Rows brought in again: each is known by the file and the row it first stood in, whatever was corrected in it."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ilpgeo.ingest.columns import as_text
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.offences import plain
from ilpgeo.ingest.origin import FILE_COLUMN, ORIGIN, ROW_COLUMN, origin_of
from ilpgeo.ingest.readers import RawTable

_FORMULA = r"^([=@\t\r]|[+-]([^0-9.,]|.*[^0-9.,eE +-]))"


def read_origins(table: RawTable) -> pa.Table:
    """Return (file, row) of every row of a file that says where it first stood; rows that do not say are left out."""
    schema = pa.schema([pa.field(FILE_COLUMN, pa.string()), pa.field(ROW_COLUMN, pa.int64())])
    found = []
    for batch in table.batches(ORIGIN):
        says, file, row = origin_of(batch.values)
        found.append(pa.record_batch([file.filter(says), row.filter(says)], schema=schema))
    return pa.Table.from_batches(found, schema)


def without(rows: pa.Table, gone: pa.Table) -> pa.Table:
    """Return the rows whose origin is not among the origins of `gone`, ordered by origin."""
    if not (rows.num_rows and gone.num_rows):
        return rows
    keys = list(ORIGIN)
    return rows.join(gone.select(keys), keys, join_type="left anti").select(rows.column_names).sort_by(
        [(name, "ascending") for name in keys]
    )  # fmt: skip


def labels_of(rows: pa.Table, mapping: ColumnMapping) -> pa.Array:
    """Return the offence label of every rejected row, as the file wrote it."""
    names = mapping.of_field(Field.OFFENCE)
    if not names:
        return pa.array([mapping.offence] * rows.num_rows, pa.string())
    parts = [as_text(rows[name].combine_chunks()) for name in names]
    joined = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, ": ", null_handling="skip")
    return pc.utf8_trim_whitespace(joined)


def with_known_offence(rows: pa.Table, mapping: ColumnMapping, groups: Mapping[str, str] | None) -> pa.Table:
    """Return the rows whose offence label has a group."""
    coded = labels_of(rows, mapping).dictionary_encode()
    words = coded.dictionary.to_pylist()
    known = pa.array([bool(word) and (groups is None or plain(word) in groups) for word in words], pa.bool_())
    return rows.filter(known.take(coded.indices).fill_null(False))


def harmless(rows: pa.Table) -> pa.Table:
    """Return rows in which no text begins as a spreadsheet's formula does; numbers keep their sign."""
    columns = []
    for column in rows.columns:
        if not pa.types.is_string(column.type):
            columns.append(column)
            continue
        risky = pc.match_substring_regex(column, _FORMULA).fill_null(False)
        columns.append(pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column))
    return pa.table(columns, names=rows.column_names)

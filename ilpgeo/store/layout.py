"""How the lake lies on disk: the table's columns, its folders and how its Parquet files are read and written.

A file brought in gets a number and a *room*, the folder ``rows/<number>``, with one Parquet file per year of
`t_from` (more when a year is large). The Delta log names the Parquet files that count; any other is left over
from work that was cut short. The log is kept for ever, so that every version opens again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ilpgeo.core.schema import candidate

if TYPE_CHECKING:
    from deltalake import DeltaTable

ROOMS = "rows"
LOG = "_delta_log"
LOCK = ".lock"
METADATA = "ilpgeo"
PARTITIONS = ("file", "year")
COARSE = ("day", "month", "window")
PRECISIONS = ("second", "minute", "hour", *COARSE)
ROW_ID_SHIFT = 32  # row_id = file number * 2**32 + position in the file: known before the commit, never reused

_FOREVER = "interval 36500 days"
_UTC = pa.timestamp("us", tz="UTC")


def stored() -> pa.Schema:
    """Return the columns of the Parquet files: `candidate` with a row number, its source and signed keys.

    Delta has no unsigned integers and no seconds: `key` holds the same 64 bits signed, times are microseconds.
    """
    text = pa.dictionary(pa.int32(), pa.string())
    columns = [pa.field("row_id", pa.int64(), nullable=False), pa.field("source", text, nullable=False)]
    for column in candidate():
        kind = pa.int64() if column.name == "key" else _UTC if pa.types.is_timestamp(column.type) else column.type
        columns.append(pa.field(column.name, kind, column.nullable))
    return pa.schema(columns)


TEXTS = tuple(column.name for column in stored() if pa.types.is_dictionary(column.type))


def table_schema() -> pa.Schema:
    """Return the columns of the Delta table: plain text, and the partitions."""
    plain = [pa.field(c.name, pa.string(), c.nullable) if c.name in TEXTS else c for c in stored()]
    return pa.schema([*plain, *(pa.field(name, pa.int32()) for name in PARTITIONS)])


def create_table(folder: Path, metadata: str) -> None:
    """Make the empty Delta table in `folder`; its first commit carries `metadata`."""
    from deltalake import CommitProperties, DeltaTable

    DeltaTable.create(
        folder,
        table_schema(),
        partition_by=list(PARTITIONS),
        configuration={
            "delta.logRetentionDuration": _FOREVER,
            "delta.deletedFileRetentionDuration": _FOREVER,
            "delta.enableExpiredLogCleanup": "false",
        },
        commit_properties=CommitProperties(custom_metadata={METADATA: metadata}),
    )


def open_table(folder: Path, number: int) -> DeltaTable:
    """Return the Delta table at one of its versions."""
    from deltalake import DeltaTable

    return DeltaTable(folder, version=number)


def read_part(file: Path, columns: list[str] | None = None) -> pa.Table:
    """Return the rows of one Parquet file, text as dictionaries."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(file, read_dictionary=list(TEXTS)) as part:
        return part.read(columns)

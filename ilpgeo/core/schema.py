"""The one table layout that ingest writes and the stores hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


SERIES_KEY = r"^s1-[0-9a-f]{24}$"


def candidate() -> pa.Schema:
    """Return the schema of a validated row on its way into a store.

    ``key`` is a 64-bit hash of the row's reference within its source or, without one, of its content and
    occurrence number within its file. ``precision`` is ``second``, ``minute``, ``hour``, ``day``, ``month`` or
    ``window``. ``t_from``, ``t_to`` are UTC; ``day`` is the local calendar day of ``t_from``. ``area`` is the id
    of the finest area, null when unplaced. ``row`` is the number of the row in its file (first data row: 1).
    ``t_reported`` is UTC, null when unknown; a report known to the day stands at its local midnight.
    ``series`` is a keyed hash of a series reference (`SERIES_KEY`); what is none counts as no series.
    """
    import pyarrow as pa

    utc = pa.timestamp("s", tz="UTC")
    text = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            pa.field("key", pa.uint64(), nullable=False),
            pa.field("row", pa.int64(), nullable=False),
            pa.field("x", pa.float64(), nullable=False),
            pa.field("y", pa.float64(), nullable=False),
            pa.field("t_from", utc, nullable=False),
            pa.field("t_to", utc, nullable=False),
            pa.field("day", pa.date32(), nullable=False),
            pa.field("precision", text, nullable=False),
            pa.field("label", text, nullable=False),
            pa.field("offence", text, nullable=False),
            pa.field("area", text),
            pa.field("place", text),
            pa.field("reference", pa.string()),
            pa.field("t_reported", utc),
            pa.field("series", pa.string()),
        ]
    )

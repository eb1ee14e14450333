"""Columns about persons, recognised by name and by value, so that they are dropped at the door."""

from __future__ import annotations

from ilpgeo.ingest.readers import RawTable


def personal_columns(table: RawTable) -> dict[str, str]:
    """Return the columns of a file that describe persons, with the reason each is thought to."""
    return {}

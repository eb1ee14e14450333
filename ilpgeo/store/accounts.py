"""File reports as the plain values a commit carries, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from ilpgeo.core.ingested import FileReport, Flag


def plain(report: FileReport) -> dict[str, Any]:
    """Return `report` as values that JSON can hold, without what other commits say: version, moment, removed."""
    values = asdict(report)
    del values["version"], values["brought"], values["removed"]
    values["reasons"], values["mapping"] = dict(report.reasons), dict(report.mapping)
    for name in ("first", "last"):
        values[name] = values[name].isoformat() if values[name] else None
    return values


def restored(values: Mapping[str, Any], brought: datetime, version: str) -> FileReport:
    """Return the report `plain` was given, brought in at `brought` by the commit that made `version`."""
    known = dict(values)
    known["flags"] = tuple(Flag(**flag) for flag in known["flags"])
    known["dropped_columns"] = tuple(known["dropped_columns"])
    for name in ("first", "last"):
        known[name] = date.fromisoformat(known[name]) if known[name] else None
    return FileReport(**known, brought=brought, version=version)

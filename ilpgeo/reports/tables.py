"""What explains an answer, as plain records and as text a spreadsheet opens."""

from __future__ import annotations

from typing import Any

import numpy as np

from ilpgeo.core.types import Answer, Diagnostic, Released, Table
from ilpgeo.reports.text import csv_text, neutral


def explained(released: Released[Answer]) -> Diagnostic | None:
    """Return what explains an answer: the answer itself where it is a diagnostic, else what stands beside it."""
    value = released.value
    return value if isinstance(value, Diagnostic) else value.beside


def explanation_record(released: Released[Answer]) -> dict[str, Any]:
    """Return the findings and tables of an answer as a JSON-able document."""
    found = explained(released)
    if found is None:
        return {"title": "", "n": None, "findings": [], "tables": [], "notes": list(released.notes)}
    return {
        "title": found.title,
        "n": found.n,
        "findings": list(found.findings),
        "tables": [{"title": table.title, "rows": table_rows(table)} for table in found.tables],
        "notes": list(released.notes),
    }


def table_rows(table: Table) -> list[dict[str, Any]]:
    """Return a table's rows, heading to value; what is not a finite number is None, a day its ISO text."""
    columns = [[_plain(value) for value in values.tolist()] for values in map(_readable, table.columns.values())]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*columns, strict=True)]


def tables_csv(released: Released[Answer]) -> str:
    """Return all tables of an answer as one CSV text, each under its title, an empty line between them."""
    found = explained(released)
    tables = () if found is None else found.tables
    return "\n".join(f"{neutral(table.title)}\n{csv_text(table_rows(table))}" for table in tables)


def _readable(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return values.astype(str) if values.dtype.kind == "M" else values


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value

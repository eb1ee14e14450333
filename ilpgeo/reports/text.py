"""Rows as CSV text that a spreadsheet takes for text, never for a formula."""

from __future__ import annotations

import csv
import io
from typing import Any


def csv_text(rows: list[dict[str, Any]]) -> str:
    """Return rows of equal headings as CSV, headings first; no row is an empty text."""
    lines = io.StringIO()
    if rows:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([{name: neutral(value) for name, value in row.items()} for row in rows])
    return lines.getvalue()


def neutral(value: Any) -> Any:
    """Return `value` so that no spreadsheet takes it for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value

"""Text of unknown origin made plain, and rows as CSV that a spreadsheet takes for text, never for a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import Any

from ilpgeo.core.wording import TURNING

MOST_LETTERS = 2000
_GAPS = frozenset({"Cc", "Zl", "Zp", "Zs"})
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are full-width
_NOT_TEXT = frozenset({"Cs", "Co", "Cn"})


def plain(text: str, most: int = MOST_LETTERS) -> str:
    r"""Return text on one line, without controls, marks that turn its direction, and half characters.

    Examples
    --------
    >>> plain("Mill\u202ekraP\n<b>East\x00")
    'MillkraP <b>East'
    """
    kept = []
    for letter in text:
        kind = unicodedata.category(letter)
        if kind in _GAPS and letter not in "\u00a0\u202f":
            kept.append(" ")
        elif kind in _NOT_TEXT:
            kept.append("\ufffd")
        elif letter not in TURNING:
            kept.append(letter)
    line = " ".join(part for part in "".join(kept).split(" ") if part)
    return line if len(line) <= most else f"{line[: most - 1]}\u2026"


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
    return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value

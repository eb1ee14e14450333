"""A file on its way in, in words: fields, samples, what is still needed. Value in, text or markup out, all escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from ilpgeo.core import wording as words
from ilpgeo.pipeline.previewed import Preview, PreviewColumn

FIELDS = {
    "": "\u2013 not used \u2013",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "x": "Easting (x)",
    "y": "Northing (y)",
    "datetime": "Date and time it happened",
    "date": "Date it happened",
    "time": "Time of day it happened",
    "hour": "Hour it happened",
    "to_datetime": "Date and time it ended at the latest",
    "to_date": "Date it ended at the latest",
    "to_time": "Time of day it ended at the latest",
    "reported": "When it was reported",
    "offence": "Offence",
    "reference": "Reference (unique number)",
    "place": "Street or kind of place",
    "area": "Area name or code",
    "series": "Crime series",
}
ORDERS = {"day-month-year": "Day first (31/12/2024)", "month-day-year": "Month first (12/31/2024)"}
TOLD_BY = {
    "remembered": "as for the last file of this source",
    "preset": "a known format",
    "guess": "guessed: please check",
    "again": "rows that were in quarantine",
}


def size(n_bytes: int) -> str:
    """Return a size in the largest unit that says enough.

    >>> size(812), size(31_400), size(22_500_000)
    ('812 bytes', '31 kB', '22.5 MB')
    """
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if n_bytes >= unit:
            return f"{n_bytes / unit:.1f} {name}"
    return f"{n_bytes / 1000:.0f} kB" if n_bytes >= 1000 else words.plural(n_bytes, "byte")


def preview_heading(preview: Preview, n_files: int) -> str:
    """Return what file is looked at and how it was understood, as markup."""
    about = f", about {words.plural(preview.n_rows, 'row')}" if preview.n_rows is not None else ""
    others = "" if n_files == 1 else f" It is the first of {n_files} files; the others are read in the same way."
    told = TOLD_BY[preview.understood.told_by]
    known = f" ({preview.preset[0]}: {preview.preset[1]})" if preview.preset[0] else ""
    return (
        f'<header class="ilp-head"><h2 class="ilp-h">Is this right? {escape(preview.name)}</h2>'
        f'<span class="ilp-fine">{preview.format}, {size(preview.size_bytes)}, {len(preview.columns)} columns'
        f"{about}. Columns: {escape(told + known)}.{others}</span></header>"
    )


def listed(kind: str, title: str, lines: tuple[str, ...]) -> str:
    """Return a titled list in a box of a kind (``doubt``, ``missing``, ``calm``), empty without lines."""
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line[:1].upper() + line[1:])}</li>" for line in lines)
    return f'<div class="ilp-box ilp-{kind}"><strong>{escape(title)}</strong><ul class="ilp-reasons">{items}</ul></div>'


def first_rows(preview: Preview) -> str:
    """Return the first rows as a table that scrolls by itself, as markup."""
    head = "".join(f"<th>{escape(each.name)}</th>" for each in preview.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(value)}</td>' for value in row)}</tr>" for row in preview.first_rows)
    table = f'<table class="ilp-raw"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="ilp-scroll" tabindex="0">{table}</div>'


def column_name(column: PreviewColumn) -> str:
    """Return a column's name, as markup."""
    return f'<span class="ilp-col">{escape(column.name)}</span>'


def column_values(column: PreviewColumn) -> str:
    """Return a few values of a column, as markup."""
    shown = " \u00b7 ".join(escape(value) for value in column.samples) or "<em>empty in the first rows</em>"
    return f'<span class="ilp-fine ilp-values">{shown}</span>'


def missing(choices: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is still needed before a file can be brought in, in the words of the selectors."""
    held = set(choices.values())
    needed = []
    if not ({"latitude", "longitude"} <= held or {"x", "y"} <= held):
        needed.append("where it happened: choose the columns for latitude and longitude, or for easting and northing")
    if not held & {"datetime", "date"}:
        needed.append("when it happened: choose the column for the date")
    if "offence" not in held:
        needed.append("what happened: choose the column for the offence, or name the one offence of the file below")
    return tuple(needed)


def progress(title: str, done: int, in_all: int | None) -> tuple[float, str]:
    """Return how far the work is, 0..1, and the line to show."""
    if not in_all:
        return 0.0, f"{title} {words.plural(done, 'row')} read"
    return min(done / in_all, 1.0), f"{title} {words.number(done)} of about {words.number(in_all)} rows"

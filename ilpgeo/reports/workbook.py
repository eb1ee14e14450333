"""A product as an Excel workbook: the ranking, the pictures' numbers, the hotspots, what it rests on."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import AreaPicture, Briefing, Tier
from ilpgeo.maps.palette import LIGHT
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports import briefing_text
from ilpgeo.reports.layers import area_layer, hotspot_layer
from ilpgeo.reports.text import plain

_HEADS = {
    "rank": "Rank", "rank_best": "Rank, best", "rank_worst": "Rank, worst", "name": "Area", "parent": "In",
    "tier": "Tier", "tier_is_sure": "Tier is sure", "n": "Incidents", "previous": "Period before",
    "last_year": "A year before", "expected": "Expected", "expected_low": "Expected, low",
    "expected_high": "Expected, high", "score": "Score", "suppressed": "Withheld", "reasons": "Why", "id": "Id",
}  # fmt: skip
_HOTSPOT_HEADS = {
    "rank": "Rank", "name": "Hotspot", "n": "Incidents learned from", "area_km2": "Area, km\u00b2",
    "density_km2": "Per km\u00b2", "share": "Share of all", "peak": "Busiest", "id": "Id",
}  # fmt: skip
_WIDE = {"name": 34, "parent": 22, "reasons": 90, "peak": 22, "id": 24, "tier": 12}
_HEAD_ROW = 4
Rows = Sequence[Mapping[str, Any]]


def workbook(product: Product) -> bytes:
    """Return the workbook; text is written as text, never as a formula. The same product gives the same bytes."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({
        "title": words.cut(f"Briefing: {briefing_text.title(product)}", 255),
        "author": words.cut(plain(product.settings.name), 255),
        "comments": f"Data version {value_of(product.briefing, Briefing).version}",
        "created": datetime.combine(product.marking.made_on, time(), UTC).replace(tzinfo=None),
    })  # fmt: skip
    pages = _Pages(book, product)
    pages.table("Ranking", area_layer(product.briefing, product.areas).rows, _HEADS)
    if product.hotspots is not None:
        pages.table("Hotspots", hotspot_layer(product.hotspots).rows, _HOTSPOT_HEADS)
    if product.picture is not None:
        of = value_of(product.picture, AreaPicture)
        pages.table(
            "Trend",
            _trend(of),
            {name: name for name in ("First day", "Last day", "Incidents", "Usual, low", "Usual, high")},
        )
        pages.table(
            "Offences",
            [{"Offence": plain(name), "Incidents": n} for name, n in of.mix],
            {"Offence": "Offence", "Incidents": "Incidents"},
        )
    pages.about()
    book.close()
    return content.getvalue()


def _trend(of: AreaPicture) -> list[dict[str, Any]]:
    rows = []
    for point in of.trend:
        low, high = point.usual or (None, None)
        rows.append({
            "First day": point.period.start, "Last day": point.period.end, "Incidents": point.n,
            "Usual, low": low, "Usual, high": high,
        })  # fmt: skip
    return rows


class _Pages:
    """The sheets of one workbook, alike in head and type."""

    def __init__(self, book: Any, product: Product) -> None:
        self._book, self._product = book, product
        font = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        self._plain = book.add_format(font)
        self._formats = {
            float: book.add_format(font | {"num_format": "#,##0.0"}),
            int: book.add_format(font | {"num_format": "#,##0"}),
            "day": book.add_format(font | {"num_format": "d mmm yyyy", "align": "left"}),
            "share": book.add_format(font | {"num_format": "0.0 %"}),
        }
        self._title = book.add_format(font | {"font_size": 15, "bold": True})
        self._fine = book.add_format(font | {"font_color": "#59626d"})
        self._mark = book.add_format(font | {"bold": True})
        self._head = book.add_format(font | {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self._wrapped = book.add_format(font | {"text_wrap": True})
        self._tiers = {
            tier.value: book.add_format(font | {"bg_color": look.fill, "font_color": _on(look.fill)})
            for tier, look in LIGHT.marks.items()
        }
        self._blank = {tier.value: f"{sign} {tier.value}" for tier, sign in _SIGNS.items()}

    def _sheet(self, name: str) -> Any:
        sheet, stamp = self._book.add_worksheet(name), self._product.marking
        mark = plain(stamp.shown).replace("&", "&&")
        sheet.set_header(f"&C{mark}")
        sheet.set_footer(f"&C{mark}&RPage &P of &N")
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        version = value_of(self._product.briefing, Briefing).version
        made = f"Made {words.day(stamp.made_on)}, expires {words.day(stamp.expires_on)}, data version {version}"
        sheet.write_string(0, 0, plain(stamp.shown), self._mark)
        sheet.write_string(1, 0, f"{briefing_text.title(self._product)}: {name.lower()}", self._title)
        sheet.write_string(2, 0, f"{briefing_text.subtitle(self._product)}. {made}", self._fine)
        return sheet

    def table(self, name: str, rows: Rows, heads: Mapping[str, str]) -> None:
        """Add a sheet with a table: a filter over the heads, which stay in sight."""
        sheet = self._sheet(name)
        for column, (key, head) in enumerate(heads.items()):
            sheet.write_string(_HEAD_ROW, column, head, self._head)
            sheet.set_column(column, column, _WIDE.get(key, 12), self._plain)
            for at, row in enumerate(rows, start=_HEAD_ROW + 1):
                self._cell(sheet, at, column, key, row[key])
        sheet.freeze_panes(_HEAD_ROW + 1, 0)
        sheet.repeat_rows(_HEAD_ROW)
        if rows:
            sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(rows), len(heads) - 1)

    def _cell(self, sheet: Any, at: int, column: int, key: str, value: Any) -> None:
        if value is None:
            return
        if key == "tier":
            sheet.write_string(at, column, self._blank[value], self._tiers[value])
        elif isinstance(value, bool):
            sheet.write_string(at, column, "yes" if value else "no", self._plain)
        elif isinstance(value, int | float):
            shape = "share" if key == "share" else type(value)
            sheet.write_number(at, column, value, self._formats[shape])
        elif isinstance(value, str):
            sheet.write_string(at, column, value, self._plain)
        else:
            sheet.write_datetime(at, column, datetime.combine(value, time()), self._formats["day"])

    def about(self) -> None:
        """Add the sheet that says what it all rests on."""
        sheet = self._sheet("About")
        sheet.set_column(0, 0, 42, self._wrapped)
        sheet.set_column(1, 1, 100, self._wrapped)
        for at, (name, value) in enumerate(briefing_text.about(self._product), start=_HEAD_ROW):
            sheet.write_string(at, 0, name, self._wrapped)
            sheet.write_string(at, 1, value, self._wrapped)


_SIGNS = {
    Tier.CRITICAL: "\u25c6",
    Tier.HIGH: "\u25b2",
    Tier.ELEVATED: "\u25cf",
    Tier.ROUTINE: "\u00b7",
    Tier.NO_DATA: "\u25a8",
}


def _on(fill: str) -> str:
    """Return black or white, whichever is read better on a colour."""
    red, green, blue = (int(fill[at : at + 2], 16) for at in (1, 3, 5))
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#ffffff"

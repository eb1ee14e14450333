"""The table of ranked areas on a page: how sure each rank is as a picture, and the figures beside it."""

from __future__ import annotations

from collections.abc import Sequence

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import Briefing, Priority
from ilpgeo.reports import briefing_text, charts
from ilpgeo.reports.drawing import INK, MUTED, Drawing, mark
from ilpgeo.reports.sheets import INNER_MM, Sheet

_ROW_MM = 6.0


class RankTable:
    """Rows of ranked areas; one of them, the subject's, stands out.

    Parameters
    ----------
    rows
        The areas to show, by rank.
    subject
        Id of the area the document is about; empty where it is about none of them.
    """

    def __init__(self, sheet: Sheet, briefing: Briefing, rows: Sequence[Priority], subject: str) -> None:
        self._sheet, self._briefing, self._rows, self._subject = sheet, briefing, rows, subject
        self._worst = max((each.rank_interval[1] for each in rows if each.rank_interval), default=1)
        has_times = any(briefing_text.busiest(each) for each in rows)
        self._name_mm = 48.0 if has_times else 70.0
        self._times_mm = 23.0 if has_times else 0.0

    def set(self, x: float, y: float) -> float:
        """Set heads and rows, the first baseline at y; return where the next baseline would be."""
        self._heads(x, y)
        y += _ROW_MM
        for each in self._rows:
            self._row(each, x, y)
            y += _ROW_MM
        return y

    def _heads(self, x: float, y: float) -> None:
        right = x + 47.0 + self._name_mm
        against = "vs last year" if briefing_text.is_yearly(self._briefing) else "vs before"
        heads = [
            ("Rank", x + 5.5, "end"), ("90 % interval of the rank", x + 8.0, "start"), ("Area", x + 47.0, "start"),
            ("Incidents", right + 12.0, "end"), (against, right + 27.0, "end"),
            ("Expected (90 %)", right + 58.0, "end"),
        ]  # fmt: skip
        if self._times_mm:
            heads.append(("Busiest", right + 61.0, "start"))
        for name, at, anchor in heads:
            self._sheet.put(at, y, name, 7.5, MUTED, anchor=anchor)
        self._sheet.rule(x, y + 1.6, INNER_MM, INK, 0.25)

    def _row(self, each: Priority, x: float, y: float) -> None:
        sheet, is_own = self._sheet, each.id == self._subject
        if is_own:
            sheet.set_fill_color("#eef1f4")
            sheet.rect(x, y - 4.1, INNER_MM, _ROW_MM, style="F")
        sheet.put(x + 5.5, y, str(each.rank), 9, anchor="end", is_bold=True)
        if each.rank_interval and each.rank:
            low, high = each.rank_interval
            sheet.draw(charts.rank_span(low, high, each.rank, self._worst, 22.0, 4.0), x + 8.0, y - 3.2)
            sheet.put(x + 31.0, y, words.interval((low, high)), 7.5, MUTED)
        sheet.draw(Drawing(0, 0, "", mark(each.tier, x + 44.0, y - 1.1, 3.4)), 0, 0)
        self._name(each, x + 47.0, y, is_own=is_own)
        right = x + 47.0 + self._name_mm
        sheet.put(right + 12.0, y, "withheld" if each.n is None else words.number(each.n), 9, anchor="end")
        change = briefing_text.short_change(briefing_text.change_of(each, self._briefing))
        sheet.put(right + 27.0, y, change, 8, anchor="end")
        between = f" ({words.interval(each.expected_interval)})" if each.expected_interval else ""
        sheet.put(right + 58.0, y, f"{briefing_text.expected(each)}{between}", 8.5, anchor="end")
        if self._times_mm:
            said = sheet.fitted(briefing_text.busiest(each), self._times_mm, 7.5)
            sheet.put(right + 61.0, y, said, 7.5, MUTED)
        sheet.rule(x, y + 1.9, INNER_MM, "#e6e9ec", 0.12)

    def _name(self, each: Priority, x: float, y: float, *, is_own: bool) -> None:
        sheet = self._sheet
        taken = sheet.put_name(x, y, each.name, self._name_mm - 2.0, 9, 7.5, is_bold=is_own) + 1.5
        if each.parent and self._name_mm - taken > 12.0:
            sheet.put(x + taken, y, sheet.fitted(each.parent, self._name_mm - taken - 1.0, 7.5), 7.5, MUTED)

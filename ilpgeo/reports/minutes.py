"""Sections of rows that run on from page to page: what a meeting goes through, on paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ilpgeo.reports.drawing import ALARM, INK, MUTED, Drawing, mark
from ilpgeo.reports.meeting_text import Item
from ilpgeo.reports.sheets import BOTTOM_MM, INNER_MM, MARGIN_MM, TOP_MM, Sheet, step_mm

_HEAD_MM, _GAP_MM = 46.0, 5.0
_PADDING_MM = 1.6


class Words(NamedTuple):
    """A paragraph of a column: its size, colour and most lines."""

    text: str
    size_pt: float = 9.0
    colour: str = INK
    is_bold: bool = False
    most: int = 6


class Minutes:
    """The pages of a meeting, written from the top down.

    Parameters
    ----------
    y
        Where the first baseline on the page at hand is.
    """

    def __init__(self, sheet: Sheet, y: float) -> None:
        self.sheet, self.y = sheet, y

    def make_room(self, high: float) -> None:
        """Begin another page where less than `high` millimetres are left."""
        if self.y + high > BOTTOM_MM:
            self.sheet.add_page()
            self.y = TOP_MM + 5.0

    def heading(self, text: str, least: float = 24.0) -> None:
        """Write the head of a section, with room for what follows it."""
        self.y += 5.0
        self.make_room(least)
        self.y = self.sheet.heading(MARGIN_MM, self.y, INNER_MM, text)

    def note(self, text: str, size_pt: float = 8.5, colour: str = MUTED) -> None:
        """Write a paragraph across the page."""
        lines = self.sheet.rows(text, INNER_MM, size_pt)
        self.make_room(len(lines) * step_mm(size_pt))
        self.y = self.sheet.write_down(MARGIN_MM, self.y, INNER_MM, text, size_pt, colour)

    def item(self, item: Item) -> None:
        """Write a row: what it is on the left, what is said of it on the right; one alone takes the whole width."""
        if item.tier is not None:
            left = [Words(item.head, is_bold=True, most=3), Words(item.said.capitalize(), 8, MUTED)]
            right = [Words(item.fine)]
        else:
            left = [Words(item.head, is_bold=True, most=3), Words(item.late, 8.5, ALARM, True, 3)]
            right = [Words(item.said), Words(item.fine, 8, MUTED, most=4)]
        indent = 6.0 if item.tier is not None else 0.0
        middle = _HEAD_MM + indent + _GAP_MM
        columns: list[tuple[float, float, Sequence[Words]]] = [
            (indent, _HEAD_MM, left), (middle, INNER_MM - middle, right),
        ]  # fmt: skip
        if not item.head or not (item.said or item.fine or item.late):
            columns = [(indent, INNER_MM - indent, [*left, *right])]
        self.make_room(max(self.height(words, wide) for _, wide, words in columns))
        if item.tier is not None:
            self.sheet.draw(Drawing(0, 0, "", mark(item.tier, MARGIN_MM + 2.2, self.y - 1.1, 4.2)), 0, 0)
        self.row(columns)

    def row(self, columns: Sequence[tuple[float, float, Sequence[Words]]], least: float = 0.0) -> None:
        """Write columns side by side under each other's rows, a rule below.

        Parameters
        ----------
        columns
            From the left margin: where it begins, how wide it is, mm; and its paragraphs.
        least
            How high the row is at least, mm.
        """
        high = max([least, *(self.height(words, wide) for _, wide, words in columns)])
        self.make_room(high)
        for x, wide, paragraphs in columns:
            y = self.y
            for each in paragraphs:
                y = self.sheet.write_down(
                    MARGIN_MM + x, y, wide, each.text, each.size_pt, each.colour, is_bold=each.is_bold, most=each.most
                )
        self.sheet.rule(MARGIN_MM, self.y + high - 2.6, INNER_MM, "#e6e9ec", 0.15)
        self.y += high + _PADDING_MM

    def height(self, words: Sequence[Words], wide: float) -> float:
        """Return how high a column is, mm."""
        return sum(
            step_mm(each.size_pt)
            * len(self.sheet.rows(each.text, wide, each.size_pt, is_bold=each.is_bold, most=each.most))
            for each in words
        )

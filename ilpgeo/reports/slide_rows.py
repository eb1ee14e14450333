"""Rows that run on from slide to slide: what a meeting goes through, on slides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ilpgeo.reports import slide_text
from ilpgeo.reports.deck import BOTTOM_MM, Deck
from ilpgeo.reports.drawing import Drawing, Ink, Shape, line
from ilpgeo.reports.slide_shapes import Slide, Words

_GAP_MM, _UNDER_HEAD_MM = 3.0, 0.6
_RULE = Ink("", "#dfe3e7", 0.25)


class Column(NamedTuple):
    """Paragraphs in a column: where it begins and how wide it is, mm from the left of its row."""

    x: float
    wide: float
    words: Sequence[Words]


class Row(NamedTuple):
    """Columns side by side, with what is drawn beside them.

    Attributes
    ----------
    drawn
        Each with its place from the upper left corner of the row, mm.
    least
        How high the row is at least, mm.
    is_head
        Whether it heads the rows below and must not stand last on a slide.
    """

    columns: tuple[Column, ...]
    drawn: tuple[tuple[Drawing, float, float], ...] = ()
    least: float = 0.0
    is_head: bool = False

    @property
    def high(self) -> float:
        """How high it is, mm, without what separates it from the next."""
        return max(self.least, *(slide_text.height(each.words, each.wide) for each in self.columns))

    @property
    def gap(self) -> float:
        """How far it is from the next, mm."""
        return _UNDER_HEAD_MM if self.is_head else _GAP_MM


def paragraph(words: Words, wide: float, *, is_head: bool = False) -> Row:
    """Return a paragraph across a row."""
    return Row((Column(0.0, wide, (words,)),), is_head=is_head)


class Frame(NamedTuple):
    """Where rows stand on a slide, mm."""

    x: float
    y: float
    wide: float


def set_rows(
    deck: Deck, title: str, rows: Sequence[Row], frame: Frame, furnish: Callable[[Slide], None] | None = None
) -> None:  # fmt: skip
    """Set rows on as many slides as they need; each says which of how many it is.

    Parameters
    ----------
    furnish
        Draws what stands on every one of the slides.
    """
    pages = paged(rows, BOTTOM_MM - frame.y)
    for at, page in enumerate(pages, start=1):
        slide = deck.slide(f"{title} ({at} of {len(pages)})" if len(pages) > 1 else title)
        if furnish is not None:
            furnish(slide)
        y = frame.y
        for row in page:
            _set(slide, row, frame, y)
            y += row.high + row.gap


def largest(sized: Iterable[Sequence[Row]], frame: Frame) -> Sequence[Row]:
    """Return the first of the same rows in several sizes, large ones first, that needs one slide; else the last."""
    rows: Sequence[Row] = ()
    for rows in sized:
        if len(paged(rows, BOTTOM_MM - frame.y)) == 1:
            break
    return rows


def paged(rows: Sequence[Row], room_mm: float) -> list[list[Row]]:
    """Return rows by slide; a row higher than a slide runs on, and a head stands above what it heads."""
    left, y = list(rows), 0.0
    pages: list[list[Row]] = [[]]
    while left:
        row = left.pop(0)
        below = left[0].high + row.gap if row.is_head and left else 0.0
        if y and y + row.high + min(below, room_mm / 2) > room_mm:
            pages.append([])
            y = 0.0
        if row.high > room_mm:
            row, rest = _parted(row, room_mm)
            left.insert(0, rest)
        pages[-1].append(row)
        y += row.high + row.gap
    return pages


def _parted(row: Row, room_mm: float) -> tuple[Row, Row]:
    both = [(each, *slide_text.parted(each.words, each.wide, room_mm)) for each in row.columns]
    first = tuple(Column(each.x, each.wide, kept) for each, kept, _ in both)
    rest = tuple(Column(each.x, each.wide, left) for each, _, left in both)
    return Row(first, row.drawn, min(row.least, room_mm)), Row(rest)


def _set(slide: Slide, row: Row, frame: Frame, y: float) -> None:
    for drawing, x, down in row.drawn:
        slide.draw(drawing, frame.x + x, y + down)
    for each in row.columns:
        if each.words:
            slide.put(frame.x + each.x, y, each.wide, row.high, each.words)
    if row.is_head:
        return
    below = Shape((line((0.0, 0.0), (frame.wide, 0.0)),), _RULE, False)
    slide.draw(Drawing(frame.wide, 0.0, "Rule", (below,)), frame.x, y + row.high + _GAP_MM / 2)

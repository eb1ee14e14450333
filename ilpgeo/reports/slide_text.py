"""How much room words take on a slide: measured in the face it names, whose twins have the same widths."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import partial

from ilpgeo.reports import line_breaks
from ilpgeo.reports.slide_shapes import BEFORE_PT, Words
from ilpgeo.reports.text import plain

_MM_PER_PT = 25.4 / 72
_LEADING = 1.17
_SAFE = 1.03  # no two programs set a line quite alike
# Advance widths of Arial, thousandths of its size; of words in bold, so much more.
_LETTERS = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[\\]ft\u00a0", 333: "()-`r", 355: '"', 389: "*", 469: "^",
    500: "Jcksvxyz", 556: "#$0123456789?L_abdeghnopqu\u2013", 584: "+<=>~", 611: "FTZ", 667: "&ABEKPSVXY",
    722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1000: "\u2026\u2014", 1015: "@",
}  # fmt: skip
_WIDTHS = {letter: width for width, letters in _LETTERS.items() for letter in letters}
_BOLD = 1.08
_OTHER, _EASTERN = 780, 1000


def width_of(text: str, size_pt: float, *, is_bold: bool = False) -> float:
    """Return how wide a plain text is on one line, mm; of letters that are not in the table, at most."""
    return sum(map(_width, text)) / 1000 * size_pt * _MM_PER_PT * (_BOLD if is_bold else 1.0) * _SAFE


def lines(words: Words, width_mm: float) -> list[str]:
    """Return a paragraph as lines no wider than `width_mm`."""
    return line_breaks.broken(plain(words.text), width_mm, _measured(words))


def at_most(words: Words, width_mm: float, most: int) -> Words:
    """Return a paragraph that takes at most so many lines, with an ellipsis where it is cut."""
    text, there = plain(words.text), lines(words, width_mm)
    if len(there) <= most:
        return words
    _, rest = line_breaks.parted(text, there, most - 1)
    return words.saying(text.removesuffix(rest) + line_breaks.fitted(rest, width_mm, _measured(words)))


def step_mm(size_pt: float) -> float:
    """Return from one line to the next, mm."""
    return size_pt * _MM_PER_PT * _LEADING


def height(paragraphs: Sequence[Words], width_mm: float) -> float:
    """Return how high a column of paragraphs is, mm."""
    return sum(step_mm(each.size_pt) * len(lines(each, width_mm)) + BEFORE_PT * _MM_PER_PT for each in paragraphs)


def parted(paragraphs: Sequence[Words], width_mm: float, room_mm: float) -> tuple[list[Words], list[Words]]:
    """Return what of a column fits into a height, and what is left; where nothing fits, one line does."""
    first: list[Words] = []
    for at, each in enumerate(paragraphs):
        there = lines(each, width_mm)
        room_mm -= BEFORE_PT * _MM_PER_PT
        n = int(room_mm // step_mm(each.size_pt))
        if n < len(there):
            n = max(n, 0 if first else 1)
            said = line_breaks.parted(plain(each.text), there, n)
            kept, rest = ([each.saying(part)] if part else [] for part in said)
            return [*first, *kept], [*rest, *paragraphs[at + 1 :]]
        first.append(each)
        room_mm -= step_mm(each.size_pt) * len(there)
    return first, []


def _measured(words: Words) -> line_breaks.WidthOf:
    return partial(width_of, size_pt=words.size_pt, is_bold=words.is_bold)


def _width(letter: str) -> int:
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    if unicodedata.east_asian_width(letter) in "FW":
        return _EASTERN
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return _WIDTHS.get(unicodedata.normalize("NFD", letter)[0], _OTHER)

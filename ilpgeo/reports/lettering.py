"""Letters on a page: which font has them, how they join, where lines break, what stands for one that no font has."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

from ilpgeo.reports import line_breaks
from ilpgeo.reports.line_breaks import EAST, WidthOf
from ilpgeo.reports.text import plain

FONTS = Path(__file__).parent / "fonts"
MM_PER_PT = 25.4 / 72
PAGES = "\ue000"  # stands for the number of pages; no text of unknown origin can hold it, for `plain` takes it out
_MAIN, _MORE, _HAN, _HANGUL, _DEVANAGARI, _THAI = "source", "dejavu", "han", "hangul", "devanagari", "thai"
_FILES = {
    _MORE: "DejaVuSans.ttf",
    _HAN: "NotoSansSC-Cut.ttf",
    _HANGUL: "NotoSansKR-Cut.ttf",
    _DEVANAGARI: "NotoSansDevanagari-Regular.ttf",
    _THAI: "NotoSansThai-Regular.ttf",
}
_USUAL = (_MAIN, _MORE)
_SCRIPTS = (  # whose letters are looked for in fonts of their own, too
    (re.compile(f"[{EAST}]"), (_MAIN, _HAN, _HANGUL, _MORE)),
    (re.compile("[\u0900-\u097f\u1cd0-\u1cff\ua8e0-\ua8ff]"), (_DEVANAGARI, *_USUAL)),
    (re.compile("[\u0e00-\u0e7f]"), (_THAI, *_USUAL)),
)
_JOINED = frozenset({_DEVANAGARI, _THAI})  # fonts whose letters change with their neighbours in any direction
_RULES = frozenset({"GSUB", "GPOS", "GDEF"})  # how letters join: for the shaper, which reads the file itself
_TURNED = frozenset({"R", "AL"})  # written from right to left
_JOINERS = "\u200c\u200d"  # say whether the letters around them join
# Default ignorable (Unicode Character Database, DerivedCoreProperties): they have no shape in any font.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\U000e0000-\U000e0fff]"
)


class _Run(NamedTuple):
    """Letters of one font and one direction.

    Attributes
    ----------
    level
        Odd: from right to left.
    is_shaped
        Whether letters join, or marks stand on letters.
    """

    family: str
    level: int
    text: str
    is_shaped: bool


class Lettering(FPDF):
    """A document that sets any text: each letter in the first of its fonts that has it; a font is loaded when needed.

    Attributes
    ----------
    unshown
        The letters of the page at hand that no font has; each stands there as its number, ``[U+1F600]``.
    """

    def __init__(self) -> None:
        super().__init__("portrait", "mm", "A4")
        for name in ("fpdf", "fontTools"):
            logging.getLogger(name).setLevel(logging.ERROR)
        self.alias_nb_pages(PAGES)
        self.add_font(_MAIN, "", FONTS / "SourceSans3-Regular.ttf")
        self.add_font(_MAIN, "B", FONTS / "SourceSans3-SemiBold.ttf")
        self.unshown: set[str] = set()
        self._homes: dict[str, str] = {PAGES: _MAIN}

    def spelled(self, text: str) -> str:
        """Return text of unknown origin as it is printed: plain, with numbers in place of letters that no font has."""
        text = plain(text)
        return text if text.isascii() else "".join(map(self._spelled_letter, text))

    def _spelled_letter(self, letter: str) -> str:
        if _UNSEEN.match(letter) and letter not in _JOINERS:
            return ""
        if self._home(letter):
            return letter
        self.unshown.add(letter)
        return f"[U+{ord(letter):04X}]"

    def _home(self, letter: str) -> str:
        """Return the family that has a letter, loaded; empty where none has."""
        if letter not in self._homes:
            order = next((fonts for script, fonts in _SCRIPTS if script.match(letter)), _USUAL)
            self._homes[letter] = next((family for family in order if ord(letter) in self._loaded(family).cmap), "")
        return self._homes[letter]

    def _loaded(self, family: str) -> Any:
        if family not in self.fonts:
            self.add_font(family, "", FONTS / _FILES[family])
        return self.fonts[family]

    def _runs(self, text: str) -> list[_Run]:
        """Return a spelled text as runs of one font and one direction, from left to right as they stand on the line."""
        levels = _levels(text)
        runs: list[_Run] = []
        for letter, level in zip(text, levels, strict=True):
            family, before = self._home(letter), runs[-1] if runs else None
            is_bound = unicodedata.bidirectional(letter) == "NSM" or letter in _JOINERS
            if before is not None and (level % 2 or is_bound) and ord(letter) in self._loaded(before.family).cmap:
                family = before.family
            is_shaped = bool(level % 2) or is_bound or family in _JOINED
            if before is not None and (before.family, before.level) == (family, level):
                runs[-1] = _Run(family, level, before.text + letter, before.is_shaped or is_shaped)
            else:
                runs.append(_Run(family, level, letter, is_shaped))
        for level in range(max(levels, default=0), 0, -1):  # rule L2 of the algorithm
            runs = _turned(runs, level)
        return runs

    def width_of(self, text: str, size_pt: float, *, is_bold: bool = False) -> float:
        """Return how wide a spelled text is, mm."""
        if text.isascii():
            return self._width(_Run(_MAIN, 0, text, False), size_pt, is_bold=is_bold)
        return sum(self._width(run, size_pt, is_bold=is_bold) for run in self._runs(text))

    def _width(self, run: _Run, size_pt: float, *, is_bold: bool) -> float:
        if run.is_shaped:
            with self._set_in(run, size_pt, is_bold=is_bold):
                return float(self.get_string_width(run.text))
        widths = self._loaded(f"{_MAIN}B" if is_bold and run.family == _MAIN else run.family).cw
        return float(sum(widths[ord(letter)] for letter in run.text)) * size_pt * 0.001 / self.k

    def set_line(self, x: float, y: float, text: str, size_pt: float, *, is_bold: bool = False) -> None:
        """Set a spelled text on one line that begins at x, the baseline at y."""
        high = size_pt * MM_PER_PT
        for run in [_Run(_MAIN, 0, text, False)] if text.isascii() or PAGES in text else self._runs(text):
            wide = self._width(run, size_pt, is_bold=is_bold)
            with self._set_in(run, size_pt, is_bold=is_bold):
                self.set_xy(x, y - 0.8 * high)
                self.cell(wide + 1.0, high, run.text)
            x += wide

    @contextmanager
    def _set_in(self, run: _Run, size_pt: float, *, is_bold: bool) -> Iterator[None]:
        """Set in a run's font; where its letters join, in its direction.

        One font and one direction at a time: fpdf2 gives all parts of a line the direction of the last one.
        """
        self.set_font(run.family, "B" if is_bold and run.family == _MAIN else "", size_pt)
        if run.is_shaped:
            self.set_text_shaping(True, direction="rtl" if run.level % 2 else "ltr")
        try:
            yield
        finally:
            self.set_text_shaping(False)

    def broken(self, text: str, width_mm: float, size_pt: float, *, is_bold: bool = False) -> list[str]:
        """Return a spelled text as lines no wider than `width_mm`."""
        return line_breaks.broken(text, width_mm, self.measured(size_pt, is_bold=is_bold))

    def measured(self, size_pt: float, *, is_bold: bool = False) -> WidthOf:
        """Return what says how wide a spelled text of this size is, mm."""
        return partial(self.width_of, size_pt=size_pt, is_bold=is_bold)

    def content(self) -> bytes:
        """Return the finished document."""
        fonts: Any = self.fonts
        for font in fonts.values():
            for rules in _RULES & set(font.ttfont.keys()):  # else they are parsed and cut, and then left out
                del font.ttfont[rules]
        return bytes(self.output())


def _levels(text: str) -> list[int]:
    """Return the level of each letter by the Unicode bidirectional algorithm, in a line from left to right; odd turns.

    References
    ----------
    Unicode Standard Annex 9.
    """
    if not any(unicodedata.bidirectional(letter) in _TURNED for letter in text):
        return [0] * len(text)
    paragraph = BidiParagraph(text=text, base_direction=TextDirection.LTR, preserve_bn_chars=True)
    return [each.embedding_level for each in paragraph.characters]


def _turned(runs: list[_Run], level: int) -> list[_Run]:
    """Return runs with each stretch of this level or a higher one the other way round."""
    answer: list[_Run] = []
    stretch: list[_Run] = []
    for run in runs:
        if run.level >= level:
            stretch.insert(0, run)
        else:
            answer += [*stretch, run]
            stretch = []
    return answer + stretch

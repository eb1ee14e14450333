"""A4 pages: the type, the grid, the handling mark on every page, and drawings as vectors."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, time

from ilpgeo.core import wording as words
from ilpgeo.core.products import Marking
from ilpgeo.reports import line_breaks
from ilpgeo.reports.drawing import INK, MUTED, RULE, Drawing, Label, Shape
from ilpgeo.reports.lettering import MM_PER_PT, PAGES, Lettering
from ilpgeo.reports.text import plain

WIDTH_MM, HEIGHT_MM, MARGIN_MM = 210.0, 297.0, 15.0
INNER_MM = WIDTH_MM - 2 * MARGIN_MM
TOP_MM, BOTTOM_MM = 19.0, HEIGHT_MM - 19.0
_LEADING = 1.32
_N_EXPLAINED = 3


def step_mm(size_pt: float) -> float:
    """Return from one baseline to the next, mm."""
    return size_pt * MM_PER_PT * _LEADING


class Sheet(Lettering):
    """The pages of one document; places are in millimetres from the upper left corner.

    Parameters
    ----------
    title, about
        For the document's properties: what it is, and of whose data.
    stamp, version
        What stands on every page.
    """

    def __init__(self, title: str, about: str, stamp: Marking, version: str) -> None:
        super().__init__()
        self.stamp, self.version, self.short_title = stamp, version, plain(title)
        self.set_auto_page_break(False)
        self.set_margin(0)
        self.c_margin = 0.0
        self.set_creation_date(datetime.combine(stamp.made_on, time(), UTC))
        self.set_title(self.short_title)
        self.set_author(plain(about))
        self.set_subject(f"Data version {version}; {stamp.shown}; expires {stamp.expires_on}")
        self.set_creator("ilpgeo")
        self.set_lang("en-GB")

    def header(self) -> None:
        """Put the handling mark on top of the page."""
        self._mark(9.0)

    def footer(self) -> None:
        """Put the handling mark, the expiry, the version and the number of the page below."""
        y = HEIGHT_MM - 12.5
        self.rule(MARGIN_MM, y - 2.0, INNER_MM)
        stamp = self.stamp
        said = f"Made {words.day(stamp.made_on)} \u00b7 expires {words.day(stamp.expires_on)}"
        self.put(MARGIN_MM, y + 2.2, f"{said} \u00b7 data version {self.version}", 7.5, MUTED)
        page = f"Page {self.page_no()} of {PAGES}"
        self.set_text_color(MUTED)
        left = WIDTH_MM - MARGIN_MM - self.width_of(page.replace(PAGES, "0"), 7.5)
        self.set_line(left, y + 2.2, page, 7.5)
        self._mark(y + 4.6)
        self._explain(y - 3.2)

    def _explain(self, y: float) -> None:
        """Say what the numbers in brackets are that stand on the page in place of letters."""
        if not self.unshown:
            return
        names = [f"U+{ord(each):04X} {unicodedata.name(each, 'unnamed').lower()}" for each in sorted(self.unshown)]
        self.unshown.clear()
        more = f" and {len(names) - _N_EXPLAINED} more" if len(names) > _N_EXPLAINED else ""
        some = ", ".join(names[:_N_EXPLAINED]) + more
        said = f"Numbers in brackets stand for letters that no font of this document has: {some}."
        self.put(MARGIN_MM, y, self.fitted(said, INNER_MM, 7), 7, MUTED)

    def _mark(self, y: float) -> None:
        said = plain(self.stamp.shown).upper() if self.stamp.handling else self.stamp.shown
        is_set = bool(self.stamp.handling)
        self.put(WIDTH_MM / 2, y, self.fitted(said, 150, 9, is_bold=is_set), 9, INK if is_set else MUTED,
                 anchor="middle", is_bold=is_set)  # fmt: skip

    def put(
        self, x: float, y: float, text: str, size_pt: float = 9, colour: str = INK, *, anchor: str = "start",
        is_bold: bool = False,
    ) -> None:  # fmt: skip
        """Write words on one line, the baseline at y."""
        text = self.spelled(text)
        wide = 0.0 if anchor == "start" else self.width_of(text, size_pt, is_bold=is_bold)
        self.set_text_color(colour)
        self.set_line(x - wide / 2 if anchor == "middle" else x - wide, y, text, size_pt, is_bold=is_bold)

    def fitted(self, text: str, width_mm: float, size_pt: float, *, is_bold: bool = False) -> str:
        """Return text of unknown origin on one line that is no wider than `width_mm`."""
        return line_breaks.fitted(self.spelled(text), width_mm, self.measured(size_pt, is_bold=is_bold))

    def put_name(
        self, x: float, y: float, text: str, width_mm: float, size_pt: float, least_pt: float, *, is_bold: bool = False
    ) -> float:  # fmt: skip
        """Write a name on one line no wider than `width_mm`: smaller where it needs to be, cut below `least_pt`.

        Returns
        -------
        float
            How wide it is, mm.
        """
        wide = self.width_of(self.spelled(text), size_pt, is_bold=is_bold)
        size_pt = max(least_pt, min(size_pt, 0.995 * size_pt * width_mm / wide if wide else size_pt))
        name = self.fitted(text, width_mm, size_pt, is_bold=is_bold)
        self.put(x, y, name, size_pt, is_bold=is_bold)
        return self.width_of(name, size_pt, is_bold=is_bold)

    def rows(
        self, text: str, width_mm: float, size_pt: float, *, is_bold: bool = False, most: int = 99
    ) -> list[str]:  # fmt: skip
        """Return text of unknown origin as lines no wider than `width_mm`, at most so many."""
        return line_breaks.shortened(self.spelled(text), width_mm, self.measured(size_pt, is_bold=is_bold), most)

    def write_down(
        self, x: float, y: float, width_mm: float, text: str, size_pt: float = 9, colour: str = INK, *,
        is_bold: bool = False, most: int = 99,
    ) -> float:  # fmt: skip
        """Write a paragraph whose first baseline is at y; return where the next baseline would be."""
        step = step_mm(size_pt)
        for each in self.rows(text, width_mm, size_pt, is_bold=is_bold, most=most):
            self.put(x, y, each, size_pt, colour, is_bold=is_bold)
            y += step
        return y

    def bullets(
        self, x: float, y: float, width_mm: float, items: Sequence[str], size_pt: float = 8.5, *, most: int = 2
    ) -> float:
        """Write sentences as a list, each on at most `most` lines; return where the next baseline would be."""
        for each in items:
            self.put(x, y, "\u2013", size_pt, MUTED)
            y = self.write_down(x + 3.0, y, width_mm - 3.0, words.opening(each), size_pt, most=most) + 0.9
        return y

    def rule(self, x: float, y: float, width_mm: float, colour: str = RULE, weight_mm: float = 0.2) -> None:
        """Draw a thin line across."""
        self.set_draw_color(colour)
        self.set_line_width(weight_mm)
        self.line(x, y, x + width_mm, y)

    def heading(self, x: float, y: float, width_mm: float, text: str) -> float:
        """Write the head of a section under a strong rule; return where the next baseline would be."""
        self.rule(x, y - 4.6, width_mm, INK, 0.35)
        self.put(x, y, self.fitted(text, width_mm, 10.5, is_bold=True), 10.5, is_bold=True)
        return y + 5.6

    def masthead(self, kind: str, title: str, under: str) -> float:
        """Write what the document is on top of its first page; return where the next baseline would be."""
        y = TOP_MM + 1.5
        self.put(MARGIN_MM, y, kind, 8.5, MUTED, is_bold=True)
        made = f"Made {words.day(self.stamp.made_on)} \u00b7 expires {words.day(self.stamp.expires_on)}"
        self.put(MARGIN_MM + INNER_MM, y, made, 8.5, MUTED, anchor="end")
        y += 10.0
        self.put(MARGIN_MM, y, self.fitted(title, INNER_MM, 25, is_bold=True), 25, is_bold=True)
        y += 6.4
        self.put(MARGIN_MM, y, self.fitted(under, INNER_MM, 10.5), 10.5, MUTED)
        self.rule(MARGIN_MM, y + 3.6, INNER_MM, INK, 0.6)
        return y + 9.6

    def draw(self, drawing: Drawing, x: float, y: float) -> None:
        """Paint a picture with its upper left corner at (x, y)."""
        for each in drawing.parts:
            if isinstance(each, Label):
                self.put(x + each.x, y + each.y, each.text, each.size_pt, each.colour, anchor=each.anchor,
                         is_bold=each.is_bold)  # fmt: skip
            else:
                self._paint(each, x, y)

    def _paint(self, shape: Shape, x: float, y: float) -> None:
        ink = shape.ink
        if ink.opacity < 1:
            with self.local_context(fill_opacity=ink.opacity):
                self._out(self._operators(shape, x, y))
        else:
            self._out(self._operators(shape, x, y))

    def _operators(self, shape: Shape, x: float, y: float) -> str:
        """Return a shape in the page's own language; fpdf's own paths copy every point several times."""
        ink, scale, high = shape.ink, self.k, self.h
        steps = ["q 1 j"]
        if ink.stroke:
            steps.append(f"{_rgb(ink.stroke)} RG {ink.width_mm * scale:.3f} w")
        is_filled = bool(ink.fill) and shape.is_closed
        if is_filled:
            steps.append(f"{_rgb(ink.fill)} rg")
        for ring in shape.rings:
            across, down = ((ring[:, 0] + x) * scale).tolist(), ((high - y - ring[:, 1]) * scale).tolist()
            places = [f"{right:.2f} {up:.2f}" for right, up in zip(across, down, strict=True)]
            steps.append(f"{places[0]} m " + " ".join(f"{each} l" for each in places[1:]) + " h" * shape.is_closed)
        steps.append(("B*" if ink.stroke else "f*") if is_filled else "S" if ink.stroke else "n")
        return " ".join([*steps, "Q"])


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))

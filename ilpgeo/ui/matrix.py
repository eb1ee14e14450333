"""The matrix of an assessment as one picture: harm upwards, change sideways with its interval. Pure.

Shape and words carry what is said (up: more, down: fewer, circle: no clear change, diamond: not comparable); colour
only repeats it. Shapes carry class names; the style sheet gives them the colours of the theme.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

from ilpgeo.core import wording as words
from ilpgeo.core.assessment import Compared, Direction, Threat
from ilpgeo.core.wording import cut
from ilpgeo.ui.svg import text

WIDTH, HEIGHT = 640, 372
NARROW_WIDTH, NARROW_HEIGHT = 340, 424
_LEFT, _TOP, _BOTTOM, _MARGIN = 62.0, 26.0, 318.0, 12.0
_APART = 15.0
_LEAST_SHARE = 0.01  # below it marks lie on one another on the floor, and no name finds its own
_LETTER, _TICK_LETTER = 6.6, 5.6
_CLEAR_OF_MIDDLE = 46.0  # nearer, a tick's word runs into "the same"
_SHAPES = {
    Direction.RISE: ("ilp-rise", "M0 -7.5 7.5 6H-7.5Z", "more"),
    Direction.FALL: ("ilp-fall", "M0 7.5 7.5 -6H-7.5Z", "fewer"),
    Direction.NONE: ("ilp-flat", "M0 -6a6 6 0 1 1 0 12a6 6 0 1 1 0-12Z", "no clear change"),
    Direction.UNKNOWN: ("ilp-unknown", "M0 -7 7 0 0 7-7 0Z", "not comparable"),
}
_TICKS = ((0.25, "a quarter"), (0.5, "half"), (0.75, "\u221225\u202f%"), (1.0, "the same"), (1.33, "+33\u202f%"),
          (2.0, "twice"), (4.0, "four times"))  # fmt: skip


class _Sheet(NamedTuple):
    """The size of a picture; on a narrow one the words below have more lines."""

    width: float
    height: float
    is_narrow: bool

    @property
    def right(self) -> float:
        """Where the drawing ends."""
        return self.width - _MARGIN


class _Mark(NamedTuple):
    threat: Threat
    compared: Compared
    x: float
    low: float
    high: float
    y: float


def matrix(threats: Sequence[Threat], compared_with: str, *, is_year: bool, is_narrow: bool = False) -> str:
    """Return the picture of the groups whose harm may be shown; how many carry under 1 % of it is said, not drawn.

    Parameters
    ----------
    compared_with
        The days compared with in words.
    is_year
        Compare with last year rather than with the period before.
    is_narrow
        Draw it for a phone, where the wide one would be too small to read.
    """
    sheet = _Sheet(NARROW_WIDTH, NARROW_HEIGHT, is_narrow) if is_narrow else _Sheet(WIDTH, HEIGHT, is_narrow)
    known = [each for each in threats if each.harm_share is not None and each.n is not None]
    shown = [each for each in known if (each.harm_share or 0.0) >= _LEAST_SHARE]
    left = f"{words.plural(len(known) - len(shown), 'more group')} with under 1\u202f% of it" if known != shown else ""
    reach = _reach(shown, is_year=is_year)
    top_share = max([each.harm_share or 0.0 for each in shown], default=0.0)
    ceiling = next(each for each in (0.1, 0.25, 0.5, 0.75, 1.0) if each >= min(top_share, 1.0))
    marks = [_mark(sheet, each, reach, ceiling, is_year=is_year) for each in shown]
    parts = [_frame(sheet, reach, ceiling, compared_with), *map(_drawn, marks), *_labels(sheet, marks), _key(sheet)]
    parts += [text(sheet.right, sheet.height - 5 if is_narrow else 14, f"{left}: in the table", "end")] * bool(left)
    said = f"Harm and change of {words.plural(len(shown), 'offence group')}. {escape(described(marks))}"
    said += f"; {left}" * bool(left)
    kind = "ilp-matrix-narrow" if is_narrow else "ilp-matrix"
    return (
        f'<svg class="ilp-picture {kind}" role="img" aria-label="{said}" data-picture="{kind[4:]}" '
        f'viewBox="0 0 {sheet.width:g} {sheet.height:g}" preserveAspectRatio="xMinYMin" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{said}</title>{''.join(parts)}</svg>"
    )


def described(marks: Sequence[_Mark]) -> str:
    """Return what the picture shows in words."""
    return "; ".join(
        f"{each.threat.offence}: {words.share(each.threat.harm_share or 0.0)} of the harm, {each.compared.direction}"
        for each in marks
    )


def _reach(threats: Sequence[Threat], *, is_year: bool) -> float:
    """Return the largest ratio drawn; what lies beyond is cut off at the edge."""
    ends = [1.5]
    for each in threats:
        compared = each.last_year if is_year else each.before
        ends += [end for end in (compared.low and 1 / compared.low, compared.high) if end]
    return min(4.0, max(ends)) * 1.05


def _x(sheet: _Sheet, ratio: float, reach: float) -> float:
    middle, half = (_LEFT + sheet.right) / 2, (sheet.right - _LEFT) / 2
    place = math.log(ratio) / math.log(reach) if ratio > 0 else -1.0
    return middle + half * min(1.0, max(-1.0, place))


def _y(share: float, ceiling: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * math.sqrt(min(share, ceiling) / ceiling)


def _mark(sheet: _Sheet, threat: Threat, reach: float, ceiling: float, *, is_year: bool) -> _Mark:
    compared = threat.last_year if is_year else threat.before
    low = _x(sheet, compared.low, reach) if compared.low is not None else _x(sheet, 1.0, reach)
    high = (
        _x(sheet, compared.high, reach)
        if compared.high is not None
        else (sheet.right if compared.low is not None else low)
    )
    x = _x(sheet, compared.ratio, reach) if compared.ratio is not None else (low + high) / 2
    return _Mark(threat, compared, x, low, high, _y(threat.harm_share or 0.0, ceiling))


def _frame(sheet: _Sheet, reach: float, ceiling: float, compared_with: str) -> str:
    middle = _x(sheet, 1.0, reach)
    parts = [
        f'<rect class="ilp-more-ground" x="{middle:.1f}" y="{_TOP}" width="{sheet.right - middle:.1f}" '
        f'height="{_BOTTOM - _TOP:.1f}"/>',
        f'<line class="ilp-same" x1="{middle:.1f}" x2="{middle:.1f}" y1="{_TOP}" y2="{_BOTTOM}"/>',
    ]
    for share in (0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0):
        y = _y(share, ceiling)
        if share <= ceiling and not (0 < share < 0.05 and ceiling > 0.5):
            parts.append(f'<line class="ilp-grid" x1="{_LEFT}" x2="{sheet.right}" y1="{y:.1f}" y2="{y:.1f}"/>')
            parts.append(text(_LEFT - 6, y + 4, f"{100 * share:g}\u202f%", "end"))
    for ratio, word in _TICKS:
        x = min(_x(sheet, ratio, reach), sheet.width - _TICK_LETTER / 2 * len(word))
        is_clear = ratio == 1 or abs(x - middle) > _CLEAR_OF_MIDDLE
        if 1 / reach * 1.04 < ratio < reach / 1.04 and is_clear:
            parts.append(text(x, _BOTTOM + 15, word, "middle"))
    parts.append(text(_LEFT, 14, "Share of all harm", style="ilp-axis"))
    parts.append(text(_LEFT, _BOTTOM + 32, "\u2190 fewer", style="ilp-axis"))
    below = _BOTTOM + (48 if sheet.is_narrow else 32)
    parts.append(text(middle, below, f"than {cut(compared_with, 46)}", "middle", "ilp-axis"))
    parts.append(text(sheet.right, _BOTTOM + 32, "more \u2192", "end", "ilp-axis"))
    return "".join(parts)


def _drawn(mark: _Mark) -> str:
    style, path, _ = _SHAPES[mark.compared.direction]
    interval = ""
    if mark.compared.low is not None:
        interval = (
            f'<line class="ilp-interval" x1="{mark.low:.1f}" x2="{mark.high:.1f}" y1="{mark.y:.1f}" y2="{mark.y:.1f}"/>'
        )
    return f'{interval}<path class="{style}" transform="translate({mark.x:.1f} {mark.y:.1f})" d="{path}"/>'


def _labels(sheet: _Sheet, marks: Sequence[_Mark]) -> list[str]:
    """Return the names beside the intervals, pushed apart so that none covers another."""
    order = sorted(range(len(marks)), key=lambda at: marks[at].y)
    place = {at: marks[at].y for at in order}
    for before, at in pairwise(order):
        place[at] = max(place[at], place[before] + _APART)
    floor = _BOTTOM - 3
    for at in reversed(order):
        place[at] = min(place[at], floor)
        floor = place[at] - _APART
    drawn = []
    for at in order:
        mark, y = marks[at], place[at]
        name = cut(mark.threat.offence, 28)
        is_left = mark.high + 8 + _LETTER * len(name) > sheet.right
        x = mark.low - 8 if is_left else mark.high + 8
        if is_left and x - _LETTER * len(name) < _LEFT:
            x, is_left, y = _LEFT + 4, False, y - 10
        drawn.append(text(x, y + 4, name, "end" if is_left else "start", "ilp-label"))
    return drawn


def _key(sheet: _Sheet) -> str:
    """Return what the shapes mean; on a narrow picture in two lines."""
    first, y = _LEFT + 6, sheet.height - (43 if sheet.is_narrow else 7)
    parts, x = [], first
    for style, path, word in _SHAPES.values():
        width = 32 + _TICK_LETTER * len(word)
        if x + width > sheet.width:
            x, y = first, y + 18
        parts.append(f'<path class="{style}" transform="translate({x:.1f} {y - 4:g})" d="{path}"/>')
        parts.append(text(x + 12, y, word))
        x += width
    parts.append(text(sheet.right, y, "line: 95\u202f% interval", "end"))
    return "".join(parts)

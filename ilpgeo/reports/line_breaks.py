"""Where lines break: at spaces and between East Asian letters; whatever measures them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

EAST = (
    "\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
_NEVER_FIRST = (
    "\u3001\u3002\u3005\u3009\u300b\u300d\u300f\u3011\u30fc\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f"  # on a line
)
_PIECES = re.compile(f" *(?:[{EAST}][{_NEVER_FIRST}]*|[^ {EAST}]+)")
_BINDS_NEXT = "\u094d\u200d\u0e40\u0e41\u0e42\u0e43\u0e44"  # virama, joiner, vowels written before their consonant
_CUT = "\u2026"
WidthOf = Callable[[str], float]


def broken(text: str, room: float, width_of: WidthOf) -> list[str]:
    """Return a text as lines no wider than `room`.

    Parameters
    ----------
    room
        In the unit of what `width_of` returns.
    """
    lines: list[str] = []
    line, taken = "", room
    for piece in _PIECES.findall(text):
        wide = width_of(piece)
        if taken + wide <= room:
            line, taken = line + piece, taken + wide
            continue
        lines += [line] if line else []
        *whole, line = _chopped(piece.lstrip(" "), room, width_of)
        lines += whole
        taken = width_of(line)
    return [*lines, line] if line else lines


def shortened(text: str, room: float, width_of: WidthOf, most: int) -> list[str]:
    """Return a text as at most so many lines no wider than `room`, an ellipsis at the end of one that is cut."""
    lines = broken(text, room, width_of)
    if len(lines) <= most:
        return lines
    _, rest = parted(text, lines, most - 1)
    return [*lines[: most - 1], fitted(rest, room, width_of)]


def parted(text: str, lines: Sequence[str], n: int) -> tuple[str, str]:
    """Return a text in two, its first `n` lines and what follows; a space between them is left out."""
    end = 0
    for line in lines[:n]:
        end = text.index(line, end) + len(line)
    return text[:end], text[end:].lstrip(" ")


def fitted(text: str, room: float, width_of: WidthOf) -> str:
    """Return a text on one line no wider than `room`, an ellipsis at its end where it is cut."""
    if width_of(text) <= room:
        return text
    return f"{text[: _before_a_cluster(text, _fits(text, room, width_of, _CUT))].rstrip()}{_CUT}"


def _chopped(word: str, room: float, width_of: WidthOf) -> list[str]:
    """Return a word in as few parts as have room."""
    parts = []
    while len(word) > 1 and width_of(word) > room:
        fits = _before_a_cluster(word, _fits(word, room, width_of))
        parts.append(word[:fits])
        word = word[fits:]
    return [*parts, word] if word else parts


def _before_a_cluster(word: str, at: int) -> int:
    """Return the last place up to `at`, or `at` itself where there is none, that parts no letter from its marks."""
    for place in range(min(at, len(word) - 1), 0, -1):
        before, after = word[place - 1], word[place]
        if not (unicodedata.category(after).startswith("M") or before in _BINDS_NEXT):
            return place
    return at


def _fits(text: str, room: float, width_of: WidthOf, end: str = "") -> int:
    """Return how many letters of a text, at least one, fit with what stands behind them."""
    short, long = 1, len(text)
    while short < long:
        middle = (short + long + 1) // 2
        if width_of(f"{text[:middle].rstrip()}{end}") <= room:
            short = middle
        else:
            long = middle - 1
    return short

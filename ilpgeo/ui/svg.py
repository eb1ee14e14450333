"""The pieces every small picture is drawn with: frame, text, axis. Pure: value in, text out.

Shapes carry class names; the style sheet gives them the colours of the theme. Every picture has a title and a
description in words, so that nothing is said by shape or colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

WIDTH, HEIGHT = 400, 150


def svg(title: str, description: str, body: str, name: str, height: float = HEIGHT) -> str:
    """Return a picture `WIDTH` wide with its title and description for those who do not see it."""
    said = f"{escape(title)}. {escape(description)}"
    frame = f'viewBox="0 0 {WIDTH} {height:g}" preserveAspectRatio="xMinYMin" xmlns="http://www.w3.org/2000/svg"'
    about = f'class="ilp-picture" role="img" aria-label="{said}" data-picture="{name}"'
    return f"<svg {about} {frame}><title>{said}</title>{body}</svg>"


def text(x: float, y: float, words: str, anchor: str = "start", style: str = "ilp-tick") -> str:
    """Return words at a place; `anchor` is start, middle or end."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}">{escape(words)}</text>'


def nice_top(value: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten (at least 4) that is not below `value`.

    >>> nice_top(3), nice_top(37), nice_top(212)
    (4.0, 40.0, 250.0)
    """
    if value <= 4:
        return 4.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 2.5, 4, 5, 8, 10) if step * power >= value))


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers at even steps that hold `low` and `high` between the first and the last.

    >>> nice_ticks(0, 23), nice_ticks(-0.2, 0.9)
    ([0.0, 10.0, 20.0, 30.0], [-0.5, 0.0, 0.5, 1.0])
    """
    largest = max(abs(low), abs(high))
    if not high - low > 1e-9 * max(largest, 1e-9):
        high = low + (largest if largest > 1e-9 else 1.0)
    rough = (high - low) / (most - 1)
    power = 10.0 ** np.floor(np.log10(rough))
    step = float(next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough * (1 - 1e-9)))
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [float(round(at * step, 12)) for at in range(int(first), int(last) + 1)]


def runs(present: Sequence[bool]) -> list[list[int]]:
    """Return the positions of each unbroken run of what is present."""
    found: list[list[int]] = []
    for at, is_present in enumerate(present):
        if is_present:
            if at and present[at - 1]:
                found[-1].append(at)
            else:
                found.append([at])
    return found


def cut(words: str, most: int) -> str:
    """Return words with an ellipsis where they are longer than `most` letters."""
    return words if len(words) <= most else f"{words[: most - 1]}\u2026"


def wrapped(words: str, most: int = 52) -> list[str]:
    """Return words as lines of at most `most` letters."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) + 1 > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

"""The pieces every small picture is drawn with: frame, text, axis. Pure: value in, text out.

Shapes carry class names; the style sheet gives them the colours of the theme. Every picture has a title and a
description in words, so that nothing is said by shape or colour alone.
"""

from __future__ import annotations

from html import escape

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


def wrapped(words: str, most: int = 52) -> list[str]:
    """Return words as lines of at most `most` letters."""
    lines = [""]
    for word in words.split():
        if len(lines[-1]) + len(word) + 1 > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

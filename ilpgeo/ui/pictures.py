"""The three small pictures of an area as inline SVG: trend, time of week, offence mix. Pure: value in, text out.

Shapes carry class names; the style sheet gives them the colours of the theme. Every picture has a title and a
description in words, so that nothing is said by shape or colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.types import TrendPoint
from ilpgeo.maps.palette import Theme, colour_of
from ilpgeo.ui import words

WIDTH, HEIGHT = 400, 150
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BUSIEST = 3.0  # times the average hour: the dark end of the colours
N_OFFENCES = 6


def _svg(title: str, description: str, body: str, name: str) -> str:
    said = f"{escape(title)}. {escape(description)}"
    frame = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="xMinYMin" xmlns="http://www.w3.org/2000/svg"'
    about = f'class="ilp-picture" role="img" aria-label="{said}" data-picture="{name}"'
    return f"<svg {about} {frame}><title>{said}</title>{body}</svg>"


def _text(x: float, y: float, text: str, anchor: str = "start", style: str = "ilp-tick") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{style}">{escape(text)}</text>'


def nice_top(value: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten (at least 4) that is not below `value`.

    >>> nice_top(3), nice_top(37), nice_top(212)
    (4.0, 40.0, 250.0)
    """
    if value <= 4:
        return 4.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 2.5, 4, 5, 8, 10) if step * power >= value))


def trend(points: Sequence[TrendPoint]) -> str:
    """Return incidents per step as a line over the usual range; a withheld or missing step is a gap in the line."""
    left, right, top, bottom = 34.0, WIDTH - 8.0, 12.0, HEIGHT - 22.0
    values = [point.n for point in points if point.n is not None]
    if not values:
        return _svg("Trend", "No counts to show", _text(left, HEIGHT / 2, "No counts to show"), "trend")
    usual = [point.usual for point in points if point.usual is not None]
    ceiling = nice_top(max([*values, *(high for _, high in usual)]))
    step = (right - left) / max(1, len(points) - 1)
    x = [left + step * at for at in range(len(points))]

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / ceiling

    body = [
        f'<line class="ilp-grid" x1="{left}" x2="{right}" y1="{y(at):.1f}" y2="{y(at):.1f}"/>'
        + _text(left - 5, y(at) + 4, words.number(at), "end")
        for at in (0.0, ceiling / 2, ceiling)
    ]
    for run in _runs([point.usual is not None for point in points]):
        upper = [f"{x[at]:.1f},{y(points[at].usual[1]):.1f}" for at in run]  # type: ignore[index]
        lower = [f"{x[at]:.1f},{y(points[at].usual[0]):.1f}" for at in reversed(run)]  # type: ignore[index]
        body.append(f'<polygon class="ilp-usual" points="{" ".join(upper + lower)}"/>')
    for run in _runs([point.n is not None for point in points]):
        line = " ".join(f"{x[at]:.1f},{y(points[at].n or 0):.1f}" for at in run)
        alone = f'<circle class="ilp-last" cx="{x[run[0]]:.1f}" cy="{y(points[run[0]].n or 0):.1f}" r="2.5"/>'
        body.append(alone if len(run) == 1 else f'<polyline class="ilp-trend" points="{line}"/>')
    last = max(at for at, point in enumerate(points) if point.n is not None)
    newest = points[last]
    body.append(f'<circle class="ilp-last" cx="{x[last]:.1f}" cy="{y(newest.n or 0):.1f}" r="3.5"/>')
    body.append(_text(left, HEIGHT - 6, words.day(points[0].period.start)))
    body.append(_text(right, HEIGHT - 6, words.day(points[-1].period.end), "end"))
    return _svg("Trend", trend_words(points), "".join(body), "trend")


def trend_words(points: Sequence[TrendPoint]) -> str:
    """Return the newest step beside its usual range in one sentence."""
    counted = [point for point in points if point.n is not None]
    if not counted:
        return "No counts to show"
    newest = counted[-1]
    sentence = f"{words.number(newest.n or 0)} in {words.span(newest.period)}"
    if newest.usual is None or newest.n is None:
        return f"{sentence}; no usual range yet"
    place = "above" if newest.n > newest.usual[1] else "below" if newest.n < newest.usual[0] else "within"
    return f"{sentence}, {place} the usual {words.interval(newest.usual)}"


def week(busy: FloatArray | None, note: str, theme: Theme) -> str:
    """Return the 24 x 7 picture: how busy each hour of the week is beside the average hour; the note where unknown."""
    if busy is None:
        lines = "".join(
            _text(WIDTH / 2, 62 + 18 * at, line, "middle") for at, line in enumerate(_wrapped(words.opening(note)))
        )
        return _svg("Time of week", note, f'<rect class="ilp-blank" width="{WIDTH}" height="{HEIGHT}"/>{lines}', "week")
    left, top = 34.0, 4.0
    wide, high = (WIDTH - left - 4) / 24, (HEIGHT - top - 20) / 7
    cells = []
    for day in range(7):
        cells.append(_text(left - 5, top + high * day + high * 0.7, DAYS[day], "end"))
        for hour in range(24):
            value = float(busy[day, hour])
            cells.append(
                f'<rect x="{left + wide * hour:.1f}" y="{top + high * day:.1f}" width="{wide - 1:.1f}" '
                f'height="{high - 1:.1f}" rx="1" fill="{colour_of(min(1.0, value / BUSIEST), theme)}">'
                f"<title>{DAYS[day]} {hour:02d}\u2013{hour + 1:02d}: {value:.1f} times the average hour</title></rect>"
            )
    ticks = "".join(_text(left + wide * hour, HEIGHT - 5, f"{hour:02d}", "middle") for hour in (0, 6, 12, 18))
    ticks += _text(left + wide * 24, HEIGHT - 5, "24", "end")
    return _svg("Time of week", week_caption(busy, note), "".join(cells) + ticks, "week")


def week_words(busy: FloatArray) -> str:
    """Return the busiest hour of the week in words."""
    day, hour = divmod(int(np.argmax(busy)), 24)
    return f"Busiest {DAYS[day]} {hour:02d}\u2013{hour + 1:02d}, {float(busy[day, hour]):.1f} times the average hour"


def mix(offences: Sequence[tuple[str, int | None]]) -> str:
    """Return the offence mix as bars, largest first; withheld counts are named, not drawn."""
    shown = offences[:N_OFFENCES]
    largest = max([n for _, n in shown if n is not None], default=0)
    if not shown:
        return _svg("Offence mix", "No incidents", _text(WIDTH / 2, HEIGHT / 2, "No incidents", "middle"), "mix")
    left, right = 180.0, WIDTH - 44.0
    high = min(25.0, (HEIGHT - 4) / len(shown))
    rows = []
    for at, (offence, n) in enumerate(shown):
        y = 2 + high * at
        rows.append(_text(left - 8, y + high * 0.68, _cut(offence, 30), "end", "ilp-label"))
        length = 0.0 if n is None or not largest else (right - left) * n / largest
        place = f'x="{left}" y="{y + 3:.1f}" width="{length:.1f}" height="{high - 7:.1f}"'
        rows.append(f'<rect class="ilp-bar" {place} rx="2"/>')
        said = "withheld" if n is None else words.number(n)
        rows.append(_text(left + length + 6, y + high * 0.68, said, style="ilp-label"))
    return _svg("Offence mix", mix_words(offences), "".join(rows), "mix")


def mix_words(offences: Sequence[tuple[str, int | None]]) -> str:
    """Return the offence mix in words."""
    said = [f"{offence}: {'withheld' if n is None else words.number(n)}" for offence, n in offences[:N_OFFENCES]]
    more = len(offences) - N_OFFENCES
    return ", ".join(said) + (f", and {more} more" if more > 0 else "")


def week_caption(busy: FloatArray | None, note: str) -> str:
    """Return what stands under the 24 x 7 picture; nothing where the picture itself says why there is none."""
    return "" if busy is None else f"{week_words(busy)}. {words.opening(note)}"


def framed(title: str, name: str, picture: str, caption: str) -> str:
    """Return a picture under its title, with what it says in words below."""
    return (
        f'<figure class="ilp-figure"><h2>{escape(title)} <span class="ilp-muted">{escape(name)}</span></h2>'
        f"{picture}<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _runs(present: Sequence[bool]) -> list[list[int]]:
    runs: list[list[int]] = []
    for at, is_present in enumerate(present):
        if is_present:
            if at and present[at - 1]:
                runs[-1].append(at)
            else:
                runs.append([at])
    return runs


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def _wrapped(text: str, most: int = 52) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines

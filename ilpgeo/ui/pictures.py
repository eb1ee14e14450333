"""The three small pictures of an area as inline SVG: trend, time of week, offence mix. Pure: value in, text out.

Shapes carry class names; the style sheet gives them the colours of the theme. Every picture has a title and a
description in words, so that nothing is said by shape or colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.axes import nice_top, runs
from ilpgeo.core.types import TrendPoint
from ilpgeo.core.wording import cut
from ilpgeo.maps.palette import Theme, colour_of
from ilpgeo.reports import sentences
from ilpgeo.reports.charts import BUSIEST
from ilpgeo.ui.svg import HEIGHT, WIDTH, svg, text, wrapped


def trend(points: Sequence[TrendPoint]) -> str:
    """Return incidents per step as a line over the usual range; a withheld or missing step is a gap in the line."""
    left, right, top, bottom = 34.0, WIDTH - 8.0, 12.0, HEIGHT - 22.0
    values = [point.n for point in points if point.n is not None]
    if not values:
        return svg("Trend", "No counts to show", text(left, HEIGHT / 2, "No counts to show"), "trend")
    usual = [point.usual for point in points if point.usual is not None]
    ceiling = nice_top(max([*values, *(high for _, high in usual)]))
    step = (right - left) / max(1, len(points) - 1)
    x = [left + step * at for at in range(len(points))]

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / ceiling

    body = [
        f'<line class="ilp-grid" x1="{left}" x2="{right}" y1="{y(at):.1f}" y2="{y(at):.1f}"/>'
        + text(left - 5, y(at) + 4, words.number(at), "end")
        for at in (0.0, ceiling / 2, ceiling)
    ]
    for run in runs([point.usual is not None for point in points]):
        upper = [f"{x[at]:.1f},{y(points[at].usual[1]):.1f}" for at in run]  # type: ignore[index]
        lower = [f"{x[at]:.1f},{y(points[at].usual[0]):.1f}" for at in reversed(run)]  # type: ignore[index]
        body.append(f'<polygon class="ilp-usual" points="{" ".join(upper + lower)}"/>')
    for run in runs([point.n is not None for point in points]):
        line = " ".join(f"{x[at]:.1f},{y(points[at].n or 0):.1f}" for at in run)
        alone = f'<circle class="ilp-last" cx="{x[run[0]]:.1f}" cy="{y(points[run[0]].n or 0):.1f}" r="2.5"/>'
        body.append(alone if len(run) == 1 else f'<polyline class="ilp-trend" points="{line}"/>')
    last = max(at for at, point in enumerate(points) if point.n is not None)
    newest = points[last]
    body.append(f'<circle class="ilp-last" cx="{x[last]:.1f}" cy="{y(newest.n or 0):.1f}" r="3.5"/>')
    body.append(text(left, HEIGHT - 6, words.day(points[0].period.start)))
    body.append(text(right, HEIGHT - 6, words.day(points[-1].period.end), "end"))
    return svg("Trend", sentences.trend(points), "".join(body), "trend")


def week(busy: FloatArray | None, note: str, theme: Theme) -> str:
    """Return the 24 x 7 picture: how busy each hour of the week is beside the average hour; the note where unknown."""
    if busy is None:
        lines = "".join(
            text(WIDTH / 2, 62 + 18 * at, line, "middle") for at, line in enumerate(wrapped(words.opening(note)))
        )
        return svg("Time of week", note, f'<rect class="ilp-blank" width="{WIDTH}" height="{HEIGHT}"/>{lines}', "week")
    left, top, days = 34.0, 4.0, sentences.DAYS
    wide, high = (WIDTH - left - 4) / 24, (HEIGHT - top - 20) / 7
    cells = []
    for day in range(7):
        cells.append(text(left - 5, top + high * day + high * 0.7, days[day], "end"))
        for hour in range(24):
            value = float(busy[day, hour])
            cells.append(
                f'<rect x="{left + wide * hour:.1f}" y="{top + high * day:.1f}" width="{wide - 1:.1f}" '
                f'height="{high - 1:.1f}" rx="1" fill="{colour_of(min(1.0, value / BUSIEST), theme)}">'
                f"<title>{days[day]} {hour:02d}\u2013{hour + 1:02d}: {value:.1f} times the average hour</title></rect>"
            )
    ticks = "".join(text(left + wide * hour, HEIGHT - 5, f"{hour:02d}", "middle") for hour in (0, 6, 12, 18))
    ticks += text(left + wide * 24, HEIGHT - 5, "24", "end")
    return svg("Time of week", sentences.week(busy, note), "".join(cells) + ticks, "week")


def mix(offences: Sequence[tuple[str, int | None]]) -> str:
    """Return the offence mix as bars, largest first; withheld counts are named, not drawn."""
    shown = offences[: sentences.N_OFFENCES]
    largest = max([n for _, n in shown if n is not None], default=0)
    if not shown:
        return svg("Offence mix", "No incidents", text(WIDTH / 2, HEIGHT / 2, "No incidents", "middle"), "mix")
    left, right = 180.0, WIDTH - 44.0
    high = min(25.0, (HEIGHT - 4) / len(shown))
    rows = []
    for at, (offence, n) in enumerate(shown):
        y = 2 + high * at
        rows.append(text(left - 8, y + high * 0.68, cut(offence, 30), "end", "ilp-label"))
        length = 0.0 if n is None or not largest else (right - left) * n / largest
        place = f'x="{left}" y="{y + 3:.1f}" width="{length:.1f}" height="{high - 7:.1f}"'
        rows.append(f'<rect class="ilp-bar" {place} rx="2"/>')
        said = "withheld" if n is None else words.number(n)
        rows.append(text(left + length + 6, y + high * 0.68, said, style="ilp-label"))
    return svg("Offence mix", sentences.mix(offences), "".join(rows), "mix")


def framed(title: str, name: str, picture: str, caption: str) -> str:
    """Return a picture under its title, with what it says in words below."""
    return (
        f'<figure class="ilp-figure"><h2>{escape(title)} <span class="ilp-muted">{escape(name)}</span></h2>'
        f"{picture}<figcaption>{escape(caption)}</figcaption></figure>"
    )

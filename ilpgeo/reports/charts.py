"""Trend, time of week and offence mix of one area as pictures in millimetres, for every product."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ilpgeo.core import wording as words
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.axes import nice_top, runs
from ilpgeo.core.types import TrendPoint
from ilpgeo.maps.palette import LIGHT, colour_of
from ilpgeo.reports import sentences
from ilpgeo.reports.drawing import FAINT, INK, MUTED, RULE, Drawing, Ink, Label, Shape, box, disc, line
from ilpgeo.reports.text import plain

BUSIEST = 3.0  # times the average hour: the dark end of the colours
_USUAL, _LINE, _BAR = "#d9e2ea", "#1f4e79", "#6a8caa"
_TICK_PT = 7.0


def trend(points: Sequence[TrendPoint], width_mm: float, height_mm: float) -> Drawing:
    """Return incidents per step as a line over the usual range; a withheld or missing step is a gap in the line."""
    left, right, top, bottom = 9.0, width_mm - 2.0, 3.0, height_mm - 5.0
    values = [point.n for point in points if point.n is not None]
    if not values:
        return _blank("Trend", "No counts to show", width_mm, height_mm)
    usual = [point.usual for point in points if point.usual is not None]
    ceiling = nice_top(max([*values, *(high for _, high in usual)]))
    x = np.linspace(left, right, max(2, len(points)))

    def y(value: float) -> float:
        return bottom - (bottom - top) * value / ceiling

    parts: list[Shape | Label] = []
    for at in (0.0, ceiling / 2, ceiling):
        parts.append(Shape((line((left, y(at)), (right, y(at))),), Ink("", RULE, 0.15), False))
        parts.append(Label(left - 1.2, y(at) + 0.9, words.number(at), _TICK_PT, MUTED, "end"))
    for run in runs([point.usual is not None for point in points]):
        band = [points[at].usual or (0.0, 0.0) for at in run]
        upper = [(float(x[at]), y(high)) for at, (_, high) in zip(run, band, strict=True)]
        lower = [(float(x[at]), y(low)) for at, (low, _) in zip(run, band, strict=True)]
        parts.append(Shape((line(*upper, *reversed(lower)),), Ink(_USUAL), name="Usual range"))
    for run in runs([point.n is not None for point in points]):
        seen = [(float(x[at]), y(points[at].n or 0)) for at in run]
        if len(seen) == 1:
            parts.append(Shape((disc(*seen[0], 0.8),), Ink(_LINE)))
        else:
            parts.append(Shape((line(*seen),), Ink("", _LINE, 0.5), False, "Incidents per step"))
    last = max(at for at, point in enumerate(points) if point.n is not None)
    parts.append(Shape((disc(float(x[last]), y(points[last].n or 0), 0.9),), Ink(_LINE, "#ffffff", 0.25)))
    parts.append(Label(left, height_mm - 1.0, words.day(points[0].period.start), _TICK_PT, MUTED))
    parts.append(Label(right, height_mm - 1.0, words.day(points[-1].period.end), _TICK_PT, MUTED, "end"))
    return Drawing(width_mm, height_mm, f"Trend. {sentences.trend(points)}", tuple(parts))


def week(busy: FloatArray | None, note: str, width_mm: float, height_mm: float) -> Drawing:
    """Return how busy each hour of the week is beside the average hour, or why that is not known."""
    if busy is None:
        return _blank("Time of week", words.opening(note), width_mm, height_mm)
    left, top = 8.0, 1.0
    wide, high = (width_mm - left - 1.0) / 24, (height_mm - top - 5.0) / 7
    parts: list[Shape | Label] = []
    for day in range(7):
        parts.append(Label(left - 1.2, top + high * (day + 0.5) + 0.9, sentences.DAYS[day], _TICK_PT, MUTED, "end"))
        for hour in range(24):
            value = float(busy[day, hour])
            cell = box(left + wide * hour, top + high * day, wide - 0.25, high - 0.25)
            said = f"{sentences.DAYS[day]} {hour:02d}\u2013{hour + 1:02d}: {value:.1f} times the average hour"
            parts.append(Shape((cell,), Ink(colour_of(min(1.0, value / BUSIEST))), name=said))
    for hour in (0, 6, 12, 18):
        parts.append(Label(left + wide * hour, height_mm - 1.0, f"{hour:02d}", _TICK_PT, MUTED, "start"))
    parts.append(Label(left + wide * 24, height_mm - 1.0, "24", _TICK_PT, MUTED, "end"))
    return Drawing(width_mm, height_mm, f"Time of week. {sentences.week(busy, note)}", tuple(parts))


def mix(offences: Sequence[tuple[str, int | None]], width_mm: float, height_mm: float) -> Drawing:
    """Return the offence mix as bars, largest first; withheld counts are named, not drawn."""
    shown = offences[: sentences.N_OFFENCES]
    if not shown:
        return _blank("Offences", "No incidents", width_mm, height_mm)
    largest = max([n for _, n in shown if n is not None], default=0)
    left, right = 0.48 * width_mm, width_mm - 11.0
    high = min(6.5, (height_mm - 1.0) / len(shown))
    parts: list[Shape | Label] = []
    for at, (offence, n) in enumerate(shown):
        middle = 1.0 + high * (at + 0.5)
        length = 0.0 if n is None or not largest else (right - left) * n / largest
        named = words.cut(plain(offence), int(left / 1.1))
        size = min(7.5, 7.5 * left / (1.28 * len(named)))
        parts.append(Label(left - 1.5, middle + 1.0, named, size, INK, "end"))
        if length:
            bar = box(left, middle - high * 0.3, max(length, 0.3), high * 0.6)
            parts.append(Shape((bar,), Ink(_BAR), name=f"{plain(offence)}: {n}"))
        said = "withheld" if n is None else words.number(n)
        parts.append(Label(left + length + 1.2, middle + 1.0, said, 7.5, MUTED if n is None else INK))
    return Drawing(width_mm, height_mm, f"Offences. {plain(sentences.mix(offences))}", tuple(parts))


def _blank(title: str, why: str, width_mm: float, height_mm: float) -> Drawing:
    parts: list[Shape | Label] = [Shape((box(0, 0, width_mm, height_mm),), Ink("#f3f4f6"))]
    most = max(10, int(width_mm / 1.6))
    rows = _wrapped(why, most)
    for at, row in enumerate(rows):
        parts.append(Label(width_mm / 2, height_mm / 2 + 4.0 * (at - (len(rows) - 1) / 2), row, 8, MUTED, "middle"))
    return Drawing(width_mm, height_mm, f"{title}. {why}", tuple(parts))


def _wrapped(text: str, most: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, most) or [""]


def rank_span(low: float, high: float, at: float, worst: float, width_mm: float, height_mm: float) -> Drawing:
    """Return where a rank lies among all, as a dot on the line of its interval."""
    middle, last = height_mm / 2, max(worst, 2.0)

    def x(rank: float) -> float:
        return 1.0 + (width_mm - 2.0) * (rank - 1) / (last - 1)

    parts: tuple[Shape | Label, ...] = (
        Shape((line((1.0, middle), (width_mm - 1.0, middle)),), Ink("", RULE, 0.25), False),
        Shape((line((x(low), middle), (x(high), middle)),), Ink("", FAINT, 1.0), False, "90 % interval of the rank"),
        Shape((disc(x(at), middle, 0.9),), Ink(LIGHT.ink), name=f"Rank {at:g}"),
    )
    return Drawing(width_mm, height_mm, f"Rank {at:g}, {low:g} to {high:g} of {worst:g}", parts)

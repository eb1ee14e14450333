"""A table of a model's findings as the chart that shows it best. Pure: a released table in, markup out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core import wording as words
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.axes import nice_ticks
from ilpgeo.core.types import Period, Table
from ilpgeo.core.wording import cut
from ilpgeo.maps.palette import Theme, colour_of, scheme_of
from ilpgeo.ui import pictures
from ilpgeo.ui.svg import HEIGHT, WIDTH, svg, text

MOST_ROWS = 12
MOST_BARS = 14
MOST_LINES = 4
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, WIDTH - 10.0, 22.0, 34.0
_LABELLED_COLUMNS = 9
_LETTERS_BESIDE = 46
_LEAST_P = 0.001
_ONE_DECIMAL_FROM, _NONE_FROM = 10, 1000
_DARK_FROM = 0.55


def chart(table: Table, theme: Theme, *, most_rows: int = MOST_ROWS) -> str:
    """Return a table as its chart under its title; one without rows says so.

    Parameters
    ----------
    most_rows
        How many rows of a plain table are shown.
    """
    draw = _DRAWN.get(table.chart)
    body = f'<p class="ilp-fine">{_NOTHING}</p>'
    if len(table):
        body = draw(table, theme) if draw else _rows(table, most_rows)
    return f'<figure class="ilp-chart"><h3>{escape(table.title)}</h3>{body}</figure>'


_NOTHING = "Nothing to show: too few incidents."


def written(value: Any) -> str:
    """Return a value of a table as people write it.

    >>> written(1234.0), written(0.04567), written(np.datetime64("2021-03-01"))
    ('1,234', '0.046', '1 Mar 2021')
    """
    if isinstance(value, np.datetime64):
        return words.day(value.astype("datetime64[D]").item())
    if isinstance(value, float | np.floating):
        return _number(float(value))
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return f"{int(value):,}"
    return str(value)


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "\u2013"
    if value == round(value) or abs(value) >= 100:
        shown = f"{value:,.0f}"
    else:
        shown = f"{float(f'{value:.2g}' if abs(value) < 1 else f'{value:.3g}'):g}"
    return shown.replace("-", "\u2212")


def _lines(table: Table, theme: Theme) -> str:  # noqa: ARG001
    (x_name, x), *lines = _floats(table)
    lines = [each for each in lines if each[0] != table.counts][:MOST_LINES]
    place = _Axes(x, np.concatenate([values for _, values in lines]))
    body = [place.frame(x_name, lines[0][0] if len(lines) == 1 else "")]
    for number, (_, values) in enumerate(lines):
        body.append(f'<polyline class="ilp-curve ilp-curve-{number}" points="{place.points(x, values)}"/>')
    if table.mark is not None:
        body.append(place.mark(table.mark))
    key = "".join(_key(number, name) for number, (name, _) in enumerate(lines)) if len(lines) > 1 else ""
    said = f"{', '.join(name for name, _ in lines)} by {x_name}"
    return svg(table.title, said, "".join(body), "lines") + (f'<p class="ilp-key">{key}</p>' if key else "")


def _key(number: int, name: str) -> str:
    line = f'<line class="ilp-curve ilp-curve-{number}" x1="0" x2="22" y1="6" y2="6"/>'
    return f'<span><svg width="22" height="12" aria-hidden="true">{line}</svg>{escape(name)}</span>'


def _band(table: Table, theme: Theme) -> str:  # noqa: ARG001
    (x_name, x), (y_name, y), (low_name, low), (_, high) = _floats(table)[:4]
    place = _Axes(x, np.concatenate([y, low, high]))
    around = f"{place.points(x, high)} {place.points(x[::-1], low[::-1])}"
    body = f'{place.frame(x_name, y_name)}<polygon class="ilp-usual" points="{around}"/>'
    body += f'<polyline class="ilp-curve ilp-curve-0" points="{place.points(x, y)}"/>'
    if table.mark is not None:
        body += place.mark(table.mark)
    return svg(table.title, f"{y_name} by {x_name}, shaded from {low_name}", body, "band")


class _Axes:
    """Two axes with round numbers, and where a pair of values lies between them."""

    def __init__(self, x: FloatArray, y: FloatArray) -> None:
        finite = y[np.isfinite(y)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        self.y_ticks = nice_ticks(min(low, 0.0) if low < 0.5 * high or low < 0 else low, high)
        self.x_low, self.x_high = float(x.min()), float(x.max())
        if self.x_high <= self.x_low:
            self.x_high = self.x_low + 1.0
        ticks = [tick for tick in nice_ticks(self.x_low, self.x_high) if self.x_low <= tick <= self.x_high]
        is_counted = bool((x == np.round(x)).all())
        self.x_ticks = [tick for tick in ticks if tick == round(tick) or not is_counted]

    def across(self, value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (value - self.x_low) / (self.x_high - self.x_low)

    def up(self, value: float) -> float:
        low, high = self.y_ticks[0], self.y_ticks[-1]
        return HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * (value - low) / (high - low)

    def points(self, x: FloatArray, y: FloatArray) -> str:
        pairs = zip(x.tolist(), y.tolist(), strict=True)
        return " ".join(f"{self.across(a):.1f},{self.up(b):.1f}" for a, b in pairs if np.isfinite(b))

    def frame(self, x_name: str, y_name: str) -> str:
        rows = "".join(
            f'<line class="ilp-grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{self.up(tick):.1f}" y2="{self.up(tick):.1f}"/>'
            + text(_LEFT - 5, self.up(tick) + 4, _number(tick).replace("-", "\u2212"), "end")
            for tick in self.y_ticks
        )
        columns = "".join(
            text(self.across(tick), HEIGHT - _BOTTOM + 13, _number(tick), self._anchor(tick)) for tick in self.x_ticks
        )
        named = text(4, 11, y_name) if y_name else ""
        return rows + columns + named + text((_LEFT + _RIGHT) / 2, HEIGHT - 5, x_name, "middle")

    def _anchor(self, tick: float) -> str:
        """Return how a label is held under its tick: one at the right edge must not leave the picture."""
        return "end" if self.across(tick) > _RIGHT - 8 else "middle"

    def mark(self, value: float) -> str:
        at = min(max(self.across(value), _LEFT), _RIGHT)
        anchor, shift = ("end", -5) if at > (_LEFT + _RIGHT) / 2 else ("start", 5)
        line = f'<line class="ilp-marked" x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>'
        return line + text(at + shift, _TOP + 9, _number(value), anchor, "ilp-label")


def _bars(table: Table, theme: Theme) -> str:  # noqa: ARG001
    names = [written(each) for each in next(iter(table.columns.values()))][:MOST_BARS]
    (heading, values), *_ = _floats(table, first=1)
    values = values[:MOST_BARS]
    left = min(14.0 + 6.1 * max(map(len, names)), 250.0)
    right, high = WIDTH - 52.0, 19.0
    largest = float(np.nanmax(values)) if len(values) else 0.0
    rows = []
    for at, (name, value) in enumerate(zip(names, values.tolist(), strict=True)):
        y = 2 + high * at
        length = max(0.0, (right - left) * value / largest) if largest > 0 and np.isfinite(value) else 0.0
        rows.append(text(left - 6, y + 12.5, cut(name, 40), "end", "ilp-label"))
        rows.append(f'<rect class="ilp-bar" x="{left}" y="{y + 2:.1f}" width="{length:.1f}" height="13" rx="2"/>')
        rows.append(text(left + length + 5, y + 12.5, _number(value), style="ilp-label"))
    drawn = svg(table.title, heading, "".join(rows), "bars", 6 + high * len(names))
    return f'{drawn}<p class="ilp-fine">{escape(heading)}</p>'


def _heat(table: Table, theme: Theme) -> str:
    (x_name, x), (y_name, y), (z_name, z), *rest = table.columns.items()
    columns, rows = _in_order(x), _in_order(y)
    shares = _heat_shares(z.astype(np.float64), table.mark or 0.0)
    sure = next((values.astype(np.float64) <= 0.05 for name, values in rest if name.lower().startswith("p")), None)
    left, top = 104.0, 22.0
    wide, high = (WIDTH - left - 4) / len(columns), 20.0
    body = [text(left + wide * (at + 0.5), top - 7, cut(name, 9), "middle") for at, name in enumerate(columns)]
    body += [text(left - 5, top + high * (at + 0.68), cut(name, 17), "end") for at, name in enumerate(rows)]
    place = {name: at for at, name in enumerate(columns)}, {name: at for at, name in enumerate(rows)}
    for at, (column, row, value) in enumerate(zip(map(written, x), map(written, y), z.tolist(), strict=True)):
        across, down = left + wide * place[0][column], top + high * place[1][row]
        fill = colour_of(shares[at], theme)
        said = escape(f"{x_name} {column}, {y_name} {row}: {z_name} {written(value)}")
        edge = ' class="ilp-sure"' if sure is not None and sure[at] else ""
        body.append(
            f'<rect{edge} x="{across + 1:.1f}" y="{down + 1:.1f}" width="{wide - 2:.1f}" height="{high - 2:.1f}" '
            f'fill="{fill}"><title>{said}</title></rect>'
        )
        if len(columns) <= _LABELLED_COLUMNS:
            ink = scheme_of(theme).casing if shares[at] >= _DARK_FROM else scheme_of(theme).ink
            body.append(
                f'<text x="{across + wide / 2:.1f}" y="{down + 13.5:.1f}" text-anchor="middle" class="ilp-tick" '
                f'style="fill:{ink}">{written(value)}</text>'
            )
    foot = top + high * len(rows) + 14
    under = f"{x_name} across, {y_name.lower()} down, {z_name.lower()} in colour"
    under += f" from {written(table.mark)} up" if table.mark is not None else ""
    under += "; outlined: p at most 0.05" if sure is not None else ""
    return svg(table.title, under, "".join(body), "heat", foot - 8) + f'<p class="ilp-fine">{escape(under)}</p>'


def _heat_shares(values: FloatArray, neutral: float) -> FloatArray:
    """Return how far each value lies from what is neutral to the largest, or to half as much again as neutral."""
    finite = np.isfinite(values)
    top = max(float(values[finite].max(initial=0.0)), 1.5 * neutral)
    if top <= 0:
        return np.zeros(len(values))
    return np.clip((np.nan_to_num(values, nan=neutral, posinf=top) - neutral) / (top - neutral), 0.0, 1.0)


def strip(values: FloatArray, steps: tuple[Period, ...], theme: Theme) -> str:
    """Return a statistic step by step as bars from a zero line: warm above it, cool below."""
    scheme = scheme_of(theme)
    high, middle = 64.0, 30.0
    largest = max(float(np.abs(values).max()), 3.0)
    wide = (WIDTH - 4.0) / len(values)
    body = [f'<line class="ilp-grid" x1="2" x2="{WIDTH - 2}" y1="{middle}" y2="{middle}"/>']
    for at, (value, step) in enumerate(zip(values.tolist(), steps, strict=True)):
        length = 26.0 * abs(value) / largest
        top = middle - length if value > 0 else middle
        size = f'width="{max(wide - 1, 1):.1f}" height="{max(length, 0.6):.1f}"'
        fill = scheme.ramp[8 if value < 2 else 13] if value > 0 else scheme.cool[3 if value > -2 else 6]
        body.append(
            f'<rect x="{2 + wide * at:.1f}" y="{top:.1f}" {size} fill="{fill}">'
            f"<title>{escape(f'{words.span(step)}: z {value:.1f}')}</title></rect>"
        )
    body.append(
        text(2, high - 2, words.day(steps[0].start)) + text(WIDTH - 2, high - 2, words.day(steps[-1].end), "end")
    )
    said = f"z score in {len(values)} steps, last {values[-1]:.1f}"
    return svg("History of the cell", said, "".join(body), "strip", high)


def _week(table: Table, theme: Theme) -> str:
    (_, values), *_ = [each for each in _floats(table) if len(each[1]) == 168][-1:] or [("", np.zeros(168))]
    mean = float(values.mean())
    busy = (values / mean if mean > 0 else values).reshape(7, 24)
    return pictures.week(busy, "", theme)


def _rows(table: Table, most_rows: int) -> str:
    head = "".join(
        f"<th{' class=ilp-n' if values.dtype.kind in 'iuf' else ''}>{escape(name)}</th>"
        for name, values in table.columns.items()
    )
    columns = {name: _told(name, values[:most_rows]) for name, values in table.columns.items()}
    body = "".join(
        "<tr>" + "".join(_cell(name, table.columns[name][at], told[at]) for name, told in columns.items()) + "</tr>"
        for at in range(min(len(table), most_rows))
    )
    more = len(table) - most_rows
    left = f'<p class="ilp-fine">And {words.plural(more, "more row")} in the download.</p>' if more > 0 else ""
    letters = sum(max(map(len, (name, *told))) for name, told in columns.items())
    kind = "ilp-table ilp-wide" if letters > _LETTERS_BESIDE else "ilp-table"
    return f'<div class="{kind}"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{left}'


def _told(name: str, values: npt.NDArray[Any]) -> list[str]:
    """Return a column as people write it; numbers between 1 and 1,000 with as many decimals as their largest bears.

    What is not nought but would be written as one has two digits of its own.
    """
    if name == "p":
        return ["under 0.001" if value < _LEAST_P else written(value) for value in values]
    sizes = np.abs(values[np.isfinite(values)]) if values.dtype.kind == "f" else np.empty(0)
    if not len(sizes) or not 1 <= sizes.max() < _NONE_FROM or (sizes == np.round(sizes)).all():
        return [written(value) for value in values]
    decimals = 1 if sizes.max() >= _ONE_DECIMAL_FROM else 2
    least = 0.5 * 10.0**-decimals
    return [
        f"{value:.{decimals}f}".replace("-", "\u2212") if value == 0 or abs(value) >= least else written(value)
        for value in values.tolist()
    ]


def _cell(name: str, value: Any, told: str) -> str:
    """Return one value; its column's name stands with it where a narrow place makes a block of each row."""
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)
    return f'<td{" class=ilp-n" if is_number else ""} data-name="{escape(name)}">{escape(told)}</td>'


def _floats(table: Table, first: int = 0) -> list[tuple[str, FloatArray]]:
    columns = list(table.columns.items())[first:]
    return [(name, values.astype(np.float64)) for name, values in columns if values.dtype.kind in "iufb"]


def _in_order(values: npt.NDArray[Any]) -> list[str]:
    return list(dict.fromkeys(written(each) for each in values))


_DRAWN: Mapping[str, Callable[[Table, Theme], str]] = {
    "line": _lines,
    "band": _band,
    "bars": _bars,
    "heat": _heat,
    "week": _week,
}

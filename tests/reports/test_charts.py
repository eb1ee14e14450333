"""The small pictures on paper say what the released values say."""

from datetime import date

import numpy as np
import pytest

from ilpgeo.core.query import Period
from ilpgeo.core.types import TrendPoint
from ilpgeo.maps.palette import colour_of
from ilpgeo.reports import charts
from ilpgeo.reports.drawing import Label, Shape


def steps(*counts: int | None) -> list[TrendPoint]:
    first = Period(date(2021, 1, 1), date(2021, 1, 7))
    return [TrendPoint(first.shifted(7 * at), n, (10.0, 20.0)) for at, n in enumerate(counts)]


def words(drawing) -> list[str]:
    return [part.text for part in drawing.parts if isinstance(part, Label)]


def test_a_withheld_step_is_a_gap_in_the_line() -> None:
    drawing = charts.trend(steps(10, 12, None, 14, 16), 100, 40)
    lines = [part for part in drawing.parts if isinstance(part, Shape) and part.name == "Incidents per step"]
    assert [len(line.rings[0]) for line in lines] == [2, 2]
    assert lines[1].rings[0][-1, 1] < lines[0].rings[0][0, 1]  # more is higher


def test_heights_follow_the_counts() -> None:
    drawing = charts.trend(steps(0, 10, 20), 100, 40)
    [line] = [part for part in drawing.parts if isinstance(part, Shape) and part.name == "Incidents per step"]
    y = line.rings[0][:, 1]
    assert y[0] - y[1] == pytest.approx(y[1] - y[2])


@pytest.mark.parametrize(
    "drawing",
    [charts.trend(steps(None, None), 60, 30), charts.week(None, "too few incidents", 60, 30), charts.mix((), 60, 30)],
)
def test_without_values_a_picture_says_why(drawing) -> None:
    assert words(drawing)


def test_the_week_has_a_cell_for_each_hour_in_the_colour_of_its_value() -> None:
    busy = np.ones((7, 24))
    busy[5, 0] = 3.0
    drawing = charts.week(busy, "1 Jan 2021 to 31 Dec 2021", 100, 40)
    cells = [part for part in drawing.parts if isinstance(part, Shape)]
    assert len(cells) == 168
    assert cells[5 * 24].ink.fill == colour_of(1.0)
    assert cells[5 * 24].name == "Sat 00\u201301: 3.0 times the average hour"
    assert cells[0].ink.fill == colour_of(1 / 3)


def test_withheld_offences_are_named_without_a_bar() -> None:
    drawing = charts.mix((("Assault", 60), ("Theft", 30), ("Arson", None)), 100, 40)
    bars = [part for part in drawing.parts if isinstance(part, Shape)]
    assert [np.ptp(bar.rings[0][:, 0]) for bar in bars] == pytest.approx([41.0, 20.5])
    assert words(drawing) == ["Assault", "60", "Theft", "30", "Arson", "withheld"]


def test_a_rank_lies_in_its_interval() -> None:
    _, span, dot = charts.rank_span(2, 9, 4, 20, 22.0, 4.0).parts
    assert span.rings[0][0, 0] < dot.rings[0][:, 0].mean() < span.rings[0][1, 0]

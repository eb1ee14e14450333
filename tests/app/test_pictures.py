"""Pictures are pure: values in, SVG out."""

from datetime import date
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core import axes
from ilpgeo.core.types import Period, TrendPoint
from ilpgeo.maps.palette import Theme, colour_of
from ilpgeo.reports import sentences
from ilpgeo.ui import pictures, svg

SVG = "{http://www.w3.org/2000/svg}"
JULY = Period.parse("2021-07-01..2021-07-31")


def steps(*counts, usual=None):
    return tuple(TrendPoint(JULY.shifted(31 * at), n, usual) for at, n in enumerate(counts))


def parsed(text):
    return ElementTree.fromstring(text)


def test_trend_is_one_line_of_the_right_points():
    drawn = parsed(pictures.trend(steps(0, 4, 2)))
    line = drawn.find(f"{SVG}polyline").get("points").split()
    y = [float(point.split(",")[1]) for point in line]
    top, bottom = 12.0, svg.HEIGHT - 22.0
    assert y == pytest.approx([bottom, top, (top + bottom) / 2])


def test_trend_breaks_where_a_step_is_withheld():
    drawn = parsed(pictures.trend(steps(9, 8, None, 7, 6)))
    assert [len(line.get("points").split()) for line in drawn.findall(f"{SVG}polyline")] == [2, 2]


def test_trend_draws_the_usual_range_as_a_band():
    drawn = parsed(pictures.trend(steps(9, 8, 7, usual=(2.0, 6.0))))
    assert len(drawn.find(f"{SVG}polygon").get("points").split()) == 6


def test_trend_says_in_words_what_it_shows():
    assert sentences.trend(
        steps(3, 12, usual=(4.0, 9.0))
    ) == "12 in 1\u201331 Aug 2021, above the usual 4\u20139".replace("1\u201331 Aug 2021", "August 2021")
    assert "within" in sentences.trend(steps(5, usual=(4.0, 9.0)))
    assert "below" in sentences.trend(steps(1, usual=(4.0, 9.0)))
    assert sentences.trend(steps(5)).endswith("no usual range yet")
    assert sentences.trend(steps(None)) == "No counts to show"
    assert parsed(pictures.trend(())).get("aria-label").startswith("Trend. No counts")


def test_week_has_a_cell_for_every_hour_with_the_colour_of_its_value():
    busy = np.ones((7, 24))
    busy[5, 2] = 9.0
    cells = parsed(pictures.week(busy, "from 400 incidents", Theme.LIGHT)).findall(f"{SVG}rect")
    assert len(cells) == 168
    assert cells[5 * 24 + 2].get("fill") == colour_of(1.0, Theme.LIGHT)
    assert cells[0].get("fill") == colour_of(1 / pictures.BUSIEST, Theme.LIGHT)
    assert cells[5 * 24 + 2].find(f"{SVG}title").text == "Sat 02\u201303: 9.0 times the average hour"
    assert sentences.week(busy, "from 400 incidents") == (
        "Busiest Sat 02\u201303, 9.0 times the average hour. From 400 incidents"
    )


def test_week_without_times_says_so_instead_of_midnight():
    drawn = parsed(pictures.week(None, "time of week unknown: the source gives days only", Theme.DARK))
    assert len(drawn.findall(f"{SVG}rect")) == 1
    assert "time of week unknown" in drawn.get("aria-label")


def test_mix_bars_are_in_proportion_and_withheld_counts_have_none():
    bars = parsed(pictures.mix((("assault", 40), ("robbery", 10), ("arson", None)))).findall(f"{SVG}rect")
    lengths = [float(bar.get("width")) for bar in bars]
    assert lengths[0] == pytest.approx(4 * lengths[1], rel=0.01) and lengths[2] == 0
    assert sentences.mix((("assault", 40), ("arson", None))) == "assault: 40, arson: withheld"


def test_mix_of_nothing_and_of_many():
    assert "No incidents" in pictures.mix(())
    many = tuple((f"offence {at}", 20 - at) for at in range(9))
    assert len(parsed(pictures.mix(many)).findall(f"{SVG}rect")) == sentences.N_OFFENCES
    assert sentences.mix(many).endswith("and 3 more")


@given(st.text(max_size=40))
def test_no_text_of_the_data_becomes_markup(name):
    shown = "".join(each for each in name if each.isprintable())
    drawn = parsed(pictures.mix(((shown, 3),)))
    assert {each.tag for each in drawn.iter()} == {f"{SVG}svg", f"{SVG}title", f"{SVG}text", f"{SVG}rect"}
    assert "<script" not in pictures.framed("Offences", "<script>", "", "<script>")


@given(st.floats(0, 1e9))
def test_axis_top_holds_the_value_without_waste(value):
    top = axes.nice_top(value)
    assert top >= value and (top == 4.0 or top <= 2.5 * value)


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=1, max_size=40))
def test_trend_stays_inside_its_frame(counts):
    drawn = parsed(pictures.trend(steps(*counts)))
    for line in drawn.findall(f"{SVG}polyline"):
        for point in line.get("points").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= svg.WIDTH and 0 <= y <= svg.HEIGHT


def test_dates_on_the_axis_are_the_first_and_the_last():
    ticks = [each.text for each in parsed(pictures.trend(steps(5, 6))).findall(f"{SVG}text")]
    assert ticks[-2:] == ["1 Jul 2021", "31 Aug 2021"]
    assert date(2021, 8, 31) == steps(5, 6)[-1].period.end


def test_a_step_alone_between_gaps_is_a_dot() -> None:
    months = [Period(date(2021, month, 1), date(2021, month, 28)) for month in (1, 2, 3)]
    drawn = pictures.trend([TrendPoint(month, n, None) for month, n in zip(months, (7, None, 9), strict=True)])
    assert drawn.count("<circle") == 3  # the two steps, and the mark on the newest
    assert "<polyline" not in drawn

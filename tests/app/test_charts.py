"""Charts are pure: a released table in, markup out."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core import axes
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.types import Table
from ilpgeo.maps.palette import Theme, colour_of
from ilpgeo.ui import svg
from ilpgeo.ui.charts import chart, written

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '<b>&"x'


def drawn(table: Table) -> ElementTree.Element:
    return ElementTree.fromstring(chart(table, Theme.LIGHT))


def corners(element: ElementTree.Element) -> list[tuple[float, float]]:
    return [tuple(float(each) for each in pair.split(",")) for pair in element.get("points").split()]


def test_a_line_rises_with_its_values_and_carries_its_mark() -> None:
    table = Table("k-distance", {"Point": np.arange(5), "Distance (m)": np.arange(5.0) ** 2}, "line", mark=3.0)
    found = drawn(table)
    (line,) = found.iter(f"{SVG}polyline")
    points = corners(line)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    (mark,) = (each for each in found.iter(f"{SVG}line") if each.get("class") == "ilp-marked")
    assert float(mark.get("x1")) == pytest.approx(points[3][0], abs=0.1)


def test_a_column_has_as_many_decimals_as_its_largest_number_bears() -> None:
    columns = {
        "Points": np.array([2.61, -32.0, 0.0, np.nan]), "Index": np.array([0.44, 5.0, 9.0, 1.5]),
        "Whole": np.array([3.0, 5.0, 0.0, 1.0]), "Share": np.array([0.5, 0.0123, 0.2, 0.1]),
        "p": np.array([0.0001, 0.02, 1.0, 0.5]), "Many": np.array([1200.5, 3.25, 0.001, 1.0]),
    }  # fmt: skip
    rows = [
        re.findall("<td[^>]*>([^<]*)</td>", row) for row in chart(Table("t", columns), Theme.LIGHT).split("<tr>")[2:]
    ]
    assert [list(column) for column in zip(*rows, strict=True)] == [
        ["2.6", "\u221232.0", "0.0", "\u2013"], ["0.44", "5.00", "9.00", "1.50"], ["3", "5", "0", "1"],
        ["0.5", "0.012", "0.2", "0.1"], ["under 0.001", "0.02", "1", "0.5"], ["1,200", "3.25", "0.001", "1"],
    ]  # fmt: skip


def test_a_small_number_among_large_ones_is_not_written_as_nought() -> None:
    fitted = {"Fitted": np.array(["Branching ratio", "Spread (m)"]), "Value": np.array([0.0172, 29.94])}
    found = re.findall("<td class=ilp-n[^>]*>([^<]*)</td>", chart(Table("t", fitted), Theme.LIGHT))
    assert found == ["0.017", "29.9"]


def test_a_gap_in_a_line_is_left_out() -> None:
    (line,) = drawn(Table("t", {"x": np.arange(3), "y": np.array([1.0, np.nan, 2.0])}, "line")).iter(f"{SVG}polyline")
    assert len(corners(line)) == 2


def test_a_band_holds_its_line() -> None:
    x, y = np.arange(4), np.array([0.0, -1.0, 2.0, 3.0])
    found = drawn(Table("L(r)", {"r (m)": x, "L": y, "low": y - 1, "high": y + 1}, "band"))
    (area,), (line,) = found.iter(f"{SVG}polygon"), found.iter(f"{SVG}polyline")
    assert min(b for _, b in corners(area)) < min(b for _, b in corners(line))
    assert max(b for _, b in corners(area)) > max(b for _, b in corners(line))


def test_bars_are_in_proportion() -> None:
    found = drawn(Table("t", {"Class": np.array(["a", "b"]), "Cells": np.array([10, 5])}, "bars"))
    lengths = [float(each.get("width")) for each in found.iter(f"{SVG}rect")]
    assert lengths[0] == pytest.approx(2 * lengths[1], abs=0.1)


def test_a_heat_map_has_the_colour_of_its_values_and_outlines_what_is_sure() -> None:
    columns = {"Distance": np.array(["0", "0", "100", "100"]), "Days": np.array(["7", "14", "7", "14"]),
               "Ratio": np.array([4.0, 1.0, 2.0, np.nan]), "p": np.array([0.001, 0.5, 0.05, 0.9])}  # fmt: skip
    cells = list(drawn(Table("Knox", columns, "heat")).iter(f"{SVG}rect"))
    assert [each.get("fill") for each in cells[:2]] == [colour_of(1.0), colour_of(0.25)]
    assert [each.get("class") for each in cells] == ["ilp-sure", None, "ilp-sure", None]


def test_a_heat_map_with_a_neutral_value_has_colour_only_beyond_it() -> None:
    columns = {"Days": np.array(["7", "14", "21"]), "Distance": np.array(["0", "0", "0"]),
               "Ratio": np.array([1.0, 0.8, 1.25])}  # fmt: skip
    fills = [each.get("fill") for each in drawn(Table("Knox", columns, "heat", mark=1.0)).iter(f"{SVG}rect")]
    assert fills == [colour_of(0.0), colour_of(0.0), colour_of(0.5)]


def test_a_week_is_drawn_by_the_average_hour() -> None:
    values = np.ones(168)
    values[5 * 24 + 22] = 40.0
    table = Table("Week", {"Hour": np.array([f"h{at}" for at in range(168)]), "Incidents": values}, "week")
    assert "Sat 22" in chart(table, Theme.LIGHT)


def test_a_table_tells_how_many_rows_are_left() -> None:
    table = Table("t", {"Place": np.array([f"p{at}" for at in range(40)]), "n": np.arange(40)})
    assert chart(table, Theme.LIGHT).count("<tr>") == 13
    assert "28 more rows" in chart(table, Theme.LIGHT)


@pytest.mark.parametrize("kind", ["table", "line", "band", "bars", "heat"])
def test_no_rows_is_said_and_no_text_of_the_data_becomes_markup(kind: str) -> None:
    names = [EVIL, f"{EVIL}2", f"{EVIL}3", f"{EVIL}4"]
    empty = Table(EVIL, {name: np.empty(0) for name in names}, kind)
    assert "too few incidents" in chart(empty, Theme.DARK)
    first = np.array([EVIL, "b"]) if kind in {"bars", "heat", "table"} else np.array([1.0, 2.0])
    columns = dict(zip(names, (first, first, np.array([1.0, 2.0]), np.array([1.0, 2.0])), strict=True))
    if kind == "bars":
        columns = {names[0]: first, names[2]: np.array([1.0, 2.0])}
    assert "<b>" not in chart(Table(EVIL, columns, kind), Theme.DARK)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30))
def test_a_line_stays_inside_its_frame(values: list[float]) -> None:
    table = Table("t", {"x": np.arange(len(values)), "y": np.array(values)}, "line")
    for line in drawn(table).iter(f"{SVG}polyline"):
        assert all(0 <= x <= svg.WIDTH and -0.1 <= y <= svg.HEIGHT for x, y in corners(line))


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_ticks_hold_both_ends_at_even_steps(low: float, span: float) -> None:
    ticks = axes.nice_ticks(low, low + span)
    slack = 1e-6 * max(1.0, abs(low) + span)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + span - slack
    assert 2 <= len(ticks) <= 9


def test_numbers_are_written_as_people_write_them() -> None:
    assert [written(each) for each in (12.0, 0.5, 1234567, True, np.nan, 12.345)] == [
        "12", "0.5", "1,234,567", "yes", "\u2013", "12.3",
    ]  # fmt: skip


def test_a_table_with_faults_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no chart 'pie'"):
        Table("t", {"x": np.arange(2)}, "pie")
    with pytest.raises(InvalidInput, match="different lengths"):
        Table("t", {"x": np.arange(2), "y": np.arange(3)})
    with pytest.raises(InvalidInput, match="no column 'n'"):
        Table("t", {"x": np.arange(2)}, counts="n")


def test_a_table_too_wide_for_a_narrow_place_says_so_and_names_each_value():
    few = Table("Few", {"Class": np.array(["new"]), "Cells": np.array([3])})
    many = Table(
        "Many", {"Class": np.array(["new"]), "Meaning": np.array(["Hot in the last step and never before, ever"])}
    )
    assert "ilp-wide" not in chart(few, Theme.LIGHT)
    assert 'class="ilp-table ilp-wide"' in chart(many, Theme.LIGHT)
    assert '<td data-name="Meaning">Hot in' in chart(many, Theme.LIGHT)


def test_an_axis_of_one_line_is_named():
    table = Table("Reach", {"Share (%)": np.array([10.0, 20.0]), "Bandwidth (m)": np.array([100.0, 300.0])}, "line")
    assert ">Bandwidth (m)</text>" in chart(table, Theme.LIGHT)


def test_a_p_value_of_next_to_nothing_is_said_in_words():
    table = Table("Index", {"Of": np.array(["All", "Few"]), "p": np.array([2.3e-45, 0.04])})
    assert "under 0.001" in chart(table, Theme.LIGHT)
    assert "e-45" not in chart(table, Theme.LIGHT)
    assert ">0.04<" in chart(table, Theme.LIGHT)

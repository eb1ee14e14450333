"""The layer of ranked areas: what it says, what it refuses, how small and quick it is."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit_folium import _get_map_string, generate_js_hash

from ilpgeo.core.briefing import Released, Tier
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.gaps import GapMarks
from ilpgeo.core.query import Period
from ilpgeo.maps.areas_map import base_map, days, priority_layer
from ilpgeo.maps.palette import Theme
from ilpgeo.maps.shapes import AreaShapes, Shelf, area_shapes
from tests.maps import toy


@pytest.fixture
def shapes(tmp_path: Path) -> AreaShapes:
    return area_shapes(toy.city(), Shelf(tmp_path, "../shelf/"))


def said(group: Any) -> dict[str, Any]:
    (call,) = group._children.values()
    return json.loads(call.description)


def test_every_area_is_drawn_once_in_the_style_of_its_tier(shapes: AreaShapes):
    released = toy.briefing(shapes.areas)
    drawn = said(priority_layer(released, shapes))
    assert sorted(row[0] for row in drawn["areas"]) == sorted(each.id for each in released.value.priorities)
    tiers = {each.id: each.tier for each in released.value.priorities}
    for area, style, mark, *_ in drawn["areas"]:
        expected = "gap" if tiers[area] == Tier.NO_DATA else tiers[area].value
        assert style.split()[0] == expected
        assert (mark >= 0) == (tiers[area] in {Tier.CRITICAL, Tier.HIGH, Tier.ELEVATED})


def test_no_data_is_hatched_and_never_ranked(shapes: AreaShapes):
    drawn = said(priority_layer(toy.briefing(shapes.areas, gaps=5), shapes))
    gaps = [row for row in drawn["areas"] if row[1] == "gap"]
    assert len(gaps) == 5
    assert drawn["styles"]["gap"]["fillColor"] == "url(#ilp-hatch)"
    assert all(row[4] == "No data: not ranked, not safe" and row[5:] == ["", "", ""] for row in gaps)


def test_uncertain_is_outlined_and_drawn_over_the_filled(shapes: AreaShapes):
    drawn = said(priority_layer(toy.briefing(shapes.areas), shapes))
    kinds = [row[1].split()[-1] for row in drawn["areas"]]
    assert kinds == ["gap"] * kinds.count("gap") + ["full"] * kinds.count("full") + ["open"] * kinds.count("open")
    assert kinds.count("open") > 0
    assert drawn["styles"]["high open"]["fillOpacity"] < 0.2 < drawn["styles"]["high full"]["fillOpacity"]


def test_words_carry_rank_count_and_expectation_with_their_intervals(shapes: AreaShapes):
    drawn = said(priority_layer(toy.briefing(shapes.areas), shapes))
    top = next(row for row in drawn["areas"] if row[5].startswith("1 "))
    assert top[4:] == ["Critical", "1 (1 to 2)", "180", "180.0 (144 to 225)"]
    last = next(row for row in drawn["areas"] if row[6] == "too few to show")
    assert last[4] == "Routine"
    assert "2\u00a0Dec\u00a02021\u00a0to\u00a029\u00a0Dec\u00a02021" in drawn["foot"]


def test_the_selected_area_is_outlined_and_may_stay_empty(shapes: AreaShapes):
    released = toy.briefing(shapes.areas)
    chosen = released.value.priorities[0].id
    assert said(priority_layer(released, shapes, chosen))["selected"] == chosen
    emptied = said(priority_layer(released, shapes, chosen, is_open=True))
    assert next(row[1] for row in emptied["areas"] if row[0] == chosen) == "critical hollow"


def test_only_what_was_released_is_drawn(shapes: AreaShapes):
    briefing = toy.briefing(shapes.areas).value
    for wrong in (briefing, Released(None), Released(toy.surface().value)):
        with pytest.raises(TypeError, match="released"):
            priority_layer(wrong, shapes)


def test_an_empty_briefing_draws_nothing_and_moves_nothing(shapes: AreaShapes):
    empty = Released(replace(toy.briefing(shapes.areas).value, priorities=()))
    drawn = said(priority_layer(empty, shapes))
    assert (drawn["areas"], drawn["sources"], drawn["view"]) == ([], [], None)


def test_140_areas_are_a_small_message(shapes: AreaShapes):
    group = priority_layer(toy.briefing(shapes.areas), shapes)
    (call,) = group._children.values()
    assert len(call.description) < 60_000


def test_the_base_is_the_same_for_the_same_workspace(shapes: AreaShapes):
    def key(theme: Theme) -> str:
        return generate_js_hash(_get_map_string(base_map(shapes, theme, attribution="Toy")), "map")

    assert key(Theme.LIGHT) == key(Theme.LIGHT)
    assert key(Theme.LIGHT) != key(Theme.DARK)


def test_tiles_only_by_setting_and_with_their_attribution(shapes: AreaShapes):
    assert "tileLayer" not in base_map(shapes).get_root().render()
    with pytest.raises(InvalidInput, match="tiles_attribution"):
        base_map(shapes, tiles_url="http://tiles.local/{z}/{x}/{y}.png")
    page = (
        base_map(shapes, tiles_url="http://tiles.local/{z}/{x}/{y}.png", tiles_attribution="Us & <b>")
        .get_root()
        .render()
    )
    assert "http://tiles.local/{z}/{x}/{y}.png" in page
    assert "Us &amp; &lt;b&gt;" in page.replace("\\u0026", "&")


def test_days():
    assert days(Period(date(2021, 1, 1), date(2021, 1, 31))).replace("\u00a0", " ") == "1 Jan 2021 to 31 Jan 2021"


def test_an_area_with_data_for_part_of_it_is_hatched_and_says_so(shapes: AreaShapes):
    briefing = toy.briefing(shapes.areas).value
    first, second, *others = briefing.priorities
    parts = (replace(first, covered_share=0.03), replace(second, covered_share=0.95), *others)
    drawn = said(priority_layer(Released(replace(briefing, priorities=parts)), shapes))
    rows = {row[0]: row for row in drawn["areas"]}
    looks = drawn["styles"][rows[first.id][1]]
    assert looks["fillColor"] == "url(#ilp-hatch)"
    assert looks["color"] == drawn["styles"]["critical open"]["color"]
    assert rows[first.id][-1] == "for 3% of the area"
    assert drawn["styles"][rows[second.id][1]]["fillColor"] != "url(#ilp-hatch)"
    assert rows[second.id][-1] == "for 95% of the area"
    assert "of the area" not in rows[others[0].id][-1]
    assert "for part" in drawn["legend"]


def test_areas_fallen_silent_are_hatched_and_gaps_are_said(shapes: AreaShapes):
    released = toy.briefing(shapes.areas)
    ranked = next(each.id for each in released.value.priorities if each.tier is not Tier.NO_DATA)
    blank = next(each.id for each in released.value.priorities if each.tier is Tier.NO_DATA)
    marks = GapMarks(frozenset({ranked}), {ranked: "sudden silence, open", blank: "no data, assigned"})
    drawn = said(priority_layer(released, shapes, gaps=marks))
    rows = {row[0]: row for row in drawn["areas"]}
    assert rows[ranked][1].endswith(" silent") and rows[ranked][-1] == "sudden silence, open"
    assert drawn["styles"][rows[ranked][1]]["fillColor"] == "url(#ilp-hatch)"
    assert rows[blank][1] == "gap" and rows[blank][-1] == "no data, assigned"
    assert "fell silent" in drawn["legend"]
    plain = said(priority_layer(released, shapes))
    assert not [row for row in plain["areas"] if row[1].endswith("silent")] and "fell silent" not in plain["legend"]

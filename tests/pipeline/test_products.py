"""What a product is made from: scope, subject, standing, and nothing that the gate withheld."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput, NotAllowed, NotFound
from ilpgeo.core.query import Access, Level, Period, Query
from ilpgeo.reports.briefing_text import figures
from ilpgeo.reports.formats import FORMATS
from tests.pipeline.city import good, make_city, write

MADE = date(2026, 11, 27)
MARCH = Query(Level.LOCAL, Period(date(2023, 3, 1), date(2023, 3, 28)))


@pytest.fixture(scope="module")
def toronto_opened(toronto: Path) -> pipeline.Opened:
    return pipeline.open_workspace(toronto)


def of(opened: pipeline.Opened, area: str = "", level: Level = Level.LOCAL, access: Access | None = None):
    query = Query(level, pipeline.default_period(opened, None))
    return pipeline.product(opened, query, access or Access(), pipeline.marking(opened, None, MADE), area)


def test_a_level_has_its_leading_areas_and_the_picture_of_the_whole(toronto_opened: pipeline.Opened) -> None:
    made = of(toronto_opened)
    first = [each.id for each in made.briefing.value.priorities[:3]]
    assert [each.value.id for each in made.leading] == first
    assert made.picture and made.picture.value.name == "Toronto"
    assert made.standing is made.hotspots is made.priority is None
    assert made.subject_name == "Toronto"


def test_an_area_of_the_finest_kind_stands_among_all_of_them(toronto_opened: pipeline.Opened) -> None:
    made = of(toronto_opened, "neighbourhood:075")
    assert len(made.briefing.value.priorities) == 140
    assert made.priority and made.priority.name == "Church-Yonge Corridor"
    assert made.picture and made.picture.value.id == "neighbourhood:075"
    assert made.hotspots and made.hotspots.value.hotspots
    assert made.leading == ()


def test_an_area_that_holds_others_ranks_them_and_knows_its_own_place(toronto_opened: pipeline.Opened) -> None:
    areas = toronto_opened.areas
    old = areas.id[areas.name.index("Old Toronto")]
    made = of(toronto_opened, old)
    assert {each.parent for each in made.briefing.value.priorities} == {"Old Toronto"}
    assert made.priority and made.priority.name == "Old Toronto"
    assert made.standing and len(made.standing.value.priorities) == 6
    assert len(made.leading) == 3


def test_the_only_area_of_its_kind_has_no_rank(toronto_opened: pipeline.Opened) -> None:
    made = of(toronto_opened, "city:toronto", Level.NATIONAL)
    assert made.standing is None and made.priority is None
    assert made.briefing.value.ranked_type == "municipality"


def test_a_role_gets_its_own_part_only(toronto_opened: pipeline.Opened) -> None:
    areas = toronto_opened.areas
    old = areas.id[areas.name.index("Old Toronto")]
    made = of(toronto_opened, access=Access(areas=(old,)))
    assert {each.parent for each in made.briefing.value.priorities} == {"Old Toronto"}
    other = areas.id[areas.name.index("Etobicoke")]
    with pytest.raises(NotAllowed):
        of(toronto_opened, other, access=Access(areas=(old,)))
    with pytest.raises(NotFound):
        of(toronto_opened, "nowhere")


def test_the_mark_is_the_workspaces_unless_another_is_named(toronto_opened: pipeline.Opened) -> None:
    settings = replace(toronto_opened.workspace.settings, handling="OFFICIAL")
    opened = replace(toronto_opened, workspace=replace(toronto_opened.workspace, settings=settings))
    assert pipeline.marking(opened, None, MADE).handling == "OFFICIAL"
    assert pipeline.marking(opened, "", MADE).handling == ""
    assert pipeline.marking(opened, "SECRET", MADE).handling == "SECRET"
    assert str(pipeline.marking(opened, None, MADE).expires_on) == "2026-12-04"


def test_an_older_version_makes_the_same_product_again(tmp_path: Path) -> None:
    opened = make_city(tmp_path / "city")
    pipeline.ingest(opened, write(tmp_path / "one.csv", good(60)))
    version = opened.store.version()

    def made(of: pipeline.Opened) -> dict[str, bytes]:
        product = pipeline.product(of, MARCH, Access(), pipeline.marking(of, "OFFICIAL", MADE))
        return {ending: FORMATS[ending].make(product) for ending in (".csv", ".geojson", ".xlsx")}

    before = made(pipeline.open_workspace(tmp_path / "city"))
    pipeline.ingest(opened, write(tmp_path / "two.csv", good(40, first=200)))
    assert made(pipeline.open_workspace(tmp_path / "city")) != before
    assert made(pipeline.open_workspace(tmp_path / "city", version)) == before


def test_small_counts_are_in_no_product(tmp_path: Path) -> None:
    opened = make_city(tmp_path / "city")
    rows = [
        (ref, when, 43.645 if at % 40 else 43.665, lon, offence, place)
        for at, (ref, when, _, lon, offence, place) in enumerate(good(120))
    ]
    pipeline.ingest(opened, write(tmp_path / "one.csv", rows))
    product = pipeline.product(opened, MARCH, Access(), pipeline.marking(opened, "", MADE))
    hidden = [each for each in product.briefing.value.priorities if each.suppressed]
    assert hidden
    features = json.loads(FORMATS[".geojson"].make(product))["features"]
    small = {each.id for each in hidden}
    assert {each["properties"]["n"] for each in features if each["properties"]["id"] in small} == {None}


def test_an_area_without_data_is_told_not_ranked(england_wales: Path) -> None:
    opened = pipeline.open_workspace(england_wales)
    made = of(opened, next(each.id for each in of(opened).briefing.value.priorities if each.rank is None))
    assert made.hotspots is None
    assert "no data" in made.no_hotspots
    assert made.priority and made.priority.rank is None
    assert made.leading == ()
    assert [each.value for each in figures(made)][:3] == ["\u2013"] * 3
    assert b"not ranked" in FORMATS[".kml"].make(made)


def test_a_period_that_cannot_be_asked_is_refused(toronto_opened: pipeline.Opened) -> None:
    query = Query(Level.LOCAL, Period(date(2021, 1, 1), date(2021, 1, 28)), offences=("Piracy",))
    with pytest.raises(InvalidInput, match="there is no offence Piracy"):
        pipeline.product(toronto_opened, query, Access(), pipeline.marking(toronto_opened, "", MADE))

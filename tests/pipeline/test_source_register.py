"""The register of sources, and its handling rules obeyed by every question."""

from dataclasses import replace
from datetime import date

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import Conflict, InvalidInput, NotAllowed
from ilpgeo.core.grading import Trust
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.sources import Grading, Scale, Source
from ilpgeo.core.types import Access, Level, Period, Query
from ilpgeo.models.prior_count import PriorCount
from ilpgeo.pipeline.source_register import permitted
from tests.pipeline.city import make_city_of_two

ANYONE = Access()
MARCH = Period(date(2023, 3, 1), date(2023, 3, 28))
OPEN = Source("open", "City Police", "Desk", "Police Act")
LOCAL = Source("quiet", "Harbour Police", "Desk", "Harbour Act", reach=Level.LOCAL, shared_with=("City Police",))


@pytest.fixture
def city(tmp_path):
    return make_city_of_two(tmp_path / "city", "open", "quiet")


def total(city, level: Level, **asked) -> int:
    return pipeline.brief(city, Query(level, MARCH, **asked), ANYONE).value.total


def test_an_entry_is_recorded_changed_and_listed_beside_what_came(city):
    assert [(each.name, each.entry) for each in pipeline.source_lines(city)] == [("open", None), ("quiet", None)]
    made = pipeline.register_source(city, OPEN, ANYONE, "A. Analyst")
    again = pipeline.register_source(city, replace(OPEN, owner="Post 7"), ANYONE, "B", made.revision)
    first = pipeline.source_lines(city)[0]
    assert (again.revision, first.entry, first.n, first.last) == (2, again, 60, date(2023, 3, 28))
    with pytest.raises(Conflict, match="changed by B"):
        pipeline.register_source(city, OPEN, ANYONE, "A", made.revision)
    with pytest.raises(Conflict):
        pipeline.register_source(city, OPEN, ANYONE, "A")


def test_only_who_manages_data_registers(city):
    with pytest.raises(NotAllowed):
        pipeline.register_source(city, OPEN, Access(manages_data=False), "A")


def test_a_source_kept_local_is_not_in_a_national_picture_and_that_is_said(city):
    both = Query(Level.NATIONAL, MARCH)
    assert total(city, Level.NATIONAL) == 100
    pipeline.register_source(city, LOCAL, ANYONE, "A")
    told = pipeline.brief(city, both, ANYONE).value
    assert (told.total, told.query.sources, told.sources_left_out) == (60, ("open",), ("quiet",))
    local = pipeline.brief(city, replace(both, level=Level.LOCAL), ANYONE).value
    assert (local.total, local.sources_left_out) == (100, ())
    asked = pipeline.brief(city, replace(both, sources=("open",)), ANYONE).value
    assert (asked.total, asked.sources_left_out) == (60, ())


def test_a_rule_that_is_lifted_is_lifted_at_once(city):
    made = pipeline.register_source(city, LOCAL, ANYONE, "A")
    assert total(city, Level.NATIONAL) == 60
    pipeline.register_source(city, replace(LOCAL, reach=Level.NATIONAL), ANYONE, "A", made.revision)
    assert total(city, Level.NATIONAL) == 100


def test_models_forecasts_and_back_tests_obey_the_rule_too(city):
    pipeline.register_source(city, LOCAL, ANYONE, "A")
    query = Query(Level.NATIONAL, MARCH)
    national = pipeline.hotspots(city, PriorCount(), query, ANYONE).value
    local = pipeline.hotspots(city, PriorCount(), replace(query, level=Level.LOCAL), ANYONE).value
    assert (national.total, local.total) == (60, 100)
    recipe = Recipe(models=(Entry("prior_count"),))
    assert pipeline.settled(city, recipe).sources == ("open",)
    assert pipeline.settled(city, replace(recipe, areas=("a0",))).sources == ()
    picture = pipeline.picture(city, query, "whole-area", ANYONE).value
    assert sum(point.n or 0 for point in picture.trend) <= 60


def test_where_no_source_is_left_the_question_is_refused(city):
    for each in (LOCAL, replace(OPEN, reach=Level.LOCAL)):
        pipeline.register_source(city, each, ANYONE, "A")
    with pytest.raises(NotAllowed, match="keeps it below the national level"):
        total(city, Level.NATIONAL)
    assert total(city, Level.LOCAL) == 100
    assert pipeline.gaps(city, ANYONE, date(2023, 4, 1)).value is not None


def test_a_reach_in_the_middle_stops_in_the_middle(city):
    pipeline.register_source(city, replace(LOCAL, reach=Level.REGIONAL), ANYONE, "A")
    assert permitted(city, Level.REGIONAL, ()) == ()
    assert permitted(city, Level.NATIONAL, ()) == ("open",)
    with pytest.raises(NotAllowed):
        permitted(city, Level.NATIONAL, ("quiet",))


def test_the_workspaces_table_stands_until_an_entry_is_recorded(city):
    head = "source,agency,owner,legal_basis,scale,reliability,information,reach,shared_with,refresh_days,example"
    row = "open,City Police,Desk,Police Act,6x6,B,2,local,Customs; Border,7,yes"
    (city.workspace.folder / "sources.csv").write_text(f"{head}\n{row}\n", "utf-8")
    fresh = pipeline.open_workspace(city.workspace.folder)
    [entry] = pipeline.registered(fresh)
    assert (entry.revision, entry.source.grading, entry.source.reach) == (0, Grading(Scale.SIX, "B", "2"), Level.LOCAL)
    assert (entry.source.shared_with, entry.source.refresh_days) == (("Customs", "Border"), 7)
    assert entry.source.is_example and entry.source.grading.trust is Trust.RELIABLE
    assert total(fresh, Level.NATIONAL) == 40
    pipeline.register_source(fresh, OPEN, ANYONE, "A", entry.revision)
    assert [each.source for each in pipeline.registered(fresh)] == [OPEN]


def test_a_table_that_cannot_be_used_is_told(city):
    (city.workspace.folder / "sources.csv").write_text("source,agency\nopen,City Police\n", "utf-8")
    with pytest.raises(InvalidInput, match=r"sources.csv cannot be used: source: an owner is needed; a legal basis"):
        pipeline.registered(pipeline.open_workspace(city.workspace.folder))


@pytest.mark.parametrize("sample", ["toronto", "england_wales"])
def test_the_demos_sources_are_registered_as_examples(sample, request):
    opened = pipeline.open_workspace(request.getfixturevalue(sample))
    [line] = pipeline.source_lines(opened)
    assert line.entry is not None and line.entry.source.is_example and line.n > 0
    assert line.entry.source.grading.code in {"B2", "1/A/P"}

"""The main job end to end, on the bundled real samples."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput, NotAllowed, NotFound
from ilpgeo.core.types import Access, Briefing, Level, Period, Query, Tier

YEAR = Period.parse("2019-01-01..2019-12-31")
ANYONE = Access()


@pytest.fixture(scope="module")
def city(toronto: Path) -> pipeline.Opened:
    return pipeline.open_workspace(toronto)


@pytest.fixture(scope="module")
def country(england_wales: Path) -> pipeline.Opened:
    return pipeline.open_workspace(england_wales)


def _counted(briefing: Briefing) -> int:
    return sum(each.n or 0 for each in briefing.priorities) + briefing.unplaced + briefing.suppressed_total


def test_every_row_of_the_toronto_file_is_accounted_for(city: pipeline.Opened) -> None:
    status = pipeline.status(city)
    assert status.rows_read == 240_992
    assert status.incidents + status.quarantined + status.duplicates == status.rows_read
    [report] = status.files
    assert report.adds_up
    assert sum(report.reasons.values()) == report.quarantined
    assert report.reasons["before the start date"] > 0
    assert status.first == date(2014, 1, 1)
    assert pipeline.now(city) == date(2022, 1, 1)


def test_bringing_the_same_file_again_changes_nothing(city: pipeline.Opened) -> None:
    before = pipeline.status(city)
    again = pipeline.ingest(city, Path(__file__).parents[2] / "data" / "toronto" / "incidents.csv.gz")
    assert (again.accepted, again.duplicates) == (0, before.incidents)
    assert again.adds_up
    assert pipeline.status(city).incidents == before.incidents


@pytest.mark.parametrize("sources", [(), ("toronto-mci",)])
def test_the_levels_reconcile(city: pipeline.Opened, sources: tuple[str, ...]) -> None:
    totals = {level: pipeline.brief(city, Query(level, YEAR, sources=sources), ANYONE).value for level in Level}
    assert len({briefing.total for briefing in totals.values()}) == 1
    for briefing in totals.values():
        assert _counted(briefing) == briefing.total
    assert len(totals[Level.LOCAL].priorities) == 140
    assert len(totals[Level.REGIONAL].priorities) == 6
    assert totals[Level.NATIONAL].ranked_level is Level.REGIONAL, "one city: the level below is ranked"


def test_the_parts_of_a_region_make_the_region(city: pipeline.Opened) -> None:
    regions = pipeline.brief(city, Query(Level.REGIONAL, YEAR), ANYONE).value
    for region in regions.priorities:
        inside = pipeline.brief(city, Query(Level.LOCAL, YEAR, areas=(region.id,)), ANYONE).value
        assert inside.total == region.n
        assert {each.parent for each in inside.priorities} == {region.name}


def test_offences_add_up(city: pipeline.Opened) -> None:
    everything = pipeline.brief(city, Query(Level.REGIONAL, YEAR), ANYONE).value
    offences = {offence for each in everything.priorities for offence in each.components}
    parts = [
        pipeline.brief(city, Query(Level.REGIONAL, YEAR, offences=(offence,)), ANYONE).value.total
        for offence in offences
    ]
    assert sum(parts) == everything.total


def test_looking_from_an_earlier_day_is_blind_to_what_came_later(city: pipeline.Opened) -> None:
    query = Query(Level.LOCAL, Period.parse("2018-12-01..2018-12-31"))
    then = pipeline.brief(city, query, ANYONE, date(2019, 1, 1)).value
    assert then.now == date(2019, 1, 1)
    assert then.trained_on == Period.parse("2018-01-01..2018-12-31")
    cut = pipeline.brief(city, replace(query, period=Period.parse("2018-12-01..2019-03-31")), ANYONE, date(2019, 1, 1))
    assert cut.value.total == then.total


def test_an_access_confined_to_one_area_sees_no_other(city: pipeline.Opened) -> None:
    region = pipeline.brief(city, Query(Level.REGIONAL, YEAR), ANYONE).value.priorities[0]
    confined = Access(role="local commander", levels=frozenset({Level.LOCAL}), areas=(region.id,))
    seen = pipeline.brief(city, Query(Level.LOCAL, YEAR), confined).value
    assert {each.parent for each in seen.priorities} == {region.name}
    with pytest.raises(NotAllowed):
        pipeline.brief(city, Query(Level.NATIONAL, YEAR), confined)


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (Query(Level.LOCAL, YEAR, areas=("nowhere",)), NotFound),
        (Query(Level.LOCAL, YEAR, area_type="ward"), InvalidInput),
        (Query(Level.LOCAL, YEAR, offences=("Arson",)), InvalidInput),
    ],
)
def test_what_the_workspace_does_not_have_is_refused(
    city: pipeline.Opened, query: Query, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"nowhere|ward|Arson"):
        pipeline.brief(city, query, ANYONE)


@pytest.mark.parametrize("name", ["prior_count", "kde", "dbscan", "gi_star"])
def test_every_model_gives_hotspots_that_can_be_shown(city: pipeline.Opened, name: str) -> None:
    region = pipeline.brief(city, Query(Level.REGIONAL, YEAR), ANYONE).value.priorities[0]
    query = Query(Level.LOCAL, YEAR, areas=(region.id,))
    found = pipeline.hotspots(city, pipeline.build_model(name, {}), query, ANYONE).value
    assert found.hotspots
    assert found.total == region.n
    assert len({spot.name for spot in found.hotspots}) == len(found.hotspots)
    for spot in found.hotspots:
        assert spot.n >= 5
        assert spot.area_km2 == pytest.approx(spot.polygon.area / 1e6)
        assert spot.share == pytest.approx(spot.n / found.total)


def test_the_picture_of_an_area_agrees_with_its_rank(city: pipeline.Opened) -> None:
    briefing = pipeline.brief(city, Query(Level.LOCAL, YEAR), ANYONE).value
    first = briefing.priorities[0]
    picture = pipeline.picture(city, briefing.query, first.id, ANYONE).value
    assert picture.name == first.name
    assert sum(n or 0 for _, n in picture.mix) == first.n
    assert picture.week is not None
    assert float(np.mean(picture.week)) == pytest.approx(1.0, abs=0.05), "rounded by the release gate"
    assert picture.trend[-1].usual is not None


def test_forces_without_data_read_no_data(country: pipeline.Opened) -> None:
    forces = pipeline.brief(country, Query(Level.REGIONAL, pipeline.default_period(country)), ANYONE).value
    assert len(forces.priorities) == 43
    with_data = [each for each in forces.priorities if each.tier is not Tier.NO_DATA]
    assert [each.name for each in with_data] == ["West Yorkshire"]
    for each in forces.priorities:
        if each.tier is Tier.NO_DATA:
            assert each.rank is None
            assert each.expected is None
            assert each.n is None
    assert forces.unplaced == forces.total - (with_data[0].n or 0), "strays over the border are no force's count"
    assert _counted(forces) == forces.total


def test_an_area_with_data_for_part_of_it_says_for_how_much(country: pipeline.Opened) -> None:
    countries = pipeline.brief(country, Query(Level.NATIONAL, pipeline.default_period(country)), ANYONE).value
    (england,) = (each for each in countries.priorities if each.tier is not Tier.NO_DATA)
    areas = country.areas
    inside = areas.within((england.id,))[areas.finest]
    covered = areas.within((areas.id[areas.name.index("West Yorkshire")],))[areas.finest]
    assert england.covered_share == pytest.approx(covered.sum() / inside.sum())
    assert 0.02 < england.covered_share < 0.1
    local = pipeline.brief(country, Query(Level.LOCAL, pipeline.default_period(country)), ANYONE).value
    assert {each.covered_share for each in local.priorities} == {1.0}


def test_months_stay_months(country: pipeline.Opened) -> None:
    asked = Query(Level.LOCAL, Period.parse("2018-07-10..2018-07-12"))
    briefing = pipeline.brief(country, asked, ANYONE).value
    assert briefing.query.period == Period.parse("2018-07-01..2018-07-31")
    assert briefing.previous_total is None, "June 2018 is not covered"
    assert briefing.last_year_total is not None, "July 2017 is"
    assert "The expectation rests on 31 days with data, out of 365" in briefing.quality.remarks
    top = briefing.priorities[0]
    picture = pipeline.picture(country, asked, top.id, ANYONE).value
    assert picture.week is None
    assert "unknown" in picture.week_note

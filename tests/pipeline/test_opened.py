from datetime import date, timedelta
from pathlib import Path

import pytest

from ilpgeo import pipeline
from ilpgeo.core.query import Covered, Period
from ilpgeo.core.types import Access, Level, Query, Tier
from ilpgeo.pipeline.opened import coverage
from tests.pipeline.city import good, make_city, write


def _daily(first: date, counts: list[int]) -> list[tuple[object, ...]]:
    return [
        (f"{day}-{at}", f"{first + timedelta(days=day)} 12:00", 43.645 + at % 30 / 1e3, -79.395 + day % 30 / 1e3,
         "THEFT", "Road")
        for day, n in enumerate(counts)
        for at in range(n)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("on_the_last_day", "expected"), [(20, date(2023, 4, 10)), (6, date(2023, 4, 10)), (4, date(2023, 4, 9))]
)
def test_a_last_day_with_less_than_half_the_usual_is_not_complete(
    tmp_path: Path, on_the_last_day: int, expected: date
) -> None:
    city = make_city(tmp_path / "city")
    pipeline.ingest(city, write(tmp_path / "a.csv", _daily(date(2023, 3, 1), [10] * 40 + [on_the_last_day])), "police")
    assert pipeline.now(city) == expected + timedelta(days=1)


def test_a_source_covers_from_its_first_day_to_its_last_complete_one(tmp_path: Path) -> None:
    city = make_city(tmp_path / "city")
    pipeline.ingest(city, write(tmp_path / "a.csv", _daily(date(2023, 3, 5), [10] * 40)), "police")
    assert coverage(city).entries == (Covered("police", "", Period.parse("2023-03-05..2023-04-13")),)


def test_declared_coverage_replaces_what_is_found(tmp_path: Path) -> None:
    city = make_city(tmp_path / "city")
    pipeline.ingest(city, write(tmp_path / "a.csv", good(60)), "police")
    areas = [city.areas.id[at] for at in city.areas.finest]
    settings = tmp_path / "city" / "ilpgeo.toml"
    declared = f'\n[[coverage]]\nsource = "police"\narea = "{areas[0]}"\nfrom = 2023-03-01\nto = 2023-03-28\n'
    settings.write_text(settings.read_text("utf-8") + declared, "utf-8")
    opened = pipeline.open_workspace(tmp_path / "city")
    ranked = pipeline.brief(opened, Query(Level.LOCAL, Period.parse("2023-03-01..2023-03-28")), Access()).value
    assert {each.id for each in ranked.priorities if each.tier is not Tier.NO_DATA} == {areas[0]}


def test_an_empty_workspace_answers_with_no_data(tmp_path: Path) -> None:
    city = make_city(tmp_path / "city")
    assert pipeline.status(city).incidents == 0
    assert pipeline.now(city) == date(2020, 1, 1)
    ranked = pipeline.brief(city, Query(Level.LOCAL, pipeline.default_period(city)), Access()).value
    assert {each.tier for each in ranked.priorities} == {Tier.NO_DATA}


def test_an_older_version_still_shows_what_it_showed(tmp_path: Path) -> None:
    city = make_city(tmp_path / "city")
    first = pipeline.ingest(city, write(tmp_path / "a.csv", good(60)), "police")
    query = Query(Level.LOCAL, Period.parse("2023-03-01..2023-03-28"))
    then = pipeline.brief(city, query, Access(), date(2023, 3, 29))
    pipeline.ingest(city, write(tmp_path / "b.csv", good(60, first=1000)), "police")
    assert pipeline.brief(city, query, Access(), date(2023, 3, 29)).value.total == 120
    older = pipeline.open_workspace(tmp_path / "city", first.version)
    assert pipeline.brief(older, query, Access(), date(2023, 3, 29)) == then


def test_months_are_not_looked_into(tmp_path: Path) -> None:
    city = make_city(tmp_path / "city")
    rows = [(f"M{at}", f"2023-{1 + at % 6:02d}", 43.645 + at / 1e4, -79.395, "THEFT", "Road") for at in range(120)]
    pipeline.ingest(city, write(tmp_path / "m.csv", rows, "id,month,lat,lon,offence,place"), "police")
    assert pipeline.now(city, date(2023, 5, 20)) == date(2023, 5, 1)
    asked = Query(Level.LOCAL, Period.parse("2023-04-01..2023-05-19"))
    seen = pipeline.brief(city, asked, Access(), date(2023, 5, 20)).value
    assert (seen.now, seen.total) == (date(2023, 5, 1), 20)


def test_who_asks_with_what_the_answer_says_was_asked_is_given_the_same_answer(tmp_path: Path) -> None:
    city = make_city(tmp_path / "city")
    pipeline.ingest(city, write(tmp_path / "a.csv", _daily(date(2023, 3, 1), [10] * 60)), "police")
    for level in (Level.LOCAL, Level.NATIONAL):
        asked = Query(level, pipeline.default_period(city))
        released = pipeline.brief(city, asked, Access())
        again = pipeline.brief(city, released.value.query, Access())
        assert again is released, "ranked twice: the small pictures ask with the answer's own question"
        assert again.value.query.during(asked.period) == released.value.query

"""Words, periods and steps of scope: pure functions behind the commander's screen."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core import wording as words
from ilpgeo.core.types import Level, Period, Query
from ilpgeo.ui import periods, scope
from tests.app import fake

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2021-12-04..2021-12-31", "4\u201331 Dec 2021"),
        ("2021-12-01..2021-12-31", "December 2021"),
        ("2021-01-01..2021-12-31", "Jan \u2013 Dec 2021"),
        ("2020-12-01..2021-01-31", "Dec 2020 \u2013 Jan 2021"),
        ("2021-11-20..2021-12-03", "20 Nov \u2013 3 Dec 2021"),
        ("2020-12-20..2021-01-03", "20 Dec 2020 \u2013 3 Jan 2021"),
        ("2021-12-04", "4 Dec 2021"),
    ],
)
def test_periods_in_words(text, said):
    assert words.span(Period.parse(text)) == said


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (date(2026, 11, 21), "up to date"),
        (date(2026, 11, 12), "10 days old"),
        (date(2026, 10, 20), "5 weeks old"),
        (date(2026, 6, 22), "5 months old"),
        (date(2021, 12, 31), "5 years old"),
    ],
)
def test_age_in_words(last, said):
    assert words.age(last, date(2026, 11, 22)) == said


def test_changes_say_direction_in_words_and_marks():
    more = words.change(59, 50, "the month before")
    assert (more.arrow, more.direction, more.text) == ("\u25b2", "more", "18\u202f% more than the month before (50)")
    fewer = words.change(6, 9, "the month before")
    assert (fewer.arrow, fewer.text) == ("\u25bc", "3 fewer than the month before (9)")
    assert words.change(5, 5, "then").direction == "same"
    assert words.change(None, 5, "then").text == "no comparison with then"
    assert words.change(5, None, "then").arrow == ""
    assert words.change(10_001, 10_000, "then").text.startswith("1\u202f%")


@given(DAYS)
def test_daily_presets_end_with_the_last_day_or_the_month_before(now):
    offered = {preset.label: preset.period for preset in periods.presets(now, is_monthly=False)}
    last = periods.last_day(now)
    assert offered["Last 7 days"].days == 7 and offered["Last 365 days"].days == 365
    assert offered["This month"].end == last and offered["This month"].start.day == 1
    assert offered["Last month"].is_whole_months and offered["Last month"].after == offered["This month"].start
    assert offered["Year to date"].start == date(last.year, 1, 1)
    assert all(period.end < now for period in offered.values())


@given(DAYS)
def test_monthly_presets_are_whole_months_before_now(now):
    for preset in periods.presets(now, is_monthly=True):
        assert preset.period.is_whole_months and preset.period.end < now
    assert periods.named(periods.presets(now, is_monthly=True)[0].period, periods.presets(now, is_monthly=True))


def query(level=Level.LOCAL, area_type="neighbourhood", areas=()):
    return Query(level, Period.parse("2021-12-04..2021-12-31"), area_type, areas)


def test_first_type_is_the_finest_that_fits_one_map():
    assert scope.first_type(fake.city()) == "neighbourhood"
    assert scope.first_type(fake.city(), most=50) == "district"
    assert scope.first_type(fake.city(), most=0) == "city"


def test_scope_climbs_until_it_holds_what_is_ranked():
    city = fake.city()
    home = city.id[city.parent[0]]
    assert scope.fitted(city, query(areas=("N000",))).areas == (home,)
    assert scope.fitted(city, query(Level.REGIONAL, "district", (home,))).areas == ()
    assert scope.fitted(city, query(areas=("C",))).areas == ()


def test_opening_and_the_way_back_are_inverse():
    city = fake.city()
    start = query(Level.REGIONAL, "district")
    inside = scope.opened(city, start, "D2")
    assert inside == query(areas=("D2",))
    way = scope.crumbs(city, inside.areas, "Fakeville")
    assert [crumb.name for crumb in way] == ["Fakeville", "Old Harbour"]
    assert scope.crumbed(city, inside, way[0]) == start
    assert scope.crumbed(city, inside, way[1]) == inside
    assert scope.opened(city, inside, "N003") is None

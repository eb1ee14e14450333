"""The view and the address line: what is written is what is read."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.types import Level, Period, Query
from ilpgeo.ui import scope
from ilpgeo.ui.view import Comparison, Known, View, from_address, to_address
from tests.app import fake

KNOWN = Known(fake.city(), fake.OFFENCES, ("community", "police"), fake.NOW)
START = View(Query(Level.LOCAL, Period.parse("2021-12-04..2021-12-31"), "neighbourhood"))


@st.composite
def views(draw):
    city = KNOWN.areas
    at_type = draw(st.integers(0, 2))
    last = fake.NOW - timedelta(days=1)
    end = last - timedelta(days=draw(st.integers(0, 2000)))
    query = Query(
        city.levels[at_type],
        Period.ending(end, draw(st.integers(1, 400))),
        city.types[at_type],
        tuple(draw(st.lists(st.sampled_from(city.id), max_size=2, unique=True))),
        tuple(draw(st.lists(st.sampled_from(fake.OFFENCES), max_size=3, unique=True))),
        tuple(draw(st.lists(st.sampled_from(KNOWN.sources), max_size=2, unique=True))),
    )
    as_of = draw(st.one_of(st.none(), st.dates(date(2015, 1, 1), fake.NOW)))
    area = draw(st.sampled_from(("", *city.id)))
    return View(scope.fitted(city, query), area, draw(st.sampled_from(Comparison)), as_of)


@given(views())
def test_an_address_brings_the_same_view_back(view):
    assert from_address(to_address(view), START, KNOWN) == (view, ())


def test_an_empty_address_is_the_default():
    assert from_address({}, START, KNOWN) == (START, ())


@given(st.dictionaries(st.sampled_from([*sorted(to_address(START)), "in", "as-of", "offence"]), st.lists(st.text())))
def test_no_address_breaks_the_page(address):
    view, notes = from_address(address, START, KNOWN)
    assert view.query.level in Level and view.query.period.end < KNOWN.now
    assert all(isinstance(note, str) and note for note in notes)


def test_a_period_that_cannot_be_followed_is_told_for_its_own_reason():
    def told(period):
        view, (note,) = from_address({"period": [period]}, START, KNOWN)
        assert view == START
        return note

    backwards = told("2021-03-31..2021-03-01")
    assert backwards == "The link's period 2021-03-31..2021-03-01 ends before it begins: swap the two dates"
    assert told("soon") == "The link's period 'soon' is not of the form YYYY-MM-DD..YYYY-MM-DD"
    assert "at most 50 years long" in told("1901-01-01..2021-03-01")


def test_the_baseline_is_the_period_compared_with():
    assert str(START.baseline) == "2021-11-06..2021-12-03"
    year = View(START.query, comparison=Comparison.YEAR)
    assert str(year.baseline) == "2020-12-05..2021-01-01"

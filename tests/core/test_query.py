from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Coverage, Covered, Period, nearest_months

days = st.dates(date(2000, 1, 1), date(2040, 1, 1))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start, end = sorted([draw(days), draw(days)])
    return Period(start, end)


@given(periods())
def test_the_previous_period_touches_and_matches_in_length(period: Period) -> None:
    assert period.previous().after == period.start
    if period.is_whole_months:
        assert period.previous().is_whole_months
    else:
        assert period.previous().days == period.days
        assert period.year_before().start.weekday() == period.start.weekday()


@given(periods())
def test_whole_months_compare_with_whole_months(period: Period) -> None:
    months = period.whole_months()
    assert months.is_whole_months
    assert months.start <= period.start <= period.end <= months.end
    assert months.year_before().start == months.start.replace(year=months.start.year - 1)
    assert months.previous().whole_months() == months.previous()


def test_days_are_as_many_whole_months_as_come_nearest() -> None:
    assert [nearest_months(days) for days in (0, 1, 28, 45, 46, 365)] == [1, 1, 1, 1, 2, 12]


def test_february_is_compared_with_january_and_with_february() -> None:
    february = Period.parse("2020-02-01..2020-02-29")
    assert str(february.previous()) == "2020-01-01..2020-01-31"
    assert str(february.year_before()) == "2019-02-01..2019-02-28"


@given(st.lists(periods(), max_size=6), periods())
def test_covered_days_equal_a_day_by_day_count(covered: list[Period], asked: Period) -> None:
    if asked.days > 400:
        asked = Period.ending(asked.end, 400)
    coverage = Coverage(tuple(Covered("s", "", each) for each in covered))
    brute = sum(any(each.start <= day <= each.end for each in covered) for day in _days(asked))
    assert coverage.covered_days(["a"], asked) == brute


def _days(period: Period) -> list[date]:
    return [date.fromordinal(d) for d in range(period.start.toordinal(), period.end.toordinal() + 1)]


def test_a_source_asked_for_counts_alone() -> None:
    january, march = Period.parse("2020-01-01..2020-01-31"), Period.parse("2020-03-01..2020-03-31")
    coverage = Coverage((Covered("a", "north", january), Covered("b", "north", march)))
    year = Period.parse("2020-01-01..2020-12-31")
    assert coverage.covered_days(["cell", "north"], year) == 62
    assert coverage.covered_days(["cell", "north"], year, ("b",)) == 31
    assert coverage.covered_days(["south"], year) == 0


@pytest.mark.parametrize("text", ["", "2020-13-01", "2020-01-02..2020-01-01", "yesterday", "2020-01-01..x"])
def test_an_unreadable_period_says_so(text: str) -> None:
    with pytest.raises(InvalidInput, match="period"):
        Period.parse(text)

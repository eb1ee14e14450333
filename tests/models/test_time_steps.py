from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.query import Coverage, Covered, Period
from ilpgeo.models.time_steps import cut_into_months, cut_into_steps, is_dated_by_month, step_of, within_coverage

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


def starting(*days: str, timezone: str = "UTC") -> Incidents:
    zeros = np.zeros(len(days))
    return Incidents.from_xy(zeros, zeros, t_from=np.array(days, "datetime64[s]"), timezone=timezone)


@given(days=st.integers(10, 800), step_days=st.integers(1, 80))
def test_steps_are_equal_adjoin_and_end_with_the_period(days: int, step_days: int) -> None:
    period = Period.ending(date(2021, 12, 31), days)
    if days // step_days < 10:
        with pytest.raises(InvalidInput, match="at least 10"):
            cut_into_steps(period, step_days)
        return
    steps = cut_into_steps(period, step_days)
    assert {step.days for step in steps} == {step_days}
    assert steps[-1].end == period.end
    assert all(one.after == other.start for one, other in pairwise(steps))
    assert 0 <= (steps[0].start - period.start).days < step_days


def test_the_rest_of_a_year_of_four_week_steps_is_its_first_day() -> None:
    steps = cut_into_steps(YEAR, 28)
    assert (len(steps), steps[0].start) == (13, date(2021, 1, 2))


def test_too_few_steps_are_refused_with_what_to_do() -> None:
    with pytest.raises(
        InvalidInput,
        match=r"365 days\) holds 9 steps of 40 days; .* choose a longer period that .* or steps of at most 36 days",
    ):
        cut_into_steps(YEAR, 40)
    with pytest.raises(InvalidInput, match="choose a longer period"):
        cut_into_steps(Period(date(2021, 1, 1), date(2021, 1, 9)), 1)
    with pytest.raises(InvalidInput, match="holds 3 whole months"):
        cut_into_months(Period(date(2021, 1, 1), date(2021, 4, 29)))


def test_months_are_whole() -> None:
    months = cut_into_months(Period(date(2020, 12, 15), date(2021, 11, 15)))
    assert [str(months[0]), str(months[1])] == ["2021-01-01..2021-01-31", "2021-02-01..2021-02-28"]
    assert str(months[-1]) == "2021-10-01..2021-10-31"
    assert len(cut_into_months(YEAR)) == 12


def test_an_incident_belongs_to_the_local_day_it_began_on() -> None:
    steps = cut_into_steps(YEAR, 28)
    # 03:00 UTC is the evening before in Toronto.
    times = ("2021-01-02T03:00:00", "2021-01-02T05:00:00", "2022-01-01T04:59:59", "2022-01-01T05:00:00")
    assert step_of(starting(*times, timezone="America/Toronto"), steps).tolist() == [-1, 0, 12, -1]
    assert step_of(starting(*times), steps).tolist() == [0, 0, -1, -1]
    assert step_of(starting(), steps).tolist() == []


def test_months_are_told_from_days() -> None:
    firsts = starting("2021-01-01", "2021-02-01", "2021-02-01")
    assert not is_dated_by_month(firsts)  # the first is a day like others
    lasting = np.array(["2021-02-01", "2021-03-01", "2021-03-01"], "datetime64[s]")
    by_month = Incidents(**{name: getattr(firsts, name) for name in firsts.__slots__} | {"t_to": lasting})
    assert is_dated_by_month(by_month)
    assert not is_dated_by_month(starting())


def test_what_lies_before_the_data_is_unknown_not_empty() -> None:
    def covering(start: date) -> Coverage:
        return Coverage((Covered("a", "", Period(start, date(2022, 6, 1))),))

    assert within_coverage(YEAR, covering(date(2021, 3, 1))) == Period(date(2021, 3, 1), YEAR.end)
    assert within_coverage(YEAR, covering(date(2020, 3, 1))) == YEAR
    assert within_coverage(YEAR, covering(date(2022, 3, 1))) == YEAR
    assert within_coverage(YEAR, Coverage()) == within_coverage(YEAR, None) == YEAR


def test_one_day_is_said_as_one() -> None:
    with pytest.raises(InvalidInput, match=r"20 Dec 2021 \(1 day\) holds 1 step of 1 day; "):
        cut_into_steps(Period(date(2021, 12, 20), date(2021, 12, 20)), 1)

"""Windows that teach and pieces that are counted: none reaches past the last day learnt from, months stay months."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.query import Period
from ilpgeo.models.blend_windows import pieces_before, whole_months, windows_taught

START = date(2019, 3, 14)


@given(st.integers(1, 92), st.integers(1, 1500), st.integers(4, 104))
def test_what_teaches_lies_in_the_past_and_after_its_first_third(n_days: int, learnt: int, n_windows: int) -> None:
    trained_on = Period(START, START + timedelta(days=learnt - 1))
    window = Period(trained_on.after, trained_on.after + timedelta(days=n_days - 1))
    taught = windows_taught(window, trained_on, n_windows)
    assert all(learnt / 3 <= each.start < each.after <= learnt for each in taught)
    assert all(0 < each.say <= 1 for each in taught)
    assert len(taught) <= 220
    starts = [each.start for each in taught]
    assert starts == sorted(set(starts))
    if not whole_months(window):
        assert all(each.after - each.start == n_days for each in taught)
        assert not taught or taught[-1].after == learnt
        borders, n_ahead = pieces_before(window, trained_on)
        assert borders[-1] == learnt
        assert borders[0] >= 0
        assert (np.diff(borders[::-n_ahead][::-1]) == n_days).all()


def test_months_are_taught_and_counted_as_months() -> None:
    trained_on, window = Period(date(2018, 1, 1), date(2020, 12, 31)), Period(date(2021, 1, 1), date(2021, 3, 31))
    taught = windows_taught(window, trained_on, 26)
    opened = [trained_on.start + timedelta(days=each.start) for each in taught]
    assert {day.day for day in opened} == {1}
    assert opened[-1] == date(2020, 10, 1)
    assert opened[0] == date(2019, 2, 1)
    assert taught[-1].say == pytest.approx(1 / 3)
    borders, n_ahead = pieces_before(window, trained_on)
    assert n_ahead == 3
    assert len(borders) == 37
    assert borders[1] == 31
    assert whole_months(Period(date(2024, 2, 2), date(2024, 3, 1))) == 0


def test_a_long_window_with_a_short_past_is_counted_week_by_week() -> None:
    trained_on = Period(date(2020, 1, 1), date(2020, 12, 30))
    window = Period(trained_on.after, trained_on.after + timedelta(days=90))
    borders, n_ahead = pieces_before(window, trained_on)
    assert n_ahead == 13
    assert (np.diff(borders) == 7).all()
    assert len(borders) == 53


@pytest.mark.parametrize(
    ("window", "n_ahead"),
    [(Period(date(2020, 5, 9), date(2020, 5, 15)), 7), (Period(date(2020, 6, 1), date(2020, 6, 30)), 30)],
)
def test_a_past_shorter_than_a_piece_is_counted_day_by_day(window: Period, n_ahead: int) -> None:
    trained_on = Period(window.start - timedelta(days=3), window.start - timedelta(days=1))
    borders, pieces = pieces_before(window, trained_on)
    assert pieces == n_ahead
    assert borders.tolist() == [0, 1, 2, 3]

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.backtest.plan import Flag, Horizon, rolling_folds
from ilpgeo.core.errors import InvalidInput


def test_windows_lie_side_by_side_and_end_with_the_data() -> None:
    first, second = rolling_folds(date(2021, 12, 31), Horizon(7, "d"), 2, 30, date(2021, 1, 1))
    assert (str(first.trained_on), str(first.window)) == ("2021-11-18..2021-12-17", "2021-12-18..2021-12-24")
    assert (str(second.trained_on), str(second.window)) == ("2021-11-25..2021-12-24", "2021-12-25..2021-12-31")


@given(st.integers(1, 92), st.integers(1, 60), st.integers(1, 900))
def test_what_is_learnt_from_ends_the_day_before_the_window(horizon: int, n: int, training: int) -> None:
    for fold in rolling_folds(date(2021, 12, 31), Horizon(horizon, "d"), n, training, date(1990, 1, 1)):
        assert fold.trained_on.after == fold.window.start
        assert (fold.trained_on.days, fold.window.days) == (training, horizon)


def test_windows_of_months_are_whole_calendar_months() -> None:
    first, second = rolling_folds(date(2021, 9, 29), Horizon.parse("1m"), 2, 365, date(2019, 1, 1))
    assert (str(first.trained_on), str(first.window)) == ("2020-07-01..2021-06-30", "2021-07-01..2021-07-31")
    assert str(second.window) == "2021-08-01..2021-08-31"
    (quarter,) = rolling_folds(date(2021, 9, 30), Horizon.parse("3m"), 1, 60, date(2019, 1, 1))
    assert (str(quarter.trained_on), str(quarter.window)) == ("2021-05-01..2021-06-30", "2021-07-01..2021-09-30")


def test_too_much_is_asked_for() -> None:
    week, last, first = Horizon(7, "d"), date(2021, 12, 31), date(2021, 1, 1)
    with pytest.raises(InvalidInput, match="data start on 1 Jan 2021; choose at most 47 windows"):
        rolling_folds(last, week, 60, 30, first)
    with pytest.raises(InvalidInput, match="choose a shorter horizon"):
        rolling_folds(last, week, 60, 365, first)
    with pytest.raises(InvalidInput, match="at least one window is needed, not 0; a model learns from at least one"):
        rolling_folds(last, week, 0, 0, first)


@pytest.mark.parametrize(("n", "training"), [(10**6, 30), (10**12, 30), (4, 10**6), (4, 10**15)])
@pytest.mark.parametrize("horizon", ["7d", "3m"])
def test_far_too_much_is_asked_for(n: int, training: int, horizon: str) -> None:
    advice = "at most [0-9]+ windows?" if training == 30 else "fewer days"
    with pytest.raises(InvalidInput, match=f"data start on 1 Jan 2019; .*{advice}"):
        rolling_folds(date(2021, 12, 31), Horizon.parse(horizon), n, training, date(2019, 1, 1))


def test_windows_that_end_before_the_data_begin() -> None:
    for last in (date(1, 1, 2), date(2020, 12, 31)):
        with pytest.raises(InvalidInput, match=r"last day is .* but the data start on 1 Jan 2021"):
            rolling_folds(last, Horizon(7, "d"), 4, 30, date(2021, 1, 1))


@given(st.sampled_from(["1d", "7d", "1m", "3m"]), st.integers(1, 40), st.integers(1, 700))
def test_as_many_windows_fit_as_are_told(horizon: str, n: int, training: int) -> None:
    last, first = date(2021, 12, 31), date(2020, 2, 29)

    def fits(n: int) -> bool:
        try:
            return len(rolling_folds(last, Horizon.parse(horizon), n, training, first)) == n
        except InvalidInput:
            return False

    if fits(n):
        return
    with pytest.raises(InvalidInput) as caught:
        rolling_folds(last, Horizon.parse(horizon), n, training, first)
    found = re.search("at most ([0-9]+) window", str(caught.value))
    told = int(found[1]) if found else 0
    assert not fits(told + 1)
    assert told == 0 or fits(told)


@pytest.mark.parametrize("text", ["", "7", "0d", "93d", "4m", "14w", "7 weeks"])
def test_a_horizon_that_is_none(text: str) -> None:
    with pytest.raises(InvalidInput, match="not of the form 7d"):
        Horizon.parse(text)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("2%", 40),
        ("0.65km2", 28),
        ("0.65 km\u00b2", 28),
        ("20cells", 20),
        ("1 cell", 1),
        ("0.01%", 1),
        ("5000cells", 2000),
        ("9" * 300 + "km2", 2000),
    ],
)
def test_flagged_area_in_cells(text: str, cells: int) -> None:
    assert Flag.parse(text).cells(2000, 0.0225) == cells


@pytest.mark.parametrize("text", ["", "2", "0%", "-1%", "two%", "5 ha", "9" * 400 + "%"])
def test_a_flag_that_is_none(text: str) -> None:
    with pytest.raises(InvalidInput, match="not of the form 2%"):
        Flag.parse(text)

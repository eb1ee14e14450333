"""Which baselines take part: last year only where the data hold its days, the last month for monthly data."""

from datetime import date

import pytest

from ilpgeo.backtest.baselines import baselines
from ilpgeo.backtest.plan import Horizon, days_last_year, rolling_folds
from ilpgeo.core.query import Period

FOLDS = rolling_folds(date(2021, 12, 31), Horizon(1, "m"), 10, 60, date(2020, 1, 1))
WEEKS = rolling_folds(date(2021, 12, 31), Horizon(7, "d"), 2, 60, date(2020, 1, 1))


def test_days_a_year_before_the_windows() -> None:
    assert days_last_year(FOLDS) == Period(date(2020, 3, 1), date(2020, 12, 31))
    assert days_last_year(WEEKS) == Period(date(2020, 12, 19), date(2021, 1, 1))


@pytest.mark.parametrize(("missing", "takes_part"), [(0, True), (6, True), (7, False), (306, False)])
def test_last_year_takes_part_where_the_data_hold_98_percent_of_its_days(missing: int, takes_part: bool) -> None:
    found = baselines(FOLDS, lambda period: period.days - missing, is_monthly=False)
    assert [each.name for each in found] == ["last_year"] * takes_part + ["last_weeks", "uniform"]


def test_last_year_alone_is_shown_days_of_its_own() -> None:
    last_year, *others = baselines(FOLDS, lambda period: period.days, is_monthly=False)
    assert last_year.shown is not None
    assert last_year.shown(FOLDS[0].window) == Period(date(2020, 3, 1), date(2020, 3, 31))
    assert all(each.shown is None for each in others)


def test_the_last_weeks_of_monthly_data_are_the_last_month() -> None:
    weeks, month = (baselines(FOLDS, lambda _: 0, is_monthly=monthly)[0] for monthly in (False, True))
    assert (weeks.title, weeks.model.days) == ("Last four weeks", 28)
    assert (month.title, month.model.days) == ("Last month", 31)

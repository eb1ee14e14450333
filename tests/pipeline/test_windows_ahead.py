from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ilpgeo.core.query import Level, Period, Query
from ilpgeo.pipeline.scope import Scope
from ilpgeo.pipeline.staged import window_ahead

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
SCOPE = Scope(
    Query(Level.LOCAL, YEAR), Level.LOCAL, "ward", np.arange(2), np.zeros(2, int), date(2022, 1, 1), YEAR, YEAR,
    is_monthly=False,
)  # fmt: skip


@pytest.mark.parametrize(("days", "end"), [(1, date(2022, 1, 1)), (28, date(2022, 1, 28)), (365, date(2022, 12, 31))])
def test_a_window_starts_now_and_has_its_days(days: int, end: date) -> None:
    assert window_ahead(SCOPE, days) == Period(date(2022, 1, 1), end)


@pytest.mark.parametrize(("days", "end"), [(1, date(2022, 1, 31)), (28, date(2022, 1, 31)), (91, date(2022, 3, 31))])
def test_monthly_data_look_ahead_by_whole_months(days: int, end: date) -> None:
    assert window_ahead(replace(SCOPE, is_monthly=True), days) == Period(date(2022, 1, 1), end)

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.time_of_week import SPREAD, TimeOfWeek, shift_of_hour

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
# A Monday.
MONDAY = np.datetime64("2021-01-04T00:00:00")


def answer(past: Incidents, **settings):
    grid = Grid(0.0, 0.0, 100.0, 10, 10, "EPSG:32617", np.ones((10, 10), bool))
    return TimeOfWeek(**settings).answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(1))


def at_hours(hours: list[float], timezone: str = "UTC") -> Incidents:
    start = MONDAY + (np.array(hours) * 3600).astype("timedelta64[s]")
    n = len(hours)
    return Incidents.from_xy(np.full(n, 50.0), np.full(n, 50.0), t_from=start, timezone=timezone)


def test_shifts_days_and_hours_by_hand() -> None:
    # 30 on Monday at 07, 60 on Friday at 23, 10 on Saturday at 02 (the night shift of Saturday's own date).
    found = answer(at_hours([7.5] * 30 + [4 * 24 + 23.0] * 60 + [5 * 24 + 2.0] * 10))
    week, shifts, days, hours = found.tables
    assert week.chart == "week" and len(week) == 168
    assert week.columns["Times the average hour"].max() == 3.0
    rows = dict(zip(shifts.columns["Shift"], shifts.columns["Incidents"], strict=True))
    assert rows["Monday 06:00–14:00"] == 30
    assert rows["Friday 22:00–06:00"] == 60
    assert rows["Saturday 22:00–06:00"] == 10
    assert sum(rows.values()) == 100
    assert days.columns["Incidents"].tolist() == [30, 0, 0, 0, 60, 10, 0]
    assert hours.columns["Incidents"][[2, 7, 23]].tolist() == [10, 30, 60]
    assert days.columns["Times the average"][4] == pytest.approx(0.6 * 7)
    assert all(table.counts == "Incidents" for table in (shifts, days, hours)) and not week.counts
    assert found.findings[0] == "The time of all 100 incidents is known to 12 hours or better"
    assert "22:00–06:00: 70% of the incidents (90 % interval 62% to 77%) in 33% of the hours" in found.findings[2]


def test_the_unknown_share_is_said_and_left_out_or_spread() -> None:
    past = at_hours([10.0] * 75 + [0.0] * 25)
    until = past.t_from.copy()
    until[75:] += np.timedelta64(30 * 86_400)
    past = replace(past, t_to=until)
    left = answer(past)
    assert "25 of 100 incidents (25%) is not known to 12 hours: they are left out" in left.findings[0]
    assert left.n == 75
    spread = answer(past, unknown=SPREAD)
    assert "spread over all hours alike" in spread.findings[0]
    assert spread.n == pytest.approx(100)
    tuesday = spread.tables[2].columns["Incidents"][1]
    assert tuesday == pytest.approx(25 / 7, abs=1e-5)


def test_windows_are_spread_over_the_hours_they_touch_on_the_local_clock() -> None:
    past = at_hours([5 * 24 + 3.5] * 40, "America/Toronto")
    past = replace(past, t_to=past.t_from + np.timedelta64(2 * 3600))
    hours = answer(past).tables[3].columns["Incidents"]
    # 03:30 to 05:30 UTC is 22:30 to 00:30 the evening before.
    np.testing.assert_allclose(hours[[22, 23, 0]], [10, 20, 10])


def test_too_few_known_times_say_so() -> None:
    found = answer(at_hours([1.0] * 19))
    assert found.findings == ("The time of week cannot be told from 19 incidents: at least 20 are needed",)
    assert not found.tables


def test_times_known_to_the_month_say_so_and_are_counted() -> None:
    past = at_hours([1.0] * 50)
    found = answer(replace(past, t_to=past.t_from + np.timedelta64(31 * 86_400)))
    assert found.findings == ("The time of week cannot be told: fewer than 20 of 50 incidents are known to 12 hours",)
    assert found.n == 50


@pytest.mark.parametrize("n_shifts", range(1, 7))
@pytest.mark.parametrize("first", [0, 6, 23])
def test_every_hour_has_a_shift_and_shifts_follow_each_other(first: int, n_shifts: int) -> None:
    from ilpgeo.models.time_of_week import _shift_names

    shift = shift_of_hour(first, n_shifts)
    from_first = np.roll(shift, -first)
    assert from_first[0] == 0 and (np.diff(from_first) >= 0).all() and set(shift.tolist()) == set(range(n_shifts))
    begins = [f"{(int(np.flatnonzero(from_first == k)[0]) + first) % 24:02d}:00" for k in range(n_shifts)]
    assert [name[:5] for name in _shift_names(TimeOfWeek(first_shift_hour=first, n_shifts=n_shifts))] == begins


def test_hours_that_are_all_alike_stand_out_nowhere() -> None:
    found = answer(at_hours([h + 0.5 for h in range(168)]), n_shifts=1)
    assert found.findings[1] == "No hours of the week stand out"
    assert len(found.findings) == 2

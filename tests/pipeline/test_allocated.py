"""Patrol plans over a real store: limits kept, the same seed the same plan, the test against a count by hand."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.plans import Patrols
from ilpgeo.core.query import Level, Query
from ilpgeo.core.recipes import Entry
from ilpgeo.core.types import Access
from ilpgeo.pipeline.allocated import hours_of
from ilpgeo.pipeline.foreseen import Forecaster
from ilpgeo.pipeline.patrol_ground import ground_of
from ilpgeo.reports.plans import plan_record, plan_text
from tests.pipeline import city

FIRST, LAST = date(2023, 1, 1), date(2023, 4, 30)
HOT, QUIET = (43.650, -79.392), (43.672, -79.371)
PRIOR = Forecaster(Entry("prior_count"), 150.0, 90)


def rows():
    """Return two thefts each evening at one place, one at noon at another every third day."""
    made, n = [], 0
    for at in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=at)
        for hour in (20, 21):
            n += 1
            made.append((f"H{n}", f"{day} {hour}:10", *HOT, "THEFT", "Market Square"))
        if at % 3 == 0:
            n += 1
            made.append((f"Q{n}", f"{day} 12:10", *QUIET, "THEFT", "Quiet Lane"))
    return made


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("allocated")
    made = city.make_city(folder / "ws")
    pipeline.ingest(made, city.write(folder / "incidents.csv", rows()))
    return pipeline.open_workspace(folder / "ws")


def asked(opened) -> Query:
    return Query(Level.LOCAL, pipeline.default_period(opened))


def planned(opened, weeks=0, **changes):
    patrols = replace(Patrols(on=date(2023, 5, 1), units=1, free_hours=1.0), **changes)
    return pipeline.plan_patrols(opened, patrols, asked(opened), Access(), PRIOR, weeks=weeks)


def test_stops_go_where_and_when_harm_is_expected_and_keep_to_the_hours_there_are(opened):
    plan = planned(opened).value
    assert plan.spots[0].name.startswith("Market Square")
    assert plan.patrols.stops_per_shift == 2
    for shift in plan.shifts:
        assert len(shift.stops) <= 2
    evening = next(shift for shift in plan.shifts if shift.from_hour == 14)
    assert (evening.stops[0].spot, evening.stops[0].hour) == ("p1", 20)
    assert plan.covered - 1e-9 <= plan.looked_at <= plan.total + 1e-9
    assert set(plan.uncovered) == {spot.id for spot in plan.spots} - {
        stop.spot for shift in plan.shifts for stop in shift.stops
    }


def test_what_is_expected_adds_up_to_the_prior_count(opened):
    plan = planned(opened, days=7, places=500).value
    # 90 days with 180 + 30 thefts make 16 1/3 a week, all at two places
    assert sum(spot.expected for spot in plan.spots) == pytest.approx(210 / 90 * 7, rel=0.02)
    assert plan.total == pytest.approx(sum(spot.harm for spot in plan.spots), rel=1e-6)


def test_the_same_seed_gives_the_same_plan_and_another_another(opened):
    one, same, other = (planned(opened, seed=seed).value for seed in (3, 3, 4))
    assert one.shifts == same.shifts
    assert [[stop.minute for stop in shift.stops] for shift in one.shifts] != [
        [stop.minute for stop in shift.stops] for shift in other.shifts
    ]
    assert one.covered == other.covered


def test_stops_of_a_patrol_do_not_overlap(opened):
    patrols = {"units": 2, "free_hours": 8.0, "places": 4, "stop_minutes": 12.0, "travel_minutes": 5.0}
    plan = planned(opened, **patrols).value
    for shift in plan.shifts:
        for unit in {stop.unit for stop in shift.stops}:
            for hour in {stop.hour for stop in shift.stops}:
                at = [stop.minute for stop in shift.stops if stop.unit == unit and stop.hour == hour]
                assert all(b - a >= 16 for a, b in pairwise(at))
                assert all(0 <= minute <= 120 - 12 for minute in at)


def test_the_hours_of_a_plan_are_those_of_the_week(opened):
    first, shift = hours_of(Patrols(on=date(2023, 5, 7), days=2, shift_starts=(6, 18)))  # a Sunday, then Monday
    assert first[0] == 6 * 24 + 6 and first[9] == 0 and first[12] == 6
    assert shift.tolist() == [0] * 6 + [1] * 6 + [2] * 6 + [3] * 6
    assert len(np.unique(hours_of(Patrols(on=date(2023, 5, 7), days=7))[0])) == 84


def test_past_weeks_are_counted_by_hand(opened):
    tested = planned(opened, weeks=4, units=1, free_hours=2.0).value.tested
    # every evening theft falls in the two hours of the one stop at Market Square: 14 of 16 or 17 a week
    assert tested.n == 4 * 14 + sum(((LAST - timedelta(days=at)) - FIRST).days % 3 == 0 for at in range(28))
    assert tested.plan >= 4 * 14 / tested.n - 1e-9 and tested.unknown == 0
    assert tested.random < 0.1 and tested.low <= tested.plan <= tested.high
    assert tested.prior == pytest.approx(tested.plan, abs=0.2)


def test_a_past_week_is_planned_blind_to_what_came_after(opened):
    early = ground_of(opened, Patrols(on=date(2023, 2, 1)), asked(opened), Access(), PRIOR, date(2023, 2, 1))
    assert early.past.t_from.max() < np.datetime64("2023-02-01T06:00:00")


def test_record_and_text_say_the_same(opened):
    record = plan_record(planned(opened, weeks=1))
    text = plan_text(record)
    assert "Market Square" in text and "at random" in text and record["tested"]["weeks"] == 1
    assert sum(len(shift["stops"]) for shift in record["shifts"]) == text.count("  patrol ")


@pytest.mark.parametrize(
    "change",
    [{"days": 0}, {"shift_starts": (5,)}, {"shift_starts": ()}, {"units": 0}, {"free_hours": -1.0},
     {"stop_minutes": 0.0}, {"travel_minutes": -1.0}, {"places": 0}, {"place_m": 1.0}],
)  # fmt: skip
def test_what_cannot_be_planned_is_refused(change):
    with pytest.raises(InvalidInput, match="patrols: "):
        replace(Patrols(on=date(2023, 5, 1)), **change)

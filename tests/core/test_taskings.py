"""What a tasking, an outcome and a decision refuse, all faults at once."""

from dataclasses import replace
from datetime import date

import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Level
from ilpgeo.core.taskings import Decision, Outcome, Place, State, Tasking

PLAIN = Tasking(
    Place("Mill Road", "a1"), Level.LOCAL, date(2026, 3, 2), date(2026, 3, 15), "Sgt A", "Fewer thefts",
    weekdays=(4, 5), visits_per_day=3, minutes_per_visit=15,
)  # fmt: skip
SQUARE = "POLYGON ((0 0, 0 10, 10 10, 10 0, 0 0))"


def test_the_dosage_asked_for_counts_its_weekdays_only():
    assert PLAIN.n_days == 4 and PLAIN.minutes_asked == 4 * 3 * 15  # two Fridays, two Saturdays
    assert replace(PLAIN, weekdays=(0,)).n_days == 2


def test_all_faults_are_told_at_once():
    with pytest.raises(InvalidInput) as refused:
        Tasking(
            Place("", "", "POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))"), Level.LOCAL, date(2026, 3, 2), date(2026, 3, 1), "",
            " ", weekdays=(), visits_per_day=-1, minutes_per_visit=-15, state=State.DROPPED,
        )  # fmt: skip
    said = str(refused.value)
    for part in ("needs a name", "choose a place", "cross itself", "owner", "aim", "before it starts",
                 "day of the week", "visits a day must be above zero", "the dosage must be above zero",
                 "reason is needed"):  # fmt: skip
        assert part in said
    assert len(refused.value.faults) == 10


@pytest.mark.parametrize(
    "change",
    [{"from_hour": 24}, {"from_hour": 6, "until_hour": 6}, {"until_hour": 25}, {"ends_on": date(2027, 6, 1)},
     {"minutes_per_visit": float("nan")}, {"visits_per_day": float("inf")}, {"aim": "x" * 3000},
     {"weekdays": (7,)}, {"place": Place("P", "a", "LINESTRING (0 0, 1 1)")}],
)  # fmt: skip
def test_each_field_has_its_bounds(change):
    with pytest.raises(InvalidInput, match="tasking: "):
        replace(PLAIN, **change)


def test_a_drawn_place_has_its_polygon_and_an_area_none():
    assert replace(PLAIN, place=Place("P", "a", SQUARE)).place.polygon().area == 100
    assert PLAIN.place.polygon() is None


@pytest.mark.parametrize(
    ("change", "said"),
    [({"minutes": -5.0}, "between 0 and 144,000 minutes, not -5"), ({"visits": -1}, "visits must lie"),
     ({"done": ""}, "what was done"), ({"visits": 0}, "minutes without a visit"),
     ({"minutes": float("nan")}, "between 0 and 144,000 minutes"), ({"minutes": 1e7}, "minutes, not 1e.07")],
)  # fmt: skip
def test_an_outcome_has_its_bounds(change, said):
    plain = Outcome("t", date(2026, 3, 2), 2, 30.0, "Patrolled")
    with pytest.raises(InvalidInput, match=said):
        replace(plain, **change)


def test_a_decision_says_what_why_and_who():
    with pytest.raises(InvalidInput) as refused:
        Decision(date(2026, 3, 2), Level.LOCAL, "", "", "", due_on=date(2026, 3, 1))
    assert len(refused.value.faults) == 4

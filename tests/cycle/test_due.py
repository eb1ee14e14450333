"""Which taskings need attention on a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.query import Level
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.taskings import Due, Followed, Place, State, Tasking
from ilpgeo.cycle.due import due_taskings

TODAY = date(2026, 3, 10)
WHEN = datetime(2026, 3, 1, tzinfo=UTC)
PLAIN = Tasking(Place("Mill Road", "a1"), Level.LOCAL, TODAY, TODAY, "Sgt A", "Fewer thefts")


def followed(state: State, start: int, end: int, id: str = "t") -> Followed:
    value = replace(
        PLAIN, state=state, starts_on=TODAY + timedelta(start), ends_on=TODAY + timedelta(end), why_dropped="x"
    )
    return Followed(Recorded(id, 1, value, WHEN, "A", WHEN, "A"))


def judged(state: State, start: int, end: int) -> Due | None:
    found = due_taskings([followed(state, start, end)], TODAY)
    return found[0].due if found else None


def test_each_reason_by_hand():
    assert judged(State.RUNNING, -9, -1) is Due.OVERDUE
    assert judged(State.PROPOSED, -9, -1) is Due.OVERDUE
    assert judged(State.RUNNING, -9, 0) is Due.TODAY
    assert judged(State.AGREED, -1, 5) is Due.NOT_STARTED
    assert judged(State.AGREED, 0, 5) is Due.TODAY
    assert judged(State.PROPOSED, 0, 5) is Due.UNDECIDED
    assert judged(State.PROPOSED, 7, 9) is Due.SOON
    assert judged(State.AGREED, 8, 9) is None


def test_the_most_urgent_and_the_longest_waiting_come_first():
    given = [followed(State.AGREED, 3, 4, "soon"), followed(State.RUNNING, -9, -1, "late"),
             followed(State.RUNNING, -9, -5, "later")]  # fmt: skip
    found = due_taskings(given, TODAY)
    assert [each.followed.tasking.id for each in found] == ["later", "late", "soon"]
    assert found[0].words.startswith("ended 5 days ago") and found[2].words == "starts in 3 days"


@given(st.sampled_from([State.DONE, State.DROPPED]), st.integers(-50, 50), st.integers(0, 50))
def test_what_is_closed_is_never_due(state, start, length):
    assert judged(state, start, start + length) is None


@given(st.integers(-50, 50), st.integers(0, 50))
def test_what_runs_past_its_last_day_is_always_overdue(start, length):
    for state in (State.PROPOSED, State.AGREED, State.RUNNING):
        found = judged(state, start, start + length)
        assert (found is Due.OVERDUE) == (start + length < 0)

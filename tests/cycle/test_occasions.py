"""The same weekday and hours before: which windows, and the count of one more beside scipy's."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from ilpgeo.core.assessment import Direction
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.event import Event
from ilpgeo.cycle.occasions import earlier_windows, next_count, usual

FRIDAY = datetime(2021, 12, 17, 18)
FIRST, UNTIL = datetime(2020, 1, 1), datetime(2022, 1, 1)


@given(total=st.integers(0, 5000), windows=st.integers(1, 8))
def test_the_next_count_is_scipys_negative_binomial(total, windows):
    mean, low, high = next_count(total, windows)
    assert mean == total / windows
    expected = nbinom.ppf([0.05, 0.95], total + 0.5, windows / (windows + 1))
    assert [low, high] == expected.tolist()


@given(hours=st.integers(1, 31 * 24), ahead_days=st.integers(-300, 2000))
def test_earlier_windows_keep_weekday_and_hour_lie_in_the_data_and_do_not_overlap(hours, ahead_days):
    start = FRIDAY + timedelta(days=ahead_days)
    length = timedelta(hours=hours)
    found = earlier_windows(start, start + length, FIRST, UNTIL)
    assert len(found) <= 8
    for at, window in enumerate(found):
        assert (start - window) % timedelta(weeks=1) == timedelta(0) and window < start
        assert window >= FIRST and window + length <= UNTIL
        assert window + length <= ([start, *found])[at]


def test_an_event_of_last_friday_has_the_eight_fridays_before():
    found = earlier_windows(FRIDAY, FRIDAY + timedelta(hours=10), FIRST, UNTIL)
    assert [each.date().isoformat() for each in found[:2]] == ["2021-12-10", "2021-12-03"] and len(found) == 8


def test_hand_worked_group():
    found = usual("Theft", 12, 16, 8, 3)  # 12 against a mean of 2
    assert (found.expected, found.direction, found.last_year) == (2, Direction.RISE, 3)
    assert found.ratio == pytest.approx(6)
    assert usual("Theft", None, 16, 8, None).direction is Direction.UNKNOWN
    assert usual("Theft", 4, 0, 0, None).expected is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"end": FRIDAY}, "not after its start"), ({"radius_m": 10.0}, "radius"), ({"lat": 91.0}, "latitude"),
     ({"end": FRIDAY + timedelta(days=32)}, "31 days"), ({"name": " "}, "a name"), ({"owner": ""}, "an owner")],
)  # fmt: skip
def test_an_event_that_cannot_be_is_refused_in_words(wrong, said):
    given_fields = {
        "name": "Match", "lon": -79.4, "lat": 43.6, "radius_m": 500.0, "start": FRIDAY,
        "end": FRIDAY + timedelta(hours=4), "owner": "C",
    } | wrong  # fmt: skip
    with pytest.raises(InvalidInput, match=said):
        Event(**given_fields)

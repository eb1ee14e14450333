from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.aoristic import week_profile, week_shares
from ilpgeo.models.localtime import local_seconds

ZONES = ["UTC", "America/Toronto", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe"]


def at(text: str) -> np.ndarray:
    return np.array([text], "datetime64[s]")


def minute_by_minute(start: int, minutes: int, timezone: str) -> np.ndarray:
    """Each minute of a window on the local clock, one by one."""
    zone = ZoneInfo(timezone)
    profile = np.zeros((7, 24))
    for minute in range(minutes):
        moment = datetime.fromtimestamp(start + 60 * minute, UTC).astimezone(zone)
        profile[moment.weekday(), moment.hour] += 1 / minutes
    return profile


@settings(max_examples=150, deadline=None)
@given(
    start=st.integers(1_262_304_000 // 60, 1_640_995_200 // 60),
    minutes=st.integers(1, 360),
    timezone=st.sampled_from(ZONES),
)
def test_a_window_spreads_over_its_minutes(start, minutes, timezone) -> None:
    t_from = np.array([start * 60], "datetime64[s]")
    profile, unknown = week_profile(t_from, t_from + np.timedelta64(minutes * 60), timezone, np.ones(1))
    assert unknown == 0
    np.testing.assert_allclose(profile, minute_by_minute(start * 60, minutes, timezone), atol=1e-12)


@pytest.mark.parametrize("change", ["2021-03-14T06:00", "2021-11-07T05:00"])
def test_windows_across_a_change_of_the_clock_spread_over_its_minutes(change: str) -> None:
    t_from = at(change)
    start = int(t_from.astype(np.int64)[0])
    profile, _ = week_profile(t_from, t_from + np.timedelta64(4 * 3600), "America/Toronto", np.ones(1))
    np.testing.assert_allclose(profile, minute_by_minute(start, 240, "America/Toronto"), atol=1e-12)


def test_by_hand() -> None:
    # Friday 2021-01-01 19:30-21:00 in Toronto is 00:30-02:00 UTC on Saturday: a third in hour 19, two in hour 20.
    profile, unknown = week_profile(at("2021-01-02T00:30"), at("2021-01-02T02:00"), "America/Toronto", np.array([3.0]))
    assert (profile[4, 19], profile[4, 20], profile.sum(), unknown) == pytest.approx((1.0, 2.0, 3.0, 0.0))


def test_an_instant_counts_in_its_hour_and_a_reversed_window_like_its_reverse() -> None:
    profile, _ = week_profile(at("2021-01-04T00:00"), at("2021-01-04T00:00"), "UTC", np.ones(1))
    assert profile[0, 0] == 1
    back, _ = week_profile(at("2021-01-04T03:00"), at("2021-01-04T00:00"), "UTC", np.ones(1))
    np.testing.assert_allclose(back[0, :3], 1 / 3)


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(0, 200), timezone=st.sampled_from(ZONES), limit=st.floats(0.5, 168))
def test_known_and_unknown_add_up_to_all(seed, n, timezone, limit) -> None:
    rng = np.random.default_rng(seed)
    t_from = rng.integers(1_300_000_000, 1_600_000_000, n).astype("datetime64[s]")
    hours = rng.choice([0, 0.25, 1, 5, 24, 160, 800], n)
    weight = rng.uniform(0.5, 3, n)
    t_to = t_from + (hours * 3600).astype("timedelta64[s]")
    profile, unknown = week_profile(t_from, t_to, timezone, weight, limit)
    assert (profile >= 0).all()
    assert profile.sum() == pytest.approx(weight[hours <= limit].sum())
    assert unknown == pytest.approx(weight[hours > limit].sum())


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(0, 300), timezone=st.sampled_from(ZONES), limit=st.floats(0.5, 168))
def test_the_profile_is_the_sum_of_the_shares(seed, n, timezone, limit) -> None:
    rng = np.random.default_rng(seed)
    t_from = rng.integers(1_000_000_000, 1_600_000_000, n).astype("datetime64[s]")
    seconds = rng.choice([0, 1, 3600, 7200, 10_000, 86_400, 168 * 3600], n) + rng.integers(0, 2, n) * 1800
    t_to, weight = t_from + seconds.astype("timedelta64[s]"), rng.uniform(0.5, 3, n)
    profile, unknown = week_profile(t_from, t_to, timezone, weight, limit)
    shares = week_shares(t_from, t_to, timezone, limit)
    expected = np.bincount(shares.hour, weight[shares.row] * shares.share, 168)
    np.testing.assert_allclose(profile.ravel(), expected, rtol=1e-12, atol=1e-12)
    assert unknown == pytest.approx(weight[~shares.known].sum())
    assert (profile.ravel()[expected == 0] == 0).all()


def test_a_week_long_window_touches_every_hour_alike() -> None:
    profile, _ = week_profile(at("2021-01-06T10:20"), at("2021-01-13T10:20"), "UTC", np.ones(1), 168)
    np.testing.assert_allclose(profile, 1 / 168, rtol=1e-12)


def test_a_window_across_two_changes_of_the_clock_spreads_over_its_seconds(monkeypatch) -> None:
    # An invented clock: an hour ahead between the seconds 5000 and 9000.
    changes, offsets = np.array([5000, 9000]), np.array([0, 3600, 0])
    monkeypatch.setattr("ilpgeo.models.aoristic.offset_changes", lambda *_: (changes, offsets))
    t_from, t_to = np.array([1000, 6000]).astype("datetime64[s]"), np.array([12_000, 7000]).astype("datetime64[s]")
    profile, _ = week_profile(t_from, t_to, "UTC", np.ones(2))
    expected = np.zeros(168)
    for begin, end in ((1000, 12_000), (6000, 7000)):
        seconds = np.arange(begin, end)
        hours = (seconds + np.where((seconds >= 5000) & (seconds < 9000), 3600, 0)) // 3600 + 72
        expected += np.bincount(hours, minlength=168) / (end - begin)
    np.testing.assert_allclose(profile.ravel(), expected, atol=1e-12)


@pytest.mark.parametrize("timezone", ZONES)
def test_local_clocks_are_those_of_the_time_zone_database(timezone: str) -> None:
    seconds = np.random.default_rng(1).integers(-100_000_000, 1_700_000_000, 500)
    local = local_seconds(seconds.astype("datetime64[s]"), timezone)
    zone, epoch = ZoneInfo(timezone), datetime(1970, 1, 1, tzinfo=UTC)
    expected = [
        s + round((epoch + timedelta(seconds=s)).astimezone(zone).utcoffset().total_seconds()) for s in seconds.tolist()
    ]
    assert local.tolist() == expected


def test_an_unknown_time_zone_is_named() -> None:
    with pytest.raises(InvalidInput, match="Mars/Olympus"):
        local_seconds(at("2021-01-01"), "Mars/Olympus")

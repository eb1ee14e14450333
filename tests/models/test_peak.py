import numpy as np
import pytest

from ilpgeo.models.peak import UNKNOWN, peak_in_words


def week(**hours: float) -> np.ndarray:
    profile = np.zeros((7, 24))
    for name, value in hours.items():
        day, hour = name.split("_")
        profile[["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].index(day), int(hour)] = value
    return profile


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (week(Fri_20=10, Fri_23=30), "Fri 20:00-24:00"),
        (week(Fri_22=20, Sat_01=20), "Fri 22:00-02:00"),
        (week(Sun_23=30, Mon_00=30), "Sun 21:00-01:00"),
        (week(Wed_03=15, Wed_06=15, Wed_08=10), "Wed 03:00-07:00"),
    ],
)
def test_the_busiest_four_hours_are_named(profile, words) -> None:
    assert peak_in_words(profile, 0.0) == words


def test_the_first_of_equals_is_named_although_their_sums_differ_in_rounding() -> None:
    profile = np.full((7, 24), 0.1)
    profile[3, 5:9] = [0.1 + 1e-16, 0.1, 0.1, 0.1]
    assert peak_in_words(profile * 10, 0.0) == "Mon 00:00-04:00"


@pytest.mark.parametrize(("profile", "unknown"), [(week(Fri_20=19), 0.0), (week(Fri_20=50), 51.0), (week(), 0.0)])
def test_too_few_known_times_have_no_peak(profile, unknown) -> None:
    assert peak_in_words(profile, unknown) == UNKNOWN

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.zones import zone

EPOCH = datetime(1970, 1, 1)


def to_utc(name: str, *clock: int) -> datetime:
    seconds = int((datetime(*clock) - EPOCH).total_seconds())
    return EPOCH + timedelta(seconds=int(zone(name).to_utc(np.array([seconds]))[0]))


def test_an_hour_lived_twice_is_the_earlier_one():
    assert to_utc("America/Toronto", 2021, 11, 7, 1, 30) == datetime(2021, 11, 7, 5, 30)
    assert to_utc("Europe/London", 2021, 10, 31, 1, 30) == datetime(2021, 10, 31, 0, 30)
    assert to_utc("Europe/London", 2021, 10, 31, 2, 0) == datetime(2021, 10, 31, 2, 0)


def test_an_hour_that_never_was_is_the_first_moment_after():
    assert to_utc("America/Toronto", 2021, 3, 14, 2, 30) == datetime(2021, 3, 14, 7, 0)
    assert to_utc("America/Toronto", 2021, 3, 14, 3, 0) == datetime(2021, 3, 14, 7, 0)
    assert to_utc("America/Toronto", 2021, 3, 14, 1, 59, 59) == datetime(2021, 3, 14, 6, 59, 59)


def test_a_midnight_that_never_was():
    assert to_utc("America/Sao_Paulo", 2017, 10, 15, 0, 0) == datetime(2017, 10, 15, 3, 0)


@pytest.mark.parametrize("name", ["Europe/London", "America/Chicago", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
@given(moment=st.datetimes(datetime(1902, 1, 1), datetime(2099, 1, 1)))
def test_utc_to_clock_is_that_of_zoneinfo_and_back(name, moment):
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    seconds = np.array([int(moment.timestamp())])
    there = moment.astimezone(ZoneInfo(name))
    clock = zone(name).to_clock(seconds)
    assert clock[0] == int((there.replace(tzinfo=None) - EPOCH).total_seconds())
    if there.fold == 0:
        assert zone(name).to_utc(clock)[0] == seconds[0]


def test_an_unknown_zone_is_named():
    with pytest.raises(InvalidInput, match="'Mars/Olympus' is not an IANA name"):
        zone("Mars/Olympus")


def test_no_rows():
    none = np.zeros(0, np.int64)
    assert len(zone("UTC").to_utc(none)) == len(zone("UTC").to_clock(none)) == 0

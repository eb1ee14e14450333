from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.ingest.date_text import days_of
from ilpgeo.ingest.moments import NO_OFFSET, DateOrder, Precision, read_clocks, read_moments

EPOCH = datetime(1970, 1, 1)


def read(text: str, order: DateOrder = DateOrder.DMY) -> tuple[datetime, str, int | None]:
    found = read_moments(pa.array([text]), order)
    offset = None if found.offset_s[0] == NO_OFFSET else int(found.offset_s[0])
    return EPOCH + timedelta(seconds=int(found.clock[0])), Precision(found.precision[0]).name.lower(), offset


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2012-01-01 13:45:10", (datetime(2012, 1, 1, 13, 45, 10), "second", None)),
        ("2014/03/02 05:00:00+00", (datetime(2014, 3, 2, 5), "second", 0)),
        ("2019-04-23T12:30:00Z", (datetime(2019, 4, 23, 12, 30), "second", 0)),
        ("2019-04-23T12:30:00.123-05:30", (datetime(2019, 4, 23, 12, 30), "second", -19800)),
        ("2019-04-23 12:30 UTC", (datetime(2019, 4, 23, 12, 30), "minute", 0)),
        ("2020-01-01 10", (datetime(2020, 1, 1, 10), "hour", None)),
        ("2019-06", (datetime(2019, 6, 1), "month", None)),
        ("06/2019", (datetime(2019, 6, 1), "month", None)),
        ("2020-1-5", (datetime(2020, 1, 5), "day", None)),
        ("1.2.20", (datetime(2020, 2, 1), "day", None)),
        ("1.2.71", (datetime(1971, 2, 1), "day", None)),
        ("20190423", (datetime(2019, 4, 23), "day", None)),
        ("20190423T1230", (datetime(2019, 4, 23, 12, 30), "minute", None)),
        ("20190423123005", (datetime(2019, 4, 23, 12, 30, 5), "second", None)),
        ("1577836800", (datetime(2020, 1, 1), "second", 0)),
        ("1577836800123", (datetime(2020, 1, 1), "second", 0)),
        ("Jan 12, 2020", (datetime(2020, 1, 12), "day", None)),
        ("12 January 2020 5:07 p.m.", (datetime(2020, 1, 12, 17, 7), "minute", None)),
        ("12-JAN-20", (datetime(2020, 1, 12), "day", None)),
        ("  29.02.2016  ", (datetime(2016, 2, 29), "day", None)),
    ],
)
def test_a_moment_is_read_as_exactly_as_it_is_written(text, expected):
    assert read(text) == expected


def test_month_first_dates_and_am_pm():
    assert read("01/02/2020 11:30:15 PM", DateOrder.MDY)[0] == datetime(2020, 1, 2, 23, 30, 15)
    assert read("12/31/2019 12:00:00 AM", DateOrder.MDY)[0] == datetime(2019, 12, 31)
    assert read("01/02/2020 12:05 PM", DateOrder.MDY)[0] == datetime(2020, 1, 2, 12, 5)
    assert read("2020-03-04", DateOrder.MDY)[0] == datetime(2020, 3, 4)


@pytest.mark.parametrize(
    "text",
    ["31/02/2020", "2015-02-29", "2020-13-01", "2020-00-10", "0/1/2020", "24/12/2013 24:00", "1/1/2020 10:60", "-5",
     "Monday", "", "  ", "2020", "1/2/3/4", "2020-01-01x", "2020-01-01 10:00 foo", "12:30", "99999999", "20201301",
     "1/1/123", "20/20", "2020-01-01 13:00 PM", "\x00", "٢٠٢٠-٠١-٠١"],
)  # fmt: skip
def test_what_is_no_moment_is_not_read(text):
    assert read(text)[1] == "none"


def test_null_is_no_moment_and_a_slice_reads_its_own_rows():
    column = pa.array(["2020-01-01", None, "2020-01-02", "2020-01-03"])
    assert read_moments(column).precision.tolist() == [2, 0, 2, 2]
    assert read_moments(column.slice(2)).clock.tolist() == read_moments(column).clock.tolist()[2:]


def test_times_of_day():
    clocks = read_clocks(pa.array(["8", "08", "0830", "8:30", "08:30:15", "8:30 PM", "8 pm", "8.0", "0", "12 AM"]))
    assert (clocks.clock / 3600).round(3).tolist() == [8, 8, 8.5, 8.5, 8.504, 20.5, 20, 8, 0, 0]
    assert clocks.precision.tolist() == [3, 3, 4, 4, 5, 4, 3, 3, 3, 3]
    assert not read_clocks(pa.array(["25", "x", "24:00", "8:61", "13 PM", "", None])).precision.any()


@given(st.integers(1, 9999), st.integers(0, 14), st.integers(-1, 33))
def test_days_of_the_calendar_are_those_of_python(year, month, day):
    try:
        expected = (date(year, month, day) - date(1970, 1, 1)).days
    except ValueError:
        assert days_of(year, month, day) < -(10**8)
    else:
        assert days_of(year, month, day) == expected


@given(st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)), st.integers(-14 * 4, 14 * 4))
def test_iso_text_comes_back(moment, quarters):
    moment = moment.replace(microsecond=0)
    sign, minutes = ("-" if quarters < 0 else "+"), abs(quarters) * 15
    found = read(f"{moment.isoformat()}{sign}{minutes // 60:02}:{minutes % 60:02}")
    assert found == (moment, "second", quarters * 900)


@given(st.text(max_size=25))
def test_no_text_breaks_the_reader(text):
    found = read_moments(pa.array([text], pa.string()))
    assert 0 <= found.precision[0] <= 5
    if found.precision[0]:
        assert abs(found.clock[0]) < 400_000_000_000


def test_the_kernel_agrees_with_the_standard_library_on_many():
    rng = np.random.default_rng(1)
    moments = [datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=int(s)) for s in rng.integers(0, 7e8, 500)]
    for form, order in (("%d/%m/%Y %H:%M:%S", DateOrder.DMY), ("%m/%d/%Y %I:%M:%S %p", DateOrder.MDY),
                        ("%Y.%m.%d %H:%M:%S", DateOrder.MDY), ("%d %b %Y %H:%M:%S", DateOrder.MDY)):  # fmt: skip
        found = read_moments(pa.array([m.strftime(form) for m in moments]), order)
        assert found.clock.tolist() == [int(m.timestamp()) for m in moments]

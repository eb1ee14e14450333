from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow as pa

from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.moments import Precision
from ilpgeo.ingest.times import PRECISIONS, read_reports, read_windows

DATED = ColumnMapping.of({Field.DATE: "d"})
TIMED = ColumnMapping.of({Field.DATETIME: "d"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def windows(columns, mapping, zone="America/Toronto"):
    found = read_windows(pa.RecordBatch.from_pydict(columns), mapping, zone)
    spans = [
        (EPOCH + timedelta(seconds=int(a)), EPOCH + timedelta(seconds=int(b)))
        for a, b in zip(found.t_from, found.t_to, strict=True)
    ]
    return spans, [PRECISIONS[p] for p in found.precision], found


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_a_date_is_the_local_day_of_23_24_or_25_hours():
    spans, precision, found = windows({"d": ["2021-03-14", "2021-06-01", "2021-11-07"]}, DATED)
    assert [b - a for a, b in spans] == [timedelta(hours=23), timedelta(hours=24), timedelta(hours=25)]
    assert spans[0][0] == utc(2021, 3, 14, 5)
    assert precision == ["day"] * 3
    assert found.day.tolist() == [(date(2021, m, d) - date(1970, 1, 1)).days for m, d in ((3, 14), (6, 1), (11, 7))]


def test_a_month_is_the_local_month():
    spans, precision, _ = windows({"d": ["2019-06", "2019-12"]}, DATED, "Europe/London")
    assert spans == [
        (utc(2019, 5, 31, 23), utc(2019, 6, 30, 23)),
        (utc(2019, 12, 1), utc(2020, 1, 1)),
    ]
    assert precision == ["month"] * 2


def test_an_hour_a_minute_a_second():
    spans, precision, _ = windows({"d": ["2021-06-01 08", "2021-06-01 08:15", "2021-06-01 08:15:30"]}, TIMED)
    assert [b - a for a, b in spans] == [timedelta(hours=1), timedelta(minutes=1), timedelta(0)]
    assert precision == ["hour", "minute", "second"]
    assert spans[2][0] == utc(2021, 6, 1, 12, 15, 30)


def test_text_with_an_offset_is_taken_at_its_word_even_in_the_hour_lived_twice():
    spans, _, found = windows({"d": ["2021-11-07T01:30:00-05:00", "2021-11-07T01:30:00-04:00"]}, TIMED)
    assert [a for a, _ in spans] == [utc(2021, 11, 7, 6, 30), utc(2021, 11, 7, 5, 30)]
    assert len(set(found.day)) == 1
    spans, _, _ = windows({"d": ["2021-11-07T01:30:00-05:00"]}, replace(TIMED, precision=Precision.HOUR))
    assert spans[0] == (utc(2021, 11, 7, 6), utc(2021, 11, 7, 7))


def test_a_date_with_an_offset_is_the_local_day_it_falls_on():
    mapping = ColumnMapping.of({Field.DATE: "d", Field.HOUR: "h"})
    spans, precision, _ = windows({"d": ["2014/03/02 05:00:00+00", "2014/07/02 04:00:00+00"], "h": ["8", "0"]}, mapping)
    assert spans == [
        (utc(2014, 3, 2, 13), utc(2014, 3, 2, 14)),
        (utc(2014, 7, 2, 4), utc(2014, 7, 2, 5)),
    ]
    assert precision == ["hour", "hour"]


def test_a_lost_clock_keeps_the_day_and_is_told():
    mapping = ColumnMapping.of({Field.DATE: "d", Field.TIME: "t"})
    _, precision, found = windows({"d": ["2021-06-01"] * 4, "t": ["8:30", "noonish", None, " "]}, mapping)
    assert precision == ["minute", "day", "day", "day"]
    assert found.is_clock_lost.tolist() == [False, True, False, False]


def test_exactly_midnight_may_stand_for_unknown():
    mapping = replace(TIMED, midnight_unknown=True, precision=Precision.MINUTE)
    spans, precision, _ = windows({"d": ["2021-06-01 00:00:00", "2021-06-01 00:01:00"]}, mapping)
    assert precision == ["day", "minute"]
    assert spans[0] == (utc(2021, 6, 1, 4), utc(2021, 6, 2, 4))


def test_a_window_runs_from_the_start_of_the_first_to_the_end_of_the_last():
    mapping = ColumnMapping.of({Field.DATE: "a", Field.TO_DATE: "b", Field.TO_TIME: "c"})
    columns = {
        "a": ["2021-06-01", "2021-06-05", "2021-06-01", None, "2021-06-01"],
        "b": ["2021-06-03", "2021-06-01", None, "2021-06-02", "2021-06-01"],
        "c": ["10:00", None, None, None, None],
    }
    spans, precision, found = windows(columns, mapping, "UTC")
    assert spans[0] == (utc(2021, 6, 1), utc(2021, 6, 3, 10, 1))
    assert spans[1] == (utc(2021, 6, 1), utc(2021, 6, 6))
    assert spans[3] == (utc(2021, 6, 2), utc(2021, 6, 3))
    assert precision == ["window", "window", "day", "day", "day"]
    assert found.is_reversed.tolist() == [False, True, False, False, False]


def test_dates_and_times_in_several_columns():
    mapping = ColumnMapping.of({Field.DATE: ("y", "m", "d"), Field.TIME: ("h", "n")})
    columns = {"y": [2020, 2020], "m": [2, 2], "d": [29, 30], "h": [0, 1], "n": [5, 2]}
    spans, precision, _ = windows(columns, mapping, "UTC")
    assert precision == ["minute", "unknown"]
    assert spans[0][0] == utc(2020, 2, 29, 0, 5)


def test_typed_columns_need_no_parsing():
    moments = pa.array([datetime(2021, 6, 1, 8, 15), None], pa.timestamp("us"))
    assert windows({"d": moments}, TIMED)[0][0][0] == utc(2021, 6, 1, 12, 15)
    zoned = pa.array([datetime(2021, 6, 1, 8, 15, tzinfo=UTC)], pa.timestamp("ms", tz="UTC"))
    assert windows({"d": zoned}, TIMED)[0][0][0] == utc(2021, 6, 1, 8, 15)
    mapping = ColumnMapping.of({Field.DATE: "d", Field.TIME: "t"})
    columns = {"d": pa.array([date(2021, 6, 1), None]), "t": pa.array([time(8, 15), None])}
    spans, precision, _ = windows(columns, mapping)
    assert spans[0][0] == utc(2021, 6, 1, 12, 15)
    assert precision == ["second", "unknown"]


def test_dictionary_text_reads_as_plain_text():
    text = pa.array(["2021-06-01", None, "rubbish", "2021-06-01"])
    plain, coded = (windows({"d": column}, DATED)[:2] for column in (text, text.dictionary_encode()))
    assert plain[1] == coded[1]
    assert plain[0][3] == coded[0][3]


def reports(values, happened, timezone="America/Toronto", today=date(2021, 12, 31)):
    t_from = np.full(len(values), int(happened.timestamp()), np.int64)
    return read_reports(
        pa.RecordBatch.from_pydict({"r": values}),
        ColumnMapping.of({Field.REPORTED: "r"}),
        timezone,
        t_from,
        (today - date(1970, 1, 1)).days,
    )


def test_when_it_was_reported():
    found = reports(["2021-06-01 08:00", "?", " ", None, "2021-06-01T08:00:30Z"], utc(2021, 6, 1, 8))
    assert found.time.to_pylist() == [utc(2021, 6, 1, 12), None, None, None, utc(2021, 6, 1, 8, 0, 30)]
    assert (found.n_unreadable, found.n_impossible) == (1, 0)


def test_a_report_known_to_the_day_may_be_of_any_time_of_it():
    written = ["2021-06-01", "2021-06-01 00:00", "2021-06-01T00:00:00Z", "2021-06-01T04:00:00Z", "06/2021"]
    found = reports(written, utc(2021, 6, 2, 3, 59))
    assert found.time.to_pylist() == [*[utc(2021, 6, 1, 4)] * 4, utc(2021, 6, 30, 4)]
    assert found.n_impossible == 0
    next_day = reports(written, utc(2021, 6, 2, 4))
    assert next_day.time.to_pylist() == [*[None] * 4, utc(2021, 6, 30, 4)]
    assert (next_day.n_unreadable, next_day.n_impossible) == (0, 4)


def test_the_day_on_which_the_clocks_go_back_has_25_hours():
    assert reports(["2021-11-07"], utc(2021, 11, 8, 4, 30)).time.to_pylist() == [utc(2021, 11, 7, 4)]


def test_reports_before_the_incident_and_on_days_to_come_are_unknown():
    happened = utc(2021, 6, 1, 12)
    found = reports(["2021-06-01 07:59:59", "2021-06-01 08:00", "2021-12-31 23:00", "2022-01-01", "2099"], happened)
    assert found.time.to_pylist() == [None, happened, utc(2022, 1, 1, 4), None, None]
    assert (found.n_unreadable, found.n_impossible) == (1, 2)


def test_typed_reports_are_read_as_they_stand():
    happened = utc(2021, 6, 1, 12)
    days = reports(pa.array([date(2021, 6, 1), None, date(2021, 5, 31)]), happened)
    assert days.time.to_pylist() == [utc(2021, 6, 1, 4), None, None]
    assert (days.n_unreadable, days.n_impossible) == (0, 1)
    moments = reports(pa.array([happened, None], pa.timestamp("ms", "UTC")), happened)
    assert moments.time.to_pylist() == [happened, None]
    assert moments.n_unreadable == 0
    coded = reports(pa.array(["2021-06-01", "soon", None, "2021-06-01"]).dictionary_encode(), happened)
    assert coded.time.to_pylist() == [utc(2021, 6, 1, 4), None, None, utc(2021, 6, 1, 4)]
    assert coded.n_unreadable == 1


def test_a_date_written_as_midnight_is_that_date_whatever_its_offset():
    spans, precision, _ = windows(
        {"d": ["2017-05-25T00:00:00Z", "2017-05-25T04:00:00Z", "2017-05-25T03:59:00Z"]}, DATED
    )
    assert [start for start, _ in spans] == [utc(2017, 5, 25, 4), utc(2017, 5, 25, 4), utc(2017, 5, 24, 4)]
    assert precision == ["day"] * 3

import json
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.ingest.intake import read_candidates
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.moments import DateOrder, Precision
from ilpgeo.ingest.piles import Piles
from ilpgeo.ingest.quarantine import read_quarantine, with_corrections, write_csv
from ilpgeo.ingest.sources import remember_mapping, remembered_mapping

HEADER = "id,lon,lat,when,offence\n"
GOOD = "1,-79.4,43.7,2020-05-01 10:00,Robbery\n"


def test_the_account_of_a_file(write, take_in):
    text = HEADER + GOOD + "2,,,2020-05-03,Robbery\n3,-79.3,43.75,2021-12-31,Theft\n"
    intake, rows = take_in(write(text), source="police")
    report = intake.report
    assert (report.rows_read, report.accepted, report.quarantined, report.duplicates) == (3, 2, 1, 0)
    assert (report.name, report.source, report.precision) == ("file.csv", "police", "day")
    assert (report.first, report.last) == (date(2020, 5, 1), date(2021, 12, 31))
    assert report.geocoded_share == pytest.approx(2 / 3)
    assert report.mapping["longitude"] == "lon"
    assert len(rows) == 2
    assert report.brought is not None


def test_the_same_bytes_for_the_same_source_are_the_same_file(write, take_in):
    first, _ = take_in(write(HEADER + GOOD, "a.csv"), source="police")
    again, _ = take_in(write(HEADER + GOOD, "b.csv"), source="police")
    other, _ = take_in(write(HEADER + GOOD, "c.csv"), source="council")
    assert first.file_id == again.file_id != other.file_id
    assert len(first.file_id) == 32


def test_a_damaged_file_raises_midway_and_an_intake_runs_once(write, take_in, plain, rules, jurisdiction):
    path = write(HEADER + GOOD + '2,-79.4,43.7,2020-05-01,"Rob\n' + GOOD * 5)
    with pytest.raises(InvalidInput, match=r"row 2, column offence: an unclosed quote"):
        read_candidates(path, plain, rules(), jurisdiction())
    path = write(HEADER + GOOD * 20_000 + '2,-79.4,43.7,2020-05-01,"Rob\n' + GOOD * 5)
    intake = read_candidates(path, plain, rules(), jurisdiction())
    with pytest.raises(InvalidInput, match=r"row 20001, column offence: an unclosed quote"):
        list(intake.batches())
    assert intake.report.rows_read == 0
    intake, _ = take_in(write(HEADER + GOOD))
    with pytest.raises(InvalidInput, match="already read"):
        list(intake.batches())


def test_a_mapping_that_does_not_fit_lists_every_fault(write, rules, jurisdiction):
    mapping = ColumnMapping.of({Field.LONGITUDE: "Lon", Field.LATITUDE: ("lat", "lat2"), Field.OFFENCE: "kind"})
    with pytest.raises(InvalidInput) as raised:
        read_candidates(write(HEADER + GOOD), mapping, rules(), jurisdiction())
    assert raised.value.faults == (
        "there is no column 'Lon'",
        "there is no column 'lat2'",
        "there is no column 'kind'",
        "no column for the time: map datetime or date",
        "latitude takes one column, not 2",
    )


def test_mappings_are_changed_by_column_and_field(plain):
    changed = plain.changed({"when": "date", "id": "", "block": "place"}, crs="EPSG:2263", timezone="UTC")
    assert dict(changed.columns) == {
        Field.LONGITUDE: ("lon",), Field.LATITUDE: ("lat",), Field.DATE: ("when",), Field.OFFENCE: ("offence",),
        Field.PLACE: ("block",),
    }  # fmt: skip
    assert (changed.crs, changed.timezone) == ("EPSG:2263", "UTC")
    with pytest.raises(InvalidInput, match=r"there is no field 'wen'; the fields are longitude"):
        plain.changed({"when": "wen"})


def test_mappings_are_remembered_per_source(tmp_path, plain):
    from dataclasses import replace

    full = replace(plain, crs="EPSG:3435", timezone="UTC", date_order=DateOrder.MDY, decimal=",", offence="x",
                   precision=Precision.HOUR, midnight_unknown=True, preset="p")  # fmt: skip
    remember_mapping(tmp_path, "police", full)
    remember_mapping(tmp_path, "council", plain)
    assert remembered_mapping(tmp_path, "police") == full
    assert remembered_mapping(tmp_path, "council") == plain
    assert remembered_mapping(tmp_path, "nobody") is None
    assert [path.name for path in tmp_path.iterdir()] == ["mappings.json"]
    document = json.loads((tmp_path / "mappings.json").read_text())
    document["police"]["precision"] = "fortnight"
    (tmp_path / "mappings.json").write_text(json.dumps(document))
    with pytest.raises(InvalidInput, match="source police: KeyError"):
        remembered_mapping(tmp_path, "police")
    (tmp_path / "mappings.json").write_text("{")
    with pytest.raises(InvalidInput, match="not readable"):
        remembered_mapping(tmp_path, "police")


def test_quarantine_is_saved_corrected_and_brought_again(write, take_in, tmp_path, plain):
    text = HEADER + ",43.7,-79.4,2020-05-01,Robbery\n,,,2020-05-01,Robbery\n,-79.4,43.7,2020-05-01,Robbery\n"
    intake, rows = take_in(write(text), source="police")
    folder = tmp_path / "quarantine"
    assert intake.quarantine.save(folder) == folder / f"{intake.file_id}.parquet"
    rejected = read_quarantine(folder, intake.file_id)
    assert rejected.column_names[:4] == ["ilpgeo_file", "ilpgeo_row", "ilpgeo_reason", "ilpgeo_suggestion"]
    assert rejected["ilpgeo_row"].to_pylist() == [1, 2]
    corrected = with_corrections(rejected, plain)
    assert corrected.select(["lon", "lat"]).to_pylist() == [{"lon": "-79.4", "lat": "43.7"}]
    write_csv(corrected, tmp_path / "corrected.csv")
    again, (row,) = take_in(tmp_path / "corrected.csv", plain, source="police")
    assert again.report.accepted == 1
    assert row["key"] not in {each["key"] for each in rows}
    _, (once_more,) = take_in(tmp_path / "corrected.csv", plain, source="police")
    assert once_more["key"] == row["key"]
    with pytest.raises(NotFound, match="no rows of the file nothing"):
        read_quarantine(folder, "nothing")


def test_a_clean_file_leaves_no_quarantine_and_a_large_one_spills_to_disk(write, take_in, tmp_path, monkeypatch):
    intake, _ = take_in(write(HEADER + GOOD))
    assert intake.quarantine.save(tmp_path / "q") is None
    assert not (tmp_path / "q").exists()
    monkeypatch.setattr("ilpgeo.ingest.quarantine._IN_MEMORY", 1_000)
    intake, _ = take_in(write(HEADER + "1,,,2020-05-01,Robbery\n" * 5_000))
    path = intake.quarantine.save(tmp_path / "q")
    assert path is not None
    assert pq.read_metadata(path).num_rows == 5_000


def test_a_pile_on_one_point_and_one_day_is_flagged_and_kept(write, take_in):
    rng = np.random.default_rng(0)
    text = HEADER
    for n in range(600):
        lon, lat = (-79.4, 43.7) if n < 60 else (rng.uniform(-79.5, -79.3), rng.uniform(43.65, 43.75))
        day = "2020-05-15" if 100 <= n < 180 else f"2020-0{n % 6 + 1}-{n % 27 + 2:02}"
        text += f"{n},{lon},{lat},{day},Robbery\n"
    intake, _ = take_in(write(text))
    assert intake.report.accepted == 600
    flags = {flag.kind: flag for flag in intake.report.flags}
    assert flags["point"].n == 60
    assert flags["point"].message.startswith("60 rows (10.0%) lie on one point, 6289")
    assert flags["day"].n >= 80
    assert "on 2020-05-15" in flags["day"].message


def test_what_the_reader_left_out_is_flagged_in_the_account(tmp_path, take_in):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "January"
    for line in (HEADER + GOOD).splitlines():
        book.active.append(line.split(","))
    book.create_sheet("Codes").append(["code", "means"])
    book.save(tmp_path / "a.xlsx")
    intake, rows = take_in(tmp_path / "a.xlsx")
    assert len(rows) == 1
    assert [(flag.kind, flag.message, flag.n) for flag in intake.report.flags] == [
        ("file", "sheet 'January' is read; not read: 'Codes'", 0)
    ]


def test_the_first_of_january_is_flagged_month_data_is_not():
    days = np.arange("2015-01-01", "2020-01-01", dtype="datetime64[D]").astype(np.int64)
    rng = np.random.default_rng(0)
    day = np.repeat(days, 20)
    new_year = np.flatnonzero(
        np.isin(day, np.arange("2015", "2020", dtype="datetime64[Y]").astype("datetime64[D]").astype(np.int64))
    )
    day = np.concatenate([day, np.repeat(day[new_year], 1)])
    piles = Piles()
    x, y = rng.uniform(0, 1e4, len(day)), rng.uniform(0, 1e4, len(day))
    piles.add(x, y, day, np.ones(len(day), np.bool_))
    assert [(flag.kind, flag.n) for flag in piles.flags()] == [("first of January", 200)]
    months = Piles()
    months.add(x, y, day, np.zeros(len(day), np.bool_))
    assert months.flags() == ()


def test_reversed_windows_and_lost_clocks_are_flagged(write, take_in):
    mapping = ColumnMapping.of({Field.LONGITUDE: "lon", Field.LATITUDE: "lat", Field.DATE: "a", Field.TIME: "t",
                                Field.TO_DATE: "b", Field.OFFENCE: "offence"})  # fmt: skip
    text = "lon,lat,a,t,b,offence\n-79.4,43.7,2020-05-05,,2020-05-01,A\n-79.4,43.7,2020-05-05,late,,A\n"
    intake, rows = take_in(write(text), mapping)
    assert {flag.kind: flag.n for flag in intake.report.flags} == {"reversed": 1, "clock": 1}
    assert [row["precision"] for row in rows] == ["window", "day"]
    assert rows[0]["day"] == date(2020, 5, 1)


def test_reports_that_cannot_be_are_flagged_and_their_rows_kept(write, take_in, plain):
    text = "id,lon,lat,when,offence,told\n"
    for number, told in enumerate(("2020-05-01", "2020-05-02 09:00", "", "2020-04-30", "2099-01-01", "soon", "soon")):
        text += f"{number},-79.4,43.7,2020-05-01 10:00,Robbery,{told}\n"
    intake, rows = take_in(write(text), plain.changed({"told": "reported"}))
    assert (intake.report.accepted, intake.report.quarantined) == (7, 0)
    told = [datetime(2020, 5, 1, 4, tzinfo=UTC), datetime(2020, 5, 2, 13, tzinfo=UTC)]
    assert [row["t_reported"] for row in rows] == [*told, *[None] * 5]
    assert {flag.kind: flag.n for flag in intake.report.flags} == {"reported": 2, "unreadable report": 2}
    _, without = take_in(write(text, name="without.csv"), plain)
    assert [row["key"] for row in without] == [row["key"] for row in rows]


def test_parquet_of_strange_types_is_read_or_quarantined(tmp_path, take_in, plain):
    table = pa.table(
        {
            "id": pa.array([1.0, 2.0, None]),
            "lon": pa.array([-79.4, float("nan"), -79.4], pa.float32()),
            "lat": pa.array(["43.7", "43.7", "x"], pa.large_string()),
            "when": pa.array([date(2020, 5, 1)] * 3, pa.date64()),
            "offence": pa.array(["A", "A", None]).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string())),
            "extra": pa.array([[1], [2], None]),
        }
    )
    pq.write_table(table, tmp_path / "f.parquet")
    intake, (row,) = take_in(tmp_path / "f.parquet", plain)
    assert (row["reference"], row["label"], row["precision"]) == ("1", "A", "day")
    assert intake.report.reasons == {"no coordinates": 2}
    assert intake.quarantine.n == 2

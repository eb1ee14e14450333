from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.schema import candidate
from ilpgeo.ingest.intake import read_candidates
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.readers import open_table
from ilpgeo.ingest.rules import REASONS, Jurisdiction

HEADER = "id,lon,lat,when,offence\n"
GOOD = "1,-79.4,43.7,2020-05-01 10:00,Robbery\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2,,43.7,2020-05-01,Robbery", "no coordinates"),
        ("2,-79.4,  ,2020-05-01,Robbery", "no coordinates"),
        ("2,NaN,43.7,2020-05-01,Robbery", "no coordinates"),
        ("2,-79.4,inf,2020-05-01,Robbery", "no coordinates"),
        ("2,-inf,43.7,2020-05-01,Robbery", "no coordinates"),
        ("2,west,43.7,2020-05-01,Robbery", "no coordinates"),
        ("2,0,0.0,2020-05-01,Robbery", "coordinates (0, 0)"),
        ("2,43.7,-79.4,2020-05-01,Robbery", "swapped latitude and longitude"),
        ("2,-91.6866,36.6194,2020-05-01,Robbery", "outside the jurisdiction"),
        ("2,500,43.7,2020-05-01,Robbery", "outside the jurisdiction"),
        ("2,-79.4,43.7,31/02/2020,Robbery", "unreadable date"),
        ("2,-79.4,43.7,,Robbery", "unreadable date"),
        ("2,-79.4,43.7,2022-01-02,Robbery", "future date"),
        ("2,-79.4,43.7,2013-12-31 23:59,Robbery", "before the start date"),
        ("2,-79.4,43.7,2020-05-01,", "unknown offence"),
        ("2,-79.4,43.7,2020-05-01,Robbery,extra", "unreadable row"),
        ("2,-79.4,43.7", "unreadable row"),
    ],
)
def test_each_reason(write, take_in, quarantined, row, reason):
    intake, rows = take_in(write(HEADER + GOOD + row + "\n" + GOOD.replace("1,", "3,", 1)))
    assert [each["row"] for each in rows] == [1, 3]
    assert intake.report.reasons == {reason: 1}
    assert intake.report.adds_up
    (rejected,) = quarantined(intake)
    assert (rejected["ilpgeo_row"], rejected["ilpgeo_reason"]) == (2, reason)
    assert rejected["ilpgeo_suggestion"]
    assert rejected["ilpgeo_file"] == intake.report.file_id
    if reason != "unreadable row":
        assert rejected["id"] == "2"


def test_the_first_reason_that_applies_is_the_one_given(write, take_in):
    intake, _ = take_in(write(HEADER + GOOD + "2,,,31/02/2020,\n3,0,0,2099-01-01,\n4,-79.4,43.7,2099-01-01,\n"))
    assert intake.report.reasons == {"no coordinates": 1, "coordinates (0, 0)": 1, "future date": 1}


def test_an_offence_that_is_not_in_the_table_is_quarantined_and_case_and_spaces_do_not_count(write, take_in, rules):
    labels = ("  roBBery  ", "Break  and enter", "Fraud")
    text = HEADER + "".join(f"{n},-79.4,43.7,2020-05-01,{label}\n" for n, label in enumerate(labels))
    intake, rows = take_in(write(text), rules=rules(groups={"robbery": "Violence", "break and enter": "Burglary"}))
    assert [(row["label"], row["offence"]) for row in rows] == [
        ("roBBery", "Violence"),
        ("Break and enter", "Burglary"),
    ]
    assert intake.report.reasons == {"unknown offence": 1}


def test_one_candidate_in_full(write, take_in):
    _, (row,) = take_in(write(HEADER + GOOD))
    assert row.pop("key") > 0
    assert row.pop("x") == pytest.approx(628_900, abs=200)
    assert row.pop("y") == pytest.approx(4_839_700, abs=500)
    assert row == {
        "row": 1,
        "t_from": datetime(2020, 5, 1, 14, tzinfo=UTC),
        "t_to": datetime(2020, 5, 1, 14, 1, tzinfo=UTC),
        "day": date(2020, 5, 1),
        "precision": "minute",
        "label": "Robbery",
        "offence": "Robbery",
        "area": "sw",
        "place": None,
        "reference": "1",
        "t_reported": None,
        "series": None,
    }


def test_near_but_in_no_area_is_unplaced_farther_is_outside(write, take_in, jurisdiction):
    bounds = jurisdiction().bounds
    text = "id,x,y,when,offence\n"
    for number, beyond in enumerate((-1.0, 0.0, 4_999.0, 5_001.0)):
        text += f"{number},{bounds[2] + beyond},{bounds[1] + 10},2020-05-01,Robbery\n"
    mapping = ColumnMapping.of(
        {Field.X: "x", Field.Y: "y", Field.DATE: "when", Field.OFFENCE: "offence", Field.REFERENCE: "id"}
    )
    intake, rows = take_in(write(text), mapping)
    assert [row["area"] for row in rows] == ["se", None, None]
    assert intake.report.reasons == {"outside the jurisdiction": 1}
    assert intake.report.unplaced == 2
    assert intake.report.geocoded_share == 0.75


def test_a_test_of_nearness_decides_where_there_is_one(write, take_in, plain, jurisdiction):
    box = jurisdiction()
    nowhere = Jurisdiction(
        box.ids, box.bounds, lambda x, y: np.full(len(x), -1, np.int32), near=lambda x, y: x > 630_000.0
    )
    intake, rows = take_in(write(HEADER + GOOD + "2,-79.2,43.7,2020-05-01,Robbery\n"), plain, jurisdiction=nowhere)
    assert [row["reference"] for row in rows] == ["2"]
    assert intake.report.unplaced == 1


def test_rows_without_a_reference_are_told_apart_by_content_and_number(write, take_in):
    row = ",-79.4,43.7,2020-05-01,Robbery\n"
    intake, rows = take_in(write(HEADER + row * 3 + row.replace("Robbery", "Assault")))
    assert len({each["key"] for each in rows}) == 4
    assert [flag.n for flag in intake.report.flags if flag.kind == "identical"] == [2]
    _, fewer = take_in(write(HEADER + row.replace("Robbery", "Assault") + row * 2, name="part.csv"))
    assert {each["key"] for each in fewer} < {each["key"] for each in rows}


@pytest.mark.parametrize("crs", ["EPSG:4269", "EPSG:4258", "EPSG:4326"])
def test_places_some_metres_apart_are_apart_in_x_and_y_of_degrees(write, take_in, crs):
    mapping = ColumnMapping.of({Field.X: "lon", Field.Y: "lat", Field.DATE: "when", Field.OFFENCE: "offence"})
    text = HEADER + "".join(f",{-79.4 + n * 1e-5:.5f},43.7,2020-05-01,Robbery\n" for n in range(9))
    intake, rows = take_in(write(text), replace(mapping, crs=crs))
    assert len({each["key"] for each in rows}) == 9
    assert intake.report.flags == ()
    _, (last,) = take_in(write(HEADER + text.splitlines()[-1] + "\n", "later.csv"), replace(mapping, crs=crs))
    assert last["key"] == rows[-1]["key"]


def test_rows_with_one_reference_share_a_key_whatever_else_they_say(write, take_in):
    _, rows = take_in(write(HEADER + GOOD + GOOD.replace("Robbery", "Assault") + GOOD.replace("1,", "2,", 1)))
    assert rows[0]["key"] == rows[1]["key"] != rows[2]["key"]


def test_the_key_is_the_same_from_csv_and_parquet(write, take_in, tmp_path, plain):
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = write("lon,lat,when,offence,id\n-79.4,43.7,2020-05-01,Robbery,\n")
    pq.write_table(
        pa.table({"lon": [-79.4], "lat": [43.7], "when": [date(2020, 5, 1)], "offence": ["Robbery"],
                  "id": pa.array([None], pa.string())}),
        tmp_path / "file.parquet",
    )  # fmt: skip
    (_, (one,)), (_, (two,)) = take_in(path), take_in(tmp_path / "file.parquet", plain)
    assert one == two


def test_an_offence_in_two_columns_and_one_for_the_whole_file(write, take_in, plain):
    text = "lon,lat,when,kind,detail\n-79.4,43.7,2020-05-01,Theft,from vehicle\n-79.4,43.7,2020-05-01,Theft,\n"
    two = ColumnMapping.of({Field.LONGITUDE: "lon", Field.LATITUDE: "lat", Field.DATE: "when",
                            Field.OFFENCE: ("kind", "detail")})  # fmt: skip
    _, rows = take_in(write(text), two)
    assert [row["label"] for row in rows] == ["Theft: from vehicle", "Theft"]
    _, rows = take_in(write(text, name="b.csv"), two.changed({"kind": "", "detail": "", "=homicide": "offence"}))
    assert [row["label"] for row in rows] == ["homicide", "homicide"]


CELLS = st.tuples(
    st.sampled_from(["", "1", "2", "7f", " "]),
    st.sampled_from(["-79.4", "43.7", "0", "", "NaN", "inf", "abc", "-79.39", "1e400", "200", "-79,4"]),
    st.sampled_from(["43.7", "-79.4", "0", "", "nan", "-inf", "43.71", "91"]),
    st.sampled_from(["2020-05-01", "31/02/2020", "", "1/5/2020 8:30 PM", "2999-01-01", "1966-01-01", "2020-05", "x"]),
    st.sampled_from(["Robbery", "robbery ", "", "Fraud", '"a ""quoted"" one"', '"two\nlines"', "ü"]),
)
ROWS = st.lists(
    st.one_of(CELLS, CELLS.map(lambda cells: cells[:3]), CELLS.map(lambda cells: (*cells, "x"))), min_size=1
)


@settings(max_examples=150)
@given(rows=ROWS, groups=st.sampled_from([None, {"robbery": "Violence"}]))
def test_every_row_is_accounted_for(tmp_path_factory, plain_mapping_and_rules, rows, groups):
    mapping, rules, jurisdiction = plain_mapping_and_rules
    path = tmp_path_factory.mktemp("dirty") / "dirty.csv"
    path.write_text(HEADER + "".join(",".join(cells) + "\n" for cells in rows), "utf-8", newline="")
    intake = read_candidates(path, mapping, rules(groups=groups), jurisdiction())
    batches = list(intake.batches())
    report = intake.report
    accepted = [n for batch in batches for n in batch.column("row").to_pylist()]
    rejected = [row["ilpgeo_row"] for batch in intake.quarantine.batches() for row in batch.to_pylist()]
    assert sorted(accepted + rejected) == list(range(1, len(rows) + 1))
    assert report.rows_read == len(rows)
    assert report.adds_up
    assert sum(report.reasons.values()) == report.quarantined == len(rejected) == intake.quarantine.n
    assert set(report.reasons) <= set(REASONS)
    for batch in batches:
        assert batch.schema == candidate()
        batch.validate(full=True)
        assert np.isfinite(batch.column("x").to_numpy()).all()


@pytest.fixture(scope="session")
def plain_mapping_and_rules(plain, rules, jurisdiction):
    return plain, rules, jurisdiction


def test_row_numbers_hold_over_batches_quoted_newlines_blank_and_faulty_lines(write, take_in, monkeypatch):
    monkeypatch.setattr("ilpgeo.ingest.readers.delimited.BLOCK", 2_000)
    lines, expected, bad = [], [], []
    for number in range(1, 2001):
        if number % 97 == 0:
            lines.append(f"{number},too,few")
            bad.append(number)
        else:
            kind = '"two\nlines"' if number % 13 == 0 else "Robbery"
            lines.append(f"{number},-79.4,43.7,2020-05-01,{kind}")
            expected.append(number)
        if number % 50 == 0:
            lines.append("")
    intake, rows = take_in(write(HEADER + "\n".join(lines) + "\n"))
    assert [row["row"] for row in rows] == [int(row["reference"]) for row in rows] == expected
    assert intake.report.reasons == {"unreadable row": len(bad)}
    told = [row for batch in intake.quarantine.batches() for row in batch.to_pylist()]
    assert [row["ilpgeo_row"] for row in told] == bad
    assert told[0]["ilpgeo_suggestion"].startswith("3 values where 5 are expected")


def test_opening_tells_the_rows_to_come_and_progress_ends_with_them(write, take_in):
    seen = []
    take_in(write(HEADER + GOOD * 10), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(10, 10)]
    assert open_table(write(HEADER + GOOD * 10)).n_rows_hint == 10

"""Files that are damaged, absurd or made to harm, brought through the doors that everyone uses."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import IlpgeoError, InvalidInput
from ilpgeo.core.ingested import FileReport
from ilpgeo.ingest.readers import open_table
from ilpgeo.pipeline import Opened
from tests.ingest import hostile_files as made

pytestmark = pytest.mark.timeout(20, func_only=True)
COLUMNS = {"lon": "longitude", "lat": "latitude", "when": "date", "what": "offence"}
PLACES = {"longitude": "longitude", "latitude": "latitude", "when": "date", "what": "offence"}
MOST_MEMORY_MB = 900


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("hostile")
    corners = [[-79.5, 43.6], [-79.3, 43.6], [-79.3, 43.7], [-79.5, 43.7], [-79.5, 43.6]]
    shape = {"type": "Polygon", "coordinates": [corners]}
    area = {"type": "Feature", "properties": {"name": "Here"}, "geometry": shape}
    (folder / "areas.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))
    workspace, _ = pipeline.make_workspace(
        folder / "workspace",
        (str(folder / "areas.geojson"),),
        name="Toy",
        crs="EPSG:32617",
        timezone="America/Toronto",
        start=date(2015, 1, 1),
    )
    good = made.written(folder, "good.csv", made.HEADER + made.ROW)
    assert pipeline.ingest(workspace, good, columns=COLUMNS).accepted == 1
    return workspace


def bring(opened: Opened, path: Path, columns: dict[str, str] | None = None) -> FileReport:
    """Bring a file in and check that every row of it is accounted for."""
    report = pipeline.ingest(opened, path, columns=columns or COLUMNS)
    assert report.accepted + report.quarantined + report.duplicates == report.rows_read
    assert sum(report.reasons.values()) == report.quarantined
    return report


def refused(opened: Opened, path: Path) -> str:
    """Return the message with which a file is refused, after checking that nothing came of it."""
    before = pipeline.status(opened)
    with pytest.raises(IlpgeoError) as told:
        bring(opened, path)
    assert pipeline.status(opened) == before
    assert path.name in str(told.value)
    assert len(str(told.value)) < 1_500
    return str(told.value)


@pytest.mark.parametrize("what", made.REFUSED)
def test_a_bad_file_is_refused_with_a_message_and_nothing_is_stored(opened: Opened, tmp_path: Path, what: str) -> None:
    name, data, words = made.REFUSED[what]
    assert words in refused(opened, made.written(tmp_path, name, data))


def test_a_folder_named_like_a_file_is_refused(opened: Opened, tmp_path: Path) -> None:
    folder = tmp_path / "x.csv"
    folder.mkdir()
    assert "a folder" in refused(opened, folder)


def test_links_that_lead_round_and_names_too_long_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    with pytest.raises(IlpgeoError, match=r"a\.csv"):
        open_table(tmp_path / "a.csv")
    with pytest.raises(IlpgeoError, match="xxx"):
        open_table(tmp_path / ("x" * 5_000))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(IlpgeoError, match=r"a\.csv"):
        open_table(tmp_path / "a.csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(opened: Opened, tmp_path: Path) -> None:
    path = made.written(tmp_path, "a.csv", made.HEADER + made.ROW)
    path.chmod(0)
    assert "who may read it" in refused(opened, path)


def test_what_the_system_says_of_a_file_becomes_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made.written(tmp_path, "a.csv", made.HEADER + made.ROW)

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InvalidInput, match=r"a\.csv: cannot be read \(Permission denied\)"):
        open_table(path)


@pytest.mark.parametrize(
    "what", ["gzip bomb", "gzip bomb of json", "zip bomb", "sheet bomb", "long row", "long header"]
)
def test_memory_stays_bounded(tmp_path: Path, what: str) -> None:
    name, data, _ = made.REFUSED[what]
    path = made.written(tmp_path, name, data)
    script = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from ilpgeo.core.errors import IlpgeoError\n"
        "from ilpgeo.ingest.readers import open_table\n"
        "try:\n"
        "    table = open_table(Path(sys.argv[1]))\n"
        "    sum(len(batch.rows) for batch in table.batches(table.columns))\n"
        "except IlpgeoError:\n"
        "    told = Path('/proc/self/status').read_text()\n"  # unlike ru_maxrss it does not count the parent's memory
        "    sys.stdout.write(str(int(re.search(r'VmHWM:\\s+(\\d+)', told)[1]) // 1024))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) < MOST_MEMORY_MB


def test_no_unpacked_file_is_left_behind(opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    bring(opened, made.written(tmp_path, "a.zip", made.zip_bytes(data__csv=made.csv_bytes(50))))
    with pytest.raises(IlpgeoError):
        bring(opened, made.written(tmp_path, "b.zip", made.zip_bytes(data__csv=made.rubbish())))
    assert not [each for each in scratch.iterdir() if each.name.startswith("ilpgeo-")]


def test_a_path_that_climbs_out_of_a_zip_stays_inside(opened: Opened, tmp_path: Path) -> None:
    packed = made.zip_bytes(**{"../../../climbed.csv": made.csv_bytes(20)})
    assert bring(opened, made.written(tmp_path, "climb.zip", packed)).rows_read == 20
    assert not list(tmp_path.parent.rglob("climbed.csv"))


# --- files that look bad and are read


def test_coordinates_that_are_no_place_and_dates_out_of_the_calendar_are_quarantined(
    opened: Opened, tmp_path: Path
) -> None:
    lines = ["NaN,NaN", "inf,43.65", "-79.4,-Infinity", "1e999,43.65", "x,y", ",", "0,0", "43.65,-79.4", "500,500"]
    rows = "".join(f"{pair},2021-03-01,Assault\n" for pair in lines)
    days = ["31/02/2021", "2021-02-31", "2021-13-01", "0000-00-00", "99999999999999999999", "9999-12-31", "tomorrow"]
    rows += "".join(f"-79.4,43.65,{day},Assault\n" for day in days)
    report = bring(opened, made.written(tmp_path, "odd.csv", made.HEADER + rows + made.ROW.replace("2021", "2020")))
    assert report.rows_read == 17
    assert report.accepted == 1
    assert report.reasons["no coordinates"] >= 5
    assert report.reasons["coordinates (0, 0)"] == 1
    assert report.reasons["swapped latitude and longitude"] == 1
    assert report.reasons["unreadable date"] == 6
    assert report.reasons["future date"] == 1


def test_five_hundred_columns_are_read(opened: Opened, tmp_path: Path) -> None:
    header = ",".join(["lon", "lat", "when", "what", *[f"c{n}" for n in range(496)]])
    text = f"{header}\n-79.41,43.65,2021-03-02,Assault{',7' * 496}\n"
    assert bring(opened, made.written(tmp_path, "wide.csv", text)).accepted == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("one_row.csv", made.HEADER + "-79.42,43.65,2021-03-03,Assault"),
        ("quoted.csv", made.HEADER + '-79.42,43.65,2021-03-04,"Assault\nby ""them"""\n'),
        ("names.csv", "lon,lat,when,what,what,,\n-79.42,43.65,2021-03-05,Assault,x,y,z\n"),
        ("utf16.csv", (made.HEADER + "-79.42,43.65,2021-03-06,Überfall\n").encode("utf-16-le")),
        ("utf16be.csv", (made.HEADER + "-79.42,43.65,2021-03-07,Überfall\n").encode("utf-16-be")),
        ("lies.xlsx", made.HEADER + "-79.42,43.65,2021-03-08,Assault\n"),
        ("lies.parquet", made.HEADER + "-79.42,43.65,2021-03-09,Assault\n"),
        ("lies.zip", made.HEADER + "-79.42,43.65,2021-03-10,Assault\n"),
        ("truth.csv", made.xlsx_bytes(["lon", "lat", "when", "what"], [-79.42, 43.65, "2021-03-11", "Assault"])),
        ("deep.zip", made.zip_bytes(**{"a/b/c/d.csv": made.HEADER + "-79.42,43.65,2021-03-12,Assault\n"})),
        ("no_end.csv", made.HEADER + "-79.42,43.65,2021-03-13,Assault\r\n\r\n\n"),
    ],
)
def test_an_odd_but_sound_file_is_read(opened: Opened, tmp_path: Path, name: str, data: bytes | str) -> None:
    report = bring(opened, made.written(tmp_path, name, data))
    assert (report.accepted, report.quarantined) == (1, 0)


def test_rows_of_uneven_length_are_quarantined_by_number(opened: Opened, tmp_path: Path) -> None:
    text = made.HEADER + "-79.43,43.65,2021-03-01,Assault\n1,2,3\n1,2,3,4,5\n-79.43,43.65,2021-03-02,Assault\n"
    report = bring(opened, made.written(tmp_path, "uneven.csv", text))
    assert (report.accepted, report.reasons) == (2, {"unreadable row": 2})


def test_a_sheet_that_lies_about_its_size_and_leaves_a_million_rows_out_is_read(opened: Opened, tmp_path: Path) -> None:
    rows = made.TITLES + made.row_xml(2, "-79.44", "43.65", "2021-03-01", "Assault")
    rows += made.row_xml(900_000, "-79.44", "43.65", "2021-03-02", "Assault")
    rows += made.row_xml(999_999_999, "-79.44", "43.65", "2021-03-03", "Assault")
    sheet = made.sheet_xml(rows, dimension="A1:XFD1048576")
    assert bring(opened, made.written(tmp_path, "vast.xlsx", made.xlsx_with(sheet))).accepted == 2


def test_some_polygons_among_points_are_quarantined_and_empty_geometries_have_no_coordinates(
    opened: Opened, tmp_path: Path
) -> None:
    shapes = [
        made.POINT,
        {"type": "Polygon", "coordinates": [made.RING]},
        None,
        {"type": "Point", "coordinates": []},
        {"type": "MultiPoint", "coordinates": [[-79.41, 43.66]]},
        {"type": "MultiPoint", "coordinates": [[-79.41, 43.66], [-79.42, 43.66]]},
    ]
    path = made.written(tmp_path, "mixed.geojson", made.geojson_bytes(*shapes))
    report = bring(opened, path, PLACES)
    assert (report.rows_read, report.accepted) == (6, 2)
    assert report.reasons == {"unreadable row": 2, "no coordinates": 2}


@pytest.mark.shared
@pytest.mark.parametrize(
    "name",
    [
        "memphis/memphis_precincts.geojson",
        "oddities/lancashire_districts.geojson",
        "oddities/nyc_precincts.gpkg",
        "oddities/london_wards.zip",
        "libpysal_examples/columbus/columbus.shp",
        "libpysal_examples/stl/stl_hom.shp",
        "libpysal_examples/mexico/mexicojoin.shp",
        "libpysal_examples/virginia/virginia.json",
    ],
)
def test_real_boundaries_where_points_are_expected_are_refused(opened: Opened, shared_data: Path, name: str) -> None:
    message = refused(opened, shared_data / name)
    assert "row 1: a " in message
    assert "Polygon" in message

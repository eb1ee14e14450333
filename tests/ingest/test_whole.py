"""A file that was cut anywhere is told from a whole one."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.ingest.whole import ends_open, looks_cut, missing_end

TEXT = "id,when,note\n" + "".join(f'R{at},2023-03-{at:02d},"a, quoted; note {at}"\n' for at in range(10, 30))


def _packed(content: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.csv", content)
    return made.getvalue()


def _columnar() -> bytes:
    made = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(100))}), made)
    return made.getvalue()


def _database(folder: Path) -> bytes:
    file = folder / "made.gpkg"
    with sqlite3.connect(file) as made:
        made.execute("create table a (b text)")
        made.executemany("insert into a values (?)", [("x" * 500,)] * 40)
    made.close()
    return file.read_bytes()


def _json() -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": [{"a": [1, 2, {"b": "}"}]}] * 5}).encode()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return {
        "a.csv": TEXT.encode(),
        "a.csv.gz": gzip.compress(TEXT.encode()),
        "a.zip": _packed(TEXT),
        "a.parquet": _columnar(),
        "a.gpkg": _database(tmp_path_factory.mktemp("made")),
        "a.geojson": _json(),
        "a.kml": b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>\n',
    }


NAMES = ("a.csv", "a.csv.gz", "a.zip", "a.parquet", "a.gpkg", "a.geojson", "a.kml")


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_file_is_whole(name: str, whole: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(whole[name])
    assert not missing_end(tmp_path / name)
    assert not ends_open(tmp_path / name)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"a.csv", "a.geojson"}])
@given(share=st.floats(0.5, 1, exclude_max=True))
def test_a_part_of_it_is_not(
    name: str, share: float, whole: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("cut") / name
    file.write_bytes(whole[name][: max(1, int(share * (len(whole[name].rstrip()) - 1)))])
    assert missing_end(file)


@given(at=st.integers(20, len(TEXT) - 2))
def test_a_table_cut_in_a_row_is_told_or_its_end_is_open(at: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("cut") / "a.csv"
    file.write_text(TEXT[:at], "utf-8")
    if TEXT[at - 1] == "\n":
        assert not missing_end(file)  # cut between two rows: nothing can tell
    else:
        assert missing_end(file) or ends_open(file)
        last = TEXT[:at].splitlines()[-1]
        is_short = last.count(",") < 2 or last.count('"') == 1
        assert bool(missing_end(file)) == is_short


def test_json_cut_before_its_last_bracket(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_bytes(_json()[:-3])
    assert missing_end(tmp_path / "a.geojson") == "" or _json()[:-3].endswith((b"}", b"]"))
    (tmp_path / "a.geojson").write_bytes(_json()[:-20])
    assert missing_end(tmp_path / "a.geojson") == "its end is missing"


def test_an_empty_file_and_a_database_at_work(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    assert missing_end(tmp_path / "a.csv") == "it is empty"
    (tmp_path / "a.gpkg").write_bytes(_database(tmp_path))
    assert not missing_end(tmp_path / "a.gpkg")
    (tmp_path / "a.gpkg-journal").touch()
    assert missing_end(tmp_path / "a.gpkg")


@pytest.mark.parametrize(
    ("column", "last", "is_cut"),
    [
        (["Theft", "Assault", "Theft"], "Assault", False),
        (["Theft", "Assault", "Theft"], "Assau", True),  # the beginning of another one
        (["Theft", "Assault", "Theft"], "Robbery", False),  # new, and as long as others
        (["43.6512", "43.6620"], "43.6591", False),
        (["43.6512", "43.6620"], "43.65", True),
        (["2023-04-01", "2023-04-02"], "2023-04-0", True),
        (["2023-04-01", "2023-04-02"], "2023-04-03", False),
        (["a", "", "b"], "", False),  # empty above as well
        (["a1", "b2"], "", True),
        (["only one"], "another one", True),  # nothing to set it against
    ],
)
def test_a_last_value_is_told_cut_by_the_column_above_it(column, last, is_cut, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = [f"{at},{value}" for at, value in enumerate([*column, last])]
    file.write_text("\n".join(["id,what", *rows]), "utf-8")
    assert looks_cut(file) is is_cut
    file.write_text("\n".join(["id,what", *rows, ""]), "utf-8")
    assert not looks_cut(file)  # a line break ends it

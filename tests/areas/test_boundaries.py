"""One boundary file: formats, guesses, repairs, refusals."""

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from ilpgeo.areas.boundaries import guess_id_column, guess_name_column, parse_areas_option, read_boundaries
from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.query import Level


def wards(n: int = 3) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"ward_code": [f"E0{k}" for k in range(n)], "ward_name": [f"Ward {chr(65 + k)}" for k in range(n)]},
        geometry=[shapely.box(-79.5 + 0.01 * k, 43.6, -79.49 + 0.01 * k, 43.61) for k in range(n)],
        crs="EPSG:4326",
    )


def zipped(frame: gpd.GeoDataFrame, folder: Path) -> Path:
    inner = folder / "shapes"
    inner.mkdir()
    frame.to_file(inner / "wards.shp")
    return Path(shutil.make_archive(str(folder / "wards"), "zip", inner))


@pytest.mark.parametrize("kind", ["wards.geojson", "wards.gpkg", "wards.shp", "wards.parquet", "zip"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32617"])
def test_every_format_gives_the_same_areas(tmp_path: Path, kind: str, crs: str):
    frame = wards().to_crs(crs)
    path = tmp_path / kind
    if kind == "zip":
        path = zipped(frame, tmp_path)
    elif kind.endswith("parquet"):
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    read = read_boundaries(str(path))
    assert (read.type, read.level) == ("wards", None)
    assert (read.id_column, read.id) == ("ward_code", ("E00", "E01", "E02"))
    assert (read.name_column, read.name) == ("ward_name", ("Ward A", "Ward B", "Ward C"))
    assert read.remarks == ()
    expected = wards().geometry.to_numpy()
    assert shapely.area(shapely.symmetric_difference(read.geometry, expected)).max() < 1e-10


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("regional:police force=a=b.gpkg", (Level.REGIONAL, "police force", Path("a=b.gpkg"))),
        ("some/City_Wards-2021.shp.zip", (None, "city wards 2021", Path("some/City_Wards-2021.shp.zip"))),
    ],
)
def test_the_option(option: str, expected):
    assert parse_areas_option(option) == expected


def test_an_unknown_level_is_refused():
    with pytest.raises(InvalidInput, match="'county' is not local, regional or national"):
        parse_areas_option("county:ward=a.gpkg")


@pytest.mark.parametrize(
    ("columns", "name", "code"),
    [
        ({"OBJECTID": [1, 2, 3], "LAD21CD": ["x", "y", "z"], "LAD21NM": ["Ace", "Bee", "Cod"]}, "LAD21NM", "LAD21CD"),
        ({"community": ["Ace", "Bee", "Cod"], "shape_area": ["1.5", "2.5", "3.5"]}, "community", ""),
        ({"kind": ["ward", "ward", "ward"], "town": ["Ace", "Bee", "Cod"]}, "town", ""),
        ({"region_name": ["N", "N", "N"], "NAME": ["Ace", "Bee", None]}, "NAME", ""),
        ({"OBJECTID": [1, 2, 3], "Precinct": [1.0, 5.0, 6.0]}, "Precinct", ""),
        ({"id": ["a", "a", "b"], "geoid": [10, 11, 12], "title": ["Ace", "Bee", "Cod"]}, "title", "geoid"),
        ({"area": [1.25, 2.5, 3.75]}, "", ""),
        ({}, "", ""),
    ],
)
def test_guesses(columns: dict, name: str, code: str):
    table = pd.DataFrame(columns, index=range(3))
    assert (guess_name_column(table), guess_id_column(table)) == (name, code)


def test_names_that_repeat_get_numbered_ids(tmp_path: Path):
    frame = wards(4)[["geometry"]].assign(name=["São João", "Sao Joao", None, "北"])
    frame.to_file(tmp_path / "w.geojson")
    read = read_boundaries(str(tmp_path / "w.geojson"))
    assert read.id == ("sao-joao", "sao-joao-2", "area-3", "area-4")
    assert read.name == ("São João", "Sao Joao", "area-3", "北")


def test_population_is_taken_along(tmp_path: Path):
    wards().assign(Population=[5, -1, 7]).to_file(tmp_path / "w.gpkg")
    population = read_boundaries(str(tmp_path / "w.gpkg")).population
    assert population[[0, 2]].tolist() == [5, 7]
    assert population[1] != population[1]


def test_invalid_polygons_are_repaired_and_absent_ones_left_out_with_a_remark(tmp_path: Path):
    frame = wards()
    bowtie = shapely.Polygon([(-79, 43), (-78, 44), (-78, 43), (-79, 44)])
    frame = frame.set_geometry([bowtie, None, frame.geometry.iloc[2]], crs=frame.crs)
    frame.to_parquet(tmp_path / "w.parquet")
    read = read_boundaries(str(tmp_path / "w.parquet"))
    assert read.id == ("E00", "E02")
    assert shapely.is_valid(read.geometry).all()
    assert shapely.area(read.geometry[0]) == pytest.approx(0.5)
    assert read.remarks == ("w.parquet: row 2: no geometry, left out", "w.parquet: row 1: invalid polygon, made valid")


def test_points_are_refused_by_row(tmp_path: Path):
    frame = wards()
    frame = frame.set_geometry([frame.geometry.iloc[0], shapely.Point(0, 0), shapely.Point(1, 1)], crs=frame.crs)
    frame.to_file(tmp_path / "w.geojson")
    with pytest.raises(InvalidInput, match=r"w\.geojson: rows 2, 3: a Point where a polygon is expected"):
        read_boundaries(str(tmp_path / "w.geojson"))


def test_a_missing_crs_is_degrees_only_where_the_extent_fits(tmp_path: Path):
    wards().set_crs(None, allow_override=True).to_parquet(tmp_path / "degrees.parquet")
    assert "taken as longitude and latitude" in read_boundaries(str(tmp_path / "degrees.parquet")).remarks[0]
    wards().to_crs("EPSG:32617").set_crs(None, allow_override=True).to_parquet(tmp_path / "metres.parquet")
    with pytest.raises(InvalidInput, match=r"names no CRS .* add the \.prj file"):
        read_boundaries(str(tmp_path / "metres.parquet"))


def test_metres_that_claim_to_be_degrees_are_refused(tmp_path: Path):
    wards().to_crs("EPSG:32617").set_crs("EPSG:4326", allow_override=True).to_file(tmp_path / "w.geojson")
    with pytest.raises(InvalidInput, match="says its coordinates are degrees"):
        read_boundaries(str(tmp_path / "w.geojson"))


@pytest.mark.parametrize("name", ["w.geojson", "w.gpkg", "w.zip", "w.parquet", "w.shp", "w.txt"])
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02rubbish" * 50])
def test_rubbish_is_refused(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput, match="cannot be read as boundaries"):
        read_boundaries(str(tmp_path / name))


def test_tables_layers_and_missing_files(tmp_path: Path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="without geometry"):
        read_boundaries(str(tmp_path / "t.csv"))
    for layer in ("one", "two"):
        wards().to_file(tmp_path / "l.gpkg", layer=layer)
    with pytest.raises(InvalidInput, match=r"several layers \(one, two\)"):
        read_boundaries(str(tmp_path / "l.gpkg"))
    with pytest.raises(NotFound, match="no boundary file"):
        read_boundaries(str(tmp_path / "none.gpkg"))
    wards().iloc[:0].to_file(tmp_path / "e.gpkg")
    with pytest.raises(InvalidInput, match="holds no polygon"):
        read_boundaries(str(tmp_path / "e.gpkg"))

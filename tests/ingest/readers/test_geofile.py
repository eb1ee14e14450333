"""GeoJSON, GeoPackage, shapefile and KML written by GDAL and read back, plain, zipped and packed."""

import gzip
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers import open_table

POINTS = shapely.points([[-79.40, 43.65], [-79.41, 43.66], [-79.42, 43.67]])


def frame(crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    told = {"what": ["Assault", "Theft", "Überfall"], "when": ["2021-03-01", "2021-03-02", "2021-03-03"]}
    return gpd.GeoDataFrame(told, geometry=POINTS.copy(), crs="EPSG:4326").to_crs(crs)


def read(path: Path) -> dict[str, list[object]]:
    table = open_table(path)
    values: dict[str, list[object]] = {name: [] for name in table.columns}
    for batch in table.batches(table.columns):
        for name in table.columns:
            values[name] += batch.values.column(name).to_pylist()
    return values


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.kml"])
def test_degrees_come_as_longitude_and_latitude_without_a_crs(tmp_path: Path, name: str) -> None:
    frame().to_file(tmp_path / name)
    table, values = open_table(tmp_path / name), read(tmp_path / name)
    assert table.crs == ""
    assert table.columns[:2] == ("longitude", "latitude")
    assert np.allclose(values["longitude"], shapely.get_x(POINTS), atol=1e-9)
    assert np.allclose(values["latitude"], shapely.get_y(POINTS), atol=1e-9)
    assert values["what"] == ["Assault", "Theft", "Überfall"]
    assert values["when"] == ["2021-03-01", "2021-03-02", "2021-03-03"]


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp"])
def test_other_places_come_as_x_and_y_in_the_crs_declared(tmp_path: Path, name: str) -> None:
    projected = frame("EPSG:32617")
    projected.to_file(tmp_path / name)
    table, values = open_table(tmp_path / name), read(tmp_path / name)
    assert table.crs == "EPSG:32617"
    assert table.columns[:2] == ("x_coordinate", "y_coordinate")
    assert np.allclose(values["x_coordinate"], projected.geometry.x)


def test_a_zipped_shapefile_reads_as_the_shapefile(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    frame("EPSG:32617").to_file(tmp_path / "parts" / "a.shp")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for part in (tmp_path / "parts").iterdir():
            archive.write(part, f"deep/{part.name}")
    assert read(tmp_path / "b.zip") == read(tmp_path / "parts" / "a.shp")
    assert open_table(tmp_path / "b.zip").crs == "EPSG:32617"


def test_a_packed_geojson_reads_as_the_geojson(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.geojson")
    (tmp_path / "a.geojson.gz").write_bytes(gzip.compress((tmp_path / "a.geojson").read_bytes()))
    assert read(tmp_path / "a.geojson.gz") == read(tmp_path / "a.geojson")


@pytest.mark.parametrize("suffix", [".shx", ".dbf"])
def test_a_shapefile_without_a_part_is_refused(tmp_path: Path, suffix: str) -> None:
    frame().to_file(tmp_path / "a.shp")
    (tmp_path / "a").with_suffix(suffix).unlink()
    with pytest.raises(InvalidInput, match=f"its {suffix} file is missing"):
        open_table(tmp_path / "a.shp")


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
def test_a_shapefile_cut_short_is_refused(tmp_path: Path, suffix: str) -> None:
    frame().to_file(tmp_path / "a.shp")
    part = tmp_path / f"a{suffix}"
    part.write_bytes(part.read_bytes()[:-12])
    with pytest.raises(InvalidInput, match="cut short"):
        open_table(tmp_path / "a.shp")


def test_a_shapefile_without_a_crs_says_so(tmp_path: Path) -> None:
    frame("EPSG:32617").to_file(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    table = open_table(tmp_path / "a.shp")
    assert (table.crs, table.columns[:2]) == ("", ("x_coordinate", "y_coordinate"))
    assert "does not say its CRS" in table.notes[0]


def test_a_truncated_geopackage_is_refused(tmp_path: Path) -> None:
    frame().to_file(tmp_path / "a.gpkg")
    (tmp_path / "a.gpkg").write_bytes((tmp_path / "a.gpkg").read_bytes()[:-4096])
    with pytest.raises(InvalidInput, match="cut short"):
        open_table(tmp_path / "a.gpkg")


def test_the_layer_of_points_is_taken_and_several_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame().to_file(path, layer="crimes")
    areas = frame().set_geometry(shapely.buffer(POINTS, 0.01), crs="EPSG:4326")
    areas.to_file(path, layer="wards", mode="a")
    assert len(read(path)["what"]) == 3
    assert open_table(path).notes == ("layer 'crimes' is read; not read: 'wards'",)
    frame().to_file(path, layer="more", mode="a")
    with pytest.raises(InvalidInput, match="2 layers could be the incidents"):
        open_table(path)


def test_a_column_of_the_same_name_as_a_coordinate_keeps_its_values(tmp_path: Path) -> None:
    frame().assign(longitude=["a", "b", "c"]).to_file(tmp_path / "a.geojson")
    values = read(tmp_path / "a.geojson")
    assert values["longitude (2)"] == ["a", "b", "c"]
    assert values["longitude"][0] == -79.40


@pytest.mark.shared
def test_real_incidents_are_read_whole(shared_data: Path) -> None:
    values = read(shared_data / "memphis" / "memphis_robberies.geojson")
    assert len(values["uid"]) == len(set(values["uid"])) == 2_245
    assert -90.4 < min(values["longitude"]) < max(values["longitude"]) < -89.6
    points = read(shared_data / "libpysal_examples" / "virginia" / "vautm17n_points.shp")
    assert len(points["x_coordinate"]) == 200

import json
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.ingest.features import are_points, read_features

CRS = "EPSG:32617"
EXTENT = (629_000.0, 4_833_000.0, 633_000.0, 4_837_000.0)
PLACE = shapely.Point(630_000, 4_834_000)
LINE = shapely.LineString([(630_000, 4_834_000), (631_000, 4_834_500)])
SQUARE = shapely.box(630_000, 4_834_000, 630_500, 4_834_500)


def written(folder: Path, name: str, shapes: list, crs: str = CRS) -> Path:
    frame = gpd.GeoDataFrame({"owner": ["someone"] * len(shapes)}, geometry=shapes, crs=CRS)
    path = folder / name
    (frame if not crs else frame.to_crs(crs)).to_file(path)
    return path


@pytest.mark.parametrize("name", ["bars.geojson", "bars.gpkg", "bars.shp"])
@pytest.mark.parametrize("shape", [PLACE, LINE, SQUARE], ids=["point", "line", "polygon"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:26917"])
def test_every_shape_comes_back_in_the_workspace_s_crs(tmp_path, name, shape, crs) -> None:
    found = read_features(written(tmp_path, name, [shape], crs), CRS, EXTENT).geometry
    assert len(found) == 1
    assert found[0].geom_type == shape.geom_type
    assert shapely.hausdorff_distance(found[0], shape) < 0.01
    assert are_points(found) == (shape is PLACE)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("name;longitude;latitude", "A;-79.3937;43.6487"),
        ("x,y,kind", "629506.0,4834083.0,bar"),
    ],
)
def test_a_table_of_places_is_read(tmp_path, header, row) -> None:
    path = tmp_path / "bars.csv"
    lines = [header, *[row] * 4, row.replace("-79.3937", "").replace("629506.0", "")]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = read_features(path, CRS, EXTENT)
    assert len(found.geometry) == 4
    assert math.hypot(found.geometry[0].x - 629_506, found.geometry[0].y - 4_834_083) < 500
    assert any("1 rows without a place" in each for each in found.remarks)


def test_several_points_in_one_are_so_many_features(tmp_path) -> None:
    several = shapely.MultiPoint([(630_000, 4_834_000), (630_100, 4_834_000), (630_200, 4_834_000)])
    found = read_features(written(tmp_path, "bars.gpkg", [several]), CRS, EXTENT)
    assert len(found.geometry) == 3
    assert are_points(found.geometry)


def test_what_is_unusable_is_left_out_and_what_is_broken_repaired_and_said(tmp_path) -> None:
    bow_tie = shapely.Polygon([(630_000, 4_834_000), (630_400, 4_834_400), (630_400, 4_834_000), (630_000, 4_834_400)])
    away = shapely.Point(700_000, 4_834_000)
    found = read_features(written(tmp_path, "lots.gpkg", [SQUARE, bow_tie, None, away]), CRS, EXTENT)
    assert len(found.geometry) == 2
    assert shapely.is_valid(found.geometry).all()
    told = " ".join(found.remarks)
    assert "1 features without a usable shape" in told
    assert "1 invalid polygons made valid" in told
    assert "1 features far from" in told


def test_features_of_another_place_are_refused(tmp_path) -> None:
    with pytest.raises(InvalidInput, match=r"none of its 1 features lies anywhere near"):
        read_features(written(tmp_path, "bars.gpkg", [shapely.Point(300_000, 5_000_000)]), CRS, EXTENT)


def test_a_file_that_does_not_say_its_crs_needs_it_named(tmp_path) -> None:
    path = written(tmp_path, "bars.shp", [PLACE])
    path.with_suffix(".prj").unlink()
    with pytest.raises(InvalidInput, match="--crs"):
        read_features(path, CRS, EXTENT)
    assert read_features(path, CRS, EXTENT, CRS).geometry[0].equals_exact(PLACE, 0.01)
    degrees = written(tmp_path, "more.shp", [PLACE], "EPSG:4326")
    degrees.with_suffix(".prj").unlink()
    found = read_features(degrees, CRS, EXTENT)
    assert found.geometry[0].equals_exact(PLACE, 0.01)
    assert any("taken as EPSG:4326" in each for each in found.remarks)


def test_what_is_no_file_of_places_is_refused(tmp_path) -> None:
    with pytest.raises(NotFound):
        read_features(tmp_path / "absent.geojson", CRS, EXTENT)
    (tmp_path / "bars.csv").write_text("name,open\nA,yes\nB,no\n", "utf-8")
    with pytest.raises(InvalidInput, match="longitude and latitude"):
        read_features(tmp_path / "bars.csv", CRS, EXTENT)
    (tmp_path / "bars.geojson").write_text('{"type": "FeatureCollection", "features": [{"type"', "utf-8")
    with pytest.raises(InvalidInput, match=r"bars\.geojson"):
        read_features(tmp_path / "bars.geojson", CRS, EXTENT)
    empty = {"type": "FeatureCollection", "features": []}
    (tmp_path / "none.geojson").write_text(json.dumps(empty), "utf-8")
    with pytest.raises(InvalidInput, match=r"none\.geojson"):
        read_features(tmp_path / "none.geojson", CRS, EXTENT)


def test_heights_do_not_matter(tmp_path) -> None:
    found = read_features(written(tmp_path, "bars.gpkg", [shapely.Point(630_000, 4_834_000, 85)]), CRS, EXTENT)
    assert not shapely.has_z(found.geometry).any()
    assert np.isfinite(shapely.get_coordinates(found.geometry)).all()

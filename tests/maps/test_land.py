"""Land around a workspace."""

import gzip
import json
from pathlib import Path

import pytest
import shapely

from ilpgeo.maps.land import land_around


def written(path: Path, *boxes: tuple[float, float, float, float]) -> Path:
    features = [
        {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(shapely.box(*box)))}
        for box in boxes
    ]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump({"type": "FeatureCollection", "features": features}, file)
    return path


def test_land_is_cut_to_the_surroundings(tmp_path: Path):
    file = written(tmp_path / "land.geojson.gz", (-180, -60, 0, 80), (100, 0, 110, 10))
    (shape,) = json.loads(land_around((-79.6, 43.5, -79.1, 43.9), file)).values()
    bounds = shapely.bounds(shapely.from_geojson(json.dumps(shape["geometry"])))
    assert bounds == pytest.approx([-83.6, 39.5, -75.1, 47.9])


def test_no_file_or_no_land_is_no_land(tmp_path: Path):
    assert land_around((0, 0, 1, 1), tmp_path / "absent.gz") == ""
    assert land_around((0, 0, 1, 1), written(tmp_path / "land.geojson.gz", (100, 0, 110, 10))) == ""

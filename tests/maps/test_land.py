"""Land around a workspace."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from ilpgeo.maps.land import land_around


def written(path: Path, *boxes: tuple[float, float, float, float]) -> Path:
    pq.write_table(pa.table({"geometry": [shapely.to_wkb(shapely.box(*box)) for box in boxes]}), path)
    return path


def test_land_is_cut_to_the_surroundings(tmp_path: Path):
    file = written(tmp_path / "land.parquet", (-180, -60, 0, 80), (100, 0, 110, 10))
    (shape,) = json.loads(land_around((-79.6, 43.5, -79.1, 43.9), file)).values()
    bounds = shapely.bounds(shapely.from_geojson(json.dumps(shape["geometry"])))
    assert bounds == pytest.approx([-83.6, 39.5, -75.1, 47.9])


def test_no_file_or_no_land_is_no_land(tmp_path: Path):
    assert not land_around((0, 0, 1, 1), tmp_path / "absent.parquet")
    assert not land_around((0, 0, 1, 1), written(tmp_path / "land.parquet", (100, 0, 110, 10)))

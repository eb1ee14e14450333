"""The demo never gets into a workspace of someone's own."""

import json
from datetime import date
from pathlib import Path

import pytest

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput


def test_the_sample_is_not_brought_into_somebodys_own_workspace(tmp_path: Path):
    ring = [[-79.6, 43.5], [-79.1, 43.5], [-79.1, 43.9], [-79.6, 43.9], [-79.6, 43.5]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    features = [{"type": "Feature", "properties": {"name": "Here"}, "geometry": shape}]
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    folder = tmp_path / "own"
    opened, _ = pipeline.make_workspace(
        folder, (str(file),), name="Toronto", crs="EPSG:32617", timezone="America/Toronto", start=date(2014, 1, 1)
    )
    with pytest.raises(InvalidInput, match="own holds the workspace Toronto, not the sample toronto"):
        pipeline.make_demo("toronto", folder)
    assert opened.store.totals().n == 0


@pytest.mark.parametrize(("wide", "cell_m"), [(0.5, 150.0), (6.0, 400.0)])
def test_a_wide_country_gets_cells_that_fit(tmp_path: Path, wide: float, cell_m: float):
    ring = [[10, 50], [10 + wide, 50], [10 + wide, 50 + wide], [10, 50 + wide], [10, 50]]
    features = [
        {"type": "Feature", "properties": {"name": "X"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    ]
    file = tmp_path / "areas.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    opened, _ = pipeline.make_workspace(
        tmp_path / "own", (str(file),), name="Wide", crs="EPSG:32632", timezone="UTC", start=date(2014, 1, 1)
    )
    assert opened.workspace.settings.cell_m == cell_m

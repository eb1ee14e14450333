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

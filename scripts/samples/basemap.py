"""data/basemap: land and countries of Natural Earth, 1:50 million."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

from samples.sources import WORLD_ATLAS

DECIMALS = 4  # of a degree: about 10 m, finer than the source
FILES = {"land": "land-50m.json", "countries": "countries-50m.json"}


def build(archives: Path, data: Path) -> None:
    """Write one GeoParquet per layer: `land` without a column of its own, `countries` with names."""
    for layer, name in FILES.items():
        frame = geopandas.read_file(WORLD_ATLAS.member(archives, f"package/{name}"), layer=layer)
        frame = frame.set_geometry(_polygons(frame.geometry.to_numpy()), crs="EPSG:4326")
        frame = frame.explode(ignore_index=True) if layer == "land" else frame
        out = frame[["name", "geometry"]] if layer == "countries" else frame[["geometry"]]
        out.to_parquet(data / "basemap" / f"{layer}.parquet", index=False, compression="zstd", compression_level=19)


def _polygons(geometry: Any) -> Any:
    """Return valid rounded polygons and multipolygons; what collapses is left out."""
    even = shapely.transform(shapely.make_valid(geometry, method="structure"), lambda each: np.round(each, DECIMALS))
    valid = shapely.make_valid(even, method="structure")
    parts, row = shapely.get_parts(valid, return_index=True)
    solid = shapely.get_dimensions(parts) == 2
    whole = [shapely.get_parts(parts[solid & (row == each)]) for each in range(len(valid))]
    return np.array([shapely.multipolygons(each) for each in whole])

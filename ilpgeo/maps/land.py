"""The land around a workspace, from the bundled Natural Earth outlines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ilpgeo.maps.shapes import Bounds, geojson

FILE = Path(__file__).resolve().parents[2] / "data" / "basemap" / "land.parquet"
ATTRIBUTION = "Land: Natural Earth"
_MARGIN_DEGREES = 4.0
_GRID_DEGREES = 1e-3


def land_around(bounds: Bounds, file: Path = FILE) -> str:
    """Return the land around `bounds` (west, south, east, north, degrees) as shapes in JSON; empty where there is none.

    A workspace without the bundled file, or one in the middle of the sea, is drawn without land.

    Parameters
    ----------
    bounds
        The workspace.
    file
        GeoParquet in EPSG:4326 with one column, ``geometry``.
    """
    together = land_shape(bounds, file)
    if together is None:
        return ""
    return json.dumps({"land": {"at": [0, 0], "geometry": geojson(together)}}, separators=(",", ":"))


def land_shape(bounds: Bounds, file: Path = FILE) -> Any:
    """Return the land around `bounds` as one shapely geometry in degrees; None where there is none."""
    import pyarrow.parquet as pq
    import shapely

    if not file.is_file():
        return None
    with pq.ParquetFile(file) as table:  # read_table would load pandas
        outlines = shapely.from_wkb(table.read(["geometry"])["geometry"].to_pylist())
    west, south, east, north = bounds
    margin = max(_MARGIN_DEGREES, 1.5 * (east - west), 1.5 * (north - south))
    box = (max(west - margin, -180), max(south - margin, -85), min(east + margin, 180), min(north + margin, 85))
    near = shapely.clip_by_rect(shapely.make_valid(outlines), *box)
    near = near[~shapely.is_empty(near)]
    if not len(near):
        return None
    return shapely.set_precision(shapely.union_all(near), _GRID_DEGREES)

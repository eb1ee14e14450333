"""How the samples are written: the same input gives the same bytes."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely

DECIMALS = 6  # of a degree: about 0.1 m


def write_gzip(path: Path, content: bytes) -> None:
    """Write `content` compressed, with no time and no name inside."""
    path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))


def rounded(geometry: Any) -> Any:
    """Return geometries with coordinates in rounded degrees; shared vertices stay shared.

    Raises
    ------
    ValueError
        Rounding made a geometry invalid or tore a border.
    """
    even = shapely.transform(np.asarray(geometry), lambda degrees: np.round(degrees, DECIMALS))
    if not shapely.is_valid(even).all() or not shapely.coverage_is_valid(even):
        raise ValueError(f"rounding to {DECIMALS} decimals breaks {(~shapely.is_valid(even)).sum()} polygons")
    return even


def dissolve(frame: geopandas.GeoDataFrame, by: str) -> dict[str, Any]:
    """Return the exact union of the areas of each value of a column, in the order of the values."""
    geometry = frame.geometry.to_numpy()
    return {
        str(value): shapely.normalize(shapely.coverage_union_all(geometry[rows]))
        for value, rows in sorted(frame.groupby(by).indices.items())
    }


def write_areas(path: Path, types: Sequence[geopandas.GeoDataFrame]) -> None:
    """Write the area file: one frame per type, finest first, each in the order of its ids."""
    columns = ["id", "name", "area_type", "level", "parent", "population", "remark", "geometry"]
    rows = [row for frame in types for row in frame.sort_values("id")[columns].to_dict("records")]
    areas = geopandas.GeoDataFrame(rows, columns=columns, geometry="geometry", crs="EPSG:4326")
    for column in ("id", "name", "area_type", "level", "parent", "remark"):
        areas[column] = areas[column].astype("object").where(areas[column].notna(), None).astype("str")
    areas["population"] = areas["population"].astype("float64")
    areas["geometry"] = shapely.normalize(areas.geometry.to_numpy())
    areas.to_parquet(path, index=False, compression="zstd", compression_level=19)

"""Geometries to one point a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from ilpgeo.core.arrays import FloatArray

_COLLECTIONS = (4, 7)  # shapely's numbers for MultiPoint and GeometryCollection


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The places of some rows.

    Attributes
    ----------
    x, y
        Shape (n,): NaN where a row has no geometry, or an empty one.
    wrong
        (position, what the geometry is) of rows whose geometry is no single point.
    """

    x: FloatArray
    y: FloatArray
    wrong: tuple[tuple[int, str], ...]


def points_of(geometry: pa.Array) -> Points:
    """Return the places of geometries in WKB; a collection of one point is that point."""
    raw = geometry.to_numpy(zero_copy_only=False)
    shapes = shapely.from_wkb(raw, on_invalid="ignore")
    has_one = np.isin(shapely.get_type_id(shapes), _COLLECTIONS) & (shapely.get_num_geometries(shapes) == 1)
    if has_one.any():
        shapes[has_one] = shapely.get_geometry(shapes[has_one], 0)
    kind = shapely.get_type_id(shapes)
    lost = (kind == -1) & geometry.is_valid().to_numpy(zero_copy_only=False)
    is_wrong = ((kind > 0) & ~shapely.is_empty(shapes)) | lost
    wrong = tuple((int(at), _words(shapes[at])) for at in np.flatnonzero(is_wrong))
    held = np.where(shapely.is_empty(shapes), None, shapes)  # GEOS gives no coordinates of an empty point, but an error
    return Points(shapely.get_x(held), shapely.get_y(held), wrong)


def _words(shape: shapely.Geometry | None) -> str:
    if shape is None:
        return "geometry of an unknown kind"
    parts = int(shapely.get_num_geometries(shape))
    return f"{shape.geom_type} of {parts} parts" if parts > 1 else str(shape.geom_type)

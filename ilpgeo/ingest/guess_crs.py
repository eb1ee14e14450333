"""Which CRS x and y are in, told by where they would lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.projection import Box, projection

_FITS = 0.8
_SAMPLE = 500
_MOST_TRIED = 40


@dataclass(frozen=True, slots=True)
class CrsGuess:
    """A CRS, empty if none fits, and the sentence that says why."""

    crs: str
    reason: str


def guess_crs(x: FloatArray, y: FloatArray, crs: str, extent: Box | None) -> CrsGuess:
    """Return the first CRS that puts at least 80 % of the points into the workspace's extent.

    Tried are the workspace's own, the world's web map, and those in use where the workspace lies (national
    grids, UTM zones, state planes in metres and feet). Several versions of one grid lie metres apart: the first
    in the EPSG list that is not withdrawn is taken.
    """
    if extent is None:
        return CrsGuess("", "the CRS of x and y cannot be told without areas: name it")
    step = max(len(x) // _SAMPLE, 1)
    x, y = x[::step], y[::step]
    margin = 0.02 * max(extent[2] - extent[0], extent[3] - extent[1])
    for tried in _candidates(crs, extent):
        try:
            to_x, to_y = projection(tried, crs)(x, y)
        except InvalidInput:
            # The EPSG list holds families of grids (EPSG:32600) that are no CRS by themselves.
            continue
        inside = (
            (to_x >= extent[0] - margin)
            & (to_x <= extent[2] + margin)
            & (to_y >= extent[1] - margin)
            & (to_y <= extent[3] + margin)
        )
        if float(np.mean(inside)) >= _FITS:
            own = ", the workspace's own" if tried == crs else ""
            return CrsGuess(
                tried, f"x and y are taken as {tried}{own}: {inside.mean():.0%} lie in the workspace's area"
            )
    return CrsGuess("", "no known CRS puts x and y into the workspace's area: name it")


def _candidates(crs: str, extent: Box) -> Iterator[str]:
    from pyproj import Transformer
    from pyproj.aoi import AreaOfInterest
    from pyproj.database import query_crs_info
    from pyproj.enums import PJType

    yield crs
    yield "EPSG:3857"
    west, south, east, north = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform_bounds(*extent)
    area = AreaOfInterest(west, south, east, north)
    known = query_crs_info("EPSG", PJType.PROJECTED_CRS, area, contains=True)

    def newest_datum_first(info: object) -> tuple[int, int]:
        name = str(getattr(info, "name", ""))
        order = ("WGS 84 / UTM", "OSGB", "NAD83 /", "ETRS89 /")
        rank = next((place for place, part in enumerate(order) if part in name), len(order))
        return rank, int(getattr(info, "code", "0"))

    for info in sorted(known, key=newest_datum_first)[:_MOST_TRIED]:
        yield f"EPSG:{info.code}"

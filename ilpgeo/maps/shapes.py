"""Area boundaries for the browser: simplified together, in degrees, made once per workspace.

Geometry travels apart from its colours: it is put on a shelf (a folder the app's own server hands out) in files named
after their content, which the browser fetches once and keeps, while each new answer sends styles and words only. Types
with many areas are cut into one file per parent, so that a drill-down fetches what it shows; where that would be many
files, into one per parent's parent.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.space import Areas

if TYPE_CHECKING:
    from pyproj import Transformer

DECIMALS = 5  # of a degree: about a metre
_WHOLE = 400  # types with at most so many areas are one file
_MOST_FILES = 60  # fetched for one picture, each some milliseconds of the server's time
_FINEST_TOLERANCE_M, _COARSEST_TOLERANCE_M = 4.0, 250.0
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder whose files the app's own server hands out, and its address as seen from the map's frame."""

    folder: Path
    url: str

    def put(self, content: str, suffix: str = ".json") -> str:
        """Keep `content` under a name made of its hash and return its address."""
        name = hashlib.sha256(content.encode()).hexdigest()[:24] + suffix
        path = self.folder / name
        if not path.is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=self.folder, suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
            Path(part).replace(path)
        return self.url + name


@dataclass(frozen=True, slots=True, eq=False)
class TypeShapes:
    """The simplified boundaries of one area type.

    Attributes
    ----------
    positions
        Shape (n,): where the areas stand in Areas.
    geometry
        Shape (n,): polygons in EPSG:4326, rounded.
    bounds
        Shape (n, 4): west, south, east, north, degrees.
    points
        Shape (n, 2): longitude and latitude of a point inside each area.
    """

    positions: IntArray
    geometry: npt.NDArray[Any]
    bounds: FloatArray
    points: FloatArray


@dataclass(frozen=True, eq=False)
class AreaShapes:
    """The boundaries of a workspace's areas, ready to draw.

    Attributes
    ----------
    areas
        The areas drawn.
    shelf
        Where geometry is put for the browser to fetch; None writes it into the page (standalone files).
    key
        Changes when the areas change: part of the map's key.
    """

    areas: Areas
    shelf: Shelf | None
    key: str
    _types: dict[int, TypeShapes] = field(default_factory=dict, repr=False)
    _written: dict[tuple[int, int], str] = field(default_factory=dict, repr=False)

    def of_type(self, number: int) -> TypeShapes:
        """Return the shapes of type number `number`; simplified when first asked for."""
        if number not in self._types:
            self._types[number] = _simplified(self.areas, number)
        return self._types[number]

    def bounds(self, positions: IntArray) -> Bounds:
        """Return west, south, east, north of areas (one or more), degrees."""
        boxes = []
        for number in np.unique(self.areas.type[positions]):
            shapes = self.of_type(int(number))
            boxes.append(shapes.bounds[np.isin(shapes.positions, positions)])
        every = np.vstack(boxes)
        west, south = every[:, :2].min(axis=0)
        east, north = every[:, 2:].max(axis=0)
        return float(west), float(south), float(east), float(north)

    def sources(self, positions: IntArray) -> list[str]:
        """Return what holds the geometry of areas: addresses on the shelf, or JSON text where there is none."""
        found: list[str] = []
        for number in np.unique(self.areas.type[positions]):
            wanted = positions[self.areas.type[positions] == number]
            holders = np.array([-1])
            if len(self.of_type(int(number)).positions) > _WHOLE:
                holders = np.unique(self.areas.parent[wanted])
                while len(holders) > _MOST_FILES and (self.areas.parent[holders] >= 0).all():
                    holders = np.unique(self.areas.parent[holders])
            found += [self._source(int(number), int(holder)) for holder in holders]
        return found

    def prepare(self) -> None:
        """Make what a picture of all areas of each type needs, so that the first such picture does not wait for it."""
        for number in range(len(self.areas.types)):
            self.sources(self.of_type(number).positions)

    def _source(self, number: int, holder: int) -> str:
        if (number, holder) not in self._written:
            shapes, areas = self.of_type(number), self.areas
            rows = np.arange(len(shapes.positions))
            if holder >= 0:
                held_by = areas.ancestor(areas.types[int(areas.type[holder])])
                rows = rows[held_by[shapes.positions] == holder]
            content = _as_json(areas, shapes, rows)
            self._written[number, holder] = content if self.shelf is None else self.shelf.put(content)
        return self._written[number, holder]


def area_shapes(areas: Areas, shelf: Shelf | None = None) -> AreaShapes:
    """Return the shapes of `areas`; geometry is simplified when first drawn.

    Notes
    -----
    Cost: about 0.1 s for 140 detailed polygons, 1 s for 7,000; keep the result for the life of the workspace.
    """
    from shapely import to_wkb

    digest = hashlib.sha256("\n".join((*areas.id, *areas.types, areas.crs)).encode())
    for each in to_wkb(areas.geometry):
        digest.update(each)
    return AreaShapes(areas, shelf, digest.hexdigest()[:16])


def tolerance_m(area_m2: FloatArray) -> float:
    """Return how far a border may move, metres, for areas of these sizes (m2): a pixel or so when one fills a phone."""
    return float(np.clip(np.sqrt(np.median(area_m2)) / 80, _FINEST_TOLERANCE_M, _COARSEST_TOLERANCE_M))


def to_degrees(geometry: npt.NDArray[Any], crs: str) -> npt.NDArray[Any]:
    """Return geometry in `crs` as longitude and latitude, rounded."""
    import shapely

    transformer = _to_degrees(crs)

    def turned(coordinates: FloatArray) -> FloatArray:
        lon, lat = transformer.transform(coordinates[:, 0], coordinates[:, 1])
        return np.round(np.column_stack([lon, lat]), DECIMALS)

    return np.asarray(shapely.transform(geometry, turned), dtype=object)


@lru_cache(maxsize=8)
def _to_degrees(crs: str) -> Transformer:
    from pyproj import Transformer

    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def geojson(geometry: Any) -> dict[str, Any]:
    """Return one polygon or multipolygon as a GeoJSON geometry."""
    from shapely import get_coordinates, get_parts

    def rings(polygon: Any) -> list[Any]:
        return [get_coordinates(ring).tolist() for ring in (polygon.exterior, *polygon.interiors)]

    parts = [rings(part) for part in get_parts(geometry) if not part.is_empty and part.geom_type == "Polygon"]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _simplified(areas: Areas, number: int) -> TypeShapes:
    import shapely

    positions = np.flatnonzero(areas.type == number).astype(np.int64)
    whole = areas.geometry[positions]
    simple = shapely.coverage_simplify(whole, tolerance_m(shapely.area(whole)))
    lost = shapely.is_empty(simple)
    simple[lost] = whole[lost]
    degrees = to_degrees(simple, areas.crs)
    points = shapely.get_coordinates(to_degrees(shapely.point_on_surface(whole), areas.crs))
    return TypeShapes(positions, degrees, shapely.bounds(degrees), points)


def _as_json(areas: Areas, shapes: TypeShapes, rows: IntArray) -> str:
    import shapely

    texts = shapely.to_geojson(shapes.geometry[rows])  # a fifth of the time of a text made of Python's numbers
    parts = (
        f'{json.dumps(areas.id[at])}:{{"at":{json.dumps(point)},"geometry":{text}}}'
        for at, point, text in zip(shapes.positions[rows], shapes.points[rows].tolist(), texts, strict=True)
    )
    return f"{{{','.join(parts)}}}"

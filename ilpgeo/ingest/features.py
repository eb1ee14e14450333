"""Features of the ground from a file: points, lines or polygons, nothing but their shape, in the workspace's CRS."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.ingest.columns import as_number
from ilpgeo.ingest.guess import guess_mapping
from ilpgeo.ingest.mapping import Field
from ilpgeo.ingest.projection import Box, projection
from ilpgeo.ingest.readers import open_table
from ilpgeo.ingest.readers.content import HEAD_BYTES, Content, content_of
from ilpgeo.ingest.readers.layers import choose_layer

_ROWS = 16_384
_GEOFILES = frozenset({Content.JSON, Content.SQLITE, Content.SHAPEFILE, Content.KML})
_SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".kml")
_DEGREES = "EPSG:4326"
_POINT, _MULTIPOINT, _POLYGONS = 0, 4, (3, 6)  # shapely's numbers


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What one file holds of one kind of thing.

    Attributes
    ----------
    geometry
        Shape (n,): shapely points, lines and polygons in the CRS asked for.
    remarks
        What was assumed, repaired or left out, in words.
    """

    geometry: npt.NDArray[Any]
    remarks: tuple[str, ...]


def read_features(path: Path, crs: str, extent: Box, file_crs: str = "") -> Features:
    """Return the features of a GeoJSON, GeoPackage, shapefile or KML, or of a table with columns for the place.

    Parameters
    ----------
    crs, extent
        The workspace's CRS, and west, south, east, north of its areas in it, metres.
    file_crs
        CRS of the file's coordinates, where it does not say; empty: as it says, else told from them.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        When it cannot be read, its CRS cannot be told, or nothing in it lies anywhere near the workspace.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}")
    with path.open("rb") as stream:
        content = content_of(stream.read(HEAD_BYTES))
    is_geofile = content in _GEOFILES and path.suffix.lower() in _SUFFIXES
    read = _from_geofile(path, content, crs, file_crs) if is_geofile else _from_table(path, crs, extent, file_crs)
    return _sound(read, path.name, extent)


def _from_geofile(path: Path, content: Content, crs: str, file_crs: str) -> Features:
    layer = choose_layer(path, content)
    with layer.rows([], _ROWS, with_places=True) as (meta, reading):
        if meta["geometry_type"] is None:
            raise InvalidInput(f"{path.name}: a table without geometry; bring points, lines or polygons")
        raw = [batch.column(batch.num_columns - 1).to_numpy(zero_copy_only=False) for batch in reading]
    shapes = shapely.from_wkb(np.concatenate(raw) if raw else np.empty(0, object), on_invalid="ignore")
    shapes = shapely.force_2d(shapes)
    told = str(meta["crs"] or "") or file_crs
    if not told:
        told = _assumed(shapes, path.name)
        return Features(_projected(shapes, told, crs), (*layer.notes, f"{path.name} names no CRS; taken as {told}"))
    return Features(_projected(shapes, told, crs), layer.notes)


def _assumed(shapes: npt.NDArray[Any], file: str) -> str:
    west, south, east, north = shapely.total_bounds(shapes)
    if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
        return _DEGREES
    raise InvalidInput(f"{file} does not say its CRS and holds no longitude and latitude; name it with --crs EPSG:n")


def _projected(shapes: npt.NDArray[Any], crs_from: str, crs_to: str) -> npt.NDArray[Any]:
    moved: npt.NDArray[Any] = shapely.transform(shapes, projection(crs_from, crs_to), interleaved=False)
    return moved


def _from_table(path: Path, crs: str, extent: Box, file_crs: str) -> Features:
    table = open_table(path)
    guess = guess_mapping(table, crs, "UTC", extent)
    mapping = guess.mapping
    pair = (Field.LONGITUDE, Field.LATITUDE) if mapping.is_geographic else (Field.X, Field.Y)
    across, up = (mapping.column(field) for field in pair)
    if not (across and up):
        raise InvalidInput(
            f"{path.name}: no columns for the place were recognised; call them longitude and latitude, or x and y"
        )
    told = _DEGREES if mapping.is_geographic else file_crs or mapping.crs
    if not told:
        raise InvalidInput(f"{path.name}: the CRS of {across} and {up} cannot be told; name it with --crs EPSG:n")
    x, y = (
        np.concatenate([as_number(batch.values.column(name), mapping.decimal) for batch in table.batches((across, up))])
        for name in (across, up)
    )
    to_x, to_y = projection(told, crs)(x, y)
    held = np.isfinite(to_x) & np.isfinite(to_y)
    left = int((~held).sum())
    remarks = [f"{across} and {up} are taken for the place, in {told}"]
    remarks += [f"{left:,} rows without a place left out"] if left else []
    return Features(shapely.points(to_x[held], to_y[held]), tuple(remarks))


def _sound(read: Features, file: str, extent: Box) -> Features:
    """Return the features that can be worked with: present, finite, valid, several points as so many features."""
    shapes, remarks = read.geometry, list(read.remarks)
    usable = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    usable &= np.isfinite(shapely.bounds(shapes)).all(axis=1)
    if not usable.all():
        remarks.append(f"{int((~usable).sum()):,} features without a usable shape left out")
    shapes = shapes[usable]
    kind = shapely.get_type_id(shapes)
    invalid = np.isin(kind, _POLYGONS) & ~shapely.is_valid(shapes)
    if invalid.any():
        remarks.append(f"{int(invalid.sum()):,} invalid polygons made valid")
        shapes = np.where(invalid, shapely.make_valid(shapes), shapes)
    shapes = np.concatenate([shapes[kind != _MULTIPOINT], shapely.get_parts(shapes[kind == _MULTIPOINT])])
    margin = max(extent[2] - extent[0], extent[3] - extent[1])
    around = shapely.box(extent[0] - margin, extent[1] - margin, extent[2] + margin, extent[3] + margin)
    near = shapely.intersects(shapes, around)
    if not near.any():
        raise InvalidInput(
            f"{file}: none of its {len(shapes):,} features lies anywhere near the workspace's areas; bring features of "
            "this place, or name the file's CRS with --crs EPSG:n"
        )
    if not near.all():
        remarks.append(f"{int((~near).sum()):,} features far from the workspace's areas left out")
    return Features(shapes[near], tuple(remarks))


def are_points(geometry: npt.NDArray[Any]) -> bool:
    """Return whether every feature is a point: only points can be counted."""
    return bool((shapely.get_type_id(geometry) == _POINT).all())

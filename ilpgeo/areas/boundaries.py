"""One boundary file of the user's own, in any format: polygons with names and ids guessed from its columns."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.areas.files import ON_DISK, POLYGONS, repaired, rows_text
from ilpgeo.areas.projection import fits_degrees
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput, NotFound, raise_all
from ilpgeo.core.query import Level

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

NAME_COLUMNS = ("name", "area_name", "areaname", "full_name", "fullname", "label", "title")
NAME_ENDINGS = ("name", "nm", "_nam")
CODE_COLUMNS = ("code", "area_code", "area_id", "gss_code", "geoid", "id")
CODE_ENDINGS = ("cd", "code", "_id", "id", "_no", "num", "numbe", "number")
MACHINE_IDS = frozenset({"fid", "objectid", "object_id", "globalid", "gid", "ogc_fid", "oid"})
POPULATION_COLUMNS = ("population", "pop", "residents")
LONGEST_NAME = 80
SHORT_CODE = r"[\w-]{1,12}"


@dataclass(frozen=True, slots=True, eq=False)
class Boundaries:
    """The polygons of one file and what was guessed about them.

    Attributes
    ----------
    path, type, level
        The file, the type of its areas, and the level asked for (None: by order).
    id, name, population, geometry
        Shape (n,); ids unique within the file; polygons in EPSG:4326.
    name_column, id_column
        The columns chosen; empty where there was none to choose.
    remarks
        What was repaired, assumed or left out, in words.
    """

    path: Path
    type: str
    level: Level | None
    id: tuple[str, ...]
    name: tuple[str, ...]
    population: FloatArray
    geometry: npt.NDArray[Any]
    name_column: str
    id_column: str
    remarks: tuple[str, ...]


def parse_areas_option(option: str) -> tuple[Level | None, str, Path]:
    """Return level, area type and path of ``level:type=path``, or of a plain path (no level, type from its name)."""
    match = re.fullmatch(r"(\w+):([^=/\\]+)=(.+)", option)
    if match is None:
        path = Path(option)
        return None, " ".join(re.split(r"[\s_.-]+", path.name.split(".")[0].lower())).strip() or "area", path
    level, area_type, rest = match.groups()
    if level not in {each.value for each in Level}:
        raise InvalidInput(f"--areas {option}: {level!r} is not local, regional or national; write level:type=path")
    return Level(level), area_type.strip(), Path(rest)


def read_boundaries(option: str) -> Boundaries:
    """Return the areas of one ``--areas`` option.

    Invalid polygons are made valid and rows without geometry left out, both with a remark. A file without CRS is
    taken as longitude and latitude where its extent allows it.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        When it cannot be read, holds other geometries than polygons, or its CRS cannot be told.
    """
    level, area_type, path = parse_areas_option(option)
    frame = _read(path)
    remarks: list[str] = []
    frame = _with_geometry(frame, path, remarks)
    frame = _in_degrees(frame, path, remarks)
    geometry = _valid(frame, path, remarks)
    table = frame.drop(columns=frame.geometry.name)
    id_column, name_column = guess_id_column(table), guess_name_column(table)
    names = _texts(table[name_column]) if name_column else [""] * len(table)
    codes = _texts(table[id_column]) if id_column else _slugs(names)
    names = [name or code for name, code in zip(names, codes, strict=True)]
    return Boundaries(
        path, area_type, level, tuple(codes), tuple(names), _population(table), geometry, name_column, id_column,
        tuple(remarks),
    )  # fmt: skip


def _read(path: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pyarrow as pa
    import pyogrio

    if not path.exists():
        raise NotFound(f"there is no boundary file {path}; check the path given to --areas")
    try:
        if path.suffix.lower() in (".parquet", ".geoparquet"):
            frame = gpd.read_parquet(path)
        else:
            frame = pyogrio.read_dataframe(path, layer=_polygon_layer(path))
    except (RuntimeError, ValueError, OSError, pa.ArrowException) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            f"{path} cannot be read as boundaries: {error}; use GeoJSON, GeoPackage, a shapefile (zipped too) or "
            "GeoParquet"
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InvalidInput(f"{path} holds a table without geometry; boundaries need polygons")
    return frame.reset_index(drop=True)


def _polygon_layer(path: Path) -> str:
    import pyogrio

    layers = pyogrio.list_layers(path)
    fitting = [str(name) for name, kind in layers if kind is None or "Polygon" in str(kind) or kind == "Unknown"]
    if len(fitting) > 1:
        raise InvalidInput(f"{path} holds several layers ({', '.join(fitting)}); save the one wanted to its own file")
    return fitting[0] if fitting else str(layers[0][0])


def _with_geometry(frame: gpd.GeoDataFrame, path: Path, remarks: list[str]) -> gpd.GeoDataFrame:
    geometry = frame.geometry.to_numpy()
    absent = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if absent.any():
        remarks.append(f"{path.name}: {rows_text(np.flatnonzero(absent))}: no geometry, left out")
    other = np.flatnonzero(~absent & ~np.isin(shapely.get_type_id(geometry), POLYGONS))
    if len(other):
        kind = geometry[other[0]].geom_type
        raise InvalidInput(f"{path}: {rows_text(other)}: a {kind} where a polygon is expected; give boundaries")
    if absent.all():
        raise InvalidInput(f"{path} holds no polygon; give boundaries")
    kept = frame.loc[~absent].reset_index(drop=True)
    return kept.set_geometry(shapely.force_2d(kept.geometry.to_numpy()), crs=frame.crs)


def _in_degrees(frame: gpd.GeoDataFrame, path: Path, remarks: list[str]) -> gpd.GeoDataFrame:
    extent = tuple(float(each) for each in frame.total_bounds)
    shown = ", ".join(f"{each:.6g}" for each in extent)
    if frame.crs is None:
        if not fits_degrees(*extent):
            raise InvalidInput(
                f"{path} names no CRS and its extent ({shown}) is no longitude and latitude; add the .prj file or "
                "save it again with its CRS"
            )
        remarks.append(f"{path.name}: names no CRS; taken as longitude and latitude (EPSG:4326)")
        return frame.set_crs(ON_DISK)
    if frame.crs.is_geographic and not fits_degrees(*extent):
        raise InvalidInput(
            f"{path} says its coordinates are degrees, but its extent is {shown}; save it again with its true CRS"
        )
    degrees = frame.to_crs(ON_DISK)
    if not fits_degrees(*(float(each) for each in degrees.total_bounds)):
        raise InvalidInput(
            f"{path}: the extent ({shown}) does not fit its CRS {frame.crs.to_string()}; "
            "save it again with its true CRS"
        )
    return degrees


def _valid(frame: gpd.GeoDataFrame, path: Path, remarks: list[str]) -> npt.NDArray[Any]:
    geometry = frame.geometry.to_numpy()
    invalid = np.flatnonzero(~shapely.is_valid(geometry))
    if len(invalid):
        remarks.append(f"{path.name}: {rows_text(invalid)}: invalid polygon, made valid")
    geometry = repaired(geometry)
    flat = np.flatnonzero(shapely.is_empty(geometry) | ~np.isin(shapely.get_type_id(geometry), POLYGONS))
    raise_all([f"{rows_text(flat)}: the polygon encloses no ground"] if len(flat) else [], subject=str(path))
    return geometry


def guess_name_column(table: pd.DataFrame) -> str:
    """Return the column that most likely holds the areas' names; empty where no text column would do.

    A well-known name comes first, then a name that ends like one, then the text column with the most distinct
    values; columns of numbers, of very long texts, and mostly empty ones are passed over. Where there is no text
    column, areas go by the column of short codes (precinct numbers) with the most distinct values.
    """
    fitting = [str(column) for column in table.columns if _is_wordy(_texts(table[column]))]
    by_ending = [column for column in fitting if column.lower().endswith(NAME_ENDINGS)]
    known = [column for name in NAME_COLUMNS for column in fitting if column.lower() == name]
    pool = by_ending or fitting
    if not pool:
        pool = [
            str(column)
            for column in table.columns
            if str(column).lower() not in MACHINE_IDS
            and all(re.fullmatch(SHORT_CODE, v) for v in _texts(table[column]))
        ]
    most = sorted(pool, key=lambda column: -len(set(_texts(table[column]))))
    return (known + most + [""])[0]


def guess_id_column(table: pd.DataFrame) -> str:
    """Return the column that most likely holds the areas' codes: unique, complete, named like one; else empty."""
    fitting = []
    for column in map(str, table.columns):
        values = _texts(table[column])
        if column.lower() not in MACHINE_IDS and all(values) and len(set(values)) == len(values):
            fitting.append(column)
    known = [column for name in CODE_COLUMNS for column in fitting if column.lower() == name]
    by_ending = [column for column in fitting if column.lower().endswith(CODE_ENDINGS)]
    return (known[:1] + by_ending + [""])[0]


def _is_wordy(values: Sequence[str]) -> bool:
    filled = [value for value in values if value]
    lettered = [value for value in filled if re.search(r"[^\W\d_]{2}", value) and len(value) <= LONGEST_NAME]
    return len(filled) >= 0.5 * len(values) and len(lettered) >= 0.5 * max(1, len(filled))


def _texts(column: Any) -> list[str]:
    return [_text(value) for value in column.astype(object).where(column.notna(), None).tolist()]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _slugs(names: Sequence[str]) -> list[str]:
    """Return an id for every name: plain lower-case letters and digits, numbered where names repeat."""
    seen: Counter[str] = Counter()
    slugs: list[str] = []
    taken: set[str] = set()
    for row, name in enumerate(names, start=1):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        base = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or f"area-{row}"
        seen[base] += 1
        slug = base if seen[base] == 1 else f"{base}-{seen[base]}"
        while slug in taken:
            seen[base] += 1
            slug = f"{base}-{seen[base]}"
        taken.add(slug)
        slugs.append(slug)
    return slugs


def _population(table: pd.DataFrame) -> FloatArray:
    for column in table.columns:
        if str(column).lower() in POPULATION_COLUMNS and table[column].dtype.kind in "iuf":
            residents = table[column].to_numpy(np.float64)
            return np.where(residents >= 0, residents, np.nan)
    return np.full(len(table), np.nan)

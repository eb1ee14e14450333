"""The workspace's area file: GeoParquet in EPSG:4326, one row per area, finest type first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput, NotFound, raise_all
from ilpgeo.core.query import Level
from ilpgeo.core.space import Areas

if TYPE_CHECKING:
    import pyarrow as pa
    from pyproj import CRS

ON_DISK = "EPSG:4326"
IMPLIED = "OGC:CRS84"  # what a GeoParquet file means that says nothing of its CRS
COLUMNS = ("id", "name", "area_type", "level", "parent", "population", "remark", "geometry")
POLYGONS = (3, 6)  # shapely's numbers for Polygon and MultiPolygon
SHOWN = 5  # faults of one kind named in a message before "and n more"


def write_areas(areas: Areas, path: Path) -> None:
    """Write the workspace's area file, in one step: a reader sees the old file or the new one."""
    import geopandas as gpd

    remarks = dict(areas.derived)
    types = [areas.types[number] for number in areas.type]
    frame = gpd.GeoDataFrame(
        {
            "id": list(areas.id),
            "name": list(areas.name),
            "area_type": types,
            "level": [areas.levels[number].value for number in areas.type],
            "parent": [areas.id[at] if at >= 0 else None for at in areas.parent],
            "population": areas.population,
            "remark": [remarks.get(name) for name in types],
        },
        geometry=areas.geometry.copy(),
        crs=areas.crs,
    ).to_crs(ON_DISK)
    frame = frame.set_geometry(repaired(frame.geometry.to_numpy()), crs=ON_DISK)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        frame.to_parquet(beside, index=False)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_areas(path: Path, crs: str) -> Areas:
    """Return the areas of a workspace's area file, projected to `crs`.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        When it cannot be read or breaks a rule; every fault is listed with its rows (first data row: 1).

    Notes
    -----
    Read without a data frame: every start of the dashboard comes by here, and loading geopandas costs two seconds.
    """
    table, on_disk = read_table(path)
    columns = {name: _values(table[name]) for name in COLUMNS if name not in {"population", "geometry"}}
    population = _numbers(table["population"])
    raise_all(_table_faults(columns, population), subject=str(path))
    types = tuple(dict.fromkeys(columns["area_type"]))
    number = np.array([types.index(name) for name in columns["area_type"]], np.int64)
    ids = tuple(str(each) for each in columns["id"])
    levels, faults = _levels(columns, types)
    parent, parent_faults = _parents(ids, columns["parent"], number, len(types))
    geometry = shapely.from_wkb(np.array(table["geometry"].to_pylist(), object))
    raise_all([*faults, *parent_faults, *_geometry_faults(geometry)], subject=str(path))
    remarks: dict[str, str] = {}
    for name, remark in zip(columns["area_type"], columns["remark"], strict=True):
        if remark is not None:
            remarks.setdefault(str(name), str(remark))
    return Areas(
        id=ids,
        name=tuple(str(each) for each in columns["name"]),
        type=number,
        parent=parent,
        population=np.full(len(ids), np.nan) if population is None else population,
        geometry=repaired(_projected(geometry, on_disk, crs)),
        types=types,
        levels=levels,
        crs=crs,
        derived=tuple(remarks.items()),
    )


def repaired(geometry: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the polygons, those made valid that are not: moving corners to another CRS can pinch a narrow neck."""
    valid: npt.NDArray[Any] = geometry.copy()
    invalid = ~shapely.is_valid(valid)
    valid[invalid] = shapely.make_valid(valid[invalid], method="structure", keep_collapsed=False)
    return valid


def read_table(path: Path) -> tuple[pa.Table, CRS]:
    """Return an area file's columns, geometry as WKB, and the CRS it names; raise as `read_areas`."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if not path.is_file():
        raise NotFound(f"there is no area file {path}; make the workspace again with: ilpgeo init or ilpgeo demo")
    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
        about = json.loads((table.schema.metadata or {})[b"geo"])["columns"]["geometry"]
        if about.get("encoding", "WKB") != "WKB":
            raise ValueError(f"its geometry is written as {about['encoding']}, not as WKB")
        on_disk = None if about.get("crs", IMPLIED) is None else CRS.from_user_input(about.get("crs", IMPLIED))
    except (pa.ArrowException, CRSError, ValueError, KeyError, OSError) as error:
        raise InvalidInput(f"{path} cannot be read as GeoParquet: {error}; make the workspace again") from error
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise InvalidInput(f"{path}: column {', '.join(missing)} is missing; the columns are {', '.join(COLUMNS)}")
    if not len(table):
        raise InvalidInput(f"{path} holds no area; make the workspace again with boundaries")
    if on_disk is None:
        raise InvalidInput(f"{path} names no CRS; write it in {ON_DISK}")
    return table, on_disk


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Return a column's values, None for null and for NaN."""
    return [None if each != each else each for each in column.to_pylist()]  # noqa: PLR0124 -- only NaN is not itself


def _numbers(column: pa.ChunkedArray) -> FloatArray | None:
    """Return a column as numbers, NaN for null; None where it holds something else."""
    try:
        return np.array([np.nan if each is None else each for each in column.to_pylist()], np.float64)
    except (TypeError, ValueError):
        return None


def _projected(geometry: npt.NDArray[Any], on_disk: CRS, crs: str) -> npt.NDArray[Any]:
    from pyproj import Transformer

    transformer = Transformer.from_crs(on_disk, crs, always_xy=True)
    return np.asarray(shapely.transform(geometry, transformer.transform, interleaved=False), object)


def rows_text(positions: npt.NDArray[Any] | Sequence[int]) -> str:
    """Return the rows at some positions in words, the first data row being 1: ``rows 3, 4 and 12 more``."""
    rows = [str(int(at) + 1) for at in positions]
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(rows[:SHOWN])}{more}"


def _table_faults(columns: dict[str, list[Any]], population: FloatArray | None) -> list[str]:
    faults = []
    for column in ("id", "name", "area_type", "level"):
        empty = [at for at, each in enumerate(columns[column]) if each is None or not str(each).strip()]
        if empty:
            faults.append(f"{rows_text(empty)}: {column} is empty")
    twice = [at for at in _repeats(columns["id"]) if columns["id"][at] is not None]
    if twice:
        faults.append(f"{rows_text(twice)}: id {columns['id'][twice[0]]!r} is used before; ids must be unique")
    starts = [name for name, _ in groupby(str(each) for each in columns["area_type"])]
    for name in dict.fromkeys(starts[at] for at in _repeats(starts)):
        faults.append(f"area_type {name!r} is not contiguous; order the rows by type, finest first")
    if population is None:
        return [*faults, "population is not a number column"]
    negative = np.flatnonzero(population < 0)
    if len(negative):
        faults.append(f"{rows_text(negative)}: population is negative")
    return faults


def _repeats(values: Sequence[Any]) -> list[int]:
    """Return where a value stands that stood before."""
    first: dict[Any, int] = {}
    return [at for at, each in enumerate(values) if first.setdefault(each, at) != at]


def _levels(columns: dict[str, list[Any]], types: tuple[str, ...]) -> tuple[tuple[Level, ...], list[str]]:
    known = {level.value for level in Level}
    unknown = [at for at, each in enumerate(columns["level"]) if each not in known]
    if unknown:
        found = columns["level"][unknown[0]]
        return (), [f"{rows_text(unknown)}: level {found!r} is not local, regional or national"]
    pairs = set(zip(columns["area_type"], columns["level"], strict=True))
    by_type = {name: sorted(level for of, level in pairs if of == name) for name in types}
    faults = [f"area_type {name!r} has the levels {' and '.join(each)}" for name, each in by_type.items() if each[1:]]
    levels = tuple(Level(each[0]) for each in by_type.values())
    if any(fine.rank > coarse.rank for fine, coarse in pairwise(levels)):
        faults.append(f"the types {', '.join(types)} do not run from local to national; order them finest first")
    return levels, faults


def _parents(
    ids: tuple[str, ...], wanted: list[Any], number: IntArray, n_types: int
) -> tuple[IntArray, list[str]]:  # fmt: skip
    """Return the position of every parent and the faults found on the way."""
    position = {area: at for at, area in enumerate(ids)}
    parent = np.array([position.get(each, -1) if isinstance(each, str) else -1 for each in wanted], np.int64)
    named = np.array([isinstance(each, str) for each in wanted])
    coarsest = number == n_types - 1
    misplaced = (parent >= 0) & (number[parent] != number + 1)
    checks = (
        (named & (parent < 0), "parent {!r} is no id of this file"),
        (misplaced & ~coarsest, "parent {!r} is not in the next coarser type"),
        (named & coarsest & (parent >= 0), "parent {!r} given for an area of the coarsest type; leave it empty"),
        (~named & ~coarsest, "parent is empty; only areas of the coarsest type have none"),
    )
    faults = []
    for wrong, text in checks:
        at = np.flatnonzero(wrong)
        if len(at):
            faults.append(f"{rows_text(at)}: {text.format(wanted[at[0]])}")
    return parent, faults


def _geometry_faults(geometry: npt.NDArray[Any]) -> list[str]:
    absent = np.array([each is None for each in geometry]) | shapely.is_empty(geometry)
    other = ~absent & ~np.isin(shapely.get_type_id(geometry), POLYGONS)
    checks = ((absent, "no geometry"), (other, "not a polygon"))
    faults = [f"{rows_text(np.flatnonzero(wrong))}: {text}" for wrong, text in checks if wrong.any()]
    invalid = np.flatnonzero(~absent & ~other & ~shapely.is_valid(geometry))
    if len(invalid):
        reason = shapely.is_valid_reason(geometry[invalid[0]])
        faults.append(f"{rows_text(invalid)}: the polygon is not valid ({reason}); repair it")
    return faults

"""Factor layers: features of the ground that a workspace keeps, and what each cell has of them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.types import Access, Grid
from ilpgeo.pipeline.opened import Opened

if TYPE_CHECKING:
    import numpy.typing as npt

FOLDER = "factors"
_NAME = re.compile(r"[^\W_][\w -]{0,39}")
_SUFFIX = ".parquet"


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor layer of the workspace.

    Attributes
    ----------
    name
        What its features are (``bars``), in small letters.
    n_features
        How many there are.
    are_points
        Whether all are points: then they are counted too, not only measured to.
    """

    name: str
    n_features: int
    are_points: bool


def known_factors(opened: Opened) -> tuple[Factor, ...]:
    """Return the factor layers of the workspace, by name."""
    import pyarrow.parquet as pq

    found = []
    for path in _files(opened):
        footer = pq.read_metadata(path)
        kinds = json.loads(footer.metadata[b"geo"])["columns"]["geometry"]["geometry_types"]
        found.append(Factor(path.name.removesuffix(_SUFFIX), footer.num_rows, kinds == ["Point"]))
    return tuple(found)


def has_factors(opened: Opened) -> bool:
    """Return whether the workspace has any factor layer."""
    return bool(_files(opened))


def add_factor(
    opened: Opened, name: str, file: Path, access: Access | None = None, crs: str = ""
) -> tuple[Factor, tuple[str, ...]]:
    """Keep the features of a file as a factor layer, in place of one of the same name; only their shape is kept.

    Parameters
    ----------
    access
        Who asks; None is the command line.
    crs
        CRS of the file's coordinates, where it does not say.

    Returns
    -------
    tuple
        The factor, and the remarks to show on how the file was understood.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such file, it cannot be used, or the name cannot be a file's.
    NotAllowed
        When the role does not manage data.
    """
    import geopandas as gpd

    from ilpgeo.ingest.features import are_points, read_features
    from ilpgeo.pipeline.previewed import bounds_of

    if access is not None:
        access.require_data_management()
    plain = _plain(name)
    settings = opened.workspace.settings
    read = read_features(file, settings.crs, bounds_of(opened), crs)
    folder = opened.workspace.folder / FOLDER
    folder.mkdir(exist_ok=True)
    beside = folder / f".{uuid4().hex}"
    try:
        gpd.GeoDataFrame(geometry=read.geometry, crs=settings.crs).to_parquet(beside, index=False)
        beside.replace(folder / f"{plain}{_SUFFIX}")
    finally:
        beside.unlink(missing_ok=True)
    return Factor(plain, len(read.geometry), are_points(read.geometry)), read.remarks


def remove_factor(opened: Opened, name: str, access: Access | None = None) -> None:
    """Take a factor layer out of the workspace; raise NotFound when there is none of this name."""
    if access is not None:
        access.require_data_management()
    path = opened.workspace.folder / FOLDER / f"{_plain(name)}{_SUFFIX}"
    if not path.is_file():
        there = ", ".join(each.name.removesuffix(_SUFFIX) for each in _files(opened)) or "none yet"
        raise NotFound(f"there is no factor {name!r}; there are: {there}")
    path.unlink()


def _plain(name: str) -> str:
    plain = " ".join(name.lower().split())
    if not _NAME.fullmatch(plain):
        raise InvalidInput(
            f"factor {name!r}: a name is up to 40 letters, digits, spaces and hyphens, a letter or digit first"
        )
    return plain


def _files(opened: Opened) -> list[Path]:
    return sorted((opened.workspace.folder / FOLDER).glob(f"[!.]*{_SUFFIX}"))


class FactorLayers(Mapping[str, FloatArray]):
    """What each cell of a grid has of each factor, worked out when first asked for; see `Context.factors`."""

    def __init__(self, opened: Opened, grid: Grid, progress: Progress = unwatched) -> None:
        self._opened, self._grid, self._progress = opened, grid, progress
        self._stamp = {path.name.removesuffix(_SUFFIX): path.stat().st_mtime_ns for path in _files(opened)}
        self._keys: tuple[str, ...] | None = None

    def __iter__(self) -> Iterator[str]:
        if self._keys is None:
            told = [each for each in known_factors(self._opened) if each.name in self._stamp]
            self._keys = tuple(f"{each.name} distance_m" for each in told)
            self._keys += tuple(f"{each.name} count" for each in told if each.are_points)
        return iter(self._keys)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return bool(self._stamp)

    def __getitem__(self, key: str) -> FloatArray:
        if key not in tuple(self):
            raise KeyError(key)
        name, _, measure = key.rpartition(" ")
        path = self._opened.workspace.folder / FOLDER / f"{name}{_SUFFIX}"
        return _kept(self._opened, name, self._stamp[name], measure, self._grid).layer(path, self._progress)


class _Kept:
    """One layer on one grid: worked out once, by the first who asks; given up where that one is stopped."""

    def __init__(self, measure: str, grid: Grid) -> None:
        self._measure, self._grid = measure, grid
        self._lock = threading.Lock()
        self._layer: FloatArray | None = None

    def layer(self, path: Path, progress: Progress) -> FloatArray:
        from ilpgeo.areas.proximity import nearest_m, points_per_cell

        with self._lock:
            if self._layer is None:
                geometry = _geometry(path)
                # The model's own progress begins after the layers: here it is only asked whether to go on.
                self._layer = (
                    points_per_cell(geometry, self._grid)
                    if self._measure == "count"
                    else nearest_m(geometry, self._grid, lambda _: progress(0.0))
                )
            return self._layer


@lru_cache(maxsize=64)
def _kept(opened: Opened, name: str, stamp: int, measure: str, grid: Grid) -> _Kept:  # noqa: ARG001  (the key)
    return _Kept(measure, grid)


def _geometry(path: Path) -> npt.NDArray[Any]:
    import pyarrow.parquet as pq
    import shapely

    column = pq.read_table(path, columns=["geometry"]).column("geometry")
    shapes: npt.NDArray[Any] = shapely.from_wkb(column.to_numpy())
    return shapes

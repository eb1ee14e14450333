"""Grid and Areas: the two ways space is divided."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray, frozen
from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.query import Level


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Square cells, half-open: cell (r, c) holds x0 + c*cell_m <= x < x0 + (c+1)*cell_m, and so for y.

    Attributes
    ----------
    x0, y0
        South-west corner, metres in `crs`.
    cell_m
        Side of a cell, metres.
    nx, ny
        Columns (eastwards) and rows (northwards).
    crs
        EPSG code text.
    inside
        Shape (ny, nx): the study area. A cell outside it is absent, not zero.
    """

    x0: float
    y0: float
    cell_m: float
    nx: int
    ny: int
    crs: str
    inside: BoolArray

    def __post_init__(self) -> None:
        if not (np.isfinite([self.x0, self.y0, self.cell_m]).all() and self.cell_m > 0):
            raise InvalidInput("grid: the corner must be finite and the cell size positive")
        if self.inside.shape != (self.ny, self.nx):
            raise InvalidInput(f"grid: inside has shape {self.inside.shape}, expected {(self.ny, self.nx)}")
        object.__setattr__(self, "inside", frozen(self.inside))

    @property
    def shape(self) -> tuple[int, int]:
        """(ny, nx)."""
        return self.ny, self.nx

    @property
    def cell_km2(self) -> float:
        """Area of one cell, km2."""
        return self.cell_m**2 / 1e6

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north, metres in `crs`."""
        return self.x0, self.y0, self.x0 + self.nx * self.cell_m, self.y0 + self.ny * self.cell_m

    def cell_of(self, x: FloatArray, y: FloatArray) -> IntArray:
        """Return the flat cell number (row * nx + column) of each point, -1 outside the study area."""
        with np.errstate(invalid="ignore"):
            column = np.floor((x - self.x0) / self.cell_m)
            row = np.floor((y - self.y0) / self.cell_m)
        within = (column >= 0) & (column < self.nx) & (row >= 0) & (row < self.ny)
        cell = np.full(len(x), -1, np.int64)
        cell[within] = row[within].astype(np.int64) * self.nx + column[within].astype(np.int64)
        cell[within] = np.where(self.inside.ravel()[cell[within]], cell[within], -1)
        return cell

    def count(self, x: FloatArray, y: FloatArray, weight: FloatArray | None = None) -> FloatArray:
        """Return the weight of the points in each cell, shape (ny, nx); points outside the study area are left out."""
        cell = self.cell_of(x, y)
        kept = cell >= 0
        weights = None if weight is None else weight[kept]
        return np.bincount(cell[kept], weights, self.nx * self.ny).astype(np.float64).reshape(self.shape)


@dataclass(frozen=True, eq=False)
class Areas:
    """The area hierarchy: areas of one or more types, each type at one level, finest type first.

    Arrays have shape (n,), read-only; areas of one type are contiguous and the types run from finest to coarsest.

    Attributes
    ----------
    id, name
        Unique id and the name people use.
    type
        Number of the area's type in `types`.
    parent
        Position of the area it lies in, in the next coarser type; -1 for the coarsest.
    population
        Residents, NaN where unknown.
    geometry
        Shapely polygons or multipolygons in `crs`.
    types
        The name of each area type (``neighbourhood``), finest first.
    levels
        The level of each type.
    crs
        EPSG code text, projected, metres.
    derived
        Type names whose boundaries were derived, with the remark to show (``derived from incident labels: ...``).
    """

    id: tuple[str, ...]
    name: tuple[str, ...]
    type: IntArray
    parent: IntArray
    population: FloatArray
    geometry: npt.NDArray[Any]
    types: tuple[str, ...]
    levels: tuple[Level, ...]
    crs: str
    derived: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for column in ("type", "parent", "population", "geometry"):
            array = getattr(self, column)
            if len(array) != len(self.id):
                raise InvalidInput(f"areas: column {column} has {len(array)} rows, expected {len(self.id)}")
            object.__setattr__(self, column, frozen(array))

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of each id."""
        return {area: at for at, area in enumerate(self.id)}

    def at(self, area: str) -> int:
        """Return the position of the area with this id, or raise NotFound."""
        if area not in self.position:
            raise NotFound(f"there is no area {area!r} in this workspace")
        return self.position[area]

    def of_type(self, area_type: str) -> IntArray:
        """Return the positions of the areas of one type."""
        if area_type not in self.types:
            raise NotFound(f"there is no area type {area_type!r}; this workspace has {', '.join(self.types)}")
        return np.flatnonzero(self.type == self.types.index(area_type)).astype(np.int64)

    def types_at(self, level: Level) -> tuple[str, ...]:
        """Return the area types of a level, finest first."""
        return tuple(name for name, at in zip(self.types, self.levels, strict=True) if at == level)

    @property
    def finest(self) -> IntArray:
        """Positions of the areas of the finest type."""
        return self.of_type(self.types[0])

    def line(self, position: int) -> tuple[int, ...]:
        """Return an area's position and those of all it lies in, finest first."""
        chain = [position]
        while self.parent[chain[-1]] >= 0:
            chain.append(int(self.parent[chain[-1]]))
        return tuple(chain)

    def ancestor(self, area_type: str) -> IntArray:
        """Return for every area the position of the area of `area_type` it lies in (or is); -1 where there is none."""
        wanted = self.types.index(area_type)
        answer = np.arange(len(self), dtype=np.int64)
        for _ in self.types:
            climbing = (answer >= 0) & (self.type[answer] < wanted)
            answer = np.where(climbing, self.parent[answer], answer)
        return np.where((answer >= 0) & (self.type[answer] == wanted), answer, -1)

    def within(self, scope: tuple[str, ...]) -> BoolArray:
        """Return which areas lie in (or are) one of the areas of `scope`; an empty scope is everywhere."""
        if not scope:
            return np.ones(len(self), np.bool_)
        chosen = np.zeros(len(self), np.bool_)
        chosen[[self.at(area) for area in scope]] = True
        for _ in self.types:
            chosen |= (self.parent >= 0) & chosen[self.parent]
        return chosen

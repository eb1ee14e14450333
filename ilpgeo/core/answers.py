"""What a model answers: two kinds that can rank (RiskSurface, Clusters) and three that explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray, frozen
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.space import Grid


@dataclass(frozen=True, slots=True, eq=False)
class RiskSurface:
    """Expected incidents per cell in the window: finite, non-negative, zero outside the study area.

    Attributes
    ----------
    grid
        The cells.
    expected
        Shape (ny, nx), incidents per cell in the window.
    support
        Shape (ny, nx): how many past incidents each cell's value rests on; what the release gate looks at.
    withheld
        Shape (ny, nx): cells the release gate emptied (both values 0); not to be drawn or read as zero. None before.
    """

    grid: Grid
    expected: FloatArray
    support: FloatArray
    withheld: BoolArray | None = None

    def __post_init__(self) -> None:
        for name in ("expected", "support"):
            values = getattr(self, name)
            if values.shape != self.grid.shape:
                raise InvalidInput(f"surface: {name} has shape {values.shape}, expected {self.grid.shape}")
            object.__setattr__(self, name, frozen(values))
        if self.withheld is not None:
            object.__setattr__(self, "withheld", frozen(self.withheld))
        if not np.isfinite(self.expected).all() or (self.expected < 0).any():
            raise InvalidInput("surface: expected must be finite and non-negative")


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """A cluster number for every past incident, -1 for none, and the cells they were told apart on.

    Attributes
    ----------
    grid
        The cells that clusters are drawn on: a cluster's polygon is the union of its occupied cells.
    labels
        Shape (n,): 0..k-1 by first appearance, -1 for noise.
    cell
        Shape (n,): flat cell number of every incident, -1 outside the study area.
    weight
        Shape (n,): weight of every incident.
    scale
        Window length over training length: what turns past counts into expected ones.
    """

    grid: Grid
    labels: IntArray
    cell: IntArray
    weight: FloatArray
    scale: float

    def __post_init__(self) -> None:
        for name in ("labels", "cell", "weight"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.labels.max(initial=-1)) + 1

    def to_surface(self) -> RiskSurface:
        """Return each clustered cell's share of its past count, scaled to the window; noise counts nothing."""
        kept = (self.labels >= 0) & (self.cell >= 0)
        size = self.grid.nx * self.grid.ny
        counts = np.bincount(self.cell[kept], self.weight[kept], size).astype(np.float64).reshape(self.grid.shape)
        return RiskSurface(self.grid, counts * self.scale, counts)


@dataclass(frozen=True, slots=True, eq=False)
class Significance:
    """Where more (or less) happened than chance would place there: an overlay and a reason, never a ranking.

    Attributes
    ----------
    grid
        The cells.
    z, p
        Shape (ny, nx): statistic and two-sided p value, NaN outside the study area.
    rejected
        Shape (ny, nx): significant after correction for the number of cells.
    support
        Shape (ny, nx): past incidents in the neighbourhood that the cell's value rests on.
    alpha
        The false discovery rate allowed.
    withheld
        Shape (ny, nx): cells the release gate emptied (NaN, not rejected, support 0). None before.
    """

    grid: Grid
    z: FloatArray
    p: FloatArray
    rejected: BoolArray
    support: FloatArray
    alpha: float
    withheld: BoolArray | None = None

    def __post_init__(self) -> None:
        for name in ("z", "p", "rejected", "support"):
            values = getattr(self, name)
            if values.shape != self.grid.shape:
                raise InvalidInput(f"significance: {name} has shape {values.shape}, expected {self.grid.shape}")
            object.__setattr__(self, name, frozen(values))
        if self.withheld is not None:
            object.__setattr__(self, "withheld", frozen(self.withheld))


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """Zones of a scan: polygons in the grid's CRS with their statistic and p value, most likely first."""

    grid: Grid
    geometry: npt.NDArray[Any]
    llr: FloatArray
    p: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Diagnostic:
    """Tables and curves that explain or help to choose; columns of equal length by name."""

    title: str
    columns: Mapping[str, npt.NDArray[Any]]


Answer = RiskSurface | Clusters | Significance | Zones | Diagnostic

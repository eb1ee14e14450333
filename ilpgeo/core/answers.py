"""What a model answers: two kinds that can rank (RiskSurface, Clusters) and four that explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray, frozen
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.explained import Diagnostic
from ilpgeo.core.query import Period
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
    beside
        What else the model found: fitted values with their intervals.
    """

    grid: Grid
    expected: FloatArray
    support: FloatArray
    withheld: BoolArray | None = None
    beside: Diagnostic | None = None

    def __post_init__(self) -> None:
        _freeze_cells(self, "surface", ("expected", "support"))
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
    geometry
        Shape (k,): the polygon of each cluster in the grid's CRS, where it is not the union of its occupied cells.
    beside
        What else the model found: the table of clusters.
    """

    grid: Grid
    labels: IntArray
    cell: IntArray
    weight: FloatArray
    scale: float
    geometry: npt.NDArray[Any] | None = None
    beside: Diagnostic | None = None

    def __post_init__(self) -> None:
        for name in ("labels", "cell", "weight"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        if self.geometry is not None:
            if len(self.geometry) != self.n_clusters:
                raise InvalidInput(f"clusters: {len(self.geometry)} polygons for {self.n_clusters} clusters")
            object.__setattr__(self, "geometry", frozen(self.geometry))

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


@dataclass(frozen=True, slots=True)
class Kind:
    """A class that cells fall into.

    Attributes
    ----------
    name, meaning
        The field's term (``consecutive hot spot``) and one sentence that says what it means.
    is_hot
        Whether its cells make up hotspots.
    """

    name: str
    meaning: str
    is_hot: bool


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
    kinds, kind
        The classes there are, and the number of each cell's, shape (ny, nx), -1 for none. Empty and None for a model
        without classes.
    steps, history
        The steps of time, oldest first, and each cell's statistic in each of them, shape (len(steps), ny, nx).
    beside
        What else the model found.
    """

    grid: Grid
    z: FloatArray
    p: FloatArray
    rejected: BoolArray
    support: FloatArray
    alpha: float
    withheld: BoolArray | None = None
    kinds: tuple[Kind, ...] = ()
    kind: npt.NDArray[np.int8] | None = None
    steps: tuple[Period, ...] = ()
    history: npt.NDArray[np.float32] | None = None
    beside: Diagnostic | None = None

    def __post_init__(self) -> None:
        _freeze_cells(self, "significance", ("z", "p", "rejected", "support"))
        if (self.kind is None) != (not self.kinds):
            raise InvalidInput("significance: classes and each cell's class come together")
        if self.kind is not None:
            _freeze_cells(self, "significance", ("kind",))
            if int(self.kind.max(initial=-1)) >= len(self.kinds):
                raise InvalidInput(f"significance: kind {int(self.kind.max())} is none of {len(self.kinds)} classes")
        if self.history is not None:
            if self.history.shape != (len(self.steps), *self.grid.shape):
                raise InvalidInput(f"significance: history has shape {self.history.shape} for {len(self.steps)} steps")
            object.__setattr__(self, "history", frozen(self.history))

    @property
    def hot(self) -> BoolArray:
        """The cells that hotspots are drawn from: those of a hot class, or significantly above the mean."""
        if self.kind is None:
            with np.errstate(invalid="ignore"):
                return np.asarray(self.rejected & (self.z > 0))
        is_hot = np.array([*(kind.is_hot for kind in self.kinds), False])
        return np.asarray(is_hot[self.kind])


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """Zones of a scan, most likely first: where, and on which days, more happened than expected.

    Attributes
    ----------
    grid
        The cells.
    cells
        The flat cell numbers of each zone; zones do not share cells.
    observed, expected
        Shape (k,): incidents in the zone on its days, and how many there would have been by chance.
    llr, p
        Shape (k,): log likelihood ratio, and its p value among the highest of all replications.
    first, last
        Shape (k,): the zone's days, datetime64[D], both included.
    alpha
        The level at which a zone is significant.
    beside
        What else the model found.
    """

    grid: Grid
    cells: tuple[IntArray, ...]
    observed: FloatArray
    expected: FloatArray
    llr: FloatArray
    p: FloatArray
    first: npt.NDArray[np.datetime64]
    last: npt.NDArray[np.datetime64]
    alpha: float
    beside: Diagnostic | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", tuple(frozen(cells) for cells in self.cells))
        for name in ("observed", "expected", "llr", "p", "first", "last"):
            values = getattr(self, name)
            if len(values) != len(self.cells):
                raise InvalidInput(f"zones: {name} has {len(values)} values for {len(self.cells)} zones")
            object.__setattr__(self, name, frozen(values))


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Two pictures set against each other, cell by cell: an overlay and a reason, never a ranking.

    Attributes
    ----------
    grid
        The cells.
    value
        Shape (ny, nx), NaN outside the study area and where there is too little to compare.
    support
        Shape (ny, nx): past incidents the cell's value rests on.
    neutral
        The value of no difference: 0 for a difference, 1 for a ratio.
    unit
        Of the value, empty for a ratio.
    of, against
        What is compared with what, in words.
    withheld
        Shape (ny, nx): cells the release gate emptied (NaN, support 0). None before.
    beside
        What else the model found.
    """

    grid: Grid
    value: FloatArray
    support: FloatArray
    neutral: float
    unit: str
    of: str
    against: str
    withheld: BoolArray | None = None
    beside: Diagnostic | None = None

    def __post_init__(self) -> None:
        _freeze_cells(self, "contrast", ("value", "support"))
        if self.neutral not in {0.0, 1.0}:
            raise InvalidInput(f"contrast: the neutral value is 0 (difference) or 1 (ratio), not {self.neutral!r}")


def _freeze_cells(answer: Any, subject: str, names: tuple[str, ...]) -> None:
    """Make an answer's arrays of shape (ny, nx) read-only, and refuse another shape."""
    for name in (*names, "withheld"):
        values = getattr(answer, name)
        if values is None:
            continue
        if values.shape != answer.grid.shape:
            raise InvalidInput(f"{subject}: {name} has shape {values.shape}, expected {answer.grid.shape}")
        object.__setattr__(answer, name, frozen(values))


Answer = RiskSurface | Clusters | Significance | Zones | Contrast | Diagnostic

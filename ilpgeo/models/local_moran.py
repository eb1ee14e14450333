"""Local Moran: cells that are like their neighbours, busy or quiet, and those that stand out from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.answers import Kind, Significance
from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.neighbourhood import disc_sum
from ilpgeo.models.permutation import permute_neighbours, resolution
from ilpgeo.models.points import check_question
from ilpgeo.models.significance import fdr_rejections, normal_p

QUADRANTS: tuple[Kind, ...] = (
    Kind("high-high", "A busy cell among busy ones: a hot spot", is_hot=True),
    Kind("low-low", "A quiet cell among quiet ones: a cold spot", is_hot=False),
    Kind("high-low", "A busy cell among quiet ones: it stands alone", is_hot=False),
    Kind("low-high", "A quiet cell among busy ones: a gap in a hot spot", is_hot=False),
)
_HIGH_HIGH, _LOW_LOW, _HIGH_LOW, _LOW_HIGH = range(4)


class LocalMoran(NamedTuple):
    """What `local_moran` finds, each of shape (ny, nx).

    Attributes
    ----------
    statistic
        I of each cell, NaN outside the study area.
    z, p
        I in standard deviations from what chance would make it, and its two-sided p value under normality.
    quadrant
        Place of the cell in `QUADRANTS`, -1 outside the study area and without neighbours.
    """

    statistic: FloatArray
    z: FloatArray
    p: FloatArray
    quadrant: npt.NDArray[np.int8]


def local_moran(counts: FloatArray, radius_cells: float, inside: BoolArray | None = None) -> LocalMoran:
    """Return local Moran of every cell against the mean of its neighbours.

    With d_i = x_i - xbar over the n cells, v_i the mean of d over the k_i neighbours of cell i and m2 = sum d^2 / n:
    I_i = (n - 1) / n d_i v_i / m2. Given its own count, and the others in any order, v_i has mean -d_i / (n - 1) and
    variance n / (n - 2) (1 / k_i - 1 / (n - 1)) (m2 - d_i^2 / (n - 1)); z_i is I_i less its mean, by its standard
    deviation.

    Parameters
    ----------
    counts
        Shape (ny, nx); values outside the study area are not looked at.
    radius_cells
        Cells whose centre is this near are neighbours, the cell itself is not.
    inside
        Shape (ny, nx), the study area; None is everywhere.

    Returns
    -------
    Where z is not defined (all counts equal, no neighbours or all cells as neighbours, a count equal to the mean), it
    is 0 and p is 1.

    Raises
    ------
    InvalidInput
        For counts that are not finite, a shape that does not fit or an empty study area.

    Notes
    -----
    O(cells x radius). Anselin (1995), doi:10.1111/j.1538-4632.1995.tb00338.x; moments given the own count: Sokal, Oden
    & Thomson (1998), doi:10.1111/j.1538-4632.1998.tb00406.x.
    """
    present = np.ones(counts.shape, np.bool_) if inside is None else inside
    _check(counts, present)
    n = int(present.sum())
    here = counts[present].astype(np.float64)
    size = np.rint(disc_sum(present.astype(np.float64), radius_cells)[present]) - 1
    around = disc_sum(np.where(present, counts, 0.0), radius_cells)[present] - here
    has_neighbours = size > 0
    deviation = here - here.mean()
    m2 = float((deviation**2).mean())
    lag = np.where(has_neighbours, around / np.maximum(size, 1) - here.mean(), 0.0)
    is_flat = n < 3 or here.min() == here.max()
    statistic = np.zeros(n) if is_flat else (n - 1) / n * deviation * lag / m2
    z = np.zeros(n) if is_flat else _standardised(deviation, lag, size, m2)
    return LocalMoran(
        _placed(statistic, present), _placed(z, present), _placed(normal_p(z), present),
        _quadrants(here, around, size, present),
    )  # fmt: skip


def _check(counts: FloatArray, inside: BoolArray) -> None:
    faults = []
    if inside.shape != counts.shape:
        faults.append(f"inside has shape {inside.shape}, expected {counts.shape}")
    elif not inside.any():
        faults.append("the study area is empty; choose an area that holds at least one cell")
    elif not np.isfinite(counts[inside]).all():
        faults.append("counts are not all finite numbers inside the study area")
    raise_all(faults, subject="local_moran")


def _standardised(deviation: FloatArray, lag: FloatArray, size: FloatArray, m2: float) -> FloatArray:
    n = len(deviation)
    others = m2 - deviation**2 / (n - 1)
    sampling = 1 / np.maximum(size, 1) - 1 / (n - 1)
    # What is left of a variance that is nothing but rounding is no variance.
    defined = (size > 0) & (sampling > 1e-12) & (others > 1e-12 * m2)
    z = np.zeros(n)
    spread = np.sqrt(n / (n - 2) * sampling[defined] * others[defined])
    z[defined] = (np.sign(deviation) * (lag + deviation / (n - 1)))[defined] / spread
    return z


def _quadrants(here: FloatArray, around: FloatArray, size: FloatArray, inside: BoolArray) -> npt.NDArray[np.int8]:
    # Products of whole numbers are exact, quotients are not.
    is_high = here * len(here) > here.sum()
    is_among_high = around * len(here) > here.sum() * size
    among = [is_high & is_among_high, ~is_high & ~is_among_high, is_high]
    quadrant = np.full(inside.shape, -1, np.int8)
    found = np.select(among, [np.int8(_HIGH_HIGH), np.int8(_LOW_LOW), np.int8(_HIGH_LOW)], np.int8(_LOW_HIGH))
    quadrant[inside] = np.where(size > 0, found, -1)
    return quadrant


def _placed(values: FloatArray, inside: BoolArray) -> FloatArray:
    placed = np.full(inside.shape, np.nan)
    placed[inside] = values
    return placed


@dataclass(frozen=True, slots=True)
class LocalMoranModel:
    """Cells significantly like or unlike their neighbours, at a false discovery rate; see `local_moran`."""

    name: ClassVar[str] = "local_moran"
    title: ClassVar[str] = "Clusters and outliers (local Moran)"
    purpose: ClassVar[str] = "significant"
    summary: ClassVar[str] = "Tells hot spots from single busy cells and from gaps, corrected for testing every cell."
    needs: ClassVar[frozenset[str]] = frozenset()

    alpha: float = param(
        0.05, label="False discovery rate", low=0.0001, high=0.5, step=0.01,
        help="Share of the marked cells that may be there by chance.",
    )  # fmt: skip
    radius_cells: float = param(
        1.5, label="Neighbourhood", unit="cells", low=1, high=20, step=0.5,
        help="Cells whose centre is this near count as neighbours; 1.5 is the eight around a cell.",
    )  # fmt: skip
    test: str = param(
        "normal", label="Test", choices=("normal", "permutation"),
        help="Normal suits many cells; permutation assumes no bell curve, but many cells need many permutations.",
    )  # fmt: skip
    permutations: int = param(
        99_999, label="Permutations", low=99, high=999_999, step=1000,
        help="Random draws for each cell, used by the permutation test only.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,
    ) -> Significance:
        """Return z, p and the class of what stays significant after correction; the window does not enter."""
        check_question(past, grid)
        counts = grid.count(past.x, past.y, past.weight)
        found = local_moran(counts, self.radius_cells, grid.inside)
        p, agrees = found.p, np.ones(grid.shape, np.bool_)
        remarks: tuple[str, ...] = ()
        if self.test == "permutation":
            p, direction = permute_neighbours(
                counts, self.radius_cells, grid.inside, self.permutations, rng, context.progress
            )
            # In very skewed counts a sum below the mean can still be among the largest: such a cell has no class.
            is_among_high = (found.quadrant == _HIGH_HIGH) | (found.quadrant == _LOW_HIGH)
            remarks = (resolution(p, self.permutations, self.alpha),)
            agrees = direction == np.where(is_among_high, 1, -1)
        rejected = fdr_rejections(p, self.alpha) & agrees
        kind = np.where(rejected, found.quadrant, np.int8(-1))
        support = np.where(grid.inside, np.round(disc_sum(counts, self.radius_cells), 6), 0.0)
        return Significance(
            grid, found.z, p, rejected, support, self.alpha,
            kinds=QUADRANTS, kind=kind, beside=_explained(kind, grid, remarks, float(counts.sum())),
        )  # fmt: skip


def _explained(kind: npt.NDArray[np.int8], grid: Grid, remarks: tuple[str, ...], n: float) -> Diagnostic:
    n_of = np.bincount(kind[grid.inside] + 1, minlength=len(QUADRANTS) + 1)
    finding = (
        f"{n_of[1:].sum():,} of {int(grid.inside.sum()):,} cells are significantly like or unlike their neighbours"
    )
    table = Table(
        "Cells of each class",
        {
            "Class": np.array([*(each.name for each in QUADRANTS), "no pattern"]),
            "Cells": np.append(n_of[1:], n_of[0]),
            "Area (km²)": np.round(np.append(n_of[1:], n_of[0]) * grid.cell_km2, 6),
            "Meaning": np.array([*(each.meaning for each in QUADRANTS), "Not told apart from chance"]),
        },
    )
    return Diagnostic("Clusters and outliers", (finding, *remarks), (table,), n)

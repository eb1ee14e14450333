"""Getis-Ord Gi*: cells whose neighbourhood holds more (or fewer) incidents than chance would place there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ilpgeo.core.answers import Significance
from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import InvalidInput, raise_all
from ilpgeo.core.explained import Diagnostic
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.neighbourhood import disc_kernel
from ilpgeo.models.permutation import permute_neighbours, resolution
from ilpgeo.models.points import check_question
from ilpgeo.models.significance import fdr_rejections

# Beyond this many weights a Fourier transform is faster than adding them up.
_MOST_TAPS = 150


def gi_star(counts: FloatArray, kernel: FloatArray, inside: BoolArray | None = None) -> tuple[FloatArray, FloatArray]:
    """Return Gi* of every cell as a z value, and its two-sided p value under normality.

    z_i = (sum_j w_ij x_j - W_i xbar) / (s sqrt((n S1_i - W_i^2) / (n - 1))) with W_i = sum_j w_ij,
    S1_i = sum_j w_ij^2, over the n inside cells alone: a cell outside is absent, it is not a zero.

    Parameters
    ----------
    counts
        Shape (ny, nx); values outside the study area are not looked at.
    kernel
        Weights by offset, odd sides, the cell's own weight in the middle.
    inside
        Shape (ny, nx), the study area; None is everywhere.

    Returns
    -------
    tuple
        z and p, shape (ny, nx), NaN outside. Where the statistic is not defined, because all counts are equal or
        the neighbourhood is the whole study area, nothing stands out: z = 0 and p = 1.

    Raises
    ------
    InvalidInput
        For counts that are not finite, a kernel with even sides, or an empty study area.

    Notes
    -----
    O(cells x weights), or O(cells log cells) for wide kernels. Ord & Getis (1995),
    doi:10.1111/j.1538-4632.1995.tb00912.x.
    """
    from ilpgeo.models.gi_star_sums import gi_star_of_binary, moments

    present = np.ones(counts.shape, np.bool_) if inside is None else inside
    _check(counts, kernel, present)
    n, mean, spread = moments(counts, present)
    if not math.isfinite(spread):
        raise InvalidInput("gi_star: counts are not all finite numbers inside the study area")
    if spread == 0:
        return np.where(present, 0.0, np.nan), np.where(present, 1.0, np.nan)
    if bool(((kernel == 0) | (kernel == 1)).all()):
        return gi_star_of_binary(counts, present, kernel, n, mean, spread)
    return _gi_star_of_any(np.where(present, counts - mean, 0.0), present, kernel, n, spread)


def _gi_star_of_any(
    centred: FloatArray, present: BoolArray, kernel: FloatArray, n: int, spread: float
) -> tuple[FloatArray, FloatArray]:
    z, p = np.where(present, 0.0, np.nan), np.where(present, 1.0, np.nan)
    mask = present.astype(np.float64)
    around, weight_sum = _correlate((centred, mask), kernel)
    (square_sum,) = _correlate((mask,), kernel**2)
    variance = (n * square_sum - weight_sum**2) / (n - 1)
    defined = present & (variance > 1e-12 * n * np.maximum(square_sum, 1e-300))
    z[defined] = around[defined] / (spread * np.sqrt(variance[defined]))
    p[defined] = _two_sided(z[defined])
    return z, p


def _check(counts: FloatArray, kernel: FloatArray, inside: BoolArray) -> None:
    faults = []
    if inside.shape != counts.shape:
        faults.append(f"inside has shape {inside.shape}, expected {counts.shape}")
    elif not inside.any():
        faults.append("the study area is empty; choose an area that holds at least one cell")
    if kernel.ndim != 2 or not all(side % 2 for side in kernel.shape):
        faults.append(f"kernel must have two odd sides, not shape {kernel.shape}")
    raise_all(faults, subject="gi_star")


def _correlate(arrays: tuple[FloatArray, ...], kernel: FloatArray) -> tuple[FloatArray, ...]:
    """Return for each array the weighted sum around every cell, nothing beyond the border."""
    if kernel.size > _MOST_TAPS:
        from ilpgeo.models.convolution import Convolution

        convolve = Convolution(kernel[::-1, ::-1], arrays[0].shape)
        return tuple(convolve(values) for values in arrays)
    from scipy import ndimage

    return tuple(ndimage.correlate(values, kernel, mode="constant") for values in arrays)


def _two_sided(z: FloatArray) -> FloatArray:
    from scipy.special import erfc

    return np.asarray(erfc(np.abs(z) / math.sqrt(2.0)), np.float64)


@dataclass(frozen=True, slots=True)
class GiStar:
    """Cells significantly busier or quieter than the study area, at a false discovery rate; see `gi_star`."""

    name: ClassVar[str] = "gi_star"
    title: ClassVar[str] = "Significant hot spots (Gi*)"
    purpose: ClassVar[str] = "significant"
    summary: ClassVar[str] = "Tells where the concentration is more than chance, corrected for testing every cell."
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
        """Return z, p and what stays significant after correction; the window does not enter."""
        check_question(past, grid)
        counts = grid.count(past.x, past.y, past.weight)
        kernel = disc_kernel(self.radius_cells)
        z, p = gi_star(counts, kernel, grid.inside)
        (around,) = _correlate((np.where(grid.inside, counts, 0.0),), kernel)
        support = np.where(grid.inside, np.round(around, 6), 0.0)
        if self.test == "normal":
            return Significance(grid, z, p, fdr_rejections(p, self.alpha), support, self.alpha)
        permuted = permute_neighbours(counts, self.radius_cells, grid.inside, self.permutations, rng, context.progress)
        # A busy cell among quiet ones may have z > 0 though its neighbours are the quiet extreme: neither hot nor cold.
        rejected = fdr_rejections(permuted.p, self.alpha) & (np.sign(z) == permuted.direction)
        findings = (
            f"{rejected.sum()} of {int(grid.inside.sum())} cells are significant by permutation",
            resolution(permuted.p, self.permutations, self.alpha),
        )
        beside = Diagnostic("Permutation test", findings, (), float(counts.sum()))
        return Significance(grid, z, permuted.p, rejected, support, self.alpha, beside=beside)

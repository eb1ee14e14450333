"""Conditional permutation: neighbourhoods set against as many cells drawn at random."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.models.neighbourhood import comparable, disc_sum

# Draws held at once: a few dozen megabytes, and a report of progress several times a second.
_MOST_DRAWS = 2_000_000


class Permuted(NamedTuple):
    """Where the sum over each cell's neighbours lies among the draws.

    Attributes
    ----------
    p
        Shape (ny, nx): two-sided p value, NaN outside the study area; 1 for a cell without neighbours.
    direction
        Shape (ny, nx): 1 where fewer draws reach the observed sum than stay within it, -1 where more do, else 0.
    """

    p: FloatArray
    direction: npt.NDArray[np.int8]


def permute_neighbours(
    counts: FloatArray,
    radius_cells: float,
    inside: BoolArray | None,
    permutations: int,
    rng: np.random.Generator,
    progress: Progress = unwatched,
) -> Permuted:
    """Return how extreme the sum over each cell's neighbours is among sums over as many other cells.

    The cell keeps its own count and its k neighbours are drawn without replacement from all other cells of the study
    area. With `larger` the number of draws whose sum is at least the observed one and `smaller` of those at most it,
    p = min(1, 2 (min(larger, smaller) + 1) / (permutations + 1)). It serves Gi* and local Moran alike: given the
    cell's own count, both grow (or, for a count below the mean, shrink) with the sum over its neighbours.

    Parameters
    ----------
    counts
        Shape (ny, nx); values outside the study area are not looked at. Sums within a millionth are equal.
    radius_cells
        Cells whose centre is this near are neighbours.
    inside
        Shape (ny, nx), the study area; None is everywhere.
    permutations
        At least 1; p is never below 2 / (permutations + 1).
    rng
        Where the draws come from.
    progress
        Called with 0..1 after each batch of draws.

    Raises
    ------
    InvalidInput
        For counts that are not finite, an empty study area, a shape that does not fit, or no permutation.

    Notes
    -----
    O(permutations x k + cells x log permutations): all cells share one sequence of draws, and a draw that holds the
    cell itself is replaced by the next of the sequence, which leaves an exact draw from the others. The p value of
    each cell is exact; those of different cells are dependent. Anselin (1995),
    doi:10.1111/j.1538-4632.1995.tb00338.x; the count of the observed among the draws: Phipson & Smyth (2010),
    doi:10.2202/1544-6115.1585.
    """
    present = np.ones(counts.shape, np.bool_) if inside is None else inside
    _check(counts, present, permutations)
    counted = np.where(present, counts, 0.0)
    around = comparable(disc_sum(counted, radius_cells) - counted)[present]
    size = disc_sum(present.astype(np.float64), radius_cells)[present].astype(np.int64) - 1
    larger, smaller = _extremes(counts[present].astype(np.float64), around, size, permutations, rng, progress)
    p, direction = np.full(counts.shape, np.nan), np.zeros(counts.shape, np.int8)
    p[present] = np.minimum(1.0, 2.0 * (np.minimum(larger, smaller) + 1) / (permutations + 1))
    direction[present] = np.sign(smaller - larger)
    return Permuted(p, direction)


def resolution(p: FloatArray, permutations: int, alpha: float) -> str:
    """Return a sentence on how many cells must reach the smallest p value there can be for any to stay significant."""
    n_cells, floor = int(np.isfinite(p).sum()), 2 / (permutations + 1)
    least = math.ceil(floor * n_cells / alpha - 1e-9)
    reached = int((p <= floor * (1 + 1e-9)).sum())
    return (
        f"With {permutations} permutations no p value is below {floor:.2g}: for any of {n_cells} cells to stay "
        f"significant {least} must be that low or more permutations be drawn; {reached} are that low"
    )


def _check(counts: FloatArray, inside: BoolArray, permutations: int) -> None:
    faults = []
    if inside.shape != counts.shape:
        faults.append(f"inside has shape {inside.shape}, expected {counts.shape}")
    elif not inside.any():
        faults.append("the study area is empty; choose an area that holds at least one cell")
    elif not np.isfinite(counts[inside]).all():
        faults.append("counts are not all finite numbers inside the study area")
    if permutations < 1:
        faults.append(f"permutations must be at least 1, not {permutations}")
    raise_all(faults, subject="permutation test")


def _extremes(
    values: FloatArray,
    around: FloatArray,
    size: IntArray,
    permutations: int,
    rng: np.random.Generator,
    progress: Progress,
) -> tuple[IntArray, IntArray]:
    """Return for each cell how many draws have a sum at least, and at most, the observed one."""
    from ilpgeo.models.permutation_kernel import draw, exchange_own

    n, longest = len(values), int(size.max())
    larger, smaller = np.zeros((2, n), np.int64)
    order = np.arange(n, dtype=np.int64)
    cells_of_size = [(k, np.flatnonzero(size == k)) for k in np.unique(size)]
    # One more than the longest neighbourhood: what takes the place of the cell itself.
    length = longest + 1
    batch = max(1, _MOST_DRAWS // length)
    for done in range(0, permutations, batch):
        n_draws = min(batch, permutations - done)
        picks = rng.integers(np.arange(length)[:, None], n, (length, n_draws))
        drawn = draw(order, picks)
        sums = np.zeros((length, n_draws))
        np.cumsum(values[drawn[:longest]], axis=0, out=sums[1:])
        for k, cells in cells_of_size:
            ascending = np.sort(comparable(sums[k]))
            larger[cells] += n_draws - np.searchsorted(ascending, around[cells], side="left")
            smaller[cells] += np.searchsorted(ascending, around[cells], side="right")
        exchange_own(values, around, size, drawn, sums, larger, smaller)
        progress((done + n_draws) / permutations)
    return larger, smaller

"""Candidate terms of a risk terrain: near a factor's features or where they lie dense, as yes or no per cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.space import Grid
from ilpgeo.models.neighbourhood import disc_sum

NEAR, DENSE = "distance_m", "count"
# Dense is what lies so many standard deviations above the mean of the study area.
_DENSE_DEVIATIONS = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One yes-or-no statement about each cell.

    Attributes
    ----------
    factor
        Name of the factor.
    is_density
        Whether it says *dense within* rather than *within*.
    within_m
        Distance from the cell's middle.
    holds
        Shape (n,): for each inside cell, row by row.
    """

    factor: str
    is_density: bool
    within_m: float
    holds: BoolArray

    @property
    def words(self) -> str:
        """The statement without the factor's name."""
        return f"{'many ' if self.is_density else ''}within {self.within_m:,.0f} m"


def candidate_terms(
    factors: Mapping[str, FloatArray], grid: Grid, block_m: float, most_blocks: int
) -> tuple[Term, ...]:
    """Return the statements a model may choose from, without those that hold everywhere, nowhere or twice.

    Parameters
    ----------
    factors
        By key: ``NAME distance_m``, metres from a cell's middle to the nearest feature; ``NAME count``, features in
        the cell.
    block_m, most_blocks
        Statements are made for 1 to `most_blocks` times `block_m`. *Many within*: the features in cells whose middle
        lies within the distance are over two standard deviations above the study area's mean.

    Raises
    ------
    InvalidInput
        For a layer of another kind or shape, or one with numbers that are not finite in the study area.
    """
    raise_all(_faults(factors, grid), subject="factors")
    terms: list[Term] = []
    seen: set[bytes] = set()
    for key in sorted(factors):
        name, _, measure = key.rpartition(" ")
        for block in range(1, most_blocks + 1):
            within_m = block * block_m
            holds = _holds(factors[key], measure, within_m, grid)
            mark = np.packbits(holds).tobytes()
            if holds.any() and not holds.all() and mark not in seen:
                seen.add(mark)
                terms.append(Term(name, measure == DENSE, within_m, holds))
    return tuple(terms)


def _faults(factors: Mapping[str, FloatArray], grid: Grid) -> list[str]:
    faults = []
    for key, layer in factors.items():
        if key.rpartition(" ")[2] not in {NEAR, DENSE} or not key.rpartition(" ")[0]:
            faults.append(f"{key!r} is neither 'NAME {NEAR}' nor 'NAME {DENSE}'")
        elif layer.shape != grid.shape:
            faults.append(f"{key!r} has shape {layer.shape}, expected {grid.shape}")
        elif not np.isfinite(layer[grid.inside]).all():
            faults.append(f"{key!r} is not a finite number everywhere in the study area")
    return faults


def _holds(layer: FloatArray, measure: str, within_m: float, grid: Grid) -> BoolArray:
    if measure == NEAR:
        return np.asarray(layer[grid.inside] <= within_m)
    around = disc_sum(np.nan_to_num(layer), within_m / grid.cell_m)[grid.inside]
    return np.asarray(around > around.mean() + _DENSE_DEVIATIONS * around.std())


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Cells about which the terms say the same, put together: the model cannot tell them apart.

    Attributes
    ----------
    design
        Shape (m, p): 1 where a term holds.
    of_cell
        Shape (n,): the pattern of each inside cell.
    cells, total, square
        Shape (m,): cells, incidents, and the sum of squared incidents per cell.
    """

    design: FloatArray
    of_cell: IntArray
    cells: FloatArray
    total: FloatArray
    square: FloatArray


def find_patterns(terms: tuple[Term, ...], counts: FloatArray) -> Patterns:
    """Return the patterns of some terms over the inside cells' counts, shape (n,).

    Notes
    -----
    O(n p + n log n).
    """
    n = len(counts)
    if terms:
        held = np.packbits(np.array([term.holds for term in terms]), axis=0).T
        rows = np.ascontiguousarray(held).view(np.dtype((np.void, held.shape[1]))).ravel()
        _, first, of_cell = np.unique(rows, return_index=True, return_inverse=True)
    else:
        first, of_cell = np.zeros(1, np.int64), np.zeros(n, np.int64)
    m = len(first)
    design = np.array([term.holds[first] for term in terms], np.float64).reshape(len(terms), m).T
    return Patterns(
        design=np.asfortranarray(design),
        of_cell=of_cell.astype(np.int64),
        cells=np.bincount(of_cell, minlength=m).astype(np.float64),
        total=np.bincount(of_cell, counts, m).astype(np.float64),
        square=np.bincount(of_cell, counts**2, m).astype(np.float64),
    )

"""Gi* of every cell in every step of time: neighbours near in space and in the steps just before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.models.neighbourhood import comparable, disc_sum


def space_time_gi_star(
    counts: FloatArray,
    radius_cells: float,
    lag_steps: int,
    inside: BoolArray | None = None,
    *,
    is_against_all_steps: bool = True,
    progress: Progress = unwatched,
) -> FloatArray:
    """Return Gi* of every cell in every step, as z values.

    The neighbourhood of a cell in a step is the disc around it in that step and in the `lag_steps` before (as far as
    there are any), itself included: k bins with the sum S. Set against N bins with mean m and population standard
    deviation s, z = (S - k m) / (s sqrt((N k - k^2) / (N - 1))).

    Parameters
    ----------
    counts
        Shape (n_steps, ny, nx); cells outside the study area are not looked at. Sums are rounded to a millionth.
    radius_cells
        Cells whose centre is this near are neighbours.
    lag_steps
        Steps before that belong to the neighbourhood.
    inside
        Shape (ny, nx), the study area; None is everywhere.
    is_against_all_steps
        Whether the N bins are those of all steps, or those of the steps in the neighbourhood only.
    progress
        Called with 0..1 after each step.

    Returns
    -------
    Shape (n_steps, ny, nx), NaN outside; 0 where all the counts are equal or the neighbourhood is all there is. Equal
    sums of equally many bins of one step give the same number, to the last digit; set against all steps, so they do
    across steps.

    Raises
    ------
    InvalidInput
        For counts that are not finite, a shape that does not fit, a negative lag or an empty study area.

    Notes
    -----
    O(bins x radius). Ord & Getis (1995), doi:10.1111/j.1538-4632.1995.tb00912.x, with neighbours in time.
    """
    present = np.ones(counts.shape[1:], np.bool_) if inside is None else inside
    _check(counts, lag_steps, present)
    bins = np.where(present, counts, 0.0).astype(np.float64)
    moments = [_Moments.of(step[present]) for step in bins]
    neighbours = disc_sum(present.astype(np.float64), radius_cells)[present]
    z = np.full(counts.shape, np.nan)
    around: list[FloatArray] = []
    for step in range(len(bins)):
        around = [*around, disc_sum(bins[step], radius_cells)[present]][-lag_steps - 1 :]
        reference = moments if is_against_all_steps else moments[step + 1 - len(around) : step + 1]
        z[step][present] = _standardised(
            comparable(np.sum(around, axis=0)), len(around) * neighbours, _Moments.pooled(reference)
        )
        progress((step + 1) / len(bins))
    return z


def _check(counts: FloatArray, lag_steps: int, inside: BoolArray) -> None:
    faults = []
    if counts.ndim != 3 or not len(counts) or inside.shape != counts.shape[1:]:
        faults.append(
            f"inside has shape {inside.shape} and counts {counts.shape}; expected (ny, nx) and (steps, ny, nx)"
        )
    elif not inside.any():
        faults.append("the study area is empty; choose an area that holds at least one cell")
    elif not np.isfinite(counts[:, inside]).all():
        faults.append("counts are not all finite numbers inside the study area")
    if lag_steps < 0:
        faults.append(f"lag_steps must not be negative, as {lag_steps} is")
    raise_all(faults, subject="space-time Gi*")


class _Moments(NamedTuple):
    """Number, mean, sum of squared deviations, least and greatest of some bins."""

    n: int
    mean: float
    squares: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: FloatArray) -> _Moments:
        mean = float(values.mean())
        squares = float(((values - mean) ** 2).sum())
        return cls(len(values), mean, squares, float(values.min()), float(values.max()))

    @classmethod
    def pooled(cls, parts: Sequence[_Moments]) -> _Moments:
        n = sum(part.n for part in parts)
        mean = sum(part.n * part.mean for part in parts) / n
        squares = sum(part.squares + part.n * (part.mean - mean) ** 2 for part in parts)
        return cls(n, mean, squares, min(part.least for part in parts), max(part.greatest for part in parts))


def _standardised(total: FloatArray, size: FloatArray, reference: _Moments) -> FloatArray:
    """Return the sums over `size` bins each as z values."""
    # Squares are no sign of equal counts: their mean may be a last digit away from each of them.
    if reference.least == reference.greatest:
        return np.zeros(len(total))
    spread = np.maximum(reference.n * size - size * size, 0.0) / (reference.n - 1)
    deviation = np.sqrt(reference.squares / reference.n * spread)
    z = np.zeros(len(total))
    np.divide(total - size * reference.mean, deviation, out=z, where=deviation > 0)
    return z

"""Compiled: sums over binary neighbourhoods by running sums along the rows, and Gi* from them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.models.jit import compiled, compiled_reordered
from ilpgeo.models.slices import in_slices

_LEAST_CELLS_IN_SLICE = 40_000
# A variance this small, of what it would be without the border, is rounding.
_NO_VARIANCE = 1e-12


def gi_star_of_binary(
    centred: FloatArray, inside: BoolArray, kernel: FloatArray, spread: float
) -> tuple[FloatArray, FloatArray]:
    """Return Gi* and its two-sided p of each cell for weights of 0 and 1, NaN outside.

    Parameters
    ----------
    centred
        Shape (ny, nx): counts less their mean over the study area, zero outside it.
    inside
        Shape (ny, nx), the study area.
    kernel
        Zeros and ones by offset, odd sides.
    spread
        Population standard deviation of the counts inside, positive.

    Notes
    -----
    O(cells x rows of the kernel): a stretch of a row costs a difference, however wide it is.
    """
    ny, nx = centred.shape
    runs = stretches(kernel)
    beyond = kernel.shape[1] // 2
    of_values = np.empty((ny, nx + 1 + 2 * beyond))
    of_mask = np.empty(of_values.shape, np.int32)
    _run_along(centred, inside, beyond, of_values, of_mask)
    per_unit = _units(int((kernel > 0).sum()), int(inside.sum()), spread)
    z, p = np.empty((ny, nx)), np.empty((ny, nx))
    in_slices(
        lambda begin, end: _standardise(begin, end, of_values, of_mask, inside, runs, beyond, per_unit, z, p),
        ny,
        max(_LEAST_CELLS_IN_SLICE // nx, 1),
    )
    return z, p


def _units(most: int, n: int, spread: float) -> FloatArray:
    """Return what the sum around a cell is multiplied by, by the number of cells summed; 0 where z is not defined."""
    weight = np.arange(most + 1, dtype=np.float64)
    variance = (n * weight - weight * weight) / (n - 1)
    defined = variance > _NO_VARIANCE * n * weight
    per_unit = np.zeros(most + 1)
    per_unit[defined] = 1.0 / (spread * np.sqrt(variance[defined]))
    return per_unit


def stretches(kernel: FloatArray) -> IntArray:
    """Return row, first and last column, as offsets from the middle, of each stretch of ones in a row."""
    half_y, half_x = kernel.shape[0] // 2, kernel.shape[1] // 2
    edges = np.diff(np.pad(kernel > 0, ((0, 0), (1, 1))).astype(np.int64), axis=1)
    rows, first = np.nonzero(edges > 0)
    last = np.nonzero(edges < 0)[1] - 1
    return np.column_stack([rows - half_y, first - half_x, last - half_x]).astype(np.int64)


@compiled
def _run_along(
    values: FloatArray,
    inside: BoolArray,
    beyond: int,
    of_values: FloatArray,
    of_mask: npt.NDArray[np.int32],
) -> None:
    # Running sums of each row, continued `beyond` columns to either side, so that no column needs a look at the border.
    ny, nx = values.shape
    for row in range(ny):
        total, count = 0.0, np.int32(0)
        of_values[row, : beyond + 1] = 0.0
        of_mask[row, : beyond + 1] = 0
        for column in range(nx):
            total += values[row, column]
            count += np.int32(inside[row, column])
            of_values[row, beyond + 1 + column] = total
            of_mask[row, beyond + 1 + column] = count
        of_values[row, beyond + nx + 1 :] = total
        of_mask[row, beyond + nx + 1 :] = count


@compiled_reordered
def _add_stretch(into: FloatArray, upper: FloatArray, lower: FloatArray) -> None:
    for column in range(len(into)):
        into[column] += upper[column] - lower[column]


@compiled_reordered
def _count_stretch(into: npt.NDArray[np.int32], upper: npt.NDArray[np.int32], lower: npt.NDArray[np.int32]) -> None:
    for column in range(len(into)):
        into[column] += upper[column] - lower[column]


@compiled
def _standardise(
    begin: int,
    end: int,
    of_values: FloatArray,
    of_mask: npt.NDArray[np.int32],
    inside: BoolArray,
    runs: IntArray,
    beyond: int,
    per_unit: FloatArray,
    z: FloatArray,
    p: FloatArray,
) -> None:
    ny, nx = inside.shape
    around, weight = np.empty(nx), np.empty(nx, np.int32)
    for row in range(begin, end):
        around[:] = 0.0
        weight[:] = 0
        for k in range(len(runs)):
            other = row + runs[k, 0]
            if 0 <= other < ny:
                low, high = beyond + runs[k, 1], beyond + runs[k, 2] + 1
                _add_stretch(around, of_values[other, high : high + nx], of_values[other, low : low + nx])
                _count_stretch(weight, of_mask[other, high : high + nx], of_mask[other, low : low + nx])
        for column in range(nx):
            if not inside[row, column]:
                z[row, column] = p[row, column] = np.nan
                continue
            z[row, column] = around[column] * per_unit[weight[column]]
            p[row, column] = math.erfc(abs(z[row, column]) / math.sqrt(2.0))

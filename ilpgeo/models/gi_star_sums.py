"""Compiled: sums over binary neighbourhoods by running sums along the rows, and Gi* from them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled, compiled_reordered
from ilpgeo.models.slices import in_slices

_LEAST_CELLS_IN_SLICE = 40_000
# A variance this small, of what it would be without the border, is rounding.
_NO_VARIANCE = 1e-12


@compiled_reordered
def moments(values: FloatArray, inside: BoolArray) -> tuple[int, float, float]:
    """Return number, mean and population standard deviation of the values inside.

    The deviation is exactly 0.0 where all are equal and NaN where one is not a finite number.
    """
    ny, nx = values.shape
    n, total, lowest, highest = 0, 0.0, np.inf, -np.inf
    for row in range(ny):
        for column in range(nx):
            value = values[row, column]
            is_in = inside[row, column]
            n += is_in
            total += value if is_in else 0.0
            lowest = min(lowest, value if is_in else np.inf)
            highest = max(highest, value if is_in else -np.inf)
    mean, squares = total / n, 0.0
    if not math.isfinite(total):
        return n, mean, math.nan
    if lowest == highest:
        return n, mean, 0.0
    for row in range(ny):
        for column in range(nx):
            off = values[row, column] - mean if inside[row, column] else 0.0
            squares += off * off
    return n, mean, math.sqrt(squares / n)


def gi_star_of_binary(
    values: FloatArray, inside: BoolArray, kernel: FloatArray, n: int, mean: float, spread: float
) -> tuple[FloatArray, FloatArray]:
    """Return Gi* and its two-sided p of each cell for weights of 0 and 1, NaN outside.

    Parameters
    ----------
    values
        Shape (ny, nx): what is counted; values outside the study area are not looked at.
    inside
        Shape (ny, nx), the study area.
    kernel
        Zeros and ones by offset, odd sides.
    n, mean, spread
        Of the values inside, see `moments`; the spread is positive.

    Notes
    -----
    O(cells x rows of the kernel): a stretch of a row costs a difference, however wide it is.
    """
    ny, nx = values.shape
    runs = _stretches(kernel)
    half_y, half_x = kernel.shape[0] // 2, kernel.shape[1] // 2
    per_unit = _units(int((kernel > 0).sum()), n, spread)
    z, p = np.empty((ny, nx)), np.empty((ny, nx))
    in_slices(
        lambda begin, end: _standardise(begin, end, values, mean, inside, runs, half_y, half_x, per_unit, z, p),
        ny,
        max(_LEAST_CELLS_IN_SLICE // nx, 1),
    )
    return z, p


@compiled
def _units(most: int, n: int, spread: float) -> FloatArray:
    # What the sum around a cell is multiplied by, by the number of cells summed; 0 where z is not defined.
    per_unit = np.zeros(most + 1)
    for weight in range(1, most + 1):
        variance = weight * (n - weight) / (n - 1)
        if variance > _NO_VARIANCE * n * weight:
            per_unit[weight] = 1.0 / (spread * math.sqrt(variance))
    return per_unit


@compiled
def _stretches(kernel: FloatArray) -> IntArray:
    # Row, first and last column, as offsets from the middle, of each stretch of ones in a row.
    ny, nx = kernel.shape
    runs = np.empty((kernel.size, 3), np.int64)
    found = 0
    for row in range(ny):
        for column in range(nx):
            if kernel[row, column] > 0:
                if column == 0 or kernel[row, column - 1] == 0:
                    runs[found, 0], runs[found, 1] = row - ny // 2, column - nx // 2
                    found += 1
                runs[found - 1, 2] = column - nx // 2
    return runs[:found]


@compiled
def _run_along(
    values: FloatArray,
    mean: float,
    inside: BoolArray,
    beyond: int,
    of_values: FloatArray,
    of_mask: npt.NDArray[np.int32],
) -> None:
    # Running sums of a row, continued `beyond` columns to either side, so that no column needs a look at the border.
    nx = len(values)
    total, count = 0.0, np.int32(0)
    of_values[: beyond + 1] = 0.0
    of_mask[: beyond + 1] = 0
    for column in range(nx):
        total += values[column] - mean if inside[column] else 0.0
        count += np.int32(inside[column])
        of_values[beyond + 1 + column] = total
        of_mask[beyond + 1 + column] = count
    of_values[beyond + nx + 1 :] = total
    of_mask[beyond + nx + 1 :] = count


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
    values: FloatArray,
    mean: float,
    inside: BoolArray,
    runs: IntArray,
    half: int,
    beyond: int,
    per_unit: FloatArray,
    z: FloatArray,
    p: FloatArray,
) -> None:
    # Only the running sums of the rows around the current one are kept, each at its number modulo how many are kept.
    ny, nx = values.shape
    kept = 2 * half + 1
    of_values = np.empty((kept, nx + 1 + 2 * beyond))
    of_mask = np.empty(of_values.shape, np.int32)
    around, weight = np.empty(nx), np.empty(nx, np.int32)
    following = max(begin - half, 0)
    for row in range(begin, end):
        while following < min(row + half + 1, ny):
            at = following % kept
            _run_along(values[following], mean, inside[following], beyond, of_values[at], of_mask[at])
            following += 1
        around[:] = 0.0
        weight[:] = 0
        for k in range(len(runs)):
            other = row + runs[k, 0]
            if 0 <= other < ny:
                low, high, at = beyond + runs[k, 1], beyond + runs[k, 2] + 1, other % kept
                _add_stretch(around, of_values[at, high : high + nx], of_values[at, low : low + nx])
                _count_stretch(weight, of_mask[at, high : high + nx], of_mask[at, low : low + nx])
        for column in range(nx):
            if not inside[row, column]:
                z[row, column] = p[row, column] = np.nan
                continue
            z[row, column] = around[column] * per_unit[weight[column]]
            p[row, column] = math.erfc(abs(z[row, column]) / math.sqrt(2.0))

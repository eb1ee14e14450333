"""Neighbourhoods of cells: discs as kernels and sums over them."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray

# About a millionth of an incident: sums that differ by less differ by rounding.
FINEST = 2.0**-20


def _half_widths(radius_cells: float) -> list[int]:
    # A lattice point exactly on the circle belongs to the disc although its square root may round up.
    squared = radius_cells * radius_cells * (1 + 1e-12)
    return [math.floor(math.sqrt(squared - row * row)) for row in range(math.floor(math.sqrt(squared)) + 1)]


def disc_kernel(radius_cells: float) -> FloatArray:
    """Return the binary kernel of the cells whose centre lies within `radius_cells` of the middle one, itself included.

    Examples
    --------
    >>> disc_kernel(1.5).astype(int).tolist()
    [[1, 1, 1], [1, 1, 1], [1, 1, 1]]
    """
    widths = _half_widths(radius_cells)
    middle = len(widths) - 1
    kernel = np.zeros((2 * middle + 1, 2 * middle + 1))
    for row, width in enumerate(widths):
        kernel[[middle - row, middle + row], middle - width : middle + width + 1] = 1.0
    return kernel


def disc_sum(values: FloatArray, radius_cells: float) -> FloatArray:
    """Return for each cell the sum of `values` over the disc around it; cells beyond the border count nothing.

    Notes
    -----
    O(cells x radius) by running sums along the rows; exact for whole numbers.
    """
    ny, nx = values.shape
    running = np.zeros((ny, nx + 1))
    np.cumsum(values, axis=1, out=running[:, 1:])
    column = np.arange(nx)
    total = np.zeros((ny, nx))
    for row, width in enumerate(_half_widths(radius_cells)[:ny]):
        strip = running[:, np.minimum(column + width + 1, nx)] - running[:, np.maximum(column - width, 0)]
        total[: ny - row] += strip[row:]
        if row:
            total[row:] += strip[: ny - row]
    return total


def comparable(sums: FloatArray) -> FloatArray:
    """Return sums rounded to a multiple of 2^-20, about a millionth: equal whatever the order they were added up in.

    Examples
    --------
    >>> one, other = comparable(np.array([0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1]))
    >>> bool(one == other)
    True
    """
    return np.asarray(np.rint(sums / FINEST) * FINEST, np.float64)

"""Compiled: a blurred image at a few of its cells."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled_reordered


@compiled_reordered
def blurred_at(image: FloatArray, cell: IntArray, taps: FloatArray) -> FloatArray:
    """Return the image under a separable kernel at flat cell numbers, shape (n,); zero beyond the border.

    Parameters
    ----------
    image
        Shape (ny, nx).
    taps
        The kernel along one axis, of odd length, middle in the middle.
    """
    ny, nx = image.shape
    half = len(taps) // 2
    found = np.zeros(len(cell))
    for i in range(len(cell)):
        row, column = cell[i] // nx, cell[i] % nx
        left, right = max(column - half, 0), min(column + half, nx - 1)
        for r in range(max(row - half, 0), min(row + half, ny - 1) + 1):
            line, across = 0.0, taps[left - column + half : right - column + half + 1]
            strip = image[r, left : right + 1]
            for k in range(right - left + 1):
                line += across[k] * strip[k]
            found[i] += taps[r - row + half] * line
    return found

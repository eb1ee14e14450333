"""Convolution of whole arrays with one kernel by Fourier transform."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray


class Convolution:
    """One kernel with odd sides, transformed once, applied to arrays of one shape; zero beyond the border.

    Notes
    -----
    O(cells log cells) for each call; good to some 1e-15 of the largest value times the kernel's sum.
    """

    def __init__(self, kernel: FloatArray, shape: tuple[int, int]) -> None:
        from scipy import fft

        self._fft = fft
        self._shape = shape
        # What of a kernel reaches further than the array is long meets nothing.
        kernel = kernel[tuple(_met(length, side) for length, side in zip(shape, kernel.shape, strict=True))]
        self._half = kernel.shape[0] // 2, kernel.shape[1] // 2
        # Only what wraps around into the array itself must be kept away: half a kernel beyond each axis is enough.
        self._padded = [
            fft.next_fast_len(max(length + half, side), real=True)
            for length, half, side in zip(shape, self._half, kernel.shape, strict=True)
        ]
        self._transfer = fft.rfft2(kernel, self._padded)

    def __call__(self, values: FloatArray) -> FloatArray:
        """Return the convolution, of the shape of `values`."""
        product = self._fft.rfft2(values, self._padded)
        product *= self._transfer
        whole = self._fft.irfft2(product, self._padded, overwrite_x=True)
        ny, nx = self._shape
        down, left = self._half
        if down + ny <= self._padded[0] and left + nx <= self._padded[1]:
            return np.asarray(whole[down : down + ny, left : left + nx], np.float64)
        return np.asarray(np.roll(whole, (-down, -left), (0, 1))[:ny, :nx], np.float64)


def _met(length: int, side: int) -> slice:
    half = side // 2
    reach = min(half, length - 1)
    return slice(half - reach, half + reach + 1)

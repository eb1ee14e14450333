"""A kernel as weights by node of a lattice, for points that are shared between nodes by quadratic splines."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray
from ilpgeo.models.jit import compiled_reordered

Single = npt.NDArray[np.float32]

# Samples per node the approximation is fitted to.
SAMPLES = 4
# Splines reach one and a half nodes farther than the kernel, the fit's tail some more.
_TAIL_NODES = 4


class NodeKernel(NamedTuple):
    """What a unit at one node gives to the nodes around, and the lattice it lives on.

    Attributes
    ----------
    image
        Shape (2 r + 1, 2 r + 1), symmetric; a unit at any node gives all cells' centres together one.
    per_cell
        Nodes along the side of a cell; one of them is its centre.
    margin
        Nodes before the first cell's centre, a multiple of `per_cell`.
    """

    image: FloatArray
    per_cell: int
    margin: int

    def lattice_shape(self, shape: tuple[int, int]) -> tuple[int, int]:
        """Return how many nodes cover a grid of `shape` cells and all that its points are shared with."""
        ny, nx = (self.margin + (length - 1) * self.per_cell + self.per_cell // 2 + 3 for length in shape)
        return ny, nx

    def centres(self, shape: tuple[int, int]) -> tuple[slice, slice]:
        """Return where the cells' centres are on the lattice."""
        rows, columns = (
            slice(self.margin, self.margin + (length - 1) * self.per_cell + 1, self.per_cell) for length in shape
        )
        return rows, columns

    def caught(self, inside: npt.NDArray[np.bool_]) -> Single:
        """Return the share of what each node gives that inside cells receive."""
        from scipy import fft

        lattice = np.zeros(self.lattice_shape(inside.shape), np.float32)
        lattice[self.centres(inside.shape)] = inside
        padded = self._padded(lattice.shape)
        spectrum = fft.rfft2(lattice, padded, workers=2)
        spectrum *= self._transfer(padded)
        ny, nx = lattice.shape
        return np.ascontiguousarray(fft.irfft2(spectrum, padded, workers=2, overwrite_x=True)[:ny, :nx])

    def to_centres(self, lattice: Single, shape: tuple[int, int]) -> Single:
        """Return what each cell's centre receives; what lies between the centres is never transformed back."""
        from scipy import fft

        padded = self._padded(lattice.shape)
        spectrum = fft.rfft2(lattice, padded, workers=2)
        folded = _folded(spectrum, self._transfer(padded), padded, self.per_cell)
        received = fft.irfft2(folded, tuple(n // self.per_cell for n in padded), workers=2, overwrite_x=True)
        before = self.margin // self.per_cell
        return np.asarray(received[before : before + shape[0], before : before + shape[1]])

    def _padded(self, shape: tuple[int, ...]) -> tuple[int, int]:
        # Only what wraps around into the lattice itself must be kept away: half a kernel beyond is enough.
        from scipy import fft

        reach = len(self.image) // 2
        rows, columns = (
            self.per_cell * fft.next_fast_len(math.ceil(max(n + reach, len(self.image)) / self.per_cell), real=True)
            for n in shape
        )
        return rows, columns

    def _transfer(self, padded: tuple[int, int]) -> Single:
        return _transfer(self.image.tobytes(), len(self.image), padded)


@lru_cache(maxsize=4)
def _transfer(image: bytes, side: int, padded: tuple[int, int]) -> Single:
    """Return the transform of a kernel, given as the bytes of its image, on a padded lattice."""
    # The kernel is even: its transform is real, a sum of cosines.
    reach = side // 2
    quarter = np.frombuffer(image).reshape(side, side)[reach:, reach:]
    quarter = quarter * np.outer(*[np.where(np.arange(reach + 1) > 0, 2.0, 1.0)] * 2)
    down, along = (
        np.cos(2 * math.pi / length * np.outer(np.arange(reach + 1), np.arange(n))).astype(np.float32)
        for length, n in zip(padded, (padded[0], padded[1] // 2 + 1), strict=True)
    )
    return _sum_of_products(down, quarter.astype(np.float32), along)


@compiled_reordered
def _folded(
    spectrum: npt.NDArray[np.complex64], transfer: Single, padded: tuple[int, int], per_cell: int
) -> npt.NDArray[np.complex64]:
    # The product of both, as the spectrum of every per_cell-th of its values down and along: frequencies that these
    # cannot tell apart are added. A real lattice's frequencies beyond the half that is kept mirror those before it.
    height, width = padded
    rows, columns = height // per_cell, width // per_cell
    answer = np.zeros((rows, columns // 2 + 1), np.complex64)
    scale = np.float32(1.0 / per_cell**2)
    for row in range(height):
        target, mirrored = answer[row % rows], height - row if row else 0
        for first in range(0, width, columns):
            kept = min(max(width // 2 + 1 - first, 0), columns // 2 + 1)
            for k in range(kept):
                target[k] += spectrum[row, first + k] * (transfer[row, first + k] * scale)
            for k in range(kept, columns // 2 + 1):
                at = width - first - k
                target[k] += np.conj(spectrum[mirrored, at]) * (transfer[row, at] * scale)
    return answer


@compiled_reordered
def _sum_of_products(down: Single, factor: Single, along: Single) -> Single:
    # down^T factor along; a linear algebra library would start threads that wait for each other longer than this takes.
    reach, rows = down.shape
    half = np.zeros((reach, along.shape[1]), np.float32)
    for i in range(reach):
        for j in range(reach):
            for k in range(along.shape[1]):
                half[i, k] += factor[i, j] * along[j, k]
    answer = np.zeros((rows, along.shape[1]), np.float32)
    for row in range(rows):
        for i in range(reach):
            weight = down[i, row]
            for k in range(along.shape[1]):
                answer[row, k] += weight * half[i, k]
    return answer


def node_kernel(bandwidth: float, reach: float, per_cell: int) -> NodeKernel:
    """Return the weights by node whose quadratic splines come nearest to the quartic kernel in least squares.

    Parameters
    ----------
    bandwidth
        In cells: radius of the kernel.
    reach
        In cells: where the kernel ends.
    per_cell
        Nodes along a cell.

    Notes
    -----
    Unser (1999), Splines: a perfect fit for signal and image processing, doi:10.1109/79.799930.
    """
    nodes = np.arange(-math.ceil(reach * per_cell) - _TAIL_NODES, math.ceil(reach * per_cell) + _TAIL_NODES + 1)
    samples = (np.arange(len(nodes) * SAMPLES) + 0.5) / SAMPLES + nodes[0] - 0.5
    squared = (samples / (bandwidth * per_cell)) ** 2
    height = np.maximum(1.0 - squared[:, None] - squared[None, :], 0.0) ** 2
    image = fit_splines(fit_splines(height).T)
    return NodeKernel(_with_sum_one(image, nodes, per_cell), per_cell, per_cell * (2 // per_cell + 2))


def fit_splines(values: FloatArray) -> FloatArray:
    """Return the weights of quadratic splines, one per node, that come nearest to samples along the first axis.

    Parameters
    ----------
    values
        Shape (nodes * SAMPLES, ...): in the middle of the SAMPLES parts of each node's interval.
    """
    # Least squares, without the threads of a linear algebra library; splines three nodes apart do not overlap, so the
    # normal equations have five diagonals.
    from scipy.linalg import solveh_banded

    taps = _quadratic_spline((np.arange(3 * SAMPLES) + 0.5) / SAMPLES - 1.5)
    bands = [taps[k * SAMPLES :] @ taps[: (3 - k) * SAMPLES] for k in (2, 1, 0)]
    by_node = values.reshape(-1, SAMPLES, *values.shape[1:])
    before, own, after = (np.einsum("ns...,s->n...", by_node, part) for part in taps.reshape(3, SAMPLES))
    own[1:] += before[:-1]
    own[:-1] += after[1:]
    return np.asarray(solveh_banded(np.outer(bands, np.ones(len(own))), own), np.float64)


def _quadratic_spline(away: FloatArray) -> FloatArray:
    distance = np.abs(away)
    rim = 0.5 * np.maximum(1.5 - distance, 0.0) ** 2
    return np.asarray(np.where(distance < 0.5, 0.75 - distance**2, rim), np.float64)


def _with_sum_one(image: FloatArray, nodes: npt.NDArray[np.int64], per_cell: int) -> FloatArray:
    # Nodes at different places in their cell see the centres differently; each of them must give one in all.
    place = nodes % per_cell
    total = np.zeros((per_cell, per_cell))
    np.add.at(total, (place[:, None], place[None, :]), image)
    return image / total[place][:, place]

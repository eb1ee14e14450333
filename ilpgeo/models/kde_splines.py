"""A kernel as weights by node of a lattice, for points that are shared between nodes by quadratic splines."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.jit import compiled_reordered
from ilpgeo.models.slices import in_slices

Single = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]
Transfers = dict[tuple[int, ...], Spectrum]

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

    def empty_planes(self, shape: tuple[int, int]) -> Single:
        """Return the lattice with nothing given yet, its nodes by where they lie in their cell.

        Node (i, j) is at [i % per_cell, j % per_cell, i // per_cell, j // per_cell].
        """
        planes = np.empty((self.per_cell, self.per_cell, *self._padded(shape)), np.float32)
        planes[:] = 0.0  # numpy asks for large pages for what is empty, not for zeros
        return planes

    def caught(self, inside: npt.NDArray[np.bool_]) -> Single:
        """Return the share of what each node gives that inside cells receive."""
        from scipy import fft

        padded, (rows, columns) = self._padded(inside.shape), self._centres(inside.shape)
        cells = np.zeros(padded, np.float32)
        cells[rows, columns] = inside
        spectrum = fft.rfft2(cells)
        lattice = np.empty((padded[0] * self.per_cell, padded[1] * self.per_cell), np.float32)
        for (down, along), transfer in self._transfers(padded).items():
            plane = fft.irfft2(spectrum * transfer.conj(), padded, overwrite_x=True)
            lattice[down :: self.per_cell, along :: self.per_cell] = plane
        height, width = self.lattice_shape(inside.shape)
        return np.ascontiguousarray(lattice[:height, :width])

    def to_centres(self, planes: Single, shape: tuple[int, int]) -> Single:
        """Return what each cell's centre receives from the planes of the lattice."""
        from scipy import fft

        padded, (rows, columns) = self._padded(shape), self._centres(shape)
        transfers = list(self._transfers(padded).items())

        def work(begin: int, end: int) -> Spectrum:
            spectrum: Spectrum = fft.rfft2(planes[transfers[begin][0]])
            spectrum *= transfers[begin][1]
            for place, transfer in transfers[begin + 1 : end]:
                _add_product(spectrum, fft.rfft2(planes[place]), transfer)
            return spectrum

        received = sum(in_slices(work, len(transfers), 1))
        return np.asarray(fft.irfft2(received, padded, overwrite_x=True)[rows, columns])

    def _centres(self, shape: tuple[int, int]) -> tuple[slice, slice]:
        # Where the cells' centres are on the plane of the nodes that are centres.
        before = self.margin // self.per_cell
        return slice(before, before + shape[0]), slice(before, before + shape[1])

    def _padded(self, shape: tuple[int, int]) -> tuple[int, int]:
        # Only what wraps around into the lattice itself must be kept away: half a kernel beyond is enough.
        from scipy import fft

        reach = len(self.image) // 2
        rows, columns = (
            fft.next_fast_len(math.ceil(max(n + reach, len(self.image)) / self.per_cell), real=True)
            for n in self.lattice_shape(shape)
        )
        return rows, columns

    def _transfers(self, padded: tuple[int, int]) -> Transfers:
        return _transfers(self.image.tobytes(), len(self.image), self.per_cell, padded)


@lru_cache(maxsize=4)
def _transfers(image: bytes, side: int, per_cell: int, padded: tuple[int, int]) -> Transfers:
    """Return by place in the cell the transform of what centres get from the nodes there, on planes of that size."""
    from scipy import fft

    # A node at place p of its cell, m cells before a centre, is per_cell m - p nodes before it.
    weight, offset = np.frombuffer(image).reshape(side, side), np.arange(side) - side // 2
    answer = {}
    for place in np.ndindex(per_cell, per_cell):
        kept = [np.flatnonzero((offset + at) % per_cell == 0) for at in place]
        down, along = ((offset[which] + at) // per_cell for which, at in zip(kept, place, strict=True))
        plane = np.zeros(padded, np.float32)
        plane[np.ix_(down % padded[0], along % padded[1])] = weight[np.ix_(*kept)]
        answer[place] = fft.rfft2(plane)
    return answer


@compiled_reordered
def _add_product(into: Spectrum, first: Spectrum, second: Spectrum) -> None:
    for row in range(into.shape[0]):
        for column in range(into.shape[1]):
            into[row, column] += first[row, column] * second[row, column]


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

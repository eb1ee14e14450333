"""The Gaussian kernel on a lattice of its own spacing, taken along rows and then along columns."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.jit import compiled_reordered
from ilpgeo.models.kde_splines import SAMPLES, Single, fit_splines
from ilpgeo.models.slices import in_slices

# Nodes per standard deviation: a single point is then off by at most 5e-4 of its peak, half of what is allowed.
_NODES_PER_BANDWIDTH = 3.25
# The fit's tail beyond the kernel's own.
_TAIL_NODES = 4
_LEAST_CELLS_IN_SLICE = 100


class LineKernel(NamedTuple):
    """What cells get from the nodes of a lattice along one axis; the Gaussian is the product of both axes.

    Attributes
    ----------
    first
        Shape (cells,): the first node that gives to a cell; may lie before the lattice.
    weight
        Shape (cells, k): what a cell gets from `first` and the nodes after it; cells together get one of a node.
    per_cell
        Nodes along the side of a cell, often less than one.
    margin
        Nodes before the first cell's centre.
    """

    first: IntArray
    weight: Single
    per_cell: float
    margin: int

    def lattice_shape(self, shape: tuple[int, int]) -> tuple[int, int]:
        """Return how many nodes cover a grid of `shape` cells and all that its points are shared with."""
        ny, nx = (self.margin + math.ceil((length - 0.5) * self.per_cell) + 3 for length in shape)
        return ny, nx

    def empty_planes(self, shape: tuple[int, int]) -> Single:
        """Return the lattice with nothing given yet: one plane, for its nodes are not told apart by their place."""
        return np.zeros((1, 1, *self.lattice_shape(shape)), np.float32)

    def to_centres(self, planes: Single, shape: tuple[int, int]) -> Single:
        """Return what each cell's centre receives from the nodes of the lattice."""
        ny, nx = shape
        along = self._gathered(nx, np.ascontiguousarray(planes[0, 0].T))
        return self._gathered(ny, np.ascontiguousarray(along.T))

    def _gathered(self, n_cells: int, lattice: Single) -> Single:
        answer = np.zeros((n_cells, lattice.shape[1]), np.float32)

        def work(begin: int, end: int) -> None:
            _gather(self.first[begin:end], self.weight[begin:end], lattice, answer[begin:end])

        in_slices(work, n_cells, _LEAST_CELLS_IN_SLICE)
        return answer

    def caught(self, inside: npt.NDArray[np.bool_]) -> Single:
        """Return the share of what each node gives that inside cells receive."""
        ny, nx = inside.shape
        nodes_down, nodes_along = self.lattice_shape(inside.shape)
        rows = _scatter(self.first[:ny], self.weight[:ny], inside.astype(np.float32), nodes_down)
        across = _scatter(self.first[:nx], self.weight[:nx], np.ascontiguousarray(rows.T), nodes_along)
        return np.ascontiguousarray(across.T)


def line_kernel(bandwidth: float, reach: float, n_cells: int) -> LineKernel:
    """Return for each of `n_cells` cells in a line the weights by node whose splines come nearest to the Gaussian.

    Parameters
    ----------
    bandwidth, reach
        In cells: standard deviation, and where the kernel ends.
    n_cells
        As many as the grid's longer side has.
    """
    per_cell = _NODES_PER_BANDWIDTH / bandwidth
    margin = math.ceil(0.5 * per_cell) + 2
    centre = margin + np.arange(n_cells) * per_cell
    before = np.floor(centre)
    half = math.ceil(reach * per_cell) + _TAIL_NODES
    samples = (np.arange((2 * half + 2) * SAMPLES) + 0.5) / SAMPLES - half - 0.5
    away = (samples[:, None] - (centre - before)[None, :]) / _NODES_PER_BANDWIDTH
    weight = fit_splines(np.exp(-0.5 * away**2))
    # All cells of a line without end together get one of each node, wherever it lies between them.
    weight *= 1.0 / (bandwidth * math.sqrt(2 * math.pi))
    return LineKernel(before.astype(np.int64) - half, np.ascontiguousarray(weight.T, np.float32), per_cell, margin)


@compiled_reordered
def _gather(first: IntArray, weight: Single, lattice: Single, answer: Single) -> None:
    nodes, width = lattice.shape
    for cell in range(len(first)):
        target = answer[cell]
        for k in range(max(-first[cell], 0), min(weight.shape[1], nodes - first[cell])):
            factor, line = weight[cell, k], lattice[first[cell] + k]
            for i in range(width):
                target[i] += factor * line[i]


@compiled_reordered
def _scatter(first: IntArray, weight: Single, cells: Single, nodes: int) -> Single:
    width = cells.shape[1]
    answer = np.zeros((nodes, width), np.float32)
    for cell in range(len(first)):
        line = cells[cell]
        for k in range(max(-first[cell], 0), min(weight.shape[1], nodes - first[cell])):
            factor, target = weight[cell, k], answer[first[cell] + k]
            for i in range(width):
                target[i] += factor * line[i]
    return answer

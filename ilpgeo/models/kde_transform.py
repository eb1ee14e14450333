"""The kernel sum by Fourier transform: points shared between the nodes of a lattice around them, then one product."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.space import Grid
from ilpgeo.models.convolution import Convolution
from ilpgeo.models.jit import compiled_reordered
from ilpgeo.models.points import Places

# Nodes per bandwidth that keep a single point's error within 1e-3 (Gaussian) and 2e-3 (quartic) of its peak,
# wherever it lies; the tests measure it. The quartic needs more: its second derivative jumps at the bandwidth.
_NODES_PER_BANDWIDTH = {True: 4.0, False: 13.0}
# Nodes beyond the grid that a point near its border is shared with.
_MARGIN = 2


def spread_by_transform(places: Places, grid: Grid, bandwidth_m: float, reach_m: float, gaussian: bool) -> FloatArray:
    """Return incidents per cell, near to what `spread_directly` returns; every place must lie in an inside cell.

    Each point is shared between the 4 x 4 nodes around it with the weights of cubic interpolation: what the kernel
    then gives at a cell's centre is the kernel around the point, interpolated between the nodes. The share of the
    kernel that falls on inside cells is interpolated from the same nodes, so that the sum over the study area is the
    points' weight.
    """
    per_cell = _nodes_per_cell(grid, bandwidth_m, gaussian)
    node_m = grid.cell_m / per_cell
    first = _MARGIN + per_cell // 2
    centres = (slice(first, first + grid.ny * per_cell, per_cell), slice(first, first + grid.nx * per_cell, per_cell))
    receiving = np.zeros((grid.ny * per_cell + 2 * _MARGIN, grid.nx * per_cell + 2 * _MARGIN))
    receiving[centres] = grid.inside
    u = (places.x - grid.x0) / node_m - 0.5 + _MARGIN
    v = (places.y - grid.y0) / node_m - 0.5 + _MARGIN
    convolve = Convolution(_kernel_image(bandwidth_m / node_m, reach_m / node_m, gaussian), receiving.shape)
    given = _share_out(u, v, places.weight, convolve(receiving))
    spread = np.where(grid.inside, np.maximum(convolve(given)[centres], 0.0), 0.0)
    # Cutting off what fell below zero has changed the sum by less than the error allowed.
    total = spread.sum()
    return spread * (places.weight.sum() / total) if total > 0 else spread


def _nodes_per_cell(grid: Grid, bandwidth_m: float, gaussian: bool) -> int:
    # An odd number along each side puts a node on the cell's centre.
    wanted = _NODES_PER_BANDWIDTH[gaussian] * grid.cell_m / bandwidth_m
    return 2 * math.ceil((max(wanted, 1.0) - 1.0) / 2.0) + 1


def n_nodes(grid: Grid, bandwidth_m: float, gaussian: bool) -> int:
    """Return the size of the lattice that `spread_by_transform` works on."""
    return grid.nx * grid.ny * _nodes_per_cell(grid, bandwidth_m, gaussian) ** 2


def _kernel_image(bandwidth: float, reach: float, gaussian: bool) -> FloatArray:
    side = math.ceil(reach)
    squared = (np.arange(-side, side + 1, dtype=np.float64) / bandwidth) ** 2
    distance2 = squared[:, None] + squared[None, :]
    image = np.exp(-0.5 * distance2) if gaussian else np.maximum(1.0 - distance2, 0.0) ** 2
    return np.asarray(image / image.sum(), np.float64)


@compiled_reordered
def _cubic(at: float, weight: FloatArray) -> None:
    # Lagrange weights of the nodes -1, 0, 1, 2 for a point between 0 and 1.
    below, above, far = at + 1.0, at - 1.0, at - 2.0
    weight[0] = -at * above * far / 6.0
    weight[1] = below * above * far / 2.0
    weight[2] = -below * at * far / 2.0
    weight[3] = below * at * above / 6.0


@compiled_reordered
def _share_out(u: FloatArray, v: FloatArray, weight: FloatArray, caught: FloatArray) -> FloatArray:
    given = np.zeros(caught.shape)
    along, across = np.empty(4), np.empty(4)
    for i in range(len(u)):
        column, row = math.floor(u[i]), math.floor(v[i])
        _cubic(u[i] - column, along)
        _cubic(v[i] - row, across)
        inside = 0.0
        for r in range(4):
            for c in range(4):
                inside += across[r] * along[c] * caught[row - 1 + r, column - 1 + c]
        share = weight[i] / inside
        for r in range(4):
            for c in range(4):
                given[row - 1 + r, column - 1 + c] += across[r] * along[c] * share
    return given

"""The kernel sum by Fourier transform: points shared between the nodes of a lattice around them, then one product."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.space import Grid
from ilpgeo.models.jit import compiled_reordered
from ilpgeo.models.kde_splines import NodeKernel, Single, node_kernel
from ilpgeo.models.points import read_only
from ilpgeo.models.slices import in_slices

# Nodes per bandwidth that keep a single point's error within 1e-3 (Gaussian) and 2e-3 (quartic) of its peak,
# wherever it lies; the tests measure it. The quartic needs more: its second derivative jumps at the bandwidth.
_NODES_PER_BANDWIDTH = {True: 3.0, False: 12.0}
# What inside cells catch of a kernel is a sum over many of them, in which errors cancel.
_NODES_PER_BANDWIDTH_CAUGHT = {True: 3.0, False: 6.0}
_OUTSIDE, _INSIDE, _NEAR_BORDER = 0, 1, 2
# Less than this caught beyond the border is not worth correcting: the sum is put right at the end.
_NEGLIGIBLE = 1e-5
_LEAST_POINTS_IN_SLICE = 50_000
# An index without a sign need not be checked for counting from the end.
_ONE, _TWO = np.uint64(1), np.uint64(2)


def spread_by_transform(
    x: FloatArray,
    y: FloatArray,
    weights: FloatArray | None,
    grid: Grid,
    bandwidth_m: float,
    reach_m: float,
    gaussian: bool,
) -> FloatArray:
    """Return incidents per cell, near to what `spread_directly` returns; points outside the study area are left out.

    Each point is shared between the 3 x 3 nodes around it by quadratic splines; what a centre then receives is the
    kernel around the point, as well as such splines can say it. A point whose kernel the border cuts is divided by the
    share of it that inside cells catch, so that the sum over the study area is the points' weight.

    Notes
    -----
    O(n + nodes log nodes). Convolutions in single precision, which adds less than 1e-6 of the peak.
    """
    bandwidth, reach = bandwidth_m / grid.cell_m, reach_m / grid.cell_m
    kernel = node_kernel(bandwidth, reach, _per_cell(bandwidth, _NODES_PER_BANDWIDTH[gaussian]), gaussian)
    coarse = node_kernel(bandwidth, reach, _per_cell(bandwidth, _NODES_PER_BANDWIDTH_CAUGHT[gaussian]), gaussian)
    caught, place = _catch(grid, coarse)
    px, py, weight = read_only(x), read_only(y), read_only(np.empty(0) if weights is None else weights)
    where = (float(grid.x0), float(grid.y0), float(grid.cell_m))
    lattice = kernel.lattice_shape(grid.shape)
    shares = in_slices(
        lambda begin, end: _share_out(
            px, py, weight, begin, end, *where, place, caught, coarse.per_cell, coarse.margin, kernel.per_cell,
            kernel.margin, np.zeros(lattice),
        ),
        len(x),
        _LEAST_POINTS_IN_SLICE,
    )  # fmt: skip
    total = sum(weight_inside for weight_inside, _ in shares)
    given = np.zeros(lattice, np.float32)
    for _, share in shares:
        np.add(given, share, out=given, casting="unsafe")
    spread = np.where(grid.inside, np.maximum(kernel.convolve_to_centres(given, grid.shape), 0.0), 0.0)
    spread = spread.astype(np.float64)
    # Cutting off what fell below zero has changed the sum by less than the error allowed.
    found = spread.sum()
    return spread * (total / found) if found > 0 else spread


def n_nodes(grid: Grid, bandwidth_m: float, gaussian: bool) -> int:
    """Return the size of the lattice that `spread_by_transform` works on."""
    return grid.nx * grid.ny * _per_cell(bandwidth_m / grid.cell_m, _NODES_PER_BANDWIDTH[gaussian]) ** 2


def _per_cell(bandwidth: float, per_bandwidth: float) -> int:
    return max(math.ceil(per_bandwidth / bandwidth), 1)


def _catch(grid: Grid, kernel: NodeKernel) -> tuple[Single, npt.NDArray[np.uint8]]:
    """Return at each node the share of the kernel that inside cells catch, and what kind of place each cell is."""
    receiving = np.zeros(kernel.lattice_shape(grid.shape), np.float32)
    receiving[kernel.centres(grid.shape)] = grid.inside
    caught = kernel.convolve(receiving)
    return caught, _kind_of_place(grid.inside, caught, kernel.per_cell, kernel.margin)


@compiled_reordered
def _kind_of_place(inside: npt.NDArray[np.bool_], caught: Single, per_cell: int, margin: int) -> npt.NDArray[np.uint8]:
    place = np.full(inside.shape, _OUTSIDE, np.uint8)
    half = per_cell // 2 + 1
    for row in range(inside.shape[0]):
        for column in range(inside.shape[1]):
            if not inside[row, column]:
                continue
            least = np.float32(1.0)
            for v in range(margin + row * per_cell - half, margin + row * per_cell + half + 1):
                for u in range(margin + column * per_cell - half, margin + column * per_cell + half + 1):
                    least = min(least, caught[v, u])
            place[row, column] = _NEAR_BORDER if least < 1.0 - _NEGLIGIBLE else _INSIDE
    return place


@compiled_reordered
def _nearest_node(cells: float, per_cell: int, margin: int) -> tuple[int, float, float, float]:
    # The node before the nearest one to a point `cells` from the border of the grid, and what that one, the nearest
    # and the next get of it.
    along = (cells - 0.5) * per_cell + margin
    nearest = int(along + 0.5)
    off = along - nearest
    return nearest - 1, 0.5 * (0.5 - off) * (0.5 - off), 0.75 - off * off, 0.5 * (0.5 + off) * (0.5 + off)


@compiled_reordered
def _three(flat: Single, at: np.uint64, first: float, second: float, third: float) -> float:
    return flat[at] * first + flat[at + _ONE] * second + flat[at + _TWO] * third  # type: ignore[no-any-return]


@compiled_reordered
def _add_three(flat: FloatArray, at: np.uint64, first: float, second: float, third: float) -> None:
    flat[at] += first
    flat[at + _ONE] += second
    flat[at + _TWO] += third


@compiled_reordered
def _share_out(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    begin: int,
    end: int,
    x0: float,
    y0: float,
    cell_m: float,
    place: npt.NDArray[np.uint8],
    caught: Single,
    caught_per_cell: int,
    caught_margin: int,
    per_cell: int,
    margin: int,
    given: FloatArray,
) -> tuple[float, FloatArray]:
    ny, nx = place.shape
    kinds, flat_caught, flat_given = place.ravel(), caught.ravel(), given.ravel()
    caught_row, given_row = np.uint64(caught.shape[1]), np.uint64(given.shape[1])
    total = 0.0
    for i in range(begin, end):
        u, v = (x[i] - x0) / cell_m, (y[i] - y0) / cell_m
        if not (u >= 0 and v >= 0 and u < nx and v < ny):
            continue
        kind = kinds[np.uint64(int(v) * nx + int(u))]
        if kind == _OUTSIDE:
            continue
        share = weight[i] if len(weight) else 1.0
        total += share
        if kind == _NEAR_BORDER:
            column, a, b, c = _nearest_node(u, caught_per_cell, caught_margin)
            row, d, e, f = _nearest_node(v, caught_per_cell, caught_margin)
            at = np.uint64(row * caught.shape[1] + column)
            inside = d * _three(flat_caught, at, a, b, c) + e * _three(flat_caught, at + caught_row, a, b, c)
            share /= inside + f * _three(flat_caught, at + caught_row + caught_row, a, b, c)
        column, a, b, c = _nearest_node(u, per_cell, margin)
        row, d, e, f = _nearest_node(v, per_cell, margin)
        d, e, f = d * share, e * share, f * share
        at = np.uint64(row * given.shape[1] + column)
        _add_three(flat_given, at, a * d, b * d, c * d)
        _add_three(flat_given, at + given_row, a * e, b * e, c * e)
        _add_three(flat_given, at + given_row + given_row, a * f, b * f, c * f)
    return total, given

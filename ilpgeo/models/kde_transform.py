"""The kernel sum by lattice: points shared between the nodes around them, then one convolution of the lattice."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.space import Grid
from ilpgeo.models.kde_keys import KEY_BITS, count_in_bands, order_by_band
from ilpgeo.models.kde_lines import LineKernel, line_kernel
from ilpgeo.models.kde_share import kinds_of_place, share_bands, share_points
from ilpgeo.models.kde_splines import NodeKernel, Single, node_kernel
from ilpgeo.models.points import read_only
from ilpgeo.models.slices import in_slices

# Nodes per radius that keep a single point's error within 2e-3 of its peak, wherever it lies; the tests measure it.
# That many because the second derivative jumps at the radius.
_NODES_PER_RADIUS = 12.0
# What inside cells catch of a kernel is a sum over many of them, in which errors cancel.
_NODES_PER_RADIUS_CAUGHT = 6.0
# For the cost of a Gaussian, which depends on the cells and hardly on the bandwidth.
_NODES_PER_DEVIATION = 3.0
# Less than this caught beyond the border is not worth correcting: the sum is put right at the end.
_NEGLIGIBLE = 1e-4
_LEAST_POINTS_IN_SLICE = 50_000
# Of a lattice that is shared with as its points come.
_CACHED_NODES = 100_000
# Of a band's part of the lattice, which stays in the processor's cache while its points are shared.
_BAND_NODES = 8_000


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
    share of it that inside cells catch, so that the sum over the study area is the points' weight. A Gaussian goes
    along rows and columns in turn, a quartic through a Fourier transform.

    Notes
    -----
    O(n + cells) Gaussian, O(n + nodes log nodes) quartic. Convolutions in single precision, which adds less than 1e-6
    of the peak.
    """
    bandwidth, reach = bandwidth_m / grid.cell_m, reach_m / grid.cell_m
    prepared = _prepare(grid.inside.tobytes(), grid.shape, bandwidth, reach, gaussian)
    total, given = _share_out(x, y, weights, grid, prepared)
    spread = np.where(grid.inside, np.maximum(prepared.kernel.to_centres(given, grid.shape), 0.0), 0.0).astype(
        np.float64
    )
    # Cutting off what fell below zero has changed the sum by less than the error allowed.
    found = spread.sum()
    return spread * (total / found) if found > 0 else spread


class _Prepared(NamedTuple):
    """What depends on the study area and the bandwidth alone, not on the points.

    Attributes
    ----------
    kernel
        The kernel on its lattice.
    caught, caught_at
        What inside cells catch of a kernel at each node of a lattice, and that lattice's nodes per cell and margin.
    place
        What kind of place each cell is; see `kinds_of_place`.
    """

    kernel: LineKernel | NodeKernel
    caught: Single
    caught_at: tuple[float, int]
    place: npt.NDArray[np.uint8]


@lru_cache(maxsize=4)
def _prepare(inside: bytes, shape: tuple[int, int], bandwidth: float, reach: float, gaussian: bool) -> _Prepared:
    """Return it for a study area given as one byte a cell; kept, for a map is asked of other days and offences next."""
    kernel: LineKernel | NodeKernel
    catching: LineKernel | NodeKernel
    if gaussian:
        kernel = catching = line_kernel(bandwidth, reach, max(shape))
    else:
        kernel = node_kernel(bandwidth, reach, _per_cell(bandwidth, _NODES_PER_RADIUS))
        catching = node_kernel(bandwidth, reach, _per_cell(bandwidth, _NODES_PER_RADIUS_CAUGHT))
    is_inside = np.frombuffer(inside, np.bool_).reshape(shape)
    caught = catching.caught(is_inside)
    caught_at = float(catching.per_cell), catching.margin
    place = kinds_of_place(is_inside, caught, 1.0 - _NEGLIGIBLE, *caught_at)
    return _Prepared(kernel, caught, caught_at, place)


def _share_out(
    x: FloatArray, y: FloatArray, weights: FloatArray | None, grid: Grid, prepared: _Prepared
) -> tuple[float, Single]:
    """Return the weight of the points inside, and what each node of the kernel's lattice is given."""
    kernel = prepared.kernel
    height, width = kernel.lattice_shape(grid.shape)
    px, py, weight = read_only(x), read_only(y), read_only(np.empty(0) if weights is None else weights)
    x0, y0, cell_m = float(grid.x0), float(grid.y0), float(grid.cell_m)
    scale = 2.0 ** (KEY_BITS - max(grid.shape).bit_length())
    place, caught, caught_at, per_cell = prepared.place, prepared.caught, prepared.caught_at, float(kernel.per_cell)
    given = np.zeros((height, width), np.float32)
    total = 0.0
    if height * width <= _CACHED_NODES:

        def share_slice(begin: int, end: int) -> tuple[float, FloatArray]:
            return share_points(
                px, py, weight, begin, end, x0, y0, cell_m, scale, place, caught, *caught_at, per_cell, kernel.margin,
                (height, width),
            )  # fmt: skip

        for weight_inside, nodes in in_slices(share_slice, len(x), _LEAST_POINTS_IN_SLICE):
            total += weight_inside
            given += nodes
        return total, given
    band_rows = max(int(_BAND_NODES / (width * kernel.per_cell)), 1)
    n_bands = -(-grid.ny // band_rows)
    keys, ordered_weight = np.empty(len(x), np.uint64), np.empty(len(weight))

    def order(begin: int, end: int) -> tuple[IntArray, IntArray]:
        counts = count_in_bands(py, begin, end, y0, cell_m, grid.ny, band_rows, n_bands)
        start = begin + np.cumsum(counts) - counts
        stop = start.copy()
        order_by_band(
            px, py, weight, begin, end, x0, y0, cell_m, grid.shape, scale, band_rows, stop, keys, ordered_weight
        )  # fmt: skip
        return start, stop

    start, stop = (np.stack(each) for each in zip(*in_slices(order, len(x), _LEAST_POINTS_IN_SLICE), strict=True))
    before = np.concatenate([[0], np.cumsum((stop - start).sum(axis=0))])
    n_ordered = int(before[-1])

    def share(begin: int, end: int) -> tuple[float, int, Single]:
        # Bands are divided where their points are.
        first, last = (n_bands if n == n_ordered else int(np.searchsorted(before, n)) for n in (begin, end))
        return share_bands(
            keys, ordered_weight, start, stop, first, last, band_rows, scale, place, caught, *caught_at, per_cell,
            kernel.margin, width,
        )  # fmt: skip

    for weight_inside, bottom, rows in in_slices(share, n_ordered, _LEAST_POINTS_IN_SLICE):
        total += weight_inside
        given[bottom : bottom + len(rows)] += rows
    return total, given


def n_nodes(grid: Grid, bandwidth_m: float, gaussian: bool) -> int:
    """Return the size of the lattice that `spread_by_transform` works on."""
    per_bandwidth = _NODES_PER_DEVIATION if gaussian else _NODES_PER_RADIUS
    return grid.nx * grid.ny * _per_cell(bandwidth_m / grid.cell_m, per_bandwidth) ** 2


def _per_cell(bandwidth: float, per_bandwidth: float) -> int:
    return max(math.ceil(per_bandwidth / bandwidth), 1)

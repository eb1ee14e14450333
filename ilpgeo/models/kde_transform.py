"""The kernel sum by lattice: points shared between the nodes around them, then one convolution of the lattice."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.jit import compiled_reordered
from ilpgeo.core.space import Grid
from ilpgeo.models.kde_direct import spread_directly
from ilpgeo.models.kde_keys import KEY_BITS, Banded, empty_bands, put_in_bands
from ilpgeo.models.kde_lines import LineKernel, line_kernel
from ilpgeo.models.kde_share import add_rows, kinds_of_place, lowest_node, share_bands, share_points
from ilpgeo.models.kde_splines import NodeKernel, Single, node_kernel
from ilpgeo.models.points import check_points, collapse, read_only
from ilpgeo.models.slices import in_slices, n_slices

# Nodes per radius that keep a single point's error within 2e-3 of its peak, wherever it lies; the tests measure it.
# That many because the second derivative jumps at the radius.
_NODES_PER_RADIUS = 12.0
# What inside cells catch of a kernel is a sum over many of them, in which errors cancel.
_NODES_PER_RADIUS_CAUGHT = 6.0
# For the cost of a Gaussian, which depends on the cells and hardly on the bandwidth.
_NODES_PER_DEVIATION = 3.0
# Less than this caught beyond the border is not worth correcting: the sum is put right at the end.
_NEGLIGIBLE = 1e-4
# Points of whose kernels inside cells catch less than so many heights of the peak, or less than such a share, are
# summed directly: what the lattice gives too much to the cells near the radius would be taken from the few others.
_FEW_HEIGHTS, _LOW_SHARE = 4.0, 1 / 6
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
    along rows and columns in turn, a quartic through a Fourier transform. Points whose quartic meets next to no inside
    cells are summed directly.

    Raises
    ------
    InvalidInput
        For coordinates or weights that are not finite, or weights below zero.

    Notes
    -----
    O(n + cells) Gaussian, O(n + nodes log nodes) quartic. Convolutions in single precision, which adds less than 1e-6
    of the peak.
    """
    bandwidth, reach = bandwidth_m / grid.cell_m, reach_m / grid.cell_m
    prepared = _prepare(grid.inside.tobytes(), grid.shape, bandwidth, reach, gaussian)
    if not prepared.is_lone.any():
        return _by_lattice(x, y, weights, grid, prepared)
    check_points(x, y, weights)
    cell = grid.cell_of(x, y)
    is_lone = (cell >= 0) & prepared.is_lone.ravel()[cell]
    others = x[~is_lone], y[~is_lone], None if weights is None else weights[~is_lone]
    places = collapse(x[is_lone], y[is_lone], None if weights is None else weights[is_lone])
    answer = _by_lattice(*others, grid, prepared)
    return spread_directly(places, grid, bandwidth_m, reach_m, gaussian, onto=answer)


def _by_lattice(
    x: FloatArray, y: FloatArray, weights: FloatArray | None, grid: Grid, prepared: _Prepared
) -> FloatArray:
    total, given = _share_out(x, y, weights, grid, prepared)
    # Where each counts one and all are inside, all are finite: another look at them is a twentieth of the whole.
    if weights is not None or total < len(x):
        check_points(x, y, weights)
    return _put_right(prepared.kernel.to_centres(given, grid.shape), grid.inside, total)


@compiled_reordered
def _put_right(received: Single, inside: BoolArray, total: float) -> FloatArray:
    # Cutting off what fell below zero has changed the sum by less than the error allowed.
    found = 0.0
    for row in range(received.shape[0]):
        for column in range(received.shape[1]):
            found += max(received[row, column], np.float32(0.0)) if inside[row, column] else 0.0
    factor = total / found if found > 0.0 else 1.0
    answer = np.empty(received.shape)
    for row in range(received.shape[0]):
        for column in range(received.shape[1]):
            kept = max(received[row, column], np.float32(0.0)) if inside[row, column] else 0.0
            answer[row, column] = kept * factor
    return answer


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
    is_lone
        Whether the kernel around some point of a cell meets next to no inside cells.
    """

    kernel: LineKernel | NodeKernel
    caught: Single
    caught_at: tuple[float, int]
    place: npt.NDArray[np.uint8]
    is_lone: BoolArray


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
    if gaussian:
        return _Prepared(kernel, caught, caught_at, place, np.zeros(shape, np.bool_))
    centres = slice(catching.margin, None, catching.per_cell)
    # A whole quartic holds a third of the heights of its peak that would fill its disc.
    low = max(_FEW_HEIGHTS / (math.pi * bandwidth**2 / 3), _LOW_SHARE)
    is_lone = is_inside & (caught[centres, centres][: shape[0], : shape[1]] < low)
    return _Prepared(kernel, caught, caught_at, place, is_lone)


class _Points(NamedTuple):
    """Points as the compiled loops take them: coordinates, weights (none where each counts one), the grid's place."""

    x: FloatArray
    y: FloatArray
    weight: FloatArray
    x0: float
    y0: float
    cell_m: float

    def part(self, begin: int, end: int) -> _Points:
        return self._replace(x=self.x[begin:end], y=self.y[begin:end], weight=self.weight[begin:end])


def _share_out(
    x: FloatArray, y: FloatArray, weights: FloatArray | None, grid: Grid, prepared: _Prepared
) -> tuple[float, Single]:
    """Return the weight of the points inside, and what each node of the kernel's lattice is given, by planes."""
    weight = read_only(np.empty(0) if weights is None else weights)
    points = _Points(read_only(x), read_only(y), weight, float(grid.x0), float(grid.y0), float(grid.cell_m))
    height, width = prepared.kernel.lattice_shape(grid.shape)
    if height * width <= _CACHED_NODES:
        return _share_as_they_come(points, grid, prepared)
    return _share_by_bands(points, grid, prepared)


def _share_as_they_come(points: _Points, grid: Grid, prepared: _Prepared) -> tuple[float, Single]:
    kernel = prepared.kernel
    size, per_cell = kernel.lattice_shape(grid.shape), float(kernel.per_cell)

    def share(begin: int, end: int) -> tuple[float, FloatArray]:
        return share_points(
            *points.part(begin, end), _scale(grid), prepared.place, prepared.caught, *prepared.caught_at, per_cell,
            kernel.margin, size,
        )  # fmt: skip

    planes, total = kernel.empty_planes(grid.shape), 0.0
    for weight_inside, nodes in in_slices(share, len(points.x), _LEAST_POINTS_IN_SLICE):
        total += weight_inside
        add_rows(planes, 0, nodes)
    return total, planes


def _share_by_bands(points: _Points, grid: Grid, prepared: _Prepared) -> tuple[float, Single]:
    kernel = prepared.kernel
    width, per_cell = kernel.lattice_shape(grid.shape)[1], float(kernel.per_cell)
    band_rows = max(int(_BAND_NODES / (width * per_cell)), 1)
    n_bands = -(-grid.ny // band_rows)
    bands = _put_in_bands(points, grid, band_rows, n_bands)
    before = np.concatenate([[0], np.cumsum(bands.held.sum(axis=0))])
    n_inside = int(before[-1])
    planes, total = kernel.empty_planes(grid.shape), 0.0

    def share(begin: int, end: int) -> tuple[float, int, FloatArray]:
        # Bands are divided where their points are.
        first, last = (n_bands if n == n_inside else int(np.searchsorted(before, n)) for n in (begin, end))
        weight_inside, rows = share_bands(
            bands, first, last, band_rows, _scale(grid), prepared.place, prepared.caught, *prepared.caught_at, per_cell,
            kernel.margin, width, planes,
        )  # fmt: skip
        return weight_inside, lowest_node(last * band_rows, per_cell, kernel.margin), rows

    for weight_inside, low, rows in in_slices(share, n_inside, _LEAST_POINTS_IN_SLICE):
        total += weight_inside
        add_rows(planes, low, rows)
    return total, planes


def _put_in_bands(points: _Points, grid: Grid, band_rows: int, n_bands: int) -> Banded:
    n = len(points.x)
    parts = n_slices(n, _LEAST_POINTS_IN_SLICE)
    bands = empty_bands(parts, n, n_bands, len(points.weight) > 0)

    def put(first: int, last: int) -> None:
        for part in range(first, last):
            put_in_bands(*points, grid.shape, _scale(grid), band_rows, bands, part)

    in_slices(put, parts, 1)
    return bands


def _scale(grid: Grid) -> float:
    """Return what a cell counts in keys."""
    return float(2.0 ** (KEY_BITS - int(max(grid.shape)).bit_length()))


def n_nodes(grid: Grid, bandwidth_m: float, gaussian: bool) -> int:
    """Return the size of the lattice that `spread_by_transform` works on."""
    per_bandwidth = _NODES_PER_DEVIATION if gaussian else _NODES_PER_RADIUS
    return grid.nx * grid.ny * _per_cell(bandwidth_m / grid.cell_m, per_bandwidth) ** 2


def _per_cell(bandwidth: float, per_bandwidth: float) -> int:
    return max(math.ceil(per_bandwidth / bandwidth), 1)

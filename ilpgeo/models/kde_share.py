"""Compiled: points put in order by bands of the grid's rows, then shared between nodes band by band.

Points come in any order; adding each to a lattice larger than the processor's cache waits for memory most of the time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.models.jit import compiled_reordered
from ilpgeo.models.kde_splines import Single

Packed = npt.NDArray[np.uint64]

# An index without a sign need not be checked for counting from the end.
_ONE, _TWO = np.uint64(1), np.uint64(2)
# Kinds of place.
OUTSIDE, WHOLE, CUT = 0, 1, 2
# A packed point is its row and its column in cells, each with binary places after the point to fill 32 bits.
_HALF_BITS, _LOW_HALF = np.uint64(32), np.uint64(0xFFFF_FFFF)


@compiled_reordered
def count_in_bands(
    y: FloatArray, begin: int, end: int, y0: float, cell_m: float, ny: int, band_rows: int, n_bands: int
) -> IntArray:
    """Return how many of the points begin..end lie in each band of `band_rows` rows."""
    counts = np.zeros(ny, np.int64)
    for i in range(begin, end):
        v = (y[i] - y0) / cell_m
        if v >= 0 and v < ny:
            counts[np.uint64(int(v))] += 1
    answer = np.zeros(n_bands, np.int64)
    for row in range(ny):
        answer[row // band_rows] += counts[row]
    return answer


@compiled_reordered
def pack_by_band(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    begin: int,
    end: int,
    x0: float,
    y0: float,
    cell_m: float,
    shape: tuple[int, int],
    band_rows: int,
    scale: float,
    stop: IntArray,
    packed: Packed,
    packed_weight: FloatArray,
) -> None:
    """Pack the points on the grid, each at the place its band's `stop` names, which moves on."""
    ny, nx = shape
    band_of_row = np.empty(ny, np.uint32)
    for row in range(ny):
        band_of_row[row] = row // band_rows
    for i in range(begin, end):
        u, v = (x[i] - x0) / cell_m, (y[i] - y0) / cell_m
        if not (u >= 0 and v >= 0 and u < nx and v < ny):
            continue
        band = np.uint64(band_of_row[np.uint64(int(v))])
        at = np.uint64(stop[band])
        stop[band] += 1
        packed[at] = (np.uint64(int(v * scale)) << _HALF_BITS) | np.uint64(int(u * scale))
        if len(weight):
            packed_weight[at] = weight[i]


@compiled_reordered
def _nearest_node(along: float) -> tuple[np.uint64, float, float, float]:
    # The nearest node to a point `along` the lattice, and what the one before, the nearest and the next get of it.
    nearest = int(along + 0.5)
    off = along - nearest
    before = 0.5 * (0.5 - off) * (0.5 - off)
    after = before + off
    return np.uint64(nearest), before, 1.0 - before - after, after


@compiled_reordered
def _three(flat: Single, at: np.uint64, first: float, second: float, third: float) -> float:
    return flat[at] * first + flat[at + _ONE] * second + flat[at + _TWO] * third  # type: ignore[no-any-return]


@compiled_reordered
def _add_three(flat: FloatArray, at: np.uint64, first: float, second: float, third: float) -> None:
    flat[at] += first
    flat[at + _ONE] += second
    flat[at + _TWO] += third


@compiled_reordered
def share_bands(
    packed: Packed,
    packed_weight: FloatArray,
    start: IntArray,
    stop: IntArray,
    first_band: int,
    end_band: int,
    band_rows: int,
    scale: float,
    place: npt.NDArray[np.uint8],
    caught: Single,
    caught_per_cell: float,
    caught_margin: int,
    per_cell: float,
    margin: int,
    width: int,
) -> tuple[float, int, Single]:
    """Share the points of some bands, each divided by what is caught of it, between the 3 x 3 nodes around them.

    Parameters
    ----------
    start, stop
        Shape (parts, bands): where the points of each band lie in `packed`.
    place
        What kind of place each cell is; see `kinds_of_place`.
    width
        Nodes in a row of the lattice.

    Returns
    -------
    tuple
        Weight of the points inside, first row of the lattice that got something of it, and what its rows got.
    """
    ny, nx = place.shape
    kinds, flat_caught = place.ravel(), caught.ravel()
    step, origin = per_cell / scale, margin - 0.5 * per_cell
    step_caught, origin_caught = caught_per_cell / scale, caught_margin - 0.5 * caught_per_cell
    row_of_cells, row_of_caught, row_of_nodes = np.uint64(nx), np.uint64(caught.shape[1]), np.uint64(width)
    shift = np.uint64(0)
    while scale > 1.0:
        scale *= 0.5
        shift += _ONE
    bottom = _lowest_node(first_band * band_rows, per_cell, margin)
    top = _lowest_node(min(end_band * band_rows, ny), per_cell, margin) + 3
    answer = np.zeros((top - bottom, width), np.float32)
    band_nodes = np.empty((int(band_rows * per_cell) + 5) * width)
    total = 0.0
    for band in range(first_band, end_band):
        low = _lowest_node(band * band_rows, per_cell, margin)
        high = _lowest_node(min((band + 1) * band_rows, ny), per_cell, margin) + 3
        band_nodes[: (high - low) * width] = 0.0
        for part in range(len(start)):
            for i in range(start[part, band], stop[part, band]):
                row, column = packed[i] >> _HALF_BITS, packed[i] & _LOW_HALF
                kind = kinds[(row >> shift) * row_of_cells + (column >> shift)]
                if kind == OUTSIDE:
                    continue
                share = packed_weight[i] if len(packed_weight) else 1.0
                total += share
                u, v = np.int64(column), np.int64(row)
                if kind == CUT:
                    at_column, a, b, c = _nearest_node(u * step_caught + origin_caught)
                    at_row, d, e, f = _nearest_node(v * step_caught + origin_caught)
                    at = (at_row - _ONE) * row_of_caught + at_column - _ONE
                    around = d * _three(flat_caught, at, a, b, c) + e * _three(flat_caught, at + row_of_caught, a, b, c)
                    share /= around + f * _three(flat_caught, at + row_of_caught + row_of_caught, a, b, c)
                at_column, a, b, c = _nearest_node(u * step + origin)
                at_row, d, e, f = _nearest_node(v * step + origin)
                d, e, f = d * share, e * share, f * share
                at = (at_row - _ONE - np.uint64(low)) * row_of_nodes + at_column - _ONE
                _add_three(band_nodes, at, a * d, b * d, c * d)
                _add_three(band_nodes, at + row_of_nodes, a * e, b * e, c * e)
                _add_three(band_nodes, at + row_of_nodes + row_of_nodes, a * f, b * f, c * f)
        for row_of_band in range(high - low):
            for column_of_band in range(width):
                answer[low - bottom + row_of_band, column_of_band] += band_nodes[row_of_band * width + column_of_band]
    return total, bottom, answer


@compiled_reordered
def _lowest_node(cells: int, per_cell: float, margin: int) -> int:
    # What the points `cells` or more from the border of the grid are shared with begins here.
    return int((cells - 0.5) * per_cell + margin + 0.5) - 1


@compiled_reordered
def kinds_of_place(
    inside: npt.NDArray[np.bool_], caught: Single, least: float, per_cell: float, margin: int
) -> npt.NDArray[np.uint8]:
    """Return for each cell whether it lies outside, or its points' kernels are whole, or cut by the border.

    Parameters
    ----------
    caught
        By node: the share of the kernel that inside cells catch.
    least
        So much caught at all nodes that a cell's points are shared between counts as whole.
    """
    ny, nx = inside.shape
    answer = np.full((ny, nx), OUTSIDE, np.uint8)
    lowest = np.empty(caught.shape[1], np.float32)
    begin, end = np.empty(nx, np.int64), np.empty(nx, np.int64)
    for column in range(nx):
        begin[column] = _lowest_node(column, per_cell, margin)
        end[column] = _lowest_node(column + 1, per_cell, margin) + 3
    for row in range(ny):
        lowest[:] = 1.0
        for node in range(_lowest_node(row, per_cell, margin), _lowest_node(row + 1, per_cell, margin) + 3):
            line = caught[node]
            for k in range(len(line)):
                lowest[k] = min(lowest[k], line[k])
        for column in range(nx):
            if inside[row, column]:
                is_whole = True
                for k in range(begin[column], end[column]):
                    is_whole &= lowest[k] >= least
                answer[row, column] = WHOLE if is_whole else CUT
    return answer

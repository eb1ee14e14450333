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
def _nearest_node(cells: float, per_cell: float, margin: int) -> tuple[np.uint64, float, float, float]:
    # The nearest node to a point `cells` from the border of the grid, and what the one before, the nearest and the
    # next get of it.
    along = (cells - 0.5) * per_cell + margin
    nearest = int(along + 0.5)
    off = along - nearest
    return np.uint64(nearest), 0.5 * (0.5 - off) * (0.5 - off), 0.75 - off * off, 0.5 * (0.5 + off) * (0.5 + off)


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
    inside: npt.NDArray[np.bool_],
    caught: Single,
    is_whole: npt.NDArray[np.bool_],
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
    is_whole
        By node of the lattice `caught` is on: nothing worth correcting is lost of what is shared around it.
    width
        Nodes in a row of the lattice.

    Returns
    -------
    tuple
        Weight of the points inside, first row of the lattice that got something of it, and what its rows got.
    """
    ny, nx = inside.shape
    each = 1.0 / scale
    flat_inside, flat_caught, flat_whole = inside.ravel(), caught.ravel(), is_whole.ravel()
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
                if not flat_inside[(row >> shift) * row_of_cells + (column >> shift)]:
                    continue
                share = packed_weight[i] if len(packed_weight) else 1.0
                total += share
                u, v = np.float64(column) * each, np.float64(row) * each
                at_column, a, b, c = _nearest_node(u, caught_per_cell, caught_margin)
                at_row, d, e, f = _nearest_node(v, caught_per_cell, caught_margin)
                at = at_row * row_of_caught + at_column
                if not flat_whole[at]:
                    at -= row_of_caught + _ONE
                    around = d * _three(flat_caught, at, a, b, c) + e * _three(flat_caught, at + row_of_caught, a, b, c)
                    share /= around + f * _three(flat_caught, at + row_of_caught + row_of_caught, a, b, c)
                if per_cell != caught_per_cell:
                    at_column, a, b, c = _nearest_node(u, per_cell, margin)
                    at_row, d, e, f = _nearest_node(v, per_cell, margin)
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
def whole_around(caught: Single, least: float) -> npt.NDArray[np.bool_]:
    """Return whether each node and the eight around it catch at least so much; never at the lattice's rim."""
    ny, nx = caught.shape
    answer = np.zeros((ny, nx), np.bool_)
    for row in range(1, ny - 1):
        for column in range(1, nx - 1):
            lowest = caught[row, column]
            for v in range(row - 1, row + 2):
                for u in range(column - 1, column + 2):
                    lowest = min(lowest, caught[v, u])
            answer[row, column] = lowest >= least
    return answer

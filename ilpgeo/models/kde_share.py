"""Compiled: points shared between the nodes around them, each divided by what is caught of its kernel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.models.jit import compiled_reordered
from ilpgeo.models.kde_keys import AT_ONCE, HALF_BITS, LOW_HALF, Keys, binary_places, keys_of
from ilpgeo.models.kde_splines import Single

# An index without a sign need not be checked for counting from the end.
_ONE, _TWO = np.uint64(1), np.uint64(2)
# Kinds of place.
OUTSIDE, WHOLE, CUT = 0, 1, 2


@compiled_reordered
def share_points(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    begin: int,
    end: int,
    x0: float,
    y0: float,
    cell_m: float,
    scale: float,
    place: npt.NDArray[np.uint8],
    caught: Single,
    caught_per_cell: float,
    caught_margin: int,
    per_cell: float,
    margin: int,
    lattice_shape: tuple[int, int],
) -> tuple[float, FloatArray]:
    """Share the points begin..end as they come: for a lattice that the processor's cache holds.

    Parameters
    ----------
    place
        What kind of place each cell is; see `kinds_of_place`.

    Returns
    -------
    tuple
        Weight of the points inside, and what each node got.
    """
    nodes = np.zeros(lattice_shape[0] * lattice_shape[1])
    keys, on_grid, own = np.empty(AT_ONCE, np.uint64), np.empty(AT_ONCE, np.uint8), np.empty(AT_ONCE)
    total = 0.0
    for block in range(begin, end, AT_ONCE):
        n = min(AT_ONCE, end - block)
        keys_of(x, y, block, block + n, x0, y0, cell_m, place.shape, scale, keys, on_grid)
        for i in range(n):
            own[i] = on_grid[i] * (weight[block + i] if len(weight) else 1.0)
        total += _share(
            keys, own, 0, n, scale, place, caught, caught_per_cell, caught_margin, per_cell, margin, 0,
            lattice_shape[1], nodes,
        )  # fmt: skip
    return total, nodes.reshape(lattice_shape)


@compiled_reordered
def share_bands(
    keys: Keys,
    weight: FloatArray,
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
    """Share the points of some bands, a band's nodes after another's: for a lattice larger than the processor's cache.

    Parameters
    ----------
    start, stop
        Shape (parts, bands): where the points of each band lie in `keys`.
    place
        What kind of place each cell is; see `kinds_of_place`.
    width
        Nodes in a row of the lattice.

    Returns
    -------
    tuple
        Weight of the points inside, first row of the lattice that got something of it, and what its rows got.
    """
    ny = place.shape[0]
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
            for block in range(start[part, band], stop[part, band], AT_ONCE):
                total += _share(
                    keys, weight, block, min(block + AT_ONCE, stop[part, band]), scale, place, caught, caught_per_cell,
                    caught_margin, per_cell, margin, low, width, band_nodes,
                )  # fmt: skip
        for row_of_band in range(high - low):
            for column_of_band in range(width):
                answer[low - bottom + row_of_band, column_of_band] += band_nodes[row_of_band * width + column_of_band]
    return total, bottom, answer


@compiled_reordered
def _share(
    keys: Keys,
    weight: FloatArray,
    begin: int,
    end: int,
    scale: float,
    place: npt.NDArray[np.uint8],
    caught: Single,
    caught_per_cell: float,
    caught_margin: int,
    per_cell: float,
    margin: int,
    low: int,
    width: int,
    nodes: FloatArray,
) -> float:
    # At most AT_ONCE points; `low` is the row of the lattice that `nodes` begins with. First where each point lies and
    # how it is divided, then what the border cuts, at last the sums.
    kinds, flat_caught = place.ravel(), caught.ravel()
    step, origin = per_cell / scale, margin - 0.5 * per_cell
    step_caught, origin_caught = caught_per_cell / scale, caught_margin - 0.5 * caught_per_cell
    shift, row_of_cells = np.int32(binary_places(scale)), np.int32(place.shape[1])
    row_of_caught, row_of_nodes, lowest = np.uint64(caught.shape[1]), np.int32(width), np.int32(low + 1)
    cell, corner = np.empty(AT_ONCE, np.uint32), np.empty(AT_ONCE, np.uint32)
    first, second, third = np.empty((3, AT_ONCE), np.float32)
    below, level, above = np.empty((3, AT_ONCE), np.float32)
    given, cut = np.empty(AT_ONCE, np.float32), np.empty(AT_ONCE, np.uint32)
    n, n_cut, total = end - begin, 0, 0.0
    for i in range(n):
        row, column = np.int32(keys[begin + i] >> HALF_BITS), np.int32(keys[begin + i] & LOW_HALF)
        cell[i] = np.uint32((row >> shift) * row_of_cells + (column >> shift))
        at_column, first[i], second[i], third[i] = _nearest_node(column * step + origin)
        at_row, below[i], level[i], above[i] = _nearest_node(row * step + origin)
        corner[i] = np.uint32((at_row - lowest) * row_of_nodes + at_column - np.int32(1))
    for i in range(n):
        kind = kinds[cell[i]]
        own = 0.0 if kind == OUTSIDE else weight[begin + i] if len(weight) else 1.0
        total += own
        given[i] = own
        cut[n_cut] = i
        n_cut += kind == CUT
    for k in range(n_cut):
        at = np.uint64(cut[k])
        key = keys[np.uint64(begin) + at]
        row, column = np.int32(key >> HALF_BITS), np.int32(key & LOW_HALF)
        at_column, a, b, c = _nearest_node(column * step_caught + origin_caught)
        at_row, d, e, f = _nearest_node(row * step_caught + origin_caught)
        node = np.uint64(at_row - 1) * row_of_caught + np.uint64(at_column - 1)
        around = d * _three(flat_caught, node, a, b, c) + e * _three(flat_caught, node + row_of_caught, a, b, c)
        given[at] /= around + f * _three(flat_caught, node + row_of_caught + row_of_caught, a, b, c)
    next_row = np.uint64(width)
    for i in range(n):
        node = np.uint64(corner[i])
        a, b, c = first[i], second[i], third[i]
        d, e, f = below[i] * given[i], level[i] * given[i], above[i] * given[i]
        _add_three(nodes, node, a * d, b * d, c * d)
        _add_three(nodes, node + next_row, a * e, b * e, c * e)
        _add_three(nodes, node + next_row + next_row, a * f, b * f, c * f)
    return total


@compiled_reordered
def _nearest_node(along: float) -> tuple[np.int32, float, float, float]:
    # The nearest node to a point `along` the lattice, and what the one before, the nearest and the next get of it.
    nearest = np.int32(along + 0.5)
    off = np.float32(along - nearest)
    before = np.float32(0.5) * (np.float32(0.5) - off) * (np.float32(0.5) - off)
    after = before + off
    return nearest, before, np.float32(1.0) - before - after, after  # type: ignore[return-value]


@compiled_reordered
def _three(flat: Single, at: np.uint64, first: float, second: float, third: float) -> float:
    return flat[at] * first + flat[at + _ONE] * second + flat[at + _TWO] * third  # type: ignore[no-any-return]


@compiled_reordered
def _add_three(flat: FloatArray, at: np.uint64, first: float, second: float, third: float) -> None:
    flat[at] += first
    flat[at + _ONE] += second
    flat[at + _TWO] += third


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

"""Compiled: points shared between the nodes around them, each divided by what is caught of its kernel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.jit import compiled_reordered
from ilpgeo.models.kde_keys import AT_ONCE, HALF_BITS, LOW_HALF, Banded, Keys, binary_places, keys_of
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
    """Share the points as they come: for a lattice that the processor's cache holds.

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
    for block in range(0, len(x), AT_ONCE):
        n = min(AT_ONCE, len(x) - block)
        keys_of(x[block : block + n], y[block : block + n], x0, y0, cell_m, place.shape, scale, keys, on_grid)
        weights = weight[block : block + n]
        for i in range(n):
            own[i] = on_grid[i] * (weights[i] if len(weights) else 1.0)
        total += _share(
            keys[:n], own[:n], scale, place, caught, caught_per_cell, caught_margin, per_cell, margin, 0,
            lattice_shape[1], nodes,
        )  # fmt: skip
    return total, nodes.reshape(lattice_shape)


@compiled_reordered
def share_bands(
    bands: Banded,
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
    planes: Single,
) -> tuple[float, FloatArray]:
    """Share the points of some bands, a band's nodes after another's: for a lattice larger than the processor's cache.

    Parameters
    ----------
    place
        What kind of place each cell is; see `kinds_of_place`.
    width
        Nodes in a row of the lattice.
    planes
        What the lattice is given; see `add_rows`.

    Returns
    -------
    tuple
        Weight of the points inside, and what the rows got from which the bands after these begin to add: the caller
        adds that, for another thread may be at them.
    """
    band_nodes = np.empty((int(band_rows * per_cell) + 5) * width)
    total, n_rows, n_own = 0.0, 0, 0
    for band in range(first_band, end_band):
        low = lowest_node(band * band_rows, per_cell, margin)
        n_rows = lowest_node((band + 1) * band_rows, per_cell, margin) + 3 - low
        n_own = n_rows - 3 if band + 1 == end_band else n_rows
        band_nodes[: n_rows * width] = 0.0
        for part in range(len(bands.keys)):
            block, n = bands.latest[part, band], (bands.held[part, band] - 1) % AT_ONCE + 1
            while block >= 0:
                begin, end = block * AT_ONCE, block * AT_ONCE + n
                total += _share(
                    bands.keys[part, begin:end], bands.weight[part, begin:end], scale, place, caught, caught_per_cell,
                    caught_margin, per_cell, margin, low, width, band_nodes,
                )  # fmt: skip
                block, n = bands.before[part, block], AT_ONCE
        add_rows(planes, low, band_nodes[: n_own * width].reshape(n_own, width))
    return total, band_nodes[n_own * width : n_rows * width].reshape(n_rows - n_own, width)


@compiled_reordered
def add_rows(planes: Single, low: int, rows: FloatArray) -> None:
    """Add what rows of a lattice got, the first of them row `low`, to its planes.

    Parameters
    ----------
    planes
        Shape (p, p, rows / p, columns / p): node (i, j) is at [i % p, j % p, i // p, j // p].
    rows
        What lies beyond the planes' last row is nothing: no point is shared with it.
    """
    p, width = len(planes), rows.shape[1]
    for row in range(min(len(rows), p * planes.shape[2] - low)):
        for column in range(p):
            target = planes[(low + row) % p, column, (low + row) // p]
            for k in range((width - column + p - 1) // p):
                target[k] += rows[row, k * p + column]


@compiled_reordered
def _share(
    keys: Keys,
    weight: FloatArray,
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
    n, n_cut, total = len(keys), 0, 0.0
    for i in range(n):
        row, column = np.int32(keys[i] >> HALF_BITS), np.int32(keys[i] & LOW_HALF)
        cell[i] = np.uint32((row >> shift) * row_of_cells + (column >> shift))
        at_column, first[i], second[i], third[i] = _nearest_node(column * step + origin)
        at_row, below[i], level[i], above[i] = _nearest_node(row * step + origin)
        corner[i] = np.uint32((at_row - lowest) * row_of_nodes + at_column - np.int32(1))
    for i in range(n):
        kind = kinds[cell[i]]
        own = 0.0 if kind == OUTSIDE else weight[i] if len(weight) else 1.0
        total += own
        given[i] = own
        cut[n_cut] = i
        n_cut += kind == CUT
    for k in range(n_cut):
        at = np.uint64(cut[k])
        key = keys[at]
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
def lowest_node(cells: int, per_cell: float, margin: int) -> int:
    """Return where that begins which the points `cells` or more from the border of the grid are shared with."""
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
        begin[column] = lowest_node(column, per_cell, margin)
        end[column] = lowest_node(column + 1, per_cell, margin) + 3
    for row in range(ny):
        lowest[:] = 1.0
        for node in range(lowest_node(row, per_cell, margin), lowest_node(row + 1, per_cell, margin) + 3):
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

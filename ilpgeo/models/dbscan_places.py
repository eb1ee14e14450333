"""Compiled: points at one spot taken together as one place, cell by cell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.dbscan_cells import LEAST_IN_SLICE, Cells
from ilpgeo.models.points_kernel import slot_of
from ilpgeo.models.slices import in_slices

# Smaller cells are left as they are: their repeats cost nothing.
_LEAST_IN_CELL = 12
# With fewer repeats than this the points themselves are as good.
_LEAST_REPEATS = 0.1


class Places(NamedTuple):
    """Places in order of cell; two of them may still be the same spot.

    Attributes
    ----------
    x, y
        Shape (k,), metres.
    first
        Shape (k,): the first point of each place.
    start
        Shape (m + 1,): first place of each cell.
    of_position
        Shape (n,): the place of the point at each position; None where every point is a place of its own.
    """

    x: FloatArray
    y: FloatArray
    first: npt.NDArray[np.int32]
    start: npt.NDArray[np.int32]
    of_position: npt.NDArray[np.int32] | None


def take_together(cells: Cells) -> Places:
    """Return the places of the cells' points."""
    n = len(cells.x)
    place, n_places = np.empty(n, np.int32), np.diff(cells.start)
    large = np.flatnonzero(n_places >= _LEAST_IN_CELL)
    in_slices(
        lambda begin, end: _number_places(large[begin:end], cells.x, cells.y, cells.start, place, n_places),
        len(large),
        LEAST_IN_SLICE // 4 // _LEAST_IN_CELL,
    )
    k = int(n_places.sum())
    if k > (1.0 - _LEAST_REPEATS) * n:
        return Places(cells.x, cells.y, cells.order, cells.start, None)
    start = np.concatenate(([0], np.cumsum(n_places))).astype(np.int32)
    x, y, first = np.empty(k), np.empty(k), np.empty(k, np.int32)
    _gather(cells.x, cells.y, cells.order, cells.start, start, place, x, y, first)
    return Places(x, y, first, start, place)


def weigh(cells: Cells, places: Places, weights: IntArray | None) -> IntArray:
    """Return the weight of each place; without entries where each counts one."""
    if weights is None:
        return np.empty(0, np.int64) if places.of_position is None else np.bincount(places.of_position)
    sorted_weights = weights[cells.order]
    if places.of_position is None:
        return sorted_weights
    total = np.zeros(len(places.x), np.int64)
    np.add.at(total, places.of_position, sorted_weights)
    return total


@compiled
def weight_before(weight: IntArray, start: npt.NDArray[np.int32]) -> IntArray:
    """Return the weight of all cells before each cell, and of all, shape (m + 1,); see `weigh`."""
    if len(weight) == 0:
        return start.astype(np.int64)
    total = np.empty(len(start), np.int64)
    total[0] = 0
    for c in range(len(start) - 1):
        of_cell = np.int64(0)
        for i in range(start[c], start[c + 1]):
            of_cell += weight[i]
        total[c + 1] = total[c] + of_cell
    return total


@compiled
def _number_places(
    large: IntArray,
    x: FloatArray,
    y: FloatArray,
    start: npt.NDArray[np.int32],
    place: npt.NDArray[np.int32],
    n_places: npt.NDArray[np.int32],
) -> None:
    # Within each of the large cells places are numbered from 0 by first appearance.
    most = 0
    for c in large:
        most = max(most, start[c + 1] - start[c])
    x_bits, y_bits = x.view(np.int64), y.view(np.int64)
    shown = np.empty(most, np.int32)
    size = 16
    while size < 2 * most:
        size *= 2
    table = np.empty(size, np.int32)
    for c in large:
        begin, n = start[c], start[c + 1] - start[c]
        size = 16
        while size < 2 * n:
            size *= 2
        table[:size] = -1
        k = 0
        for i in range(begin, begin + n):
            slot = slot_of(x_bits[i], y_bits[i], size - 1)
            while table[slot] >= 0 and not (x[shown[table[slot]]] == x[i] and y[shown[table[slot]]] == y[i]):
                slot = (slot + 1) & (size - 1)
            if table[slot] < 0:
                table[slot] = k
                shown[k] = i
                k += 1
            place[i] = table[slot]
        n_places[c] = k


@compiled
def _gather(
    x: FloatArray,
    y: FloatArray,
    order: npt.NDArray[np.int32],
    cell_start: npt.NDArray[np.int32],
    place_start: npt.NDArray[np.int32],
    place: npt.NDArray[np.int32],
    place_x: FloatArray,
    place_y: FloatArray,
    first: npt.NDArray[np.int32],
) -> None:
    # Turns numbers within large cells into numbers of all places; in the others each point is a place.
    for c in range(len(cell_start) - 1):
        following = place_start[c]
        is_large = cell_start[c + 1] - cell_start[c] >= _LEAST_IN_CELL
        for i in range(cell_start[c], cell_start[c + 1]):
            place[i] = place_start[c] + (place[i] if is_large else i - cell_start[c])
            if place[i] == following:
                place_x[following], place_y[following], first[following] = x[i], y[i], order[i]
                following += 1

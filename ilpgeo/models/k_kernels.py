"""Compiled: pairs of points by distance, weighed for the study area's border, and the same for points by chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.draws import next_class, next_uniform


@compiled
def pair_sums(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    shape: tuple[int, int],
    limits2: FloatArray,
    covariance: FloatArray,
) -> FloatArray:
    """Return for each limit the sum over ordered pairs of places within it of w_i w_j / covariance(x_i - x_j).

    Parameters
    ----------
    x, y
        Shape (k,): columns and rows of the places on the grid, in cells, with their fractions.
    weight
        Shape (k,): points at each place.
    shape
        (ny, nx) of the grid.
    limits2
        Ascending squared distances, in cells squared; a pair exactly at a limit is within it.
    covariance
        Shape (2 m + 1, 2 m + 1): common ground of the study area and itself moved by whole cells, no move in the
        middle; in between it is linear in each direction.

    Notes
    -----
    O(k + pairs within the largest limit). Pairs of points at one place are not counted here.
    """
    side = 1 + int(np.sqrt(limits2[-1]))
    across, along = shape[1] // side + 1, shape[0] // side + 1
    start, order = _sort_into_blocks(x, y, side, across, along)
    middle = covariance.shape[0] // 2
    sums = np.zeros(len(limits2))
    for block in range(across * along):
        row, column = divmod(block, across)
        for other_row in range(row, min(row + 2, along)):
            first = column if other_row == row else max(column - 1, 0)
            for other_column in range(first, min(column + 2, across)):
                other = other_row * across + other_column
                for a in range(start[block], start[block + 1]):
                    i = order[a]
                    for b in range(a + 1 if other == block else start[other], start[other + 1]):
                        j = order[b]
                        dx, dy = x[j] - x[i], y[j] - y[i]
                        d2 = dx * dx + dy * dy
                        if d2 <= limits2[-1]:
                            at = np.searchsorted(limits2, d2)
                            sums[at] += 2.0 * weight[i] * weight[j] / _between(covariance, dx + middle, dy + middle)
    return np.cumsum(sums)


@compiled
def _between(values: FloatArray, x: float, y: float) -> float:
    column, row = np.int64(x), np.int64(y)
    right, up = x - column, y - row
    south = values[row, column] * (1.0 - right) + values[row, column + 1] * right
    north = values[row + 1, column] * (1.0 - right) + values[row + 1, column + 1] * right
    shared: float = south * (1.0 - up) + north * up
    return shared


@compiled
def _sort_into_blocks(x: FloatArray, y: FloatArray, side: int, across: int, along: int) -> tuple[IntArray, IntArray]:
    start = np.zeros(across * along + 1, np.int64)
    block = np.empty(len(x), np.int64)
    for i in range(len(x)):
        block[i] = np.int64(y[i]) // side * across + np.int64(x[i]) // side
        start[block[i] + 1] += 1
    for k in range(across * along):
        start[k + 1] += start[k]
    following = start.copy()
    order = np.empty(len(x), np.int64)
    for i in range(len(x)):
        order[following[block[i]]] = i
        following[block[i]] += 1
    return start, order


@compiled
def replicate_pairs(
    seeds: npt.NDArray[np.uint64], n: int, keep: npt.NDArray[np.uint32], alias: IntArray, cell: IntArray,
    shape: tuple[int, int], limits2: FloatArray, covariance: FloatArray,
) -> FloatArray:  # fmt: skip
    """Return the `pair_sums` of each replication: `n` points thrown on the cells as the table expects them.

    Parameters
    ----------
    keep, alias
        Table of the cells' chances; see `draws.alias_table`.
    cell
        Shape (cells,): the flat number of each.
    """
    sums = np.empty((len(seeds), len(limits2)))
    x, y, one = np.empty(n), np.empty(n), np.ones(n)
    for replication in range(len(seeds)):
        state = seeds[replication : replication + 1].copy()
        for i in range(n):
            row, column = divmod(cell[next_class(keep, alias, state)], shape[1])
            x[i], y[i] = column + next_uniform(state), row + next_uniform(state)
        sums[replication] = pair_sums(x, y, one, shape, limits2, covariance)
    return sums

"""Compiled: the three steps of DBSCAN on occupied cells: find core places, join cells, label places.

Distances are compared as scikit-learn's tree compares them: dx*dx + dy*dy <= eps*eps in double precision. Bounding
boxes are those of the places themselves, so what they rule in or out the comparison of the places would too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.models.dbscan_cells import half_width
from ilpgeo.models.jit import compiled


@compiled
def boxes(x: FloatArray, y: FloatArray, start: IntArray) -> FloatArray:
    """Return west, east, south, north of the places of each cell, shape (m, 4); an empty cell has an inverted box."""
    m = len(start) - 1
    box = np.empty((m, 4))
    for c in range(m):
        west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
        for i in range(start[c], start[c + 1]):
            west, east = min(west, x[i]), max(east, x[i])
            south, north = min(south, y[i]), max(north, y[i])
        box[c, 0], box[c, 1], box[c, 2], box[c, 3] = west, east, south, north
    return box


@compiled
def _nearest2(box: FloatArray, c: int, x: np.float64, y: np.float64) -> Any:
    dx = max(box[c, 0] - x, x - box[c, 1], 0.0)
    dy = max(box[c, 2] - y, y - box[c, 3], 0.0)
    return dx * dx + dy * dy


@compiled
def _farthest2(box: FloatArray, c: int, x: np.float64, y: np.float64) -> Any:
    dx = max(x - box[c, 0], box[c, 1] - x)
    dy = max(y - box[c, 2], box[c, 3] - y)
    return dx * dx + dy * dy


@compiled
def cell_weights(weight: npt.NDArray[Any], start: IntArray) -> npt.NDArray[Any]:
    """Return the sum of the weights of each cell."""
    total = np.zeros(len(start) - 1, weight.dtype)
    for c in range(len(start) - 1):
        for i in range(start[c], start[c + 1]):
            total[c] += weight[i]
    return total


@compiled
def find_core(
    x: FloatArray,
    y: FloatArray,
    weight: npt.NDArray[Any],
    start: IntArray,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    box: FloatArray,
    in_cell: npt.NDArray[Any],
    eps2: float,
    min_samples: int,
) -> BoolArray:
    """Return which places have at least `min_samples` weight within eps, themselves included.

    Whole numbers as weights (dtype int64) let the count over a cell's places vectorise.
    """
    m = len(key)
    core = np.zeros(len(x), np.bool_)
    near = np.empty(25, np.int64)
    for c in range(m):
        if in_cell[c] >= min_samples:
            core[start[c] : start[c + 1]] = True
            continue
        n_near = 0
        around = in_cell[c]
        for row in range(-2, 3):
            end = key[c] + row * stride + half_width(row)
            e = first[c, row + 2]
            while e < m and key[e] <= end:
                if e != c:
                    near[n_near] = e
                    n_near += 1
                    around += in_cell[e]
                e += 1
        if around < min_samples:
            continue
        for i in range(start[c], start[c + 1]):
            found = in_cell[c]
            for k in range(n_near):
                e = near[k]
                if _nearest2(box, e, x[i], y[i]) > eps2:
                    continue
                if _farthest2(box, e, x[i], y[i]) <= eps2:
                    found += in_cell[e]
                else:
                    found += _weight_within(x, y, weight, start[e], start[e + 1], x[i], y[i], eps2)
                if found >= min_samples:
                    break
            core[i] = found >= min_samples
    return core


@compiled
def _weight_within(
    x: FloatArray, y: FloatArray, weight: npt.NDArray[Any], begin: int, end: int, px: float, py: float, eps2: float
) -> Any:
    found = weight[begin] - weight[begin]
    for j in range(begin, end):
        dx = x[j] - px
        dy = y[j] - py
        found += weight[j] if dx * dx + dy * dy <= eps2 else 0
    return found


@compiled
def _root(parent: IntArray, c: int) -> int:
    while parent[c] != c:
        parent[c] = parent[parent[c]]
        c = parent[c]
    return c


@compiled
def _touch(x: FloatArray, y: FloatArray, start: IntArray, box: FloatArray, a: int, b: int, eps2: float) -> bool:
    for i in range(start[a], start[a + 1]):
        if _nearest2(box, b, x[i], y[i]) > eps2:
            continue
        for j in range(start[b], start[b + 1]):
            dx = x[j] - x[i]
            dy = y[j] - y[i]
            if dx * dx + dy * dy <= eps2:
                return True
    return False


@compiled
def join_cells(
    x: FloatArray,
    y: FloatArray,
    start: IntArray,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    box: FloatArray,
    eps2: float,
) -> IntArray:
    """Return for each cell the cell that stands for its cluster; `x`, `y`, `start`, `box` are of core places alone.

    Adjacent cells are joined first: most of those farther apart are then one cluster already and cost nothing.
    """
    m = len(key)
    parent = np.arange(m)
    for ring in range(1, 3):
        for a in range(m):
            if start[a] == start[a + 1]:
                continue
            for row in range(3):
                middle = key[a] + row * stride
                b = first[a, row + 2]
                while b < m and key[b] <= middle + half_width(row):
                    apart = max(row, abs(key[b] - middle))
                    if b > a and apart == ring and start[b] < start[b + 1]:
                        root_a, root_b = _root(parent, a), _root(parent, b)
                        if root_a != root_b and _touch(x, y, start, box, a, b, eps2):
                            parent[max(root_a, root_b)] = min(root_a, root_b)
                    b += 1
    for c in range(m):
        parent[c] = _root(parent, c)
    return parent


@compiled
def label_places(
    x: FloatArray,
    y: FloatArray,
    order: IntArray,
    start: IntArray,
    core_x: FloatArray,
    core_y: FloatArray,
    core_start: IntArray,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    core: BoolArray,
    core_box: FloatArray,
    number: IntArray,
    eps2: float,
) -> IntArray:
    """Return the label of each place, by place; a border place gets the lowest-numbered cluster that reaches it.

    `number` is the cluster number of each cell's core places, -1 where it has none.
    """
    m = len(key)
    label = np.full(len(x), -1, np.int64)
    for c in range(m):
        for i in range(start[c], start[c + 1]):
            if core[i]:
                label[order[i]] = number[c]
                continue
            lowest = number[c]
            for row in range(-2, 3):
                end = key[c] + row * stride + half_width(row)
                e = first[c, row + 2]
                while e < m and key[e] <= end:
                    better = number[e] >= 0 and (lowest < 0 or number[e] < lowest)
                    if better and _nearest2(core_box, e, x[i], y[i]) <= eps2:
                        for j in range(core_start[e], core_start[e + 1]):
                            dx = core_x[j] - x[i]
                            dy = core_y[j] - y[i]
                            if dx * dx + dy * dy <= eps2:
                                lowest = number[e]
                                break
                    e += 1
            label[order[i]] = lowest
    return label

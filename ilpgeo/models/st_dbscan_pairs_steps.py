"""Compiled: the pairs of neighbours in space and time, and the clusters they make.

Points are sorted by slab of time, row and column. A strip is one row of one slab, at least as high as the reach and at
least as long as the time allowed: neighbours are in the same strip, the next one, or one of three of the next slab.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.union_find import find_root

Ints = npt.NDArray[np.int32]


@compiled
def sort_into_strips(
    x: FloatArray,
    y: FloatArray,
    since: IntArray,
    columns_per_m: float,
    rows_per_m: float,
    slabs_per_unit: float,
    n_columns: int,
    stride: int,
    n_slabs: int,
) -> tuple[FloatArray, FloatArray, FloatArray, Ints, Ints, Ints]:
    """Return by strip and column the points' x, y, time, column and number, and where each strip starts.

    Strip slab * stride + row; the starts go on for one slab after the last.
    """
    n = len(x)
    west, south = x.min(), y.min()
    column, strip = np.empty(n, np.int32), np.empty(n, np.int32)
    for i in range(n):
        column[i] = np.int32((x[i] - west) * columns_per_m)
        strip[i] = np.int32(since[i] * slabs_per_unit) * stride + np.int32((y[i] - south) * rows_per_m)
    # By column, then by strip; each point takes its strip along, which would be far away to look up.
    following = _starts(column, n_columns)
    by_column = np.empty(n, np.int64)
    for i in range(n):
        by_column[following[column[i]]] = np.int64(strip[i]) << 32 | i
        following[column[i]] += 1
    start = _starts(strip, (n_slabs + 1) * stride + 1)
    following = start.copy()
    number = np.empty(n, np.int32)
    for each in by_column:
        number[following[each >> 32]] = np.int32(each & 0x7FFFFFFF)
        following[each >> 32] += 1
    sorted_x, sorted_y, sorted_t, sorted_column = np.empty(n), np.empty(n), np.empty(n), np.empty(n, np.int32)
    for k in range(n):
        i = number[k]
        sorted_x[k], sorted_y[k], sorted_t[k], sorted_column[k] = x[i], y[i], since[i], column[i]
    return sorted_x, sorted_y, sorted_t, sorted_column, number, start


@compiled
def _starts(part: Ints, n_parts: int) -> Ints:
    start = np.zeros(n_parts + 1, np.int32)
    for each in part:
        start[each + 1] += 1
    for k in range(n_parts):
        start[k + 1] += start[k]
    return start


@compiled
def find_pairs(
    x: FloatArray,
    y: FloatArray,
    t: FloatArray,
    column: Ints,
    number: Ints,
    start: Ints,
    stride: int,
    reach: int,
    eps2: float,
    eps_t: float,
    begin: int,
    end: int,
    n_pairs: int,
    most: int,
    pair: Ints,
) -> int:
    """Add to `n_pairs` pairs those of points in strips `begin` to `end` with later points; return how many there are.

    Stops as soon as there are more than `most`. Neighbours are at most `reach` columns apart.
    """
    # Without a branch on what is near, and counted without a sign: numba asks of every signed index if it is negative.
    k, one = np.uint64(n_pairs), np.uint64(1)
    for a in range(begin, end):
        if start[a] == start[a + 1]:
            continue
        for b in (a, a + 1, a + stride - 1, a + stride, a + stride + 1):
            low, after = np.uint64(start[b]), np.uint64(start[b + 1])
            if low == after:
                continue
            for i in range(np.uint64(start[a]), np.uint64(start[a + 1])):
                if b == a:
                    low = i + one
                while low < after and column[low] < column[i] - reach:
                    low += one
                for j in range(low, after):
                    if column[j] > column[i] + reach:
                        break
                    dx = x[j] - x[i]
                    dy = y[j] - y[i]
                    pair[k, 0], pair[k, 1] = number[i], number[j]
                    k += np.uint64((dx * dx + dy * dy <= eps2) & (abs(t[j] - t[i]) <= eps_t))
                    if k > np.uint64(most):
                        return int(k)
    return int(k)


@compiled
def add_weights(pair: Ints, weight: FloatArray, around: FloatArray) -> None:
    """Add the weight of each of two neighbours to what the other has around it."""
    for k in range(len(pair)):
        i, j = pair[k, 0], pair[k, 1]
        around[i] += weight[j]
        around[j] += weight[i]


@compiled
def join(pair: Ints, core: BoolArray, cluster: Ints) -> None:
    """Join in `cluster` the core points that are neighbours; each cluster is led to by its first core point."""
    for k in range(len(pair)):
        i, j = pair[k, 0], pair[k, 1]
        if core[i] & core[j] and cluster[i] != cluster[j]:
            one, other = find_root(cluster, i), find_root(cluster, j)
            cluster[max(one, other)] = min(one, other)


@compiled
def reach_border(pair: Ints, core: BoolArray, cluster: Ints, reached: Ints) -> None:
    """Lower `reached` of the points that are not core to the first core point of the first cluster they neighbour."""
    for k in range(len(pair)):
        i, j = pair[k, 0], pair[k, 1]
        if core[i] != core[j]:
            inner, border = (i, j) if core[i] else (j, i)
            reached[border] = min(reached[border], find_root(cluster, inner))


@compiled
def number_clusters(core: BoolArray, cluster: Ints, reached: Ints) -> IntArray:
    """Return the label of each point; clusters are numbered by their first core point, who reached none has -1."""
    n = len(core)
    number = np.full(n + 1, -1, np.int64)
    n_clusters = 0
    label = np.empty(n, np.int64)
    for i in range(n):
        if core[i] and cluster[i] == i:
            number[i] = n_clusters
            n_clusters += 1
    for i in range(n):
        label[i] = number[find_root(cluster, i) if core[i] else reached[i]]
    return label

"""Compiled: the two steps of nearest-neighbour clustering on occupied cells: count links, then group around seeds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.occupied_cells import MOST_NEAR, fill_near, nearest2


@compiled
def count_links(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    start: IntArray,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    box: FloatArray,
    reach2: float,
    begin: int,
    end: int,
    links: FloatArray,
) -> None:
    """Write the weight within reach of each place of the cells from `begin` to `end`, its own included."""
    near = np.empty(MOST_NEAR, np.int64)
    for c in range(begin, end):
        n_near = fill_near(near, c, key, stride, first, box, box, reach2)
        for i in range(start[c], start[c + 1]):
            found = 0.0
            for k in range(n_near):
                if nearest2(box, near[k], x[i], y[i]) > reach2:
                    continue
                for j in range(start[near[k]], start[near[k] + 1]):
                    dx = x[j] - x[i]
                    dy = y[j] - y[i]
                    if dx * dx + dy * dy <= reach2:
                        found += weight[j]
            links[i] = found


@compiled
def group_around_seeds(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    start: IntArray,
    cell: IntArray,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    box: FloatArray,
    reach2: float,
    least: float,
    seeds: IntArray,
    label: IntArray,
) -> None:
    """Give the free places within reach of each seed, taken in order, one new label if they weigh `least` or more.

    `label` is -1 for a free place. Numbers go on from the highest there is.
    """
    near = np.empty(MOST_NEAR, np.int64)
    found = np.empty(len(x), np.int64)
    n_clusters = label.max() + 1
    for seed in seeds:
        if label[seed] >= 0:
            continue
        n_near = fill_near(near, cell[seed], key, stride, first, box, box, reach2)
        n_found, around = 0, 0.0
        for k in range(n_near):
            if nearest2(box, near[k], x[seed], y[seed]) > reach2:
                continue
            for j in range(start[near[k]], start[near[k] + 1]):
                dx = x[j] - x[seed]
                dy = y[j] - y[seed]
                if label[j] < 0 and dx * dx + dy * dy <= reach2:
                    found[n_found] = j
                    n_found += 1
                    around += weight[j]
        if around >= least:
            for f in range(n_found):
                label[found[f]] = n_clusters
            n_clusters += 1

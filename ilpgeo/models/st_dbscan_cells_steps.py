"""Compiled: the three steps of ST-DBSCAN by cells, on occupied ones whose places are in order of time.

A cell's core places fall into runs: a new one begins where the gap to the place before is longer than the time
allowed. All places of a cell are within eps of each other, so a run is connected by itself; runs are what is joined.
Every step works on the cells from `begin` to `end` alone, so that whoever calls it can stop in between.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.occupied_cells import MOST_NEAR, fill_near, nearest2
from ilpgeo.models.union_find import find_root

# So many places around a cell are compared one and all; of more, each cell's are walked through in order of time.
_FEW = 1024


@compiled
def _first_from(t: IntArray, at: int, after: int, moment: int) -> int:
    """Return the first position from `at` on, before `after`, whose time is not before `moment`; else `after`."""
    while at < after and t[at] < moment:
        at += 1
    return at


@compiled
def _weight_near(before: npt.NDArray[Any], start: IntArray, near: IntArray, n_near: int) -> Any:
    found = before[0]
    for k in range(n_near):
        found += before[start[near[k] + 1]] - before[start[near[k]]]
    return found


@compiled
def find_core(
    x: FloatArray,
    y: FloatArray,
    t: IntArray,
    before: npt.NDArray[Any],
    start: IntArray,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    box: FloatArray,
    eps2: float,
    eps_t: int,
    least: Any,
    begin: int,
    end: int,
    core: BoolArray,
) -> None:
    """Mark in `core` (False before) the places with at least `least` weight within eps and eps_t, themselves included.

    `before` is the weight of all places before each position, one longer than the places.
    """
    near = np.empty(MOST_NEAR, np.int64)
    low, high = np.empty(MOST_NEAR, np.int64), np.empty(MOST_NEAR, np.int64)
    few_x, few_y, few_t = np.empty(_FEW), np.empty(_FEW), np.empty(_FEW, np.int64)
    few_weight = np.empty(_FEW, before.dtype)
    for c in range(begin, end):
        n_near = fill_near(near, c, key, stride, first, box, box, eps2)
        if _weight_near(before, start, near, n_near) < least:
            continue
        if _places_near(start, near, n_near) <= _FEW:
            n_few = _gather_few(x, y, t, before, start, near, n_near, few_x, few_y, few_t, few_weight)
            for i in range(start[c], start[c + 1]):
                around = _weight_of_few(
                    few_x, few_y, few_t, few_weight, n_few, x[i], y[i], t[i], eps2, eps_t
                )  # fmt: skip
                core[i] = around >= least
            continue
        for k in range(n_near):
            low[k] = high[k] = start[near[k]]
        for i in range(start[c], start[c + 1]):
            around = before[0]
            for k in range(n_near):
                after = start[near[k] + 1]
                low[k] = _first_from(t, low[k], after, t[i] - eps_t)
                high[k] = _first_from(t, high[k], after, t[i] + eps_t + 1)
                around += before[high[k]] - before[low[k]]
                if k == 0 and around >= least:
                    break
            found = before[high[0]] - before[low[0]]
            if found < least <= around:
                for k in range(1, n_near):
                    if nearest2(box, near[k], x[i], y[i]) <= eps2:
                        found += _weight_within(x, y, before, low[k], high[k], x[i], y[i], eps2)
                        if found >= least:
                            break
            core[i] = found >= least


@compiled
def _places_near(start: IntArray, near: IntArray, n_near: int) -> int:
    n_places = 0
    for k in range(n_near):
        n_places += start[near[k] + 1] - start[near[k]]
    return n_places


@compiled
def _gather_few(
    x: FloatArray,
    y: FloatArray,
    t: IntArray,
    before: npt.NDArray[Any],
    start: IntArray,
    near: IntArray,
    n_near: int,
    few_x: FloatArray,
    few_y: FloatArray,
    few_t: IntArray,
    few_weight: npt.NDArray[Any],
) -> int:
    n_few = 0
    for k in range(n_near):
        for j in range(start[near[k]], start[near[k] + 1]):
            few_x[n_few], few_y[n_few], few_t[n_few] = x[j], y[j], t[j]
            few_weight[n_few] = before[j + 1] - before[j]
            n_few += 1
    return n_few


@compiled
def _weight_of_few(
    few_x: FloatArray,
    few_y: FloatArray,
    few_t: IntArray,
    few_weight: npt.NDArray[Any],
    n_few: int,
    px: float,
    py: float,
    moment: int,
    eps2: float,
    eps_t: int,
) -> Any:
    # Without a branch, so that several places are compared at once.
    found = few_weight[0] - few_weight[0]
    for j in range(n_few):
        dx = few_x[j] - px
        dy = few_y[j] - py
        is_near = (dx * dx + dy * dy <= eps2) & (abs(few_t[j] - moment) <= eps_t)
        found += few_weight[j] * is_near
    return found


@compiled
def _weight_within(
    x: FloatArray, y: FloatArray, before: npt.NDArray[Any], low: int, high: int, px: float, py: float, eps2: float
) -> Any:
    found = before[0]
    for j in range(low, high):
        dx = x[j] - px
        dy = y[j] - py
        if dx * dx + dy * dy <= eps2:
            found += before[j + 1] - before[j]
    return found


@compiled
def find_runs(t: IntArray, start: IntArray, eps_t: int) -> tuple[IntArray, IntArray]:
    """Return the run of each core place and the position after the last of each run; all arguments are of core places.

    Runs are numbered in order of position.
    """
    run = np.empty(len(t), np.int64)
    end = np.empty(len(t), np.int64)
    n_runs = 0
    for c in range(len(start) - 1):
        for i in range(start[c], start[c + 1]):
            if i == start[c] or t[i] - t[i - 1] > eps_t:
                n_runs += 1
            run[i] = n_runs - 1
            end[n_runs - 1] = i + 1
    return run, end[:n_runs].copy()


@compiled
def join_runs(
    x: FloatArray,
    y: FloatArray,
    t: IntArray,
    start: IntArray,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    box: FloatArray,
    run: IntArray,
    run_end: IntArray,
    eps2: float,
    eps_t: int,
    begin: int,
    end: int,
    parent: IntArray,
) -> None:
    """Join in `parent` the runs of cells `begin` to `end` with those of later cells that hold a neighbour.

    All arrays but `key` and `first` are of core places alone.
    """
    near = np.empty(MOST_NEAR, np.int64)
    for a in range(begin, end):
        if start[a] == start[a + 1]:
            continue
        n_near = fill_near(near, a, key, stride, first, box, box, eps2)
        for k in range(1, n_near):
            b = near[k]
            if b < a:
                continue
            low, after = start[b], start[b + 1]
            for i in range(start[a], start[a + 1]):
                low = _first_from(t, low, after, t[i] - eps_t)
                if low == after:
                    break
                if nearest2(box, b, x[i], y[i]) <= eps2:
                    _join_place(x, y, t, run, run_end, eps2, eps_t, i, low, after, parent)


@compiled
def _join_place(
    x: FloatArray,
    y: FloatArray,
    t: IntArray,
    run: IntArray,
    run_end: IntArray,
    eps2: float,
    eps_t: int,
    i: int,
    low: int,
    after: int,
    parent: IntArray,
) -> None:
    own = find_root(parent, run[i])
    j = low
    while j < after and t[j] <= t[i] + eps_t:
        other = find_root(parent, run[j])
        dx = x[j] - x[i]
        dy = y[j] - y[i]
        if other != own and dx * dx + dy * dy > eps2:
            j += 1
            continue
        parent[max(own, other)] = min(own, other)
        own = min(own, other)
        j = run_end[run[j]]


@compiled
def settle(parent: IntArray) -> None:
    """Let every run point at the one that stands for its cluster."""
    for r in range(len(parent)):
        parent[r] = find_root(parent, r)


@compiled
def label_places(
    x: FloatArray,
    y: FloatArray,
    t: IntArray,
    start: IntArray,
    core_x: FloatArray,
    core_y: FloatArray,
    core_t: IntArray,
    core_start: IntArray,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    box: FloatArray,
    core_box: FloatArray,
    core: BoolArray,
    number: IntArray,
    eps2: float,
    eps_t: int,
    begin: int,
    end: int,
    label: IntArray,
) -> None:
    """Write the label of each place by position; a border place gets the lowest-numbered cluster that reaches it.

    `number` is the cluster number of each core place.
    """
    near = np.empty(MOST_NEAR, np.int64)
    low = np.empty(MOST_NEAR, np.int64)
    for c in range(begin, end):
        n_near = fill_near(near, c, key, stride, first, box, core_box, eps2)
        for k in range(n_near):
            low[k] = core_start[near[k]]
        at = core_start[c]
        for i in range(start[c], start[c + 1]):
            if core[i]:
                label[i] = number[at]
                at += 1
                continue
            lowest = -1
            for k in range(n_near):
                after = core_start[near[k] + 1]
                low[k] = _first_from(core_t, low[k], after, t[i] - eps_t)
                j = low[k]
                while j < after and core_t[j] <= t[i] + eps_t:
                    if lowest < 0 or number[j] < lowest:
                        dx = core_x[j] - x[i]
                        dy = core_y[j] - y[i]
                        if dx * dx + dy * dy <= eps2:
                            lowest = number[j]
                    j += 1
            label[i] = lowest

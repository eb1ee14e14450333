"""Compiled: the walk of OPTICS, always on to the point that is reached with the least distance."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.occupied_cells import MOST_NEAR, fill_near, nearest2


@compiled
def _is_before(reach: FloatArray, rank: IntArray, a: int, b: int) -> Any:
    return reach[a] < reach[b] or (reach[a] == reach[b] and rank[a] < rank[b])


@compiled
def _rise(heap: IntArray, at: IntArray, reach: FloatArray, rank: IntArray, slot: int) -> None:
    point = heap[slot]
    while slot > 0:
        above = (slot - 1) // 2
        if not _is_before(reach, rank, point, heap[above]):
            break
        heap[slot] = heap[above]
        at[heap[slot]] = slot
        slot = above
    heap[slot] = point
    at[point] = slot


@compiled
def _take_first(heap: IntArray, at: IntArray, size: int, reach: FloatArray, rank: IntArray) -> Any:
    first, point = heap[0], heap[size - 1]
    slot, size = 0, size - 1
    while 2 * slot + 1 < size:
        below = 2 * slot + 1
        if below + 1 < size and _is_before(reach, rank, heap[below + 1], heap[below]):
            below += 1
        if not _is_before(reach, rank, heap[below], point):
            break
        heap[slot] = heap[below]
        at[heap[slot]] = slot
        slot = below
    heap[slot] = point
    at[point] = slot
    return first


@compiled
def walk(
    x: FloatArray,
    y: FloatArray,
    start: IntArray,
    cell: IntArray,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    box: FloatArray,
    most2: float,
    core: FloatArray,
    rank: IntArray,
    by_rank: IntArray,
    begin: int,
    end: int,
    heap: IntArray,
    at: IntArray,
    state: IntArray,
    done: BoolArray,
    reach: FloatArray,
    before: IntArray,
    ordering: IntArray,
) -> None:
    """Take the steps `begin` to `end` of the walk.

    Of the points reached the one with the least distance is next, of equals the one of the lowest `rank`; where none
    is reached, the point of the lowest rank not visited yet (`by_rank` lists them). A point reaches those within
    `most2` (squared) of it at their distance, or its `core` distance if that is more; none where that is infinite.

    `heap`, `at` (-1: not in it) and `state` (size of the heap, next of `by_rank`) carry over from call to call.
    """
    near = np.empty(MOST_NEAR, np.int64)
    for step in range(begin, end):
        if state[0] > 0:
            point = _take_first(heap, at, state[0], reach, rank)
            state[0] -= 1
        else:
            while done[by_rank[state[1]]]:
                state[1] += 1
            point = by_rank[state[1]]
        done[point] = True
        ordering[step] = point
        if core[point] == np.inf:
            continue
        n_near = fill_near(near, cell[point], key, stride, first, box, box, most2)
        for k in range(n_near):
            if nearest2(box, near[k], x[point], y[point]) > most2:
                continue
            for j in range(start[near[k]], start[near[k] + 1]):
                dx = x[j] - x[point]
                dy = y[j] - y[point]
                d2 = dx * dx + dy * dy
                if done[j] or d2 > most2:
                    continue
                distance = max(np.sqrt(d2), core[point])
                if distance < reach[j]:
                    reach[j] = distance
                    before[j] = point
                    if at[j] < 0:
                        heap[state[0]] = j
                        at[j] = state[0]
                        state[0] += 1
                    _rise(heap, at, reach, rank, at[j])

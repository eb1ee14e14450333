"""ST-DBSCAN by cells: for points with many neighbours, which are joined by runs and never listed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.protocols import Progress
from ilpgeo.models.slices import in_slices

# Places worked on between two reports of progress: some hundredths of a second.
_PLACES_AT_ONCE = 50_000
_LEAST_IN_SLICE = 4_000


def labels_by_cells(
    x: FloatArray,
    y: FloatArray,
    since: IntArray,
    weights: FloatArray | None,
    eps_m: float,
    eps_t: int,
    least: float,
    progress: Progress,
) -> IntArray:
    """Return the label of each point.

    `since` is the time of each point, the first 0; `least` the weight that makes a point core.
    """
    moments = _collapse(x, y, since, weights)
    if moments.weight.dtype == np.int64:
        least = math.ceil(least)
    return _label(moments, eps_m, eps_t, least, progress)[moments.of_point]


class _Moments(NamedTuple):
    """Distinct places in time, in order of time.

    Attributes
    ----------
    x, y, t, weight
        Shape (k,); the weight of all points there and then, int64 where all weights are whole.
    rank
        Shape (k,): the order in which the points first name each.
    of_point
        Shape (n,): the rank of each point's moment.
    """

    x: FloatArray
    y: FloatArray
    t: IntArray
    weight: npt.NDArray[Any]
    rank: IntArray
    of_point: IntArray


def _collapse(x: FloatArray, y: FloatArray, since: IntArray, weights: FloatArray | None) -> _Moments:
    from ilpgeo.models.points_kernel import first_places

    # Adding zero makes a writable copy and turns -0.0 into 0.0, which is the same place.
    px, py = np.add(x, 0.0, dtype=np.float64), np.add(y, 0.0, dtype=np.float64)
    of_point, first = first_places(px, py, since)
    weight = np.bincount(of_point, weights, len(first))
    is_whole = weight.sum() < 2**53 and bool((weight == np.floor(weight)).all())
    rank = _in_order_of_time(since[first])
    moment, weight = first[rank], weight[rank]
    return _Moments(
        px[moment], py[moment], since[moment], weight.astype(np.int64 if is_whole else np.float64), rank, of_point
    )


def _in_order_of_time(since: IntArray) -> IntArray:
    """Return the order of times from 0 on, equal ones as they come: by two digits of 16 bits where these say all."""
    if since.max() >> 32:
        return np.argsort(since, kind="stable")
    order = np.argsort(since.astype(np.uint16), kind="stable")
    high = (since >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order


def _label(moments: _Moments, eps_m: float, eps_t: int, least: float, progress: Progress) -> IntArray:
    """Return the label of each moment by rank."""
    from ilpgeo.models.occupied_cells import boxes, pieces, sort_into_cells
    from ilpgeo.models.st_dbscan_cells_steps import find_core, find_runs, join_runs, label_places, settle

    eps2 = eps_m * eps_m
    cells = sort_into_cells(moments.x, moments.y, eps_m)
    where = (cells.key, cells.stride, cells.first)
    t, weight = moments.t[cells.order], moments.weight[cells.order]
    box = boxes(cells.x, cells.y, cells.start)
    before = np.concatenate((np.zeros(1, weight.dtype), np.cumsum(weight)))
    core = np.zeros(len(t), np.bool_)
    for begin, end in pieces(cells.start, _PLACES_AT_ONCE, progress, 0.0, 0.5):
        _side_by_side(
            lambda first, last: find_core(
                cells.x, cells.y, t, before, cells.start, *where, box, eps2, eps_t, least, first, last, core
            ),
            cells.start, begin, end,
        )  # fmt: skip
    core_x, core_y, core_t = cells.x[core], cells.y[core], t[core]
    core_start = np.concatenate(([0], np.cumsum(core)))[cells.start]
    core_box = boxes(core_x, core_y, core_start)
    run, run_end = find_runs(core_t, core_start, eps_t)
    cluster = np.arange(len(run_end))
    for begin, end in pieces(cells.start, _PLACES_AT_ONCE, progress, 0.5, 0.8):
        join_runs(
            core_x, core_y, core_t, core_start, *where, core_box, run, run_end, eps2, eps_t, begin, end, cluster
        )  # fmt: skip
    settle(cluster)
    rank = moments.rank[cells.order]
    number = _number(cluster[run], rank[core])
    label = np.empty(len(t), np.int64)
    for begin, end in pieces(cells.start, _PLACES_AT_ONCE, progress, 0.8, 1.0):
        _side_by_side(
            lambda first, last: label_places(
                cells.x, cells.y, t, cells.start, core_x, core_y, core_t, core_start, *where, box, core_box, core,
                number, eps2, eps_t, first, last, label,
            ),
            cells.start, begin, end,
        )  # fmt: skip
    by_rank = np.empty(len(t), np.int64)
    by_rank[rank] = label
    return by_rank


def _side_by_side(step: Callable[[int, int], None], start: IntArray, begin: int, end: int) -> None:
    """Take a step that writes to its own cells only on cells `begin` to `end`, divided where their places are."""
    first = int(start[begin])

    def work(low: int, high: int) -> None:
        step(*(begin + int(np.searchsorted(start[begin : end + 1], first + at)) for at in (low, high)))

    in_slices(work, int(start[end]) - first, _LEAST_IN_SLICE)


def _number(cluster: IntArray, rank: IntArray) -> IntArray:
    """Return the number of each core place's cluster, in the order of the first core place of each."""
    first = np.full(int(cluster.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, cluster, rank)
    number = np.empty(len(first), np.int64)
    number[np.argsort(first, kind="stable")] = np.arange(len(first))
    return number[cluster]

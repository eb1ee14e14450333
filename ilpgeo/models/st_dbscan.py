"""ST-DBSCAN: incidents close in place and in time joined into clusters, the rest left as noise."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.answers import Clusters
from ilpgeo.core.arrays import FloatArray, IntArray, TimeArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.cluster_table import with_table
from ilpgeo.models.points import check_points, check_question
from ilpgeo.models.slices import in_slices

_DAY_S = 86_400
# The longest span of time whose differences stay exact in double precision.
_LONGEST = 2**53
# Places worked on between two reports of progress: some hundredths of a second.
_PLACES_AT_ONCE = 50_000
_LEAST_IN_SLICE = 4_000
# Sums of weights that are not whole reach the least up to rounding.
_SLACK = 1e-9


def st_dbscan_labels(
    x: FloatArray,
    y: FloatArray,
    t: TimeArray | IntArray,
    eps_m: float,
    eps_t: int,
    min_samples: int,
    weights: FloatArray | None = None,
    progress: Progress = unwatched,
) -> IntArray:
    """Return the cluster of each incident, -1 for noise, as DBSCAN with a cylinder for a neighbourhood.

    Two incidents are neighbours when they are at most `eps_m` apart *and* at most `eps_t` apart in time. An incident
    is core when the weight of its neighbours, itself included, is at least `min_samples`; core incidents that are
    neighbours share a cluster. Clusters are numbered by the first core incident in them; an incident that is not core
    but a neighbour of one belongs to the lowest-numbered such cluster.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    t
        Shape (n,), datetime64 (taken to the second) or whole numbers.
    eps_m
        Radius, positive; a distance of exactly `eps_m` counts (dx^2 + dy^2 <= eps^2 in double precision).
    eps_t
        Time span in the unit of `t`, seconds for datetime64, not negative; a span of exactly `eps_t` counts.
    min_samples
        At least 1.
    weights
        Shape (n,), non-negative; None is one each.
    progress
        Called with the share done, 0 to 1, between pieces of work; what it raises ends the work.

    Raises
    ------
    InvalidInput
        For coordinates, times or weights that are not finite, times that are not whole numbers, a radius that is not
        positive, a time span that is negative or not whole, or `min_samples` below 1.

    Notes
    -----
    Expected O(n log n) time for windows that hold few incidents, O(n) memory, no neighbour lists; two threads.
    Birant & Kut (2007), doi:10.1016/j.datak.2006.01.013.
    """
    check_points(x, y, weights)
    _check(x, t, eps_m, eps_t, min_samples)
    if not len(x):
        return np.empty(0, np.int64)
    moments = _collapse(x, y, _whole_time(t), weights)
    is_whole = moments.weight.dtype == np.int64
    least = int(min_samples) if is_whole else min_samples - _SLACK
    label = _label(moments, float(eps_m), min(int(eps_t), _LONGEST), least, progress)
    return label[moments.of_point]


def _check(x: FloatArray, t: npt.NDArray[Any], eps_m: float, eps_t: int, min_samples: int) -> None:
    faults = []
    if t.shape != x.shape:
        faults.append(f"t has shape {t.shape}, expected {x.shape}")
    elif t.dtype.kind not in "Mi":
        faults.append(f"t must be datetime64 or whole numbers, not {t.dtype}; round it first")
    elif t.dtype.kind == "M" and np.isnat(t).any():
        faults.append(f"t is missing, first in row {np.flatnonzero(np.isnat(t))[0]}; leave such rows out")
    elif len(t) and not int(_whole_time(t).max()) - int(_whole_time(t).min()) < _LONGEST:
        faults.append(f"t spans more than {_LONGEST} units; give it in a coarser one")
    if not (math.isfinite(eps_m) and eps_m > 0):
        faults.append(f"eps_m must be positive metres, not {eps_m!r}")
    if not (math.isfinite(eps_t) and eps_t >= 0 and eps_t == int(eps_t)):
        faults.append(f"eps_t must be a whole number from 0, not {eps_t!r}")
    if min_samples < 1:
        faults.append(f"min_samples must be at least 1, not {min_samples!r}")
    raise_all(faults, subject="st_dbscan")


def _whole_time(t: TimeArray | IntArray) -> IntArray:
    return (t.astype("datetime64[s]") if t.dtype.kind == "M" else t).astype(np.int64)


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


def _collapse(x: FloatArray, y: FloatArray, t: IntArray, weights: FloatArray | None) -> _Moments:
    from ilpgeo.models.points_kernel import first_places

    since = t - t.min()
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
    from ilpgeo.models.st_dbscan_steps import find_core, find_runs, join_runs, label_places, settle

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


@dataclass(frozen=True, slots=True)
class StDbscan:
    """Clusters of incidents close in place and in time; see `st_dbscan_labels`."""

    name: ClassVar[str] = "st_dbscan"
    title: ClassVar[str] = "Clusters in space and time (ST-DBSCAN)"
    purpose: ClassVar[str] = "when"
    summary: ClassVar[str] = "Finds spates: places where many incidents happened close together within some days."
    needs: ClassVar[frozenset[str]] = frozenset()

    eps_m: float = param(
        200.0, label="Reach", unit="m", low=10, high=5000, step=10,
        help="Incidents this close, and close enough in time, count as neighbours.",
    )  # fmt: skip
    window_days: float = param(
        14.0, label="Reach in time", unit="days", low=0.05, high=3650, step=1,
        help="Neighbours happened at most this many days apart; a spate goes on for as long as neighbours follow.",
    )  # fmt: skip
    min_samples: int = param(
        5, label="Least incidents", unit="incidents", low=2, high=10000, step=1,
        help="A spate needs at least this many incidents within reach in place and time of one of them.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,
        context: Context,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Clusters:
        """Return the cluster of each incident; one outside the study area is left out and counts nothing."""
        check_question(past, grid)
        cell = grid.cell_of(past.x, past.y)
        kept = cell >= 0
        labels = np.full(len(past), -1, np.int64)
        labels[kept] = st_dbscan_labels(
            past.x[kept], past.y[kept], past.t_from[kept], self.eps_m, round(self.window_days * _DAY_S),
            self.min_samples, past.weight[kept], context.progress,
        )  # fmt: skip
        clusters = Clusters(grid, labels, cell, past.weight, window.days / context.trained_on.days)
        return with_table(clusters, past, context)

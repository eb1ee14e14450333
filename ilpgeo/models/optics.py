"""OPTICS: incidents in the order of density, and the valleys in it as clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ilpgeo.core.answers import Clusters
from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.cluster_table import with_table
from ilpgeo.models.copies import copy_out, labels_of_points
from ilpgeo.models.points import check_question

MOST_POINTS = 100_000
_STEPS_AT_ONCE = 2000


class Walk(NamedTuple):
    """The walk of OPTICS through the points.

    Attributes
    ----------
    ordering
        Shape (n,): the points in the order they are visited.
    reach_m, core_m
        Shape (n,), by point: the distance it was reached at and its core distance, infinite where there is none.
    before
        Shape (n,): the point it was reached from, -1 for none.
    """

    ordering: IntArray
    reach_m: FloatArray
    core_m: FloatArray
    before: IntArray


def optics_walk(points: FloatArray, min_samples: int, most_m: float, progress: Progress = unwatched) -> Walk:
    """Return the walk of OPTICS through points, as scikit-learn's `compute_optics_graph` takes it.

    Parameters
    ----------
    points
        Shape (n, 2), metres.
    min_samples
        2 to n.
    most_m
        Points farther apart do not reach each other; positive.

    Notes
    -----
    O(n log n + pairs within `most_m`) time, O(n) memory. Ankerst, Breunig, Kriegel & Sander (1999),
    doi:10.1145/304181.304187.
    """
    from scipy.spatial import cKDTree

    from ilpgeo.models.occupied_cells import boxes, sort_into_cells
    from ilpgeo.models.optics_walk import walk

    n = len(points)
    distance, _ = cKDTree(points).query(points, min_samples)
    core = distance[:, -1]
    core[core > most_m] = np.inf
    cells = sort_into_cells(points[:, 0].copy(), points[:, 1].copy(), most_m)
    cell = np.repeat(np.arange(len(cells.key)), np.diff(cells.start))
    by_rank = np.argsort(cells.order)
    heap, at, state = np.empty(n, np.int64), np.full(n, -1), np.zeros(2, np.int64)
    done, reach, before = np.zeros(n, np.bool_), np.full(n, np.inf), np.full(n, -1)
    ordering, box = np.empty(n, np.int64), boxes(cells.x, cells.y, cells.start)
    for begin in range(0, n, _STEPS_AT_ONCE):
        progress(begin / n)
        end = min(n, begin + _STEPS_AT_ONCE)
        walk(
            cells.x, cells.y, cells.start, cell, cells.key, cells.stride, cells.first, box, most_m * most_m,
            core[cells.order], cells.order, by_rank, begin, end, heap, at, state, done, reach, before, ordering,
        )  # fmt: skip
    came_from = np.where(before >= 0, cells.order[before], -1)
    return Walk(cells.order[ordering], reach[by_rank], core, came_from[by_rank])


def optics_labels(
    x: FloatArray,
    y: FloatArray,
    min_samples: int,
    most_m: float,
    xi: float = 0.05,
    min_cluster_size: int | None = None,
    weights: FloatArray | None = None,
    progress: Progress = unwatched,
) -> IntArray:
    """Return the cluster of each point, -1 for noise, numbered by first appearance.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    min_samples
        At least 2: how many points, itself included, within its core distance make a point's density.
    most_m
        Points farther apart do not reach each other; positive.
    xi
        How steeply density must change at the border of a cluster, between 0 and 1.
    min_cluster_size
        At least 2; None is `min_samples`.
    weights
        Shape (n,), non-negative, rounded to whole copies; None is one each.
    progress
        Called with the share done; what it raises ends the work.

    Raises
    ------
    InvalidInput
        For coordinates or weights that are not finite, parameters out of their bounds, more than `MOST_POINTS` copies.

    Notes
    -----
    See `optics_walk`; clusters are taken out of the walk by scikit-learn's `cluster_optics_xi`.
    """
    size = min_samples if min_cluster_size is None else min_cluster_size
    _check(min_samples, most_m, xi, size)
    copies = copy_out(x, y, weights, MOST_POINTS, "optics")
    n = len(copies.points)
    if n < max(min_samples, size):
        label = np.full(n, -1, np.int64)
    elif not copies.points.any():
        label = np.zeros(n, np.int64)
    else:
        from sklearn.cluster import cluster_optics_xi

        found = optics_walk(copies.points, min_samples, most_m, progress)
        # Points at one place are reached at distance 0, and so is nothing from there by a ratio.
        with np.errstate(divide="ignore"):
            label, _ = cluster_optics_xi(
                reachability=found.reach_m, predecessor=found.before, ordering=found.ordering,
                min_samples=min_samples, min_cluster_size=size, xi=xi,
            )  # fmt: skip
    return labels_of_points(label.astype(np.int64), copies)


def _check(min_samples: int, most_m: float, xi: float, min_cluster_size: int) -> None:
    faults = []
    if min_samples < 2:
        faults.append(f"min_samples must be at least 2, not {min_samples!r}")
    if min_cluster_size < 2:
        faults.append(f"min_cluster_size must be at least 2, not {min_cluster_size!r}")
    if not (math.isfinite(most_m) and most_m > 0):
        faults.append(f"most_m must be positive metres, not {most_m!r}")
    if not 0 < xi < 1:
        faults.append(f"xi must lie between 0 and 1, not {xi!r}")
    raise_all(faults, subject="optics")


@dataclass(frozen=True, slots=True)
class Optics:
    """Clusters out of the order of density; see `optics_labels`."""

    name: ClassVar[str] = "optics"
    title: ClassVar[str] = "Clusters by order of density (OPTICS)"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "Finds clusters wherever density drops steeply around them, in the centre and outside it."
    needs: ClassVar[frozenset[str]] = frozenset()

    min_samples: int = param(
        20, label="Least incidents", unit="incidents", low=2, high=1000, step=1,
        help="How many incidents tell how dense a place is, and the fewest a cluster holds.",
    )  # fmt: skip
    most_m: float = param(
        500.0, label="Longest step", unit="m", low=10, high=20000, step=50,
        help="Incidents farther apart than this are never in one cluster through each other.",
    )  # fmt: skip
    xi: float = param(
        0.05, label="Steepness", low=0.001, high=0.9, step=0.01,
        help="How steeply density must drop at the border of a cluster: 0.05 is by 5 percent from one to the next.",
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
        labels[kept] = optics_labels(
            past.x[kept], past.y[kept], self.min_samples, self.most_m, self.xi, None, past.weight[kept],
            context.progress,
        )  # fmt: skip
        clusters = Clusters(grid, labels, cell, past.weight, window.days / context.trained_on.days)
        return with_table(clusters, past, context)

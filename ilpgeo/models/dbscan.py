"""DBSCAN: dense places joined into clusters of any shape, the rest left as noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from ilpgeo.core.answers import Clusters
from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.cluster_table import with_table
from ilpgeo.models.points import check_points, check_question, collapse


def dbscan_labels(
    x: FloatArray, y: FloatArray, eps_m: float, min_samples: int, weights: FloatArray | None = None
) -> IntArray:
    """Return the cluster of each point, -1 for noise, as scikit-learn's DBSCAN numbers them.

    A point is core when the weight within `eps_m` of it, itself included, is at least `min_samples`; core points
    within `eps_m` of each other share a cluster. Clusters are numbered by the first core point in them; a point that
    is not core but within `eps_m` of one belongs to the lowest-numbered such cluster.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    eps_m
        Radius, positive; a distance of exactly `eps_m` counts (dx^2 + dy^2 <= eps^2 in double precision).
    min_samples
        At least 1.
    weights
        Shape (n,), non-negative; None is one each.

    Raises
    ------
    InvalidInput
        For coordinates or weights that are not finite, a radius that is not positive or smaller than one part in
        1.5e9 of the extent, or `min_samples` below 1.

    Notes
    -----
    Expected O(k log k) time for k distinct places, O(n) memory, no neighbour lists. Ester, Kriegel, Sander & Xu
    (1996), KDD-96, 226-231; on a grid of cells in which all places are neighbours: Gunawan (2013), analysed by
    Schubert et al. (2017), doi:10.1145/3068335.
    """
    check_points(x, y, weights)
    if not (math.isfinite(eps_m) and eps_m > 0):
        raise InvalidInput(f"dbscan: eps_m must be positive metres, not {eps_m!r}")
    if min_samples < 1:
        raise InvalidInput(f"dbscan: min_samples must be at least 1, not {min_samples!r}")
    if not len(x):
        return np.empty(0, np.int64)
    places = collapse(x, y, weights)
    return _label(places.x, places.y, _whole(places.weight), float(eps_m), int(min_samples))[places.of_point]


def _whole(weight: FloatArray) -> npt.NDArray[Any]:
    """Return weights that are whole numbers as integers, others as they are."""
    is_whole = weight.sum() < 2**53 and bool((weight == np.floor(weight)).all())
    return weight.astype(np.int64) if is_whole else weight


def _label(x: FloatArray, y: FloatArray, weight: npt.NDArray[Any], eps_m: float, min_samples: int) -> IntArray:
    from ilpgeo.models.dbscan_cells import sort_into_cells
    from ilpgeo.models.dbscan_steps import boxes, cell_weights, find_core, join_cells, label_places

    eps2 = eps_m * eps_m
    cells = sort_into_cells(x, y, eps_m)
    where = (cells.key, cells.stride, cells.first)
    sorted_weight = weight[cells.order]
    core = find_core(
        cells.x, cells.y, sorted_weight, cells.start, *where,
        boxes(cells.x, cells.y, cells.start), cell_weights(sorted_weight, cells.start), eps2, min_samples,
    )  # fmt: skip
    core_x, core_y = cells.x[core], cells.y[core]
    core_start = np.concatenate(([0], np.cumsum(core)))[cells.start]
    core_box = boxes(core_x, core_y, core_start)
    cluster = join_cells(core_x, core_y, core_start, *where, core_box, eps2)
    number = _number(cluster, core_start, cells.order[core])
    return label_places(
        cells.x, cells.y, cells.order, cells.start, core_x, core_y, core_start, *where, core, core_box, number, eps2
    )


def _number(cluster: IntArray, core_start: IntArray, core_place: IntArray) -> IntArray:
    """Return the number of each cell's cluster, by the first core place in it; -1 for a cell without one."""
    has_core = np.diff(core_start) > 0
    first_place = np.full(len(cluster), np.iinfo(np.int64).max)
    of_core = np.repeat(cluster, np.diff(core_start))
    np.minimum.at(first_place, of_core, core_place)
    roots = np.flatnonzero(has_core & (cluster == np.arange(len(cluster))))
    number_of_root = np.full(len(cluster), -1, np.int64)
    number_of_root[roots[np.argsort(first_place[roots])]] = np.arange(len(roots))
    return np.where(has_core, number_of_root[cluster], -1)


@dataclass(frozen=True, slots=True)
class Dbscan:
    """Density clusters of incidents; see `dbscan_labels`."""

    name: ClassVar[str] = "dbscan"
    title: ClassVar[str] = "Density clusters (DBSCAN)"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "Joins places where incidents lie close together into clusters of any shape."
    needs: ClassVar[frozenset[str]] = frozenset()

    eps_m: float = param(
        200.0, label="Reach", unit="m", low=10, high=5000, step=10,
        help="Incidents this close count as neighbours; larger values join clusters.",
    )  # fmt: skip
    min_samples: int = param(
        20, label="Least incidents", unit="incidents", low=2, high=10000, step=1,
        help="A place is dense when at least this many incidents lie within reach; choose more for longer periods.",
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
        labels[kept] = dbscan_labels(past.x[kept], past.y[kept], self.eps_m, self.min_samples, past.weight[kept])
        clusters = Clusters(grid, labels, cell, past.weight, window.days / context.trained_on.days)
        return with_table(clusters, past, context)

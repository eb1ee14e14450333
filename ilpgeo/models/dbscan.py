"""DBSCAN: dense places joined into clusters of any shape, the rest left as noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

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
from ilpgeo.models.points import check_points, check_question, read_only
from ilpgeo.models.slices import in_slices

# Sums of fractional weights that differ by less are the same: their rounding depends on the order.
_SAME = 1e-9


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
    O(n) time where the extent is full, O(n log n) where it is sparse; O(n) memory, no neighbour lists; two threads.
    Sums of fractional weights within 1e-9 of `min_samples` reach it. Ester, Kriegel, Sander & Xu
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
    counted, least = _count_in_whole_units(weights, min_samples)
    return _label(read_only(x), read_only(y), counted, float(eps_m), least)


def _count_in_whole_units(weights: FloatArray | None, min_samples: int) -> tuple[IntArray | None, int]:
    """Return weights and the least weight of a core place in whole units, so that sums do not depend on their order."""
    if weights is None:
        return None, min_samples
    if (weights == np.floor(weights)).all() and weights.sum() < 2**53:
        return weights.astype(np.int64), min_samples
    unit = 61 - math.ceil(math.log2(max(float(weights.sum()), min_samples)))
    least = math.ldexp(min_samples * (1.0 - _SAME), unit)
    return np.rint(np.ldexp(weights, unit)).astype(np.int64), math.ceil(least)


def _label(x: FloatArray, y: FloatArray, weights: IntArray | None, eps_m: float, least: int) -> IntArray:
    from ilpgeo.models.dbscan_cells import LEAST_IN_SLICE, cells_per_block, lay_out, sort_into_cells
    from ilpgeo.models.dbscan_core import find_core
    from ilpgeo.models.dbscan_join import find_core_cells, join_cells, label_places
    from ilpgeo.models.dbscan_places import take_together, weigh, weight_before
    from ilpgeo.models.dbscan_reach import certain_widths, index_keys, possible_widths

    per_block = cells_per_block(least, 1.0 if weights is None else float(weights.mean()))
    lattice = lay_out(x, y, eps_m, per_block)
    possible, certain = possible_widths(per_block), certain_widths(per_block)
    cells = sort_into_cells(x, y, lattice)
    places = take_together(cells)
    px, py, start, key = places.x, places.y, places.start, cells.key
    weight = weigh(cells, places, weights)
    total = weight_before(weight, start)
    keys = index_keys(key, lattice, len(possible) // 2)
    core = np.zeros(len(px), np.bool_)
    in_slices(
        lambda begin, end: find_core(
            begin, end, px, py, weight, start, keys, total, lattice, possible, certain, eps_m, least, core
        ),
        len(start) - 1,
        LEAST_IN_SLICE // 16,
    )
    cores = find_core_cells(px, py, core, start, keys)
    number = _number(join_cells(cores, lattice, possible, certain, eps_m), places.first[cores.first])
    label = np.empty(len(px), np.int32)
    in_slices(
        lambda begin, end: label_places(begin, end, start, key, cores, number, lattice, possible, eps_m, label),
        len(start) - 1,
        LEAST_IN_SLICE // 16,
    )
    answer = np.empty(len(x), np.int64)
    answer[cells.order] = label if places.of_position is None else label[places.of_position]
    return answer


def _number(cluster: IntArray, first_point: npt.NDArray[np.int32]) -> IntArray:
    """Return the number of each core cell's cluster, by the first core point in it."""
    earliest = np.full(len(cluster), np.iinfo(np.int32).max, np.int32)
    np.minimum.at(earliest, cluster, first_point)
    roots = np.flatnonzero(cluster == np.arange(len(cluster)))
    number_of_root = np.empty(len(cluster), np.int64)
    number_of_root[roots[np.argsort(earliest[roots])]] = np.arange(len(roots))
    return np.asarray(number_of_root[cluster], np.int64)


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

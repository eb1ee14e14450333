"""HDBSCAN: clusters of different density, found without a reach."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

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
from ilpgeo.models.copies import copy_out, labels_of_points, refuse_more
from ilpgeo.models.points import check_question

# The square of so many places is some ten seconds' work.
MOST_PLACES, MOST_POINTS = 100_000, 300_000
_LASTING, _SMALLEST = _SELECTIONS = "lasting", "smallest"


def hdbscan_labels(
    x: FloatArray,
    y: FloatArray,
    min_cluster_size: int,
    min_samples: int,
    merge_m: float = 0.0,
    selection: str = "lasting",
    weights: FloatArray | None = None,
    progress: Progress = unwatched,
) -> IntArray:
    """Return the cluster of each point, -1 for noise, numbered by first appearance.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    min_cluster_size
        At least 2: smaller groups are noise.
    min_samples
        At least 1: how many points, itself included, make a point's density.
    merge_m
        Clusters that part only below this distance stay one; 0 for none.
    selection
        ``lasting`` (those that last over most densities: excess of mass) or ``smallest`` (those that split no more).
    weights
        Shape (n,), non-negative, rounded to whole copies; None is one each.
    progress
        Called with the share done; what it raises passes through.

    Raises
    ------
    InvalidInput
        For coordinates or weights that are not finite, parameters out of their bounds, more than
        `MOST_POINTS` copies or `MOST_PLACES` places.

    Notes
    -----
    See `mutual_tree` and `lasting_parts`: O(places^2 + n log n) time, O(n) memory. Points that all lie at one place,
    where there is no density, are one cluster. Campello, Moulavi & Sander (2013),
    doi:10.1007/978-3-642-37456-2_14.
    """
    _check(min_cluster_size, min_samples, merge_m, selection)
    copies = copy_out(x, y, weights, MOST_POINTS, "hdbscan")
    n = len(copies.points)
    refuse_more(int(copies.of_copy.max(initial=-1)) + 1, "places", MOST_PLACES, "hdbscan")
    if n < max(min_cluster_size, min_samples):
        label = np.full(n, -1, np.int64)
    elif not copies.points.any():
        label = np.zeros(n, np.int64)
    else:
        from ilpgeo.models.hdbscan_parts import lasting_parts
        from ilpgeo.models.hdbscan_tree import mutual_tree

        tree = mutual_tree(copies.points, copies.of_copy, min_samples, progress)
        label = lasting_parts(tree, min_cluster_size, merge_m, takes_smallest=selection == _SMALLEST)
    return labels_of_points(label, copies)


def _check(min_cluster_size: int, min_samples: int, merge_m: float, selection: str) -> None:
    faults = []
    if min_cluster_size < 2:
        faults.append(f"min_cluster_size must be at least 2, not {min_cluster_size!r}")
    if min_samples < 1:
        faults.append(f"min_samples must be at least 1, not {min_samples!r}")
    if not (math.isfinite(merge_m) and merge_m >= 0):
        faults.append(f"merge_m must be metres from 0, not {merge_m!r}")
    if selection not in _SELECTIONS:
        faults.append(f"selection must be one of {', '.join(_SELECTIONS)}, not {selection!r}")
    raise_all(faults, subject="hdbscan")


@dataclass(frozen=True, slots=True)
class Hdbscan:
    """Density clusters without a reach; see `hdbscan_labels`."""

    name: ClassVar[str] = "hdbscan"
    title: ClassVar[str] = "Clusters of any density (HDBSCAN)"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "Finds clusters in city centre and suburbs alike, without a distance to choose."
    needs: ClassVar[frozenset[str]] = frozenset()

    min_cluster_size: int = param(
        20, label="Least incidents", unit="incidents", low=2, high=10000, step=1,
        help="A cluster holds at least this many incidents.",
    )  # fmt: skip
    min_samples: int = param(
        10, label="Smoothing", unit="incidents", low=1, high=1000, step=1,
        help="How many incidents tell how dense a place is; larger values leave more incidents out as noise.",
    )  # fmt: skip
    merge_m: float = param(
        0.0, label="Keep together within", unit="m", low=0, high=5000, step=10,
        help="Clusters closer than this are not split; 0 splits wherever density does.",
    )  # fmt: skip
    selection: str = param(
        _LASTING, label="Selection", choices=_SELECTIONS,
        help="Lasting: the clusters that last over most densities. Smallest: those that split no more, alike in size.",
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
        labels[kept] = hdbscan_labels(
            past.x[kept], past.y[kept], self.min_cluster_size, self.min_samples, self.merge_m, self.selection,
            past.weight[kept], context.progress,
        )  # fmt: skip
        clusters = Clusters(grid, labels, cell, past.weight, window.days / context.trained_on.days)
        return with_table(clusters, past, context)

"""ST-DBSCAN: incidents close in place and in time joined into clusters, the rest left as noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

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
from ilpgeo.models.st_dbscan_cells import labels_by_cells
from ilpgeo.models.st_dbscan_pairs import labels_by_pairs

_DAY_S = 86_400
# The longest span of time whose differences stay exact in double precision.
_LONGEST = 2**53
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
    Expected O(n log n) time for windows that hold few incidents, O(n) memory. Neighbours are listed where they are few;
    where they are many, only runs of incidents are joined, on two threads.
    Birant & Kut (2007), doi:10.1016/j.datak.2006.01.013.
    """
    check_points(x, y, weights)
    _check(x, t, eps_m, eps_t, min_samples)
    if not len(x):
        return np.empty(0, np.int64)
    since = _whole_time(t)
    since -= since.min()
    is_whole = weights is None or (weights.sum() < 2**53 and bool((weights == np.floor(weights)).all()))
    least = int(min_samples) if is_whole else min_samples - _SLACK
    given = (x, y, since, weights, float(eps_m), min(int(eps_t), _LONGEST), least, _growing(progress))
    labels = labels_by_pairs(*given)
    return labels_by_cells(*given) if labels is None else labels


def _growing(progress: Progress) -> Progress:
    """Return a progress that a second way, which begins anew, does not throw back."""
    furthest = 0.0

    def report(share: float) -> None:
        nonlocal furthest
        furthest = max(furthest, share)
        progress(furthest)

    return report


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
    """Return a copy."""
    return (t.astype("datetime64[s]") if t.dtype.kind == "M" else t).astype(np.int64)


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

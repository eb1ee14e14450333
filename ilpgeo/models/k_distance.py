"""k-distance curve: how far one must reach from an incident to find enough others, to choose a reach for DBSCAN."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param, params_of
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.dbscan import Dbscan
from ilpgeo.models.points import Places, check_points, check_question, collapse

TITLE = "Reach for density clusters"
_CHUNK = 20_000
_SHARES = np.arange(1, 199) / 200
# A bend almost as strong as the strongest is as good a choice.
_ALMOST = 0.95
_ROUND_M = 10.0
# Sums of weights that are not whole reach the least up to rounding, as they do for DBSCAN.
_SLACK = 1e-9


class Knee(NamedTuple):
    """Where a curve bends most.

    Attributes
    ----------
    at
        Its x; NaN for a curve that does not bend.
    low, high
        The range of x around it with at least 95 % of its distance from the chord.
    """

    at: float
    low: float
    high: float


def k_distance(
    x: FloatArray,
    y: FloatArray,
    k: int,
    weights: FloatArray | None = None,
    *,
    progress: Progress = unwatched,
) -> FloatArray:
    """Return for each point the distance within which the weight, its own included, reaches `k`.

    A point is core for DBSCAN with `min_samples` = k exactly when `eps_m` is at least this distance.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    k
        At least 1.
    weights
        Shape (n,), non-negative; None is one each.
    progress
        Called with the share done.

    Returns
    -------
    FloatArray
        Shape (n,), metres; infinite where all weight together is less than `k`.

    Raises
    ------
    InvalidInput
        For coordinates or weights that are not finite, or `k` below 1.

    Notes
    -----
    Expected O(p k log p) for p distinct places. Ester, Kriegel, Sander & Xu (1996), KDD-96, 226-231, section 4.2.
    """
    check_points(x, y, weights)
    if k < 1:
        raise InvalidInput(f"k-distance: k must be at least 1, not {k!r}")
    if not len(x):
        return np.empty(0)
    places = collapse(x, y, weights)
    return _reach(places, k, progress)[places.of_point]


def _reach(places: Places, k: int, progress: Progress) -> FloatArray:
    from scipy.spatial import KDTree

    n, least = len(places.x), k - _SLACK
    reach = np.where(places.weight >= least, 0.0, np.inf)
    if places.weight.sum() < least:
        return reach
    # Offsets from a corner: full coordinates would lose digits in squares.
    points = np.column_stack([places.x - places.x.min(), places.y - places.y.min()])
    tree = KDTree(points)
    wanted = np.flatnonzero(np.isinf(reach))
    n_near, done = min(k, n), n - len(wanted)
    while wanted.size:
        short = []
        for begin in range(0, len(wanted), max(1, _CHUNK * 20 // n_near)):
            rows = wanted[begin : begin + max(1, _CHUNK * 20 // n_near)]
            distance, nearest = tree.query(points[rows], n_near, workers=1)
            distance, nearest = distance.reshape(len(rows), n_near), nearest.reshape(len(rows), n_near)
            held = places.weight[nearest].cumsum(axis=1)
            has_enough = held[:, -1] >= least if n_near < n else np.ones(len(rows), np.bool_)
            column = np.minimum((held < least).sum(axis=1), n_near - 1)
            reach[rows[has_enough]] = distance[np.arange(len(rows)), column][has_enough]
            short.append(rows[~has_enough])
            done += int(has_enough.sum())
            progress(done / n)
        # Weights below one need more neighbours than k.
        wanted, n_near = np.concatenate(short), min(2 * n_near, n)
    return reach


def knee(x: FloatArray, y: FloatArray) -> Knee:
    """Return where an ascending curve that flattens out lies farthest above the chord from its first to its last point.

    Both axes are scaled to 0..1 first, so that the units do not matter.

    Notes
    -----
    The rule of Satopaa, Albrecht, Irwin & Raghavan (2011), doi:10.1109/ICDCSW.2011.20, for a whole curve.

    Examples
    --------
    >>> knee(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([0.0, 8.0, 9.0, 9.5, 10.0])).at
    1.0
    """
    if len(x) < 3 or not (x[-1] > x[0] and y[-1] > y[0]):
        return Knee(np.nan, np.nan, np.nan)
    above = (y - y[0]) / (y[-1] - y[0]) - (x - x[0]) / (x[-1] - x[0])
    best = int(above.argmax())
    if not above[best] > 1e-9:
        return Knee(np.nan, np.nan, np.nan)
    # The unbroken stretch around the knee.
    is_close = above >= _ALMOST * above[best]
    first = best - int(np.argmin(np.append(is_close[best::-1], False))) + 1
    last = best + int(np.argmin(np.append(is_close[best:], False))) - 1
    return Knee(float(x[best]), float(x[first]), float(x[last]))


@dataclass(frozen=True, slots=True)
class KDistance:
    """A reach for DBSCAN from the bend of the k-distance curve; see `k_distance` and `knee`."""

    name: ClassVar[str] = "k_distance"
    title: ClassVar[str] = "Reach for density clusters (k-distance)"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = (
        "Suggests the reach for density clusters: the distance beyond which only strays are gained."
    )
    needs: ClassVar[frozenset[str]] = frozenset()

    min_samples: int = param(
        20, label="Least incidents", unit="incidents", low=2, high=10000, step=1,
        help="The least incidents that the clusters will be asked for, the incident itself included.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Diagnostic:
        """Return the curve over the incidents of the study area and the reach at its knee."""
        check_question(past, grid)
        kept = grid.cell_of(past.x, past.y) >= 0
        weight = past.weight[kept]
        reach = k_distance(past.x[kept], past.y[kept], self.min_samples, weight, progress=context.progress)
        n = float(weight.sum())
        if n < self.min_samples:
            finding = f"There are {n:,.0f} incidents, fewer than the {self.min_samples} asked for around each"
            return Diagnostic(TITLE, (finding,), (), n)
        curve = _quantiles(reach, weight)
        bend = knee(curve, _SHARES)
        table = Table(
            f"Incidents with at least {self.min_samples} in reach",
            {"Reach (m)": curve, "Incidents with enough in reach (%)": 100 * _SHARES},
            "line",
            mark=None if np.isnan(bend.at) else _rounded(bend.at),
        )
        return Diagnostic(TITLE, (_words(bend, reach, weight, self.min_samples),), (table,), n)


def _rounded(metres: float) -> float:
    # Up, so that the incidents at the knee itself have enough in reach.
    return max(_ROUND_M, math.ceil(metres / _ROUND_M - 1e-9) * _ROUND_M)


def _quantiles(reach: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the reach that each share of the incidents makes do with, up to 99 %: the last are strays."""
    order = np.argsort(reach, kind="stable")
    held = weight[order].cumsum()
    at = np.searchsorted(held, _SHARES * held[-1] * (1 - 1e-12))
    return np.asarray(reach[order][at], np.float64)


def _words(bend: Knee, reach: FloatArray, weight: FloatArray, k: int) -> str:
    if np.isnan(bend.at):
        return f"The curve has no bend: there is no reach that sets the dense places apart at {k} incidents"
    eps_m = _rounded(bend.at)
    longest_m = next(each.high for each in params_of(Dbscan) if each.name == "eps_m") or math.inf
    if eps_m > longest_m:
        return (
            f"The curve bends at {eps_m:,.0f} m only, beyond the longest reach of {longest_m:,.0f} m: there are too "
            f"few incidents for clusters of {k}; ask for fewer, or choose a longer period"
        )
    share = weight[reach <= eps_m].sum() / weight.sum()
    return (
        f"A reach of {eps_m:g} m suits at least {k} incidents: {share:.0%} of the incidents have as many within it "
        f"({_rounded(bend.low):g} to {_rounded(bend.high):g} m would do about as well)"
    )

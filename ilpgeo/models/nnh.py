"""Nearest-neighbour hierarchical clustering: incidents closer than chance grouped, the groups grouped again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.answers import Clusters
from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.explained import Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.cluster_table import with_table
from ilpgeo.models.ellipses import cell_hulls, deviational_ellipses, ellipse_polygons
from ilpgeo.models.nnh_groups import group_around_links, mean_centres
from ilpgeo.models.points import check_points, check_question, collapse

_MEAN, _SPREAD = 0.5, 0.26136
# Fewer have no deviational ellipse.
_LEAST_POINTS = 3


class NnhOrder(NamedTuple):
    """Clusters of one order.

    Attributes
    ----------
    labels
        Shape (n,): the cluster of each point, numbered by first appearance; -1 for none.
    reach_m
        The distance within which points (or, from the second order, centres of clusters) were grouped.
    x, y
        Shape (k,): the mean centre of each cluster's points.
    """

    labels: IntArray
    reach_m: float
    x: FloatArray
    y: FloatArray


def expected_reach_m(n: float, area_m2: float, alpha: float) -> float:
    """Return the distance that the mean nearest neighbour of `n` random points stays below with probability `alpha`.

    0.5 sqrt(A / n) - t 0.26136 / sqrt(n^2 / A) with t the upper `alpha` point of the normal distribution; 0 where
    that is negative. Clark & Evans (1954), doi:10.2307/1931034.
    """
    from scipy.special import ndtri

    if n <= 0:
        return 0.0
    t = -float(ndtri(alpha))
    return max(0.0, _MEAN * math.sqrt(area_m2 / n) - t * _SPREAD / math.sqrt(n * n / area_m2))


def nnh(
    x: FloatArray,
    y: FloatArray,
    area_m2: float,
    min_points: int,
    alpha: float = 0.1,
    reach_m: float | None = None,
    orders: int = 1,
    min_clusters: int = 4,
    weights: FloatArray | None = None,
    progress: Progress = unwatched,
) -> tuple[NnhOrder, ...]:
    """Return the clusters of each order, first order first; it ends before an order that has none.

    Points are grouped around seeds, those with the most others within reach first; see `group_around_links`. The mean
    centres of an order's clusters are the points of the next one, grouped in the same way, with `min_clusters` for
    `min_points` and a reach of their own.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    area_m2
        The study area: what random points would spread over.
    min_points
        At least 3: fewer have no ellipse.
    alpha
        Probability that random points would lie nearer; see `expected_reach_m`. Between 0 and 1.
    reach_m
        A fixed distance for the first order in place of the one from `alpha`.
    orders
        How many at most.
    min_clusters
        At least 2.
    weights
        Shape (n,), non-negative; None is one each. A cluster of the first order counts 1 in the second.

    Raises
    ------
    InvalidInput
        For coordinates or weights that are not finite, or parameters out of their bounds.

    Notes
    -----
    O(pairs within reach) time, O(n) memory. Levine, N. (2015), CrimeStat IV, chapter 7.
    """
    check_points(x, y, weights)
    _check(area_m2, min_points, alpha, reach_m, orders, min_clusters)
    if not len(x):
        return ()
    places = collapse(x, y, weights)
    # Sums of offsets: full coordinates would lose digits.
    west, south = float(places.x.min()), float(places.y.min())
    at_x, at_y, weight, least = places.x - west, places.y - south, places.weight, float(min_points)
    member = np.arange(len(at_x))
    found: list[NnhOrder] = []
    for order in range(1, orders + 1):
        fixed = reach_m if order == 1 else None
        reach = expected_reach_m(float(weight.sum()), area_m2, alpha) if fixed is None else fixed
        group = group_around_links(at_x, at_y, weight, reach, least, progress if order == 1 else unwatched)
        member = np.where(member >= 0, group[member], -1)
        n_clusters = int(group.max(initial=-1)) + 1
        if not n_clusters:
            break
        at_x, at_y = mean_centres(places.x - west, places.y - south, places.weight, member, n_clusters)
        weight, least = np.ones(n_clusters), float(min_clusters)
        found.append(NnhOrder(member[places.of_point], reach, at_x + west, at_y + south))
    return tuple(found)


def _check(
    area_m2: float, min_points: int, alpha: float, reach_m: float | None, orders: int, min_clusters: int
) -> None:
    faults = []
    if not (math.isfinite(area_m2) and area_m2 > 0):
        faults.append(f"area_m2 must be positive, not {area_m2!r}")
    if not 0 < alpha < 1:
        faults.append(f"alpha must lie between 0 and 1, not {alpha!r}")
    if reach_m is not None and not (math.isfinite(reach_m) and reach_m > 0):
        faults.append(f"reach_m must be positive metres, not {reach_m!r}")
    for name, value, low in (
        ("min_points", min_points, _LEAST_POINTS), ("min_clusters", min_clusters, 2), ("orders", orders, 1),
    ):  # fmt: skip
        if value < low:
            faults.append(f"{name} must be at least {low}, not {value!r}")
    raise_all(faults, subject="nnh")


@dataclass(frozen=True, slots=True)
class Nnh:
    """Clusters of incidents closer together than chance, and clusters of clusters; see `nnh`."""

    name: ClassVar[str] = "nnh"
    title: ClassVar[str] = "Nearest-neighbour hierarchical clusters (NNH)"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "Groups incidents that lie closer together than chance, and neighbouring groups again."
    needs: ClassVar[frozenset[str]] = frozenset()

    threshold: str = param(
        "random", label="Distance", choices=("random", "fixed"),
        help="Group what is closer than random incidents would be, or than a distance of your own.",
    )  # fmt: skip
    alpha: float = param(
        0.1, label="Chance of lying nearer", low=0.00001, high=0.999, step=0.05,
        help="How likely random incidents would lie nearer than the distance used; smaller values group less.",
    )  # fmt: skip
    reach_m: float = param(
        200.0, label="Fixed distance", unit="m", low=5, high=20000, step=10,
        help="Used in place of the random distance when the distance is fixed; first order only.",
    )  # fmt: skip
    min_points: int = param(
        10, label="Least incidents", unit="incidents", low=3, high=10000, step=1,
        help="Groups of fewer incidents are dropped.",
    )  # fmt: skip
    order: int = param(
        1, label="Order", low=1, high=6, step=1,
        help="1 groups incidents, 2 groups the groups, and so on: streets, districts, city.",
    )  # fmt: skip
    min_clusters: int = param(
        4, label="Least groups", unit="groups", low=2, high=1000, step=1,
        help="From the second order: how many groups make one of the next order.",
    )  # fmt: skip
    outline: str = param(
        "ellipse 1x", label="Outline", choices=("ellipse 1x", "ellipse 1.5x", "ellipse 2x", "hull"),
        help="Standard deviational ellipse of one, one and a half or two deviations, or the hull of the cells.",
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
        """Return the cluster of each incident at the order asked for; one outside the study area counts nothing."""
        check_question(past, grid)
        cell = grid.cell_of(past.x, past.y)
        kept = np.flatnonzero((cell >= 0) & (past.weight > 0))
        inside = past.select(kept)
        area_m2 = float(grid.inside.sum()) * grid.cell_m**2
        reach_m = self.reach_m if self.threshold == "fixed" else None
        orders = nnh(
            inside.x, inside.y, area_m2, self.min_points, self.alpha, reach_m, self.order, self.min_clusters,
            inside.weight, context.progress,
        )  # fmt: skip
        labels = np.full(len(past), -1, np.int64)
        if len(orders) == self.order:
            labels[kept] = orders[-1].labels
        scale = window.days / context.trained_on.days
        clusters = Clusters(grid, labels, cell, past.weight, scale, self._outlines(past, grid, labels, cell))
        clusters = with_table(clusters, past, context, self._findings(orders))
        return _with_orders(clusters, orders)

    def _outlines(self, past: Incidents, grid: Grid, labels: IntArray, cell: IntArray) -> npt.NDArray[Any]:
        if self.outline == "hull":
            return cell_hulls(labels, cell, grid)
        times = float(self.outline.removeprefix("ellipse ").removesuffix("x"))
        ellipses = deviational_ellipses(past.x - grid.x0, past.y - grid.y0, past.weight, labels)
        return ellipse_polygons(ellipses, times, grid)

    def _findings(self, orders: tuple[NnhOrder, ...]) -> tuple[str, ...]:
        found = tuple(f"Order {at}: grouped within {order.reach_m:,.0f} m" for at, order in enumerate(orders, start=1))
        if len(orders) == self.order or not orders:
            return found
        return (*found, f"There is no order {self.order}: the highest found is {len(orders)}")


def _with_orders(clusters: Clusters, orders: tuple[NnhOrder, ...]) -> Clusters:
    """Return the clusters with a table of how many there are at each order."""
    beside = clusters.beside
    if beside is None or not orders:
        return clusters
    columns = {
        "Order": np.arange(1, len(orders) + 1),
        "Clusters": np.array([len(order.x) for order in orders]),
        "Distance (m)": np.array([order.reach_m for order in orders]),
    }
    table = Table("Clusters by order", columns)
    return replace(clusters, beside=replace(beside, tables=(*beside.tables, table)))

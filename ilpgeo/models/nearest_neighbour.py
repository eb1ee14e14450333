"""The nearest neighbour index: whether incidents lie closer together than chance would place them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.dissolve import outlines
from ilpgeo.models.points import check_points, check_question, collapse, whole_incidents

_TITLE = "Nearest neighbour index"
# Standard error of a mean distance by chance, times the square root of n squared over the area: sqrt((4 - pi) / 4 pi).
_SPREAD = math.sqrt((4 - math.pi) / (4 * math.pi))


class NearestNeighbour(NamedTuple):
    """Mean distance to the nearest other, metres, what chance makes of it, and the test between the two.

    Attributes
    ----------
    ratio
        The index: mean over expected: below 1 clustered, above 1 spread out.
    z, p
        Two-sided, under normality.
    """

    n: int
    mean_m: float
    expected_m: float
    error_m: float
    ratio: float
    z: float
    p: float


def clark_evans(n: int, mean_m: float, area_m2: float, perimeter_m: float | None = None) -> NearestNeighbour:
    """Return the index of `n` points with this mean distance to the nearest other in a study area.

    Without `perimeter_m`, E = 0.5 sqrt(A / n) and SE = 0.26136 / sqrt(n^2 / A): at the border, where a point's nearest
    neighbour may lie outside, distances are longer than that, so that the index is too large. With `perimeter_m`,
    Donnelly's correction: E = 0.5 sqrt(A / n) + (0.0514 + 0.041 / sqrt(n)) P / n,
    SE = sqrt(0.0703 A / n^2 + 0.037 P sqrt(A / n^5)).

    Raises
    ------
    InvalidInput
        For fewer than two points, or an area or distance that is none.

    Notes
    -----
    Clark & Evans (1954), doi:10.2307/1931034; Donnelly (1978).
    """
    if n < 2 or not (area_m2 > 0 and math.isfinite(area_m2) and mean_m >= 0):
        raise InvalidInput(f"nearest neighbour: {n} points, mean {mean_m!r} m, area {area_m2!r} m2: nothing to test")
    expected, error = 0.5 * math.sqrt(area_m2 / n), _SPREAD * math.sqrt(area_m2) / n
    if perimeter_m is not None:
        expected += (0.0514 + 0.041 / math.sqrt(n)) * perimeter_m / n
        error = math.sqrt(0.0703 * area_m2 / n**2 + 0.037 * perimeter_m * math.sqrt(area_m2 / n**5))
    z = (mean_m - expected) / error
    return NearestNeighbour(n, mean_m, expected, error, mean_m / expected, z, math.erfc(abs(z) / math.sqrt(2)))


def nearest_distances(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return each point's distance to the nearest other point, metres, shape (n,); 0 for points at one place.

    Raises
    ------
    InvalidInput
        For fewer than two points or coordinates that are not finite.

    Notes
    -----
    O(n log n) with scipy's k-d tree, on distinct places.
    """
    check_points(x, y)
    if len(x) < 2:
        raise InvalidInput(f"nearest neighbour: {len(x)} incidents have no neighbour; choose a longer period")
    from scipy.spatial import cKDTree

    places = collapse(x, y)
    distance = np.zeros(len(places.x))
    if len(distance) > 1:
        points = np.column_stack((places.x, places.y))
        distance = cKDTree(points).query(points, k=2)[0][:, 1]
    return np.asarray(np.where(places.weight > 1, 0.0, distance)[places.of_point], np.float64)


def perimeter_m(grid: Grid) -> float:
    """Return the length of the study area's border, metres, without the stairs that cells make of a slanting one.

    The outline is straightened by at most one cell. Where that would change the area by more than a twentieth, as in a
    study area a few cells wide, the cells' own outline counts.
    """
    outline = outlines([np.flatnonzero(grid.inside.ravel())], grid)[0]
    straight = outline.simplify(grid.cell_m)
    kept = straight if abs(straight.area / outline.area - 1) <= 0.05 else outline
    return float(kept.length)


@dataclass(frozen=True, slots=True)
class NearestNeighbourIndex:
    """Clark and Evans' index of all incidents and of distinct places; see `clark_evans`. It has no parameters."""

    name: ClassVar[str] = "nearest_neighbour"
    title: ClassVar[str] = _TITLE
    purpose: ClassVar[str] = "significant"
    summary: ClassVar[str] = "Tells in one number whether incidents lie closer together than chance would place them."
    needs: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Diagnostic:
        """Return the index of all incidents and of distinct places, plain and corrected for the border."""
        check_question(past, grid)
        inside = grid.cell_of(past.x, past.y) >= 0
        times = whole_incidents(past.weight[inside])
        x, y = (np.repeat(axis[inside], times) for axis in (past.x, past.y))
        places = collapse(x, y)
        if len(x) < 2:
            return Diagnostic(_TITLE, ("There are fewer than two incidents to compare",), (), float(len(x)))
        area, border = float(grid.inside.sum()) * grid.cell_m**2, perimeter_m(grid)
        means = [(len(x), float(nearest_distances(x, y).mean()))]
        if len(places.x) > 1:
            means.append((len(places.x), float(nearest_distances(places.x, places.y).mean())))
        tests = [clark_evans(n, mean, area, length) for n, mean in means for length in (None, border)]
        ties = float(places.weight[places.weight > 1].sum()) / len(x)
        return Diagnostic(_TITLE, _findings(tests, ties), (_table(tests),), float(len(x)))


def _findings(tests: list[NearestNeighbour], ties: float) -> tuple[str, ...]:
    said = [_sentence("Incidents", tests[1])]
    if len(tests) > 2 and ties > 0:
        said.append(f"{ties:.0%} of the incidents share their exact place with another, at distance 0")
        said.append(_sentence("Taking each place once, places", tests[3]))
    said.append("Chance means an even spread over the study area; the border is corrected for (Donnelly)")
    return tuple(said)


def _sentence(who: str, test: NearestNeighbour) -> str:
    low, high = ((test.mean_m + side * 1.96 * test.error_m) / test.expected_m for side in (-1, 1))
    how = "neither closer together nor farther apart than by chance"
    if test.p <= 0.05:
        how = "closer together than by chance" if test.ratio < 1 else "farther apart than by chance"
    return (
        f"{who} lie {how}: {test.mean_m:,.0f} m from the nearest other where chance makes it {test.expected_m:,.0f} m, "
        f"index {test.ratio:.2f} ({max(low, 0):.2f} to {high:.2f}), {_p_in_words(test.p)}"
    )


def _p_in_words(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _table(tests: list[NearestNeighbour]) -> Table:
    names = ["All incidents", "All incidents, border corrected", "Distinct places", "Distinct places, border corrected"]
    return Table(
        "Nearest neighbours",
        {
            "Of": np.array(names[: len(tests)]),
            "Points": np.array([test.n for test in tests]),
            "Mean distance (m)": np.array([test.mean_m for test in tests]),
            "By chance (m)": np.array([test.expected_m for test in tests]),
            "Index": np.array([test.ratio for test in tests]),
            "z": np.array([test.z for test in tests]),
            "p": np.array([test.p for test in tests]),
        },
    )

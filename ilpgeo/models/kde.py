"""Kernel density: incidents smoothed over the ground within a bandwidth, none of them lost at the border."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.neighbourhood import disc_sum
from ilpgeo.models.points import Places, check_points, check_question, check_shapes, check_study_area, collapse

KERNELS = ("quartic", "gaussian")
# A Gaussian is cut where its tail holds 7e-10 of its mass.
GAUSSIAN_REACH = 6.5
# What one node of the transform costs, counted in kernel values of the direct sum: measured.
_VALUES_PER_NODE = 30
# What it costs to find out which points are at the same place.
_VALUES_PER_COLLAPSED_POINT = 40


def kde(
    x: FloatArray,
    y: FloatArray,
    grid: Grid,
    bandwidth_m: float,
    kernel: str = "quartic",
    weights: FloatArray | None = None,
    *,
    exact: bool = False,
) -> FloatArray:
    """Return incidents per cell, smoothed: sums over the study area to the weight of the points in it.

    A point p of weight w gives the inside cell with centre c the incidents w K(|c - p|) / sum K(|c' - p|), the sum
    running over all inside cells c': the kernel's value at the cell's centre times the cell's area, normalised over
    the study area, so that what would fall outside is redistributed inside. A point whose kernel reaches no inside
    centre gives all its weight to its own cell. Points outside the study area are left out.

    Parameters
    ----------
    x, y
        Shape (n,), metres in the grid's CRS.
    bandwidth_m
        Radius of the quartic kernel, standard deviation of the Gaussian one.
    kernel
        ``quartic``: (1 - d^2/h^2)^2 for d < h; ``gaussian``: exp(-d^2 / 2 h^2).
    weights
        Shape (n,), non-negative; None is one each.
    exact
        Always sum directly (to 1e-8 of the peak). Otherwise a sum that would take longer than a Fourier
        transform goes through one, good to 1e-3 (Gaussian) or 2e-3 (quartic) of the peak.

    Returns
    -------
    FloatArray
        Shape (ny, nx), zero outside the study area.

    Raises
    ------
    InvalidInput
        For coordinates or weights that are not finite, an empty study area, a bandwidth that is not positive or an
        unknown kernel.

    Notes
    -----
    Direct: O(distinct places x cells within reach). Transform: O(n + cells log cells). Kernels: Silverman (1986),
    Density Estimation for Statistics and Data Analysis, doi:10.1007/978-1-4899-3324-9; the border correction is
    that of Diggle (1985), doi:10.2307/2347366, in its mass-preserving form.
    """
    check_shapes(x, y, weights)
    check_study_area(grid)
    if kernel not in KERNELS:
        raise InvalidInput(f"kde: kernel must be one of {', '.join(KERNELS)}, not {kernel!r}")
    if not (math.isfinite(bandwidth_m) and bandwidth_m > 0):
        raise InvalidInput(f"kde: bandwidth_m must be positive metres, not {bandwidth_m!r}")
    is_gaussian = kernel == "gaussian"
    reach_m = _reach_m(bandwidth_m, kernel)
    cost_of_transform = math.inf if exact else _cost_of_transform(grid, bandwidth_m, is_gaussian)
    if _VALUES_PER_COLLAPSED_POINT * len(x) > cost_of_transform:
        from ilpgeo.models.kde_transform import spread_by_transform

        return spread_by_transform(x, y, weights, grid, bandwidth_m, reach_m, is_gaussian)
    check_points(x, y, weights)
    places = _places_inside(x, y, weights, grid)
    if _n_values(places, grid, reach_m) > cost_of_transform:
        from ilpgeo.models.kde_transform import spread_by_transform

        return spread_by_transform(places.x, places.y, places.weight, grid, bandwidth_m, reach_m, is_gaussian)
    from ilpgeo.models.kde_direct import spread_directly

    return spread_directly(places, grid, bandwidth_m, reach_m, is_gaussian)


def _reach_m(bandwidth_m: float, kernel: str) -> float:
    return bandwidth_m * (GAUSSIAN_REACH if kernel == "gaussian" else 1.0)


def _cost_of_transform(grid: Grid, bandwidth_m: float, is_gaussian: bool) -> float:
    """Return what a transform costs, counted in kernel values; infinite where it would be too coarse."""
    if bandwidth_m < 2 * grid.cell_m:
        return math.inf
    from ilpgeo.models.kde_transform import n_nodes

    return float(_VALUES_PER_NODE * n_nodes(grid, bandwidth_m, is_gaussian))


def _places_inside(x: FloatArray, y: FloatArray, weights: FloatArray | None, grid: Grid) -> Places:
    kept = grid.cell_of(x, y) >= 0
    return collapse(x[kept], y[kept], None if weights is None else weights[kept])


@lru_cache(maxsize=1)
def _places_moved(came: Incidents, gone: Incidents, grid: Grid) -> Places:
    """Return what came and, with weights below zero, what is gone; kept, for several bandwidths follow one move."""
    for each in (came, gone):
        check_question(each, grid)
    x, y = np.concatenate((came.x, gone.x)), np.concatenate((came.y, gone.y))
    return _places_inside(x, y, np.concatenate((came.weight, -gone.weight)), grid)


def _n_values(places: Places, grid: Grid, reach_m: float) -> float:
    return len(places.x) * min(math.pi * (reach_m / grid.cell_m) ** 2, grid.nx * grid.ny)


@dataclass(frozen=True, slots=True)
class Kde:
    """Kernel density surface in expected incidents per cell; see `kde`."""

    name: ClassVar[str] = "kde"
    title: ClassVar[str] = "Kernel density"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "Smooths incidents over the ground, so that near misses count and grid lines do not."
    needs: ClassVar[frozenset[str]] = frozenset()
    takes_fractions: ClassVar[bool] = True

    bandwidth_m: float = param(
        300.0,
        label="Bandwidth",
        unit="m",
        low=25,
        high=5000,
        step=25,
        help="How far one incident reaches; matters more than the cell size.",
    )
    kernel: str = param(
        "quartic",
        label="Kernel",
        choices=KERNELS,
        help="Quartic ends at the bandwidth; Gaussian has it as standard deviation and reaches further.",
    )

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,
        context: Context,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> RiskSurface:
        """Return the smoothed incidents of each cell, scaled to the window; support is what lies within a bandwidth."""
        check_question(past, grid)
        smoothed = self.summed(past, grid)
        counts = grid.count(past.x, past.y, past.weight)
        support = np.where(grid.inside, disc_sum(counts, self.bandwidth_m / grid.cell_m), 0.0)
        return RiskSurface(grid, smoothed * (window.days / context.trained_on.days), support)

    def summed(self, past: Incidents, grid: Grid) -> FloatArray:
        """Return the smoothed incidents of each cell."""
        return kde(past.x, past.y, grid, self.bandwidth_m, self.kernel, past.weight)

    def moved(self, total: FloatArray, came: Incidents, gone: Incidents, grid: Grid) -> FloatArray:
        """Return the smoothed incidents of a past that moved on; few points are added where they are, in one pass."""
        places = _places_moved(came, gone, grid)
        reach_m, is_gaussian = _reach_m(self.bandwidth_m, self.kernel), self.kernel == "gaussian"
        if _n_values(places, grid, reach_m) > _cost_of_transform(grid, self.bandwidth_m, is_gaussian):
            total += self.summed(came, grid)
            total -= self.summed(gone, grid)
            return total
        from ilpgeo.models.kde_direct import spread_directly

        return spread_directly(places, grid, self.bandwidth_m, reach_m, is_gaussian, onto=total)

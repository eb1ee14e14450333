"""Adaptive kernel density: a narrow kernel where incidents lie dense, a wide one where they are few."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.kde import GAUSSIAN_REACH, KERNELS, kde
from ilpgeo.models.points import Places, check_question, collapse

# Kernel values between two reports of progress: some 0.2 s.
_VALUES_PER_REPORT = 1e8


class AdaptiveDensity(NamedTuple):
    """What `adaptive_kde` returns.

    Attributes
    ----------
    smoothed
        Shape (ny, nx): incidents per cell, zero outside the study area.
    support
        Shape (ny, nx): incidents whose own bandwidth reaches the cell's centre.
    bandwidth_m
        Shape (n,): the bandwidth of each point, NaN for points outside the study area.
    """

    smoothed: FloatArray
    support: FloatArray
    bandwidth_m: FloatArray


def adaptive_kde(
    x: FloatArray,
    y: FloatArray,
    grid: Grid,
    bandwidth_m: float,
    kernel: str = "quartic",
    weights: FloatArray | None = None,
    *,
    most_times: float = 3.0,
    exact: bool = False,
    progress: Progress = unwatched,
) -> AdaptiveDensity:
    """Return incidents per cell, each smoothed with a bandwidth of its own; the sum over the study area is kept.

    A pilot surface with the fixed bandwidth h gives the density f at each point (of its cell). The point's own
    bandwidth is h (g / f)^(1/2), g being the geometric mean of f over the points, kept within h / most_times and
    h * most_times. The border is corrected as in `ilpgeo.models.kde.kde`.

    Parameters
    ----------
    x, y
        Shape (n,), metres in the grid's CRS.
    bandwidth_m
        Of the pilot: the bandwidth of a point in typical density.
    kernel
        ``quartic`` or ``gaussian``, see `kde`.
    weights
        Shape (n,), non-negative; None is one each.
    most_times
        At least 1; 1 is the fixed kernel.
    exact
        Whether the pilot is the exact sum; else it is good for display, see `kde`.
    progress
        Called with the share done, 0..1.

    Raises
    ------
    InvalidInput
        As `kde`, and for `most_times` below 1.

    Notes
    -----
    O(distinct places x cells within their reach), summed directly, after one `kde`. Abramson (1982),
    doi:10.1214/aos/1176345986; Silverman (1986), section 5.3, doi:10.1007/978-1-4899-3324-9.
    """
    if not (math.isfinite(most_times) and most_times >= 1):
        raise InvalidInput(f"adaptive_kde: most_times must be at least 1, not {most_times!r}")
    pilot = kde(x, y, grid, bandwidth_m, kernel, weights, exact=exact)
    cell = grid.cell_of(x, y)
    kept = cell >= 0
    places = collapse(x[kept], y[kept], None if weights is None else weights[kept])
    reach = GAUSSIAN_REACH if kernel == "gaussian" else 1.0
    own_m = abramson(pilot.ravel()[grid.cell_of(places.x, places.y)], places.weight, bandwidth_m, most_times)
    smoothed, support = np.zeros(grid.shape), np.zeros(grid.shape)
    values = np.minimum(math.pi * (own_m * reach / grid.cell_m) ** 2, grid.nx * grid.ny)
    for part, done in _parts(values):
        _add(places, part, grid, own_m, reach, smoothed, support)
        progress(done)
    of_point = np.full(len(x), np.nan)
    of_point[kept] = own_m[places.of_point]
    return AdaptiveDensity(smoothed, support, of_point)


def abramson(density: FloatArray, weight: FloatArray, bandwidth_m: float, most_times: float) -> FloatArray:
    """Return the bandwidth of each place by the square-root law, clamped.

    Parameters
    ----------
    density, weight
        Shape (k,): of the pilot at each place, in any unit, and how many points each place stands for.

    Examples
    --------
    >>> abramson(np.array([1.0, 4.0, 16.0]), np.ones(3), 100.0, 1.5).round(3).tolist()
    [150.0, 100.0, 66.667]
    """
    total = weight.sum()
    if total <= 0:
        return np.full(len(density), float(bandwidth_m))
    # A place its own pilot does not see has none of the mass: the widest bandwidth is right for it.
    seen = np.maximum(density, density.max() * 1e-300)
    logarithm = np.log(np.maximum(seen, np.finfo(np.float64).tiny))
    factor = np.exp(0.5 * (float(weight @ logarithm) / total - logarithm))
    return np.asarray(bandwidth_m * np.clip(factor, 1.0 / most_times, most_times), np.float64)


def _parts(values: FloatArray) -> Iterator[tuple[slice, float]]:
    """Yield runs of places that take about as long, each with the share done after it."""
    running = np.cumsum(values)
    if not running.size:
        return
    cuts = np.searchsorted(running, np.arange(_VALUES_PER_REPORT, running[-1], _VALUES_PER_REPORT))
    edges = np.unique(np.concatenate([[0], cuts, [len(values)]]))
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        yield slice(first, last), float(running[last - 1] / running[-1])


def _add(
    places: Places, part: slice, grid: Grid, own_m: FloatArray, reach: float, smoothed: FloatArray, support: FloatArray
) -> None:
    from ilpgeo.models.kde_direct import spread_directly
    from ilpgeo.models.reach_counts import reached_by

    some = Places(places.x[part], places.y[part], places.weight[part], places.of_point[:0])
    smoothed += spread_directly(some, grid, own_m[part], own_m[part] * reach, reach > 1.0)
    support += reached_by(some, grid, own_m[part])


@dataclass(frozen=True, slots=True)
class AdaptiveKde:
    """Kernel density with bandwidths that follow the density, in expected incidents per cell; see `adaptive_kde`."""

    name: ClassVar[str] = "adaptive_kde"
    title: ClassVar[str] = "Adaptive kernel density"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "Keeps busy places sharp and smooths quiet ones more, where one bandwidth suits neither."
    needs: ClassVar[frozenset[str]] = frozenset()
    takes_fractions: ClassVar[bool] = True

    bandwidth_m: float = param(
        300.0, label="Bandwidth", unit="m", low=25, high=5000, step=25,
        help="How far an incident reaches where the density is typical.",
    )  # fmt: skip
    most_times: float = param(
        3.0, label="Widest and narrowest", unit="times", low=1, high=10, step=0.5,
        help="A bandwidth is at most this many times wider or narrower than that; 1 is the fixed kernel.",
    )  # fmt: skip
    kernel: str = param(
        "quartic", label="Kernel", choices=KERNELS,
        help="Quartic ends at the bandwidth; Gaussian has it as standard deviation and reaches further.",
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
    ) -> RiskSurface:
        """Return the smoothed incidents of each cell, scaled to the window; support is what reaches the cell."""
        check_question(past, grid)
        found = adaptive_kde(
            past.x, past.y, grid, self.bandwidth_m, self.kernel, past.weight,
            most_times=self.most_times, progress=context.progress,
        )  # fmt: skip
        return RiskSurface(
            grid,
            found.smoothed * (window.days / context.trained_on.days),
            found.support,
            beside=bandwidths_used(found.bandwidth_m, past.weight),
        )


def bandwidths_used(bandwidth_m: FloatArray, weight: FloatArray) -> Diagnostic:
    """Return which bandwidths the incidents of the study area were given (NaN: outside it)."""
    placed = np.isfinite(bandwidth_m) & (weight > 0)
    n = float(weight[placed].sum())
    if not n:
        return Diagnostic("Bandwidths", ("There is no incident to choose a bandwidth for",), (), 0.0)
    order = np.argsort(bandwidth_m[placed], kind="stable")
    own_m, running = bandwidth_m[placed][order], np.cumsum(weight[placed][order])
    share = np.arange(10, 100, 10)
    at = np.minimum(np.searchsorted(running, share / 100 * n * (1 - 1e-12)), len(own_m) - 1)
    finding = (
        f"Half of the {n:,.0f} incidents were smoothed with less than {own_m[at[4]]:,.0f} m, one in ten with less than "
        f"{own_m[at[0]]:,.0f} m and one in ten with more than {own_m[at[8]]:,.0f} m"
    )
    table = Table(
        "Bandwidths of the incidents", {"Share of incidents (%)": share, "Bandwidth up to (m)": own_m[at]}, "line"
    )
    return Diagnostic("Bandwidths", (finding,), (table,), n)

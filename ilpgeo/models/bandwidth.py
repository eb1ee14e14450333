"""Bandwidth for kernel density: rules of thumb, and the one under which incidents best foretell each other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.kde import GAUSSIAN_REACH, KERNELS
from ilpgeo.models.points import Places, check_points, check_question, collapse

TITLE = "Bandwidth for kernel density"
# Share of every density spread evenly over the study area: one stray incident must not rule out a bandwidth.
FLOOR_SHARE = 0.01
# A quartic kernel smooths as much as a Gaussian one with 1/2.78 of its bandwidth: the 6th root of the ratio of
# R(K) / mu(K)^2, 9 / (5 pi) * 64 to 1 / (4 pi).
QUARTIC_PER_GAUSSIAN = (9 / 5 * 64 * 4) ** (1 / 6)
_NORMAL_IQR = 1.3489795003921634
_MOST_PLACES = 3_000
# Of fewer, no bandwidth is clearly better than another.
_LEAST_PLACES = 10
_CHUNK = 100
_STEPS_PER_DOUBLING = 4
_Z_90 = 1.6448536269514722


def rule_of_thumb(
    x: FloatArray, y: FloatArray, kernel: str = "quartic", weights: FloatArray | None = None, *, robust: bool = False
) -> float:
    """Return the bandwidth, metres, that would be best if the points came from one bell-shaped heap.

    In two dimensions Silverman's and Scott's rule agree: sigma n^(-1/6), with sigma the root of the mean variance of
    the two axes; times 2.78 for the quartic kernel. Robust: for each axis the smaller of standard deviation and
    interquartile range / 1.349.

    Parameters
    ----------
    x, y
        Shape (n,), metres.
    kernel
        ``quartic`` or ``gaussian``.
    weights
        Shape (n,): how many incidents each stands for; None is one each.

    Returns
    -------
    float
        0 where the points lie at one place or there are fewer than two.

    Raises
    ------
    InvalidInput
        For numbers that are not finite or an unknown kernel.

    Notes
    -----
    O(n log n). Silverman (1986), Density Estimation for Statistics and Data Analysis, section 4.3.2,
    doi:10.1007/978-1-4899-3324-9; Scott (1992), doi:10.1002/9780470316849.
    """
    check_points(x, y, weights)
    _check_kernel(kernel)
    held = np.ones(len(x)) if weights is None else weights
    n = float(held.sum())
    if n < 2:
        return 0.0
    spread2 = [_spread(axis, held, robust=robust) ** 2 for axis in (x, y)]
    factor = QUARTIC_PER_GAUSSIAN if kernel == "quartic" else 1.0
    return float(factor * math.sqrt(sum(spread2) / 2) * n ** (-1 / 6))


def _check_kernel(kernel: str) -> None:
    if kernel not in KERNELS:
        raise InvalidInput(f"bandwidth: kernel must be one of {', '.join(KERNELS)}, not {kernel!r}")


def _spread(axis: FloatArray, weight: FloatArray, *, robust: bool) -> float:
    n = weight.sum()
    centred = axis - axis.min()
    centred = centred - weight @ centred / n
    deviation = math.sqrt(weight @ centred**2 / (n - 1))
    if not robust:
        return deviation
    order = np.argsort(axis, kind="stable")
    held = weight[order].cumsum()
    low, high = (axis[order][np.searchsorted(held, share * n * (1 - 1e-12))] for share in (0.25, 0.75))
    return min(deviation, float(high - low) / _NORMAL_IQR)


class Foretold(NamedTuple):
    """How well each bandwidth foretells places that it was not told of.

    Attributes
    ----------
    log_density
        Shape (m, bandwidths): log of incidents per m2 expected of one incident, at each place looked at.
    weight
        Shape (m,): incidents there.
    """

    log_density: FloatArray
    weight: FloatArray

    @property
    def score(self) -> FloatArray:
        """Shape (bandwidths,): mean log density of an incident."""
        return np.asarray(self.weight @ self.log_density / self.weight.sum(), np.float64)

    def as_good_as_best(self) -> npt.NDArray[np.bool_]:
        """Return which bandwidths are not clearly worse than the best: paired place by place, one-sided 5 %."""
        behind = self.log_density - self.log_density[:, [int(self.score.argmax())]]
        share = self.weight / self.weight.sum()
        mean = share @ behind
        error = np.sqrt((share**2) @ (behind - mean) ** 2)
        return np.asarray(mean + _Z_90 * error >= 0)


def foretell_left_out(
    x: FloatArray,
    y: FloatArray,
    bandwidths_m: FloatArray,
    area_m2: float,
    kernel: str = "quartic",
    weights: FloatArray | None = None,
    *,
    rng: np.random.Generator | None = None,
    progress: Progress = unwatched,
) -> Foretold:
    """Return the likelihood cross-validation of bandwidths, leaving out one place at a time.

    The density at a place is that of all incidents elsewhere. With leaving out one incident at a time, piles at equal
    places would foretell each other ever better the narrower the kernel, and the best bandwidth would be none at all.
    1 % of each density is spread evenly over the study area.

    Parameters
    ----------
    x, y
        Shape (n,), metres; at least two places.
    bandwidths_m
        Ascending and positive.
    area_m2
        Size of the study area.
    kernel
        ``quartic`` or ``gaussian``.
    weights
        Shape (n,), positive; None is one each.
    rng
        Where given, at most 3,000 places are looked at, drawn at random; the densities are still those of all.
    progress
        Called with the share done.

    Raises
    ------
    InvalidInput
        For numbers that are not finite, bandwidths that do not ascend from above 0, or fewer than two places.

    Notes
    -----
    O(places looked at x places within the widest reach). Gaussian kernels end at 6.5 bandwidths. Habbema, Hermans & van
    den Broek (1974), Compstat 1974, 101-110; consistency and the need of a floor: Hall (1987),
    doi:10.1214/aos/1176350606.
    """
    from ilpgeo.models.bandwidth_kernel import add_others

    check_points(x, y, weights)
    _check_kernel(kernel)
    bandwidths = np.asarray(bandwidths_m, np.float64)
    if not (
        bandwidths.size and np.isfinite(bandwidths).all() and bandwidths[0] > 0 and (np.diff(bandwidths) > 0).all()
    ):
        raise InvalidInput(f"bandwidth: bandwidths_m must ascend from above 0, not {bandwidths_m!r}")
    if not (math.isfinite(area_m2) and area_m2 > 0):
        raise InvalidInput(f"bandwidth: area_m2 must be positive, not {area_m2!r}")
    places = _in_order(collapse(x, y, weights))
    n = len(places.x)
    if n < 2:
        raise InvalidInput("bandwidth: cross-validation needs incidents at two places or more; all are at one")
    looked_at = np.arange(n)
    if rng is not None and n > _MOST_PLACES:
        looked_at = np.sort(rng.choice(n, _MOST_PLACES, replace=False))
    is_gaussian = kernel == "gaussian"
    reach = GAUSSIAN_REACH if is_gaussian else 1.0
    sums = np.empty((len(looked_at), len(bandwidths)))
    for begin in range(0, len(looked_at), _CHUNK):
        rows = looked_at[begin : begin + _CHUNK]
        sums[begin : begin + _CHUNK] = add_others(
            rows, places.x, places.y, places.weight, bandwidths, reach, is_gaussian
        )
        progress(min(1.0, (begin + _CHUNK) / len(looked_at)))
    weight = places.weight[looked_at]
    elsewhere = sums / (places.weight.sum() - weight)[:, None]
    return Foretold(np.log((1 - FLOOR_SHARE) * elsewhere + FLOOR_SHARE / area_m2), weight)


def _in_order(places: Places) -> Places:
    """Return the places from west to east, then south to north; those without weight are none."""
    order = np.lexsort((places.y, places.x))
    order = order[places.weight[order] > 0]
    # Offsets from a corner: full coordinates would lose digits in squares.
    x, y = places.x[order] - places.x.min(initial=np.inf), places.y[order] - places.y.min(initial=np.inf)
    return Places(x, y, places.weight[order], order)


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """A bandwidth for kernel density from the incidents themselves; see `foretell_left_out` and `rule_of_thumb`."""

    name: ClassVar[str] = "bandwidth"
    title: ClassVar[str] = "Bandwidth for kernel density"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "Suggests the bandwidth under which incidents best foretell incidents at other places."
    needs: ClassVar[frozenset[str]] = frozenset()

    kernel: str = param(
        "quartic", label="Kernel", choices=KERNELS,
        help="The kernel the bandwidth is for; the quartic one needs about 2.8 times that of the Gaussian.",
    )  # fmt: skip
    narrowest_m: float = param(
        50.0, label="Narrowest", unit="m", low=10, high=1000, step=10,
        help="The narrowest bandwidth tried; not finer than the places are known.",
    )  # fmt: skip
    widest_m: float = param(
        1600.0, label="Widest", unit="m", low=20, high=5000, step=100,
        help="The widest bandwidth tried, at least twice the narrowest; four are tried per doubling.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)
        if self.widest_m < 2 * self.narrowest_m:
            raise InvalidInput(
                f"{self.title}: widest_m must be at least twice narrowest_m ({2 * self.narrowest_m:g} m)"
            )

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,
    ) -> Diagnostic:
        """Return the cross-validation of a ladder of bandwidths over the study area, with the rules of thumb."""
        check_question(past, grid)
        kept = (grid.cell_of(past.x, past.y) >= 0) & (past.weight > 0)
        x, y, weight = past.x[kept], past.y[kept], past.weight[kept]
        n = float(weight.sum())
        if len(collapse(x, y).x) < _LEAST_PLACES:
            return Diagnostic(TITLE, ("There are too few places with incidents to choose a bandwidth",), (), n)
        ladder = _ladder(self.narrowest_m, self.widest_m)
        area_m2 = float(grid.inside.sum()) * grid.cell_m**2
        found = foretell_left_out(x, y, ladder, area_m2, self.kernel, weight, rng=rng, progress=context.progress)
        plain = rule_of_thumb(x, y, self.kernel, weight)
        robust = rule_of_thumb(x, y, self.kernel, weight, robust=True)
        best = float(ladder[found.score.argmax()])
        tables = (
            Table(
                "How well each bandwidth foretells incidents at other places",
                {"Bandwidth (m)": ladder, "Mean log likelihood of an incident": found.score},
                "line",
                mark=best,
            ),
            Table(
                "Bandwidths by rule",
                {
                    "Rule": np.array(["Cross-validation", "Rule of thumb (Silverman, Scott)", "Rule of thumb, robust"]),
                    "Bandwidth (m)": np.array([best, plain, robust]),
                },
            ),
        )
        return Diagnostic(TITLE, _words(ladder, found, self.kernel, plain, robust), tables, n)


def _ladder(narrowest_m: float, widest_m: float) -> FloatArray:
    steps = math.ceil(math.log2(widest_m / narrowest_m) * _STEPS_PER_DOUBLING - 1e-9)
    return np.unique(np.round(np.geomspace(narrowest_m, widest_m, steps + 1)))


def _words(ladder: FloatArray, found: Foretold, kernel: str, plain: float, robust: float) -> tuple[str, ...]:
    at = int(found.score.argmax())
    is_good = ladder[found.as_good_as_best()]
    sure = f"{is_good[0]:g} to {is_good[-1]:g} m are not clearly worse"
    if len(is_good) == 1:
        sure = "all others tried are clearly worse"
    name = "Gaussian" if kernel == "gaussian" else kernel
    if at in {0, len(ladder) - 1}:
        side = "narrowest" if at == 0 else "widest"
        first = f"The best bandwidth tried is the {side}, {ladder[at]:g} m; the best of all may lie beyond ({sure})"
    else:
        first = f"A {name} bandwidth of {ladder[at]:g} m foretells incidents at other places best ({sure})"
    second = (
        f"The rule of thumb says {plain:,.0f} m, its robust form {robust:,.0f} m: both smooth too much where there are "
    )
    return first, second + "several centres"

"""Dual kernel density: two smoothed pictures set against each other, as a difference or a ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, NamedTuple

import numpy as np

from ilpgeo.core import wording as words
from ilpgeo.core.answers import Contrast
from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.explained import Diagnostic
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param, params_of
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.core.wording import plural
from ilpgeo.models.dual_kde_account import account_of_periods, account_of_residents
from ilpgeo.models.kde import KERNELS, kde
from ilpgeo.models.localtime import midnight
from ilpgeo.models.neighbourhood import disc_sum
from ilpgeo.models.points import check_question

EARLIER_DIFFERENCE = "earlier days, difference"
EARLIER_RATIO = "earlier days, ratio"
RESIDENTS_RATIO = "residents, ratio"
# Differences are told for so many days: per day they would be unreadably small.
_TOLD_DAYS = 30


class Points(NamedTuple):
    """Points to smooth: shape (n,) each, metres in the grid's CRS and non-negative weights."""

    x: FloatArray
    y: FloatArray
    weight: FloatArray


class DualDensity(NamedTuple):
    """Points per km2 around the middle of each cell, shape (ny, nx), zero outside the study area."""

    of: FloatArray
    against: FloatArray


def dual_kde(
    of: Points, against: Points, grid: Grid, bandwidth_m: float, kernel: str = "quartic", *, exact: bool = False
) -> DualDensity:
    """Return both sets of points smoothed with one kernel, as densities.

    See `ilpgeo.models.kde.kde` for the kernel, its correction at the border, what is refused and the cost.

    Notes
    -----
    Bithell (1990), doi:10.1002/sim.4780090616; Kelsall & Diggle (1995), doi:10.2307/3318678.
    """
    first, second = (
        kde(points.x, points.y, grid, bandwidth_m, kernel, points.weight, exact=exact) / grid.cell_km2
        for points in (of, against)
    )
    return DualDensity(first, second)


def effective_km2(bandwidth_m: float, kernel: str, cell_m: float) -> float:
    """Return the ground a smoothed value speaks for: 1 / integral of the squared kernel, at least one cell, km2.

    A density times this ground varies as a count of incidents does.

    Examples
    --------
    >>> round(effective_km2(300.0, "quartic", 100.0), 6)
    0.15708
    """
    times = 4.0 * math.pi if kernel == "gaussian" else 5.0 * math.pi / 9.0
    return max(times * bandwidth_m**2, cell_m**2) / 1e6


def shrunk_ratio(observed: FloatArray, expected: FloatArray, prior_n: float) -> FloatArray:
    """Return (observed + prior_n) / (expected + prior_n): the mean of a Gamma-Poisson ratio with mean 1 before.

    Parameters
    ----------
    observed, expected
        Incidents.
    prior_n
        Positive: how many incidents of evidence that nothing differs are put before what was seen.

    Notes
    -----
    Clayton & Kaldor (1987), doi:10.2307/2532003.
    """
    return np.asarray((observed + prior_n) / (expected + prior_n), np.float64)


@dataclass(frozen=True, slots=True)
class DualKde:
    """The last days against those before, or incidents against residents; see `dual_kde` and `shrunk_ratio`."""

    name: ClassVar[str] = "dual_kde"
    title: ClassVar[str] = "Dual kernel density"
    purpose: ClassVar[str] = "spreading"
    summary: ClassVar[str] = "Shows where it got busier than before, or busier than the number of residents explains."
    needs: ClassVar[frozenset[str]] = frozenset()

    against: str = param(
        EARLIER_RATIO, label="Compared with", choices=(EARLIER_DIFFERENCE, EARLIER_RATIO, RESIDENTS_RATIO),
        help="The days before the last ones, per day; or the people who live there, where the areas tell.",
    )  # fmt: skip
    recent_days: int = param(
        7, label="Last days", unit="days", low=1, high=366, step=1,
        help="How many days at the end of the period are compared with the rest of it; not used for residents.",
    )  # fmt: skip
    bandwidth_m: float = param(
        500.0, label="Bandwidth", unit="m", low=25, high=5000, step=25,
        help="How far one incident reaches, in both pictures; a comparison needs more than a single picture.",
    )  # fmt: skip
    prior_n: float = param(
        5.0, label="Shrinkage", unit="incidents", low=0.5, high=100, step=0.5,
        help="A ratio is drawn to 1 as if so many incidents more had been seen and expected; a difference is not.",
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
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Contrast:
        """Return the contrast; support is what lies within a bandwidth, on all days. The window does not enter.

        Raises
        ------
        InvalidInput
            For a period with no earlier days, times known no better than the last days are long, or residents asked
            for in a workspace whose areas have no population.
        """
        check_question(past, grid)
        if self.against == RESIDENTS_RATIO:
            value, of, against, beside = self._residents(past, grid, context)
        else:
            value, of, against, beside = self._periods(past, grid, context.trained_on)
        counts = grid.count(past.x, past.y, past.weight)
        is_ratio = self.against != EARLIER_DIFFERENCE
        return Contrast(
            grid=grid,
            value=np.where(grid.inside, value, np.nan),
            support=np.where(grid.inside, disc_sum(counts, self.bandwidth_m / grid.cell_m), 0.0),
            neutral=1.0 if is_ratio else 0.0,
            unit="" if is_ratio else f"incidents per km² in {_TOLD_DAYS} days",
            of=of,
            against=against,
            beside=beside,
        )

    def _periods(self, past: Incidents, grid: Grid, trained_on: Period) -> tuple[FloatArray, str, str, Diagnostic]:
        earlier_days = trained_on.days - self.recent_days
        if earlier_days < 1:
            days, fewer = plural(trained_on.days, "day"), " or fewer last days" if trained_on.days > 1 else ""
            raise InvalidInput(
                f"{self.title}: {words.span(trained_on)} has {days}, which leaves none to compare "
                f"{_last(self.recent_days)} with; choose a longer period{fewer}"
            )
        _require_times(past, self.recent_days)
        begin = midnight(trained_on.after - timedelta(days=self.recent_days), past.timezone)
        is_recent = past.t_from >= begin
        density = dual_kde(_points(past, is_recent), _points(past, ~is_recent), grid, self.bandwidth_m, self.kernel)
        of, against = f"the last {self.recent_days} days", f"the {earlier_days} days before"
        beside = account_of_periods(past, grid, is_recent, self.recent_days, earlier_days)
        if self.against == EARLIER_DIFFERENCE:
            per_day = density.of / self.recent_days - density.against / earlier_days
            return per_day * _TOLD_DAYS, of, against, beside
        expected = density.against * (self.recent_days / earlier_days)
        return self._ratio(density.of, expected, grid), of, against, beside

    def _residents(self, past: Incidents, grid: Grid, context: Context) -> tuple[FloatArray, str, str, Diagnostic]:
        people = context.population
        if people is None or not people[grid.inside].sum() > 0:
            raise InvalidInput(
                f"{self.title}: areas have no population to compare with, some or all; give an area file with a "
                "population column, filled for each, when a workspace is made, or compare with earlier days"
            )
        row, column = np.nonzero(grid.inside & (people > 0))
        x, y = grid.x0 + (column + 0.5) * grid.cell_m, grid.y0 + (row + 0.5) * grid.cell_m
        homes = Points(np.asarray(x, np.float64), np.asarray(y, np.float64), people[row, column])
        everyone = np.ones(len(past), np.bool_)
        density = dual_kde(_points(past, everyone), homes, grid, self.bandwidth_m, self.kernel)
        incidents = float(grid.count(past.x, past.y, past.weight).sum())
        expected = density.against * (incidents / float(homes.weight.sum()))
        beside = account_of_residents(incidents, float(homes.weight.sum()), context.trained_on.days)
        return self._ratio(density.of, expected, grid), "incidents", "residents", beside

    def _ratio(self, observed: FloatArray, expected: FloatArray, grid: Grid) -> FloatArray:
        """Return the shrunk ratio of two densities, each as the incidents on the ground its values speak for."""
        ground = effective_km2(self.bandwidth_m, self.kernel, grid.cell_m)
        return shrunk_ratio(observed * ground, expected * ground, self.prior_n)


def _points(past: Incidents, which: BoolArray) -> Points:
    return Points(past.x[which], past.y[which], past.weight[which])


def _last(n_days: int) -> str:
    return "the last day" if n_days == 1 else f"the last {n_days} days"


def _require_times(past: Incidents, recent_days: int) -> None:
    """Raise InvalidInput where most times are known no better than the last days are long: they would all be old."""
    span_days = (past.t_to - past.t_from) / np.timedelta64(1, "D")
    coarse = int((span_days > recent_days).sum())
    if coarse > 0.5 * len(past):
        longest = math.ceil(float(np.median(span_days[span_days > recent_days])))
        most = next(each.high for each in params_of(DualKde) if each.name == "recent_days")
        is_reached = most is None or longest <= most
        raise InvalidInput(
            f"{DualKde.title}: {coarse:,} of {len(past):,} incidents are known only to within {longest} days, longer "
            f"than {_last(recent_days)}; "
            + (f"choose at least {longest} last days" if is_reached else "compare with residents, or leave them out")
        )

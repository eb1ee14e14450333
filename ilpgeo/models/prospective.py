"""Prospective hotspots (ProMap): each incident raises the risk around it, less with every step away and every week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, NamedTuple

import numpy as np

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.arrays import BoolArray, FloatArray, TimeArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.localtime import midnight
from ilpgeo.models.points import Places, check_points, check_question, check_study_area, collapse

_DAYS_PER_WEEK = 7.0
# Places between two reports of progress.
_PLACES_PER_REPORT = 50_000


class ProspectiveRisk(NamedTuple):
    """What `prospective_risk` returns.

    Attributes
    ----------
    risk
        Shape (ny, nx): sum of the weights, in no unit; zero outside the study area.
    support
        Shape (ny, nx): incidents that enter it.
    """

    risk: FloatArray
    support: FloatArray


def prospective_risk(
    x: FloatArray,
    y: FloatArray,
    days_ago: FloatArray,
    grid: Grid,
    reach_m: float = 400.0,
    reach_weeks: float = 8.0,
    weights: FloatArray | None = None,
    *,
    progress: Progress = unwatched,
) -> ProspectiveRisk:
    """Return sum_i 1 / (1 + d_i) * 1 / (1 + t_i) for the centre of every inside cell.

    d_i is the number of whole half cells between the centre and the incident, t_i the number of whole weeks that
    have passed since; incidents further than `reach_m`, older than `reach_weeks` or yet to come count nothing, as
    do those outside the study area.

    Parameters
    ----------
    x, y
        Shape (n,), metres in the grid's CRS.
    days_ago
        Shape (n,): days between the incident and the moment looked ahead from.
    weights
        Shape (n,), non-negative; None is one each.
    progress
        Called with the share done, 0..1.

    Raises
    ------
    InvalidInput
        For values that are not finite, an empty study area or a reach that is not positive.

    Notes
    -----
    O(distinct places x cells within reach). Bowers, Johnson & Pease (2004), doi:10.1093/bjc/azh036.
    """
    check_points(x, y, weights)
    check_study_area(grid)
    faults = [] if reach_m > 0 else [f"reach_m must be positive metres, not {reach_m!r}"]
    faults += [] if reach_weeks > 0 else [f"reach_weeks must be positive weeks, not {reach_weeks!r}"]
    faults += [] if np.isfinite(days_ago).all() else ["days_ago must be finite"]
    raise_all(faults, subject="prospective_risk")
    kept = (grid.cell_of(x, y) >= 0) & (days_ago >= 0) & (days_ago < reach_weeks * _DAYS_PER_WEEK)
    weight = np.ones(int(kept.sum())) if weights is None else weights[kept]
    faded = weight / (1.0 + np.floor(days_ago[kept] / _DAYS_PER_WEEK))
    places = collapse(x[kept], y[kept], faded)
    counted = np.bincount(places.of_point, weight, len(places.x)).astype(np.float64)
    risk, support = np.zeros(grid.shape), np.zeros(grid.shape)
    for first in range(0, len(places.x), _PLACES_PER_REPORT):
        _add(places, counted, slice(first, first + _PLACES_PER_REPORT), grid, reach_m, risk, support)
        progress(min(1.0, (first + _PLACES_PER_REPORT) / len(places.x)))
    return ProspectiveRisk(np.where(grid.inside, risk, 0.0), np.where(grid.inside, support, 0.0))


def _add(
    places: Places, counted: FloatArray, part: slice, grid: Grid, reach_m: float, risk: FloatArray, support: FloatArray
) -> None:
    from ilpgeo.models.prospective_kernel import add_risk

    add_risk(
        places.x[part] - grid.x0, places.y[part] - grid.y0, places.weight[part], counted[part], grid.cell_m, reach_m,
        risk, support,
    )  # fmt: skip


def days_before(t: TimeArray, day: date, timezone: str) -> FloatArray:
    """Return how many days before the local midnight that begins `day` each UTC time lies; negative for later ones."""
    seconds = midnight(day, timezone).astype(np.int64) - t.astype("datetime64[s]").astype(np.int64)
    return np.asarray(seconds / 86_400.0, np.float64)


@dataclass(frozen=True, slots=True)
class Prospective:
    """Where the next incidents are most likely by the recent ones nearby; see `prospective_risk`."""

    name: ClassVar[str] = "prospective"
    title: ClassVar[str] = "Prospective hotspots"
    purpose: ClassVar[str] = "next"
    summary: ClassVar[str] = "Weighs the incidents of the last weeks by how near and how recent they are."
    needs: ClassVar[frozenset[str]] = frozenset()
    takes_fractions: ClassVar[bool] = True

    reach_m: float = param(
        400.0, label="Reach", unit="m", low=25, high=2000, step=25,
        help="Incidents further from a cell's centre than this count nothing there.",
    )  # fmt: skip
    reach_weeks: int = param(
        8, label="Memory", unit="weeks", low=1, high=52, step=1,
        help="Incidents older than this count nothing; the authors used two months.",
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
        """Return the risk of each cell as expected incidents: together as many as the training days' rate gives.

        The total is the study area's incidents times window length over training length, shared out in proportion
        to the risk. Where no incident is recent enough nothing can be shared out: every cell expects 0.
        """
        check_question(past, grid)
        days_ago = days_before(past.t_from, context.trained_on.after, past.timezone)
        found = prospective_risk(
            past.x, past.y, days_ago, grid, self.reach_m, self.reach_weeks, past.weight, progress=context.progress
        )
        placed = grid.cell_of(past.x, past.y) >= 0
        total = float(past.weight[placed].sum()) * window.days / context.trained_on.days
        mass = float(found.risk.sum())
        return RiskSurface(
            grid,
            found.risk * (total / mass if mass > 0 else 0.0),
            found.support,
            beside=weeks_used(
                days_ago[placed], past.weight[placed], self.reach_weeks, self._reached(past.select(placed), grid)
            ),
        )

    def _reached(self, past: Incidents, grid: Grid) -> BoolArray:
        """Return which incidents of the study area lie within reach of a cell's centre, the nearest being their own."""
        off = [
            np.mod((axis - corner) / grid.cell_m, 1.0) - 0.5 for axis, corner in ((past.x, grid.x0), (past.y, grid.y0))
        ]
        return np.asarray(np.hypot(*off) * grid.cell_m <= self.reach_m)


def weeks_used(days_ago: FloatArray, weight: FloatArray, reach_weeks: int, is_reached: BoolArray) -> Diagnostic:
    """Return how many incidents of the study area each week gives, and what one of them counts.

    Its `n` is the smaller of those recent enough and the others: the release gate goes by it, as each tells the other.

    Parameters
    ----------
    is_reached
        Shape (n,): whether a cell's centre lies within reach of the incident.
    """
    week = np.floor(days_ago / _DAYS_PER_WEEK)
    recent = (week >= 0) & (week < reach_weeks)
    counts = np.bincount(week[recent].astype(np.int64), weight[recent], reach_weeks)
    n_recent, n_old = float(weight[recent].sum()), float(weight[~recent].sum())
    n = min(n_recent, n_old) if n_old > 0 else n_recent
    findings = _findings(n_recent, n_old, float(weight[recent & is_reached].sum()), reach_weeks)
    weeks = np.arange(reach_weeks)
    columns = {
        "Whole weeks ago": weeks,
        "Incidents": np.rint(counts).astype(np.int64),
        "Weight of one": 1.0 / (1.0 + weeks),
    }
    return Diagnostic(
        "Incidents by their age", findings, (Table("Incidents by their age", columns, counts="Incidents"),), n
    )


def _findings(n_recent: float, n_old: float, n_reached: float, reach_weeks: int) -> tuple[str, ...]:
    young = "less than a week old" if reach_weeks == 1 else f"less than {reach_weeks} weeks old"
    if n_recent + n_old <= 0:
        return ("There are no incidents to go by",)
    if n_recent <= 0:
        return (f"No incident is {young}: nothing says where, so nothing is expected anywhere; choose a longer memory",)
    said = f"{n_recent / (n_recent + n_old):.0%} of the incidents are {young} and say where; all say how many to expect"
    advice = "choose smaller cells or a longer reach"
    if n_reached <= 0:
        return (f"No incident that is {young} is within reach of a cell's centre: nothing is expected; {advice}",)
    if n_reached < n_recent:
        return (said, f"Some of those lie within reach of no cell's centre and count nothing; {advice}")
    return (said,)

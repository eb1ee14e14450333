"""The space-time permutation scan: where and since when more happens than usual there and then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ilpgeo.core.answers import Zones
from ilpgeo.core.arrays import IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.core.wording import plural
from ilpgeo.models.localtime import local_seconds
from ilpgeo.models.points import check_question, whole_incidents
from ilpgeo.models.scan_cylinders import space_time_scan
from ilpgeo.models.scan_words import explain_zones

# Of fewer incidents left out no number is told.
_LEAST_TOLD = 10


def _hold(days: int) -> str:
    return "1 day holds" if days == 1 else f"{days} days hold"


@dataclass(frozen=True, slots=True)
class SpaceTimeScan:
    """Zones where more happens, in their days, than place and time lead to expect; see `space_time_scan`."""

    name: ClassVar[str] = "space_time_scan"
    title: ClassVar[str] = "Outbreaks (space-time scan)"
    purpose: ClassVar[str] = "spreading"
    summary: ClassVar[str] = "Finds where and since when more happens than usual there, busy places and seasons aside."
    needs: ClassVar[frozenset[str]] = frozenset()

    ending: str = param(
        "now", label="Outbreaks", choices=("now", "any"),
        help="Only those that last until the last day (now), or those that are over too (any).",
    )  # fmt: skip
    step_days: int = param(
        7, label="Step", unit="days", low=1, high=91, step=1,
        help="Days are counted in steps of this length, back from the last day; seven keeps weekdays out of it.",
    )  # fmt: skip
    max_days: int = param(
        56, label="Longest outbreak", unit="days", low=1, high=730, step=7,
        help="No outbreak lasts longer than this, nor longer than half of the period.",
    )  # fmt: skip
    max_radius_m: float = param(
        2000.0, label="Largest radius", unit="m", low=50, high=20000, step=50,
        help="No circle is wider than this.",
    )  # fmt: skip
    max_share: float = param(
        0.5, label="Largest share", low=0.01, high=0.5, step=0.01,
        help="No circle holds more than this share of all incidents.",
    )  # fmt: skip
    min_incidents: int = param(
        5, label="Least incidents", unit="incidents", low=1, high=10000, step=1,
        help="A zone holds at least this many incidents.",
    )  # fmt: skip
    replications: int = param(
        199, label="Replications", low=99, high=9999, step=100,
        help="How often chance is tried; the smallest p value is one in this number and one.",
    )  # fmt: skip
    alpha: float = param(
        0.05, label="Significance level", low=0.0001, high=0.5, step=0.01,
        help="A zone is marked when chance alone would make one as likely in at most this share of searches.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,
    ) -> Zones:
        """Return the most likely zone, and the secondary ones that are significant; the window does not enter."""
        check_question(past, grid)
        end, n_steps = np.datetime64(context.trained_on.end, "D"), context.trained_on.days // self.step_days
        if n_steps < 2:
            raise InvalidInput(
                f"space-time scan: {_hold(context.trained_on.days)} less than two steps of "
                f"{self.step_days}; choose a longer period or shorter steps"
            )
        cell, step, lost = _placed(past, grid, end, self.step_days, n_steps)
        zones = space_time_scan(
            cell,
            step,
            grid.shape,
            n_steps,
            grid.inside,
            only_current=self.ending == "now",
            max_steps=max(1, self.max_days // self.step_days),
            max_radius_cells=int(self.max_radius_m / grid.cell_m + 1e-9),
            max_share=self.max_share,
            min_incidents=self.min_incidents,
            replications=self.replications,
            alpha=self.alpha,
            rng=rng,
            progress=context.progress,
        )
        first = end + 1 - (n_steps - zones.first_step) * self.step_days
        last = end - (n_steps - 1 - zones.last_step) * self.step_days
        remarks: tuple[str, ...] = (
            "Each place and each time keeps its own total, so that busy places and busy weeks do not stand out",
        )
        if lost:
            # A few incidents of a few days are not counted out to everybody.
            many = f"{lost:,} incidents" if lost >= _LEAST_TOLD else "A few incidents"
            remarks += (f"{many} before the first whole step of {plural(self.step_days, 'day')} are left out",)
        return Zones(
            grid, zones.found.cells, zones.observed, zones.expected, zones.found.llr, zones.found.p, first, last,
            self.alpha,
            explain_zones(
                zones.found, zones.observed, zones.expected, grid, self.alpha, float(len(cell)), remarks,
                {"From": first.astype(str), "To": last.astype(str)},
            ),
        )  # fmt: skip


def _placed(
    past: Incidents, grid: Grid, end: np.datetime64, step_days: int, n_steps: int
) -> tuple[IntArray, IntArray, int]:
    """Return cell and step of every single incident of the study area, and how many lie before the first step."""
    day = (local_seconds(past.t_from, past.timezone) // 86_400).astype("datetime64[D]")
    cell = grid.cell_of(past.x, past.y)
    step = n_steps - 1 - (end - day).astype(np.int64) // step_days
    times = whole_incidents(past.weight)
    kept = (cell >= 0) & (step >= 0) & (step < n_steps)
    lost = int(times[(cell >= 0) & (step < 0)].sum())
    return np.repeat(cell[kept], times[kept]), np.repeat(step[kept], times[kept]), lost

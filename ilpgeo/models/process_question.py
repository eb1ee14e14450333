"""What a self-exciting process may use of the past incidents, and why there may be too little of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.core.wording import plural
from ilpgeo.models.localtime import local_seconds
from ilpgeo.models.points import check_question

_DAY_S = 86_400.0
_LEAST_INCIDENTS = 20.0
_LEAST_DAYS = 3
# A time that may lie anywhere in more than a week says nothing about what follows within days.
_WIDEST_WINDOW_S = 7 * 86_400


class Usable(NamedTuple):
    """The incidents of the study area.

    Attributes
    ----------
    past
        Those in the study area.
    cell
        Flat cell of each.
    t
        Days from the start of the training period on the local clock.
    dated
        Which of them the process is fitted to: those dated within the training period.
    hindrance
        Why no process can be fitted, empty where one can.
    remarks
        Findings to show: what was left out.
    """

    past: Incidents
    cell: IntArray
    t: FloatArray
    dated: BoolArray
    hindrance: str
    remarks: tuple[str, ...]


def usable_incidents(past: Incidents, grid: Grid, trained_on: Period) -> Usable:
    """Return the incidents to go by, checked; see `Usable`."""
    check_question(past, grid)
    cell = grid.cell_of(past.x, past.y)
    kept = (cell >= 0) & (past.weight > 0)
    within = past.select(kept)
    begin = np.datetime64(trained_on.start, "s").astype(np.int64)
    t = (local_seconds(within.t_from, within.timezone) - begin) / _DAY_S
    dated = (t >= 0) & (t < trained_on.days)
    total, used = float(within.weight.sum()), float(within.weight[dated].sum())
    remarks = []
    if used < total:
        remarks.append(
            f"{total - used:,.0f} of {total:,.0f} incidents are dated outside the days trained on and were left out of "
            "the fit"
        )
    return Usable(within, cell[kept], t, dated, _hindrance(within, t, dated, trained_on), tuple(remarks))


def _hindrance(past: Incidents, t: FloatArray, dated: BoolArray, trained_on: Period) -> str:
    weight = past.weight[dated]
    n = float(weight.sum())
    if n < _LEAST_INCIDENTS:
        return f"{n:,.0f} incidents are too few to tell whether one follows from another"
    if trained_on.days < _LEAST_DAYS:
        return (
            f"a period of {plural(trained_on.days, 'day')} is too short a time to see one incident follow from another"
        )
    if float(np.ptp(t[dated])) <= 0:
        return "all incidents are dated to the same instant, so none can be seen to follow from another"
    window_s = (past.t_to - past.t_from)[dated].astype("timedelta64[s]").astype(np.int64)
    if float(weight[window_s > _WIDEST_WINDOW_S].sum()) > 0.5 * n:
        return "most incidents are dated only to within more than a week, so none can be seen to follow from another"
    return ""

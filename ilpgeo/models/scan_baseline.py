"""What a scan compares with: incidents spread evenly, by residents, or as they were before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.core.wording import plural
from ilpgeo.models.localtime import local_seconds
from ilpgeo.models.points import whole_incidents


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Incidents scanned and what they are compared with.

    Attributes
    ----------
    counts, expected
        Shape (ny, nx); `expected` in any unit.
    inside
        Shape (ny, nx): the cells that can be compared.
    remarks
        What the comparison is, and what was left out of it.
    """

    counts: FloatArray
    expected: FloatArray
    inside: BoolArray
    remarks: tuple[str, ...]


def baseline_of(name: str, past: Incidents, grid: Grid, context: Context) -> Baseline:
    """Return the baseline called ``even`` or ``residents``.

    Raises
    ------
    InvalidInput
        For residents where the workspace has none.
    """
    if name == "residents":
        return _by_residents(past, grid, context)
    counts = grid.count(past.x, past.y, past.weight)
    remark = "Compared with incidents spread evenly over the study area: busy ground stands out for being busy"
    return Baseline(counts, np.ones(grid.shape), grid.inside, (remark,))


def _by_residents(past: Incidents, grid: Grid, context: Context) -> Baseline:
    if context.population is None:
        raise InvalidInput(
            "scan: there are no residents per cell, for not all areas have a population; bring areas with one each, or "
            "compare with even or history"
        )
    residents = np.where(grid.inside, np.nan_to_num(context.population), 0.0)
    counts = grid.count(past.x, past.y, past.weight)
    inside = residents > 0
    if not inside.any():
        raise InvalidInput("scan: nobody lives in the study area; compare with even or history")
    lost = float(counts[~inside].sum())
    remarks = ["Compared with incidents spread by residents: people who visit, work or pass through do not count"]
    if lost:
        remarks.append(f"{lost / counts.sum():.1%} of the incidents lie in cells without residents and are left out")
    return Baseline(np.where(inside, counts, 0.0), residents, inside, tuple(remarks))


@dataclass(frozen=True, slots=True, eq=False)
class LatestDays:
    """Single incidents of the study area, and which of them lie in the latest days of the training period.

    Attributes
    ----------
    cell
        Shape (n,): flat cell number of each.
    is_recent
        Shape (n,).
    period
        The latest days.
    remarks
        What the comparison is.
    """

    cell: IntArray
    is_recent: BoolArray
    period: Period
    remarks: tuple[str, ...]


def latest_days(past: Incidents, grid: Grid, trained_on: Period, recent_days: int) -> LatestDays:
    """Return the incidents of the training period, the latest days told from those before.

    Raises
    ------
    InvalidInput
        For a history shorter than the latest days.
    """
    if trained_on.days < 2 * recent_days:
        raise InvalidInput(
            f"scan: a period of {plural(trained_on.days, 'day')} holds no history for the latest {recent_days}; choose "
            "a longer period or fewer latest days"
        )
    recent = Period.ending(trained_on.end, recent_days)
    day = (local_seconds(past.t_from, past.timezone) // 86_400).astype("datetime64[D]")
    cell = grid.cell_of(past.x, past.y)
    times = whole_incidents(past.weight)
    kept = (cell >= 0) & (day >= np.datetime64(trained_on.start)) & (day <= np.datetime64(trained_on.end))
    is_recent = np.repeat(day[kept] >= np.datetime64(recent.start), times[kept])
    remark = f"The latest {recent_days} days are compared with the {trained_on.days - recent_days} days before"
    return LatestDays(np.repeat(cell[kept], times[kept]), is_recent, recent, (remark,))

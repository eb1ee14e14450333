"""What a scan compares with: incidents spread evenly, by residents, or as they were before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.localtime import local_seconds


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Incidents scanned and what they are compared with.

    Attributes
    ----------
    counts, expected
        Shape (ny, nx); `expected` in any unit.
    inside
        Shape (ny, nx): the cells that can be compared.
    period
        The days scanned.
    remarks
        What the comparison is, and what was left out of it.
    """

    counts: FloatArray
    expected: FloatArray
    inside: BoolArray
    period: Period
    remarks: tuple[str, ...]


def baseline_of(name: str, past: Incidents, grid: Grid, context: Context, recent_days: int) -> Baseline:
    """Return the baseline called ``even``, ``residents`` or ``history``.

    Raises
    ------
    InvalidInput
        For residents where the workspace has none, and for a history shorter than the latest days.
    """
    if name == "residents":
        return _by_residents(past, grid, context)
    if name == "history":
        return _by_history(past, grid, context.trained_on, recent_days)
    counts = grid.count(past.x, past.y, past.weight)
    remark = "Compared with incidents spread evenly over the study area: busy ground stands out for being busy"
    return Baseline(counts, np.ones(grid.shape), grid.inside, context.trained_on, (remark,))


def _by_residents(past: Incidents, grid: Grid, context: Context) -> Baseline:
    if context.population is None:
        raise InvalidInput(
            "scan: this workspace has no residents per cell; bring areas with a population, or compare with even or "
            "history"
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
    return Baseline(np.where(inside, counts, 0.0), residents, inside, context.trained_on, tuple(remarks))


def _by_history(past: Incidents, grid: Grid, trained_on: Period, recent_days: int) -> Baseline:
    if trained_on.days < 2 * recent_days:
        raise InvalidInput(
            f"scan: {trained_on.days} days hold no history for the latest {recent_days}; choose a longer period or "
            "fewer latest days"
        )
    recent = Period.ending(trained_on.end, recent_days)
    day = (local_seconds(past.t_from, past.timezone) // 86_400).astype("datetime64[D]")
    is_recent = (day >= np.datetime64(recent.start)) & (day <= np.datetime64(recent.end))
    is_before = (day >= np.datetime64(trained_on.start)) & (day < np.datetime64(recent.start))
    counts, before = (
        grid.count(past.x[rows], past.y[rows], past.weight[rows]) for rows in (is_recent, is_before)
    )  # fmt: skip
    remark = (
        f"The latest {recent_days} days are compared with the {trained_on.days - recent_days} days before; the history "
        "is taken as known, so a short one makes zones look surer than they are"
    )
    return Baseline(counts, shrunk(before, grid.inside), grid.inside, recent, (remark,))


def shrunk(counts: FloatArray, inside: BoolArray) -> FloatArray:
    """Return counts drawn to their mean as far as chance alone explains their spread, so that none is zero.

    Gamma-Poisson by moments: with mean m and variance v of the inside cells, (n + r) / (1 + r / m), r = m^2 / (v - m);
    all equal to m where v <= m.

    Notes
    -----
    Clayton & Kaldor (1987), doi:10.2307/2532003.
    """
    values = counts[inside]
    mean, variance = float(values.mean()), float(values.var())
    if mean <= 0 or variance <= mean:
        return np.where(inside, max(mean, 1.0), 0.0)
    strength = mean * mean / (variance - mean)
    return np.where(inside, (counts + strength) / (1 + strength / mean), 0.0)

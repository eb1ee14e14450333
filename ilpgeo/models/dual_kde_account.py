"""What stands beside a dual kernel density: the two totals it rests on, and their ratio with its interval."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import BoolArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.space import Grid

# 90 %, as everywhere.
_Z = 1.6448536269514722


def account_of_periods(
    past: Incidents, grid: Grid, is_recent: BoolArray, recent_days: int, earlier_days: int
) -> Diagnostic:
    """Return how many incidents each of the two runs of days has, and the change of the daily rate.

    Its `n` is that of the run with fewer: both stand in the sentences, and the release gate goes by the smaller.
    """
    placed = grid.cell_of(past.x, past.y) >= 0
    recent, earlier = (float(past.weight[placed & which].sum()) for which in (is_recent, ~is_recent))
    findings = [
        f"{recent:,.0f} incidents in the last {recent_days} days, {recent / recent_days:,.2f} a day; "
        f"{earlier:,.0f} in the {earlier_days} days before, {earlier / earlier_days:,.2f} a day"
    ]
    # What stands for less than an incident has no interval to speak of.
    if recent >= 1 and earlier >= 1:
        change = (recent / recent_days) / (earlier / earlier_days)
        # Normal on the logarithm of the ratio of two Poisson counts.
        times = math.exp(_Z * math.sqrt(1.0 / recent + 1.0 / earlier))
        findings.append(
            f"In the study area as a whole the daily rate is {change:.2f} times what it was "
            f"(90 % interval {change / times:.2f} to {change * times:.2f})"
        )
    table = Table(
        "The two runs of days",
        {
            "Days": np.array([f"last {recent_days}", f"{earlier_days} before"]),
            "Incidents": np.rint([recent, earlier]).astype(np.int64),
            "Incidents a day": np.array([recent / recent_days, earlier / earlier_days]),
        },
        counts="Incidents",
    )
    return Diagnostic("Last days against earlier days", tuple(findings), (table,), min(recent, earlier))


def account_of_residents(incidents: float, residents: float, days: int) -> Diagnostic:
    """Return the rate that a ratio of 1 stands for."""
    rate = 1000.0 * incidents / residents
    finding = (
        f"{incidents:,.0f} incidents in {days} days on {residents:,.0f} residents: {rate:.2f} per 1,000 residents "
        "is what a ratio of 1 stands for"
    )
    table = Table(
        "Incidents and residents",
        {
            "Incidents": np.rint([incidents]).astype(np.int64),
            "Residents": np.rint([residents]).astype(np.int64),
            "Incidents per 1,000 residents": np.array([rate]),
        },
        counts="Incidents",
    )
    return Diagnostic("Incidents against residents", (finding,), (table,), incidents)

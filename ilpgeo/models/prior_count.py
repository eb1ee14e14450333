"""Prior count: what happened where before; the baseline every other model has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.points import check_question


@dataclass(frozen=True, slots=True)
class PriorCount:
    """Expected incidents per cell are the past ones, scaled to the window. It has no parameters.

    Notes
    -----
    O(n) time, O(cells) memory. Chainey, Tompson & Uhlig (2008), doi:10.1057/palgrave.sj.8350066, use it as the
    grid baseline.
    """

    name: ClassVar[str] = "prior_count"
    title: ClassVar[str] = "Prior count"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "What happened where before: the plain baseline every other model has to beat."
    needs: ClassVar[frozenset[str]] = frozenset()
    takes_fractions: ClassVar[bool] = True

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
        """Return the past incidents of each cell times window length over training length."""
        check_question(past, grid)
        counts = self.summed(past, grid)
        return RiskSurface(grid, counts * (window.days / context.trained_on.days), counts)

    def summed(self, past: Incidents, grid: Grid) -> FloatArray:
        """Return the past incidents of each cell."""
        return grid.count(past.x, past.y, past.weight)

    def moved(self, total: FloatArray, came: Incidents, gone: Incidents, grid: Grid) -> FloatArray:
        """Return the count of a past that moved on."""
        total += self.summed(came, grid)
        total -= self.summed(gone, grid)
        return total

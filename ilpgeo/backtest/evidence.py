"""The incidents a test draws from, and when each was known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ilpgeo.backtest.plan import Fold
from ilpgeo.core.arrays import FloatArray, IntArray, TimeArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The incidents a test draws from.

    Attributes
    ----------
    incidents
        All of them, any order.
    day
        Shape (n,), datetime64[D]: the local day each belongs to.
    known
        Shape (n,), datetime64[D]: the local day each was reported on; None where the data do not say. A model learns
        only from what was reported before its window.
    """

    incidents: Incidents
    day: TimeArray
    known: TimeArray | None = None

    def during(self, period: Period) -> Incidents:
        """Return the incidents of a period."""
        return self.incidents.select(self._in(period))

    def between(self, start: date, after: date) -> Incidents:
        """Return the incidents of the days start <= day < after."""
        chosen = (self.day >= np.datetime64(start, "D")) & (self.day < np.datetime64(after, "D"))
        return self.incidents.select(np.flatnonzero(chosen).astype(np.int64))

    def known_of(self, period: Period, by: Period) -> Incidents:
        """Return the incidents of a period that had been reported by the end of another."""
        chosen = self._in(period)
        if self.known is not None:
            chosen = chosen[self.known[chosen] <= np.datetime64(by.end, "D")]
        return self.incidents.select(chosen)

    def unreported_share(self, folds: Sequence[Fold]) -> float | None:
        """Return the share of the incidents of the days learnt from that had not been reported in time, 0..1.

        None where the data do not say when incidents were reported.
        """
        if self.known is None:
            return None
        n_late = n = 0
        for fold in folds:
            chosen = self._in(fold.trained_on)
            n_late += int(np.count_nonzero(self.known[chosen] > np.datetime64(fold.trained_on.end, "D")))
            n += len(chosen)
        return n_late / max(n, 1)

    def _in(self, period: Period) -> IntArray:
        start, end = np.datetime64(period.start, "D"), np.datetime64(period.end, "D")
        return np.flatnonzero((self.day >= start) & (self.day <= end)).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class DailyCounts:
    """The incidents of the study area in the order of days, each placed in its cell once and for all.

    Attributes
    ----------
    grid
        Its cells.
    day, known, cell, weight
        Shape (n,), the days ascending; see `Evidence`.
    """

    grid: Grid
    day: TimeArray
    known: TimeArray | None
    cell: IntArray
    weight: FloatArray

    @classmethod
    def of(cls, evidence: Evidence, grid: Grid) -> DailyCounts:
        """Return the incidents inside the study area."""
        incidents = evidence.incidents
        cell = grid.cell_of(incidents.x, incidents.y)
        kept = np.flatnonzero(cell >= 0)
        kept = kept[np.argsort(evidence.day[kept], kind="stable")]
        known = None if evidence.known is None else evidence.known[kept]
        return cls(grid, evidence.day[kept], known, cell[kept], incidents.weight[kept])

    def during(self, period: Period) -> FloatArray:
        """Return the incidents of a period in each cell, shape (ny, nx)."""
        rows = self._rows(period)
        return self._counted(self.cell[rows], self.weight[rows])

    def known_of(self, period: Period) -> FloatArray:
        """Return those of a period that had been reported by its end, in each cell, shape (ny, nx)."""
        rows = self._rows(period)
        cell, weight = self.cell[rows], self.weight[rows]
        if self.known is not None:
            is_known = self.known[rows] <= np.datetime64(period.end, "D")
            cell, weight = cell[is_known], weight[is_known]
        return self._counted(cell, weight)

    def _rows(self, period: Period) -> slice:
        first = np.searchsorted(self.day, np.datetime64(period.start, "D"), side="left")
        after = np.searchsorted(self.day, np.datetime64(period.end, "D"), side="right")
        return slice(int(first), int(after))

    def _counted(self, cell: IntArray, weight: FloatArray) -> FloatArray:
        counts = np.bincount(cell, weight, self.grid.nx * self.grid.ny)
        return counts.astype(np.float64).reshape(self.grid.shape)

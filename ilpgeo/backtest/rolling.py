"""Pasts that move on from fold to fold: what comes is added, what falls out is taken off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ilpgeo.backtest.evidence import Evidence
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Additive
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """What changed from the past before.

    Attributes
    ----------
    came
        What it has that the one before had not.
    gone
        The other way round; None where it did not move on from it, and `came` is all of it.
    """

    came: Incidents
    gone: Incidents | None


def moves(before: Period | None, period: Period, evidence: Evidence) -> Move:
    """Return what a past of one period has that the one before had not, and the other way round.

    Where incidents become known late, nothing is carried on: what was reported since lies anywhere in the past.
    """
    is_moved_on = before is not None and before.start <= period.start <= before.end <= period.end
    if before is None or not is_moved_on or evidence.known is not None:
        return Move(evidence.known_of(period, period), None)
    return Move(evidence.between(before.after, period.after), evidence.between(before.start, period.start))


class RunningSum:
    """The sum of an additive model over a past that moves on."""

    def __init__(self, model: Additive, grid: Grid) -> None:
        self._model, self._grid = model, grid
        self._sum = np.zeros(grid.shape)

    def moved(self, move: Move) -> FloatArray:
        """Return the sum after a move; the array is changed by the next one."""
        if move.gone is None:
            self._sum = self._model.summed(move.came, self._grid)
        elif len(move.came) or len(move.gone):
            self._sum = self._model.moved(self._sum, move.came, move.gone, self._grid)
            # What rounding leaves where nothing is left.
            np.maximum(self._sum, 0.0, out=self._sum)
        return self._sum

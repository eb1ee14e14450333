"""Where one contestant's scores are written down, fold by fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ilpgeo.backtest.scores import N_BINS, Outcome, Ranked, calibration, clumped, log_score
from ilpgeo.core.arrays import FloatArray, IntArray, frozen
from ilpgeo.core.space import Grid


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The study area as scores need it.

    Attributes
    ----------
    grid
        Its cells.
    place
        Flat numbers of the inside cells, ascending.
    cells, capture
        How many cells each flagged area has, and each point of the capture curve.
    spot
        Where the inside cells lie on a lattice one wider and one higher than the grid.
    marked
        By spot, zeros: where flagged cells are marked for a moment.
    """

    grid: Grid
    place: IntArray
    cells: IntArray
    capture: IntArray
    spot: IntArray
    marked: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, grid: Grid, place: IntArray, cells: IntArray, capture: IntArray) -> Ground:
        """Return the ground of a grid."""
        marked = np.zeros((grid.nx + 1) * (grid.ny + 1), np.uint8)
        return cls(grid, place, cells, capture, place + place // grid.nx, marked)

    def inner(self, values: FloatArray) -> FloatArray:
        """Return the inside cells of a surface, shape (cells,)."""
        flat = values.ravel()
        return flat if len(self.place) == len(flat) else flat[self.place]


class Board:
    """The scores of one contestant while a back-test runs."""

    def __init__(self, ground: Ground, n_folds: int) -> None:
        n_flags = len(ground.cells)
        self._ground = ground
        self.flagged = np.zeros((4, n_folds, n_flags))
        self.compact = np.full((n_folds, n_flags), np.nan)
        self.whole = np.zeros((2, n_folds))
        self.captured = np.zeros((n_folds, len(ground.capture)))
        self.bins = np.zeros((2, n_folds, N_BINS))
        self._before: list[IntArray] = []

    def note(self, at: int, expected: FloatArray, outcome: Outcome, before: FloatArray) -> None:
        """Score one fold: what was expected in each inside cell, what came, and what had been learnt from."""
        from ilpgeo.backtest.scores_kernel import held_by

        ground = self._ground
        ranked = Ranked.of(expected)
        found = ranked.hits(outcome, np.concatenate((ground.cells, ground.capture)))
        self.captured[at] = found[len(ground.cells) :]
        self.whole[:, at] = log_score(expected, outcome), expected.sum()
        self.bins[:, at] = calibration(expected, ranked, outcome)
        flagged = ranked.flagged(outcome, ground.cells)
        nothing = np.empty(0, np.int64)
        for flag, chosen in enumerate(flagged):
            flagged_before = self._before[flag] if self._before else nothing
            past, ahead, n_kept, n_alike = held_by(
                chosen, flagged_before, ground.spot, ground.grid.nx + 1, ground.marked, before, frozen(expected)
            )
            kept = n_kept / len(chosen) if self._before else np.nan
            self.flagged[:, at, flag] = found[flag], past, ahead, kept
            self.compact[at, flag] = clumped(len(chosen), n_alike, len(ground.place))
        self._before = flagged

"""Where one contestant's scores are written down, fold by fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ilpgeo.backtest.scores import N_BINS, Outcome, Ranked, calibration, clumpiness, log_score
from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
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
    """

    grid: Grid
    place: IntArray
    cells: IntArray
    capture: IntArray

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
        ground = self._ground
        ranked = Ranked.of(expected)
        found = ranked.hits(outcome, np.concatenate((ground.cells, ground.capture)))
        self.captured[at] = found[len(ground.cells) :]
        self.whole[:, at] = log_score(expected, outcome), expected.sum()
        self.bins[:, at] = calibration(expected, ranked, outcome)
        flagged = ranked.flagged(outcome, ground.cells)
        is_kept = np.zeros(len(expected), np.bool_)
        for flag, chosen in enumerate(flagged):
            kept = np.nan
            if self._before:
                is_kept[self._before[flag]] = True
                kept = is_kept[chosen].sum() / len(chosen)
                is_kept[self._before[flag]] = False
            self.flagged[:, at, flag] = found[flag], before[chosen].sum(), expected[chosen].sum(), kept
            self.compact[at, flag] = clumpiness(self._shown(chosen), ground.grid.inside)
        self._before = flagged

    def _shown(self, chosen: IntArray) -> BoolArray:
        mask = np.zeros(self._ground.grid.shape, np.bool_)
        mask.ravel()[self._ground.place[chosen]] = True
        return mask

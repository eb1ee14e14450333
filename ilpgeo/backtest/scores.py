"""What one surface is worth on one window: hits in what it flags, capture, likelihood, calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import BoolArray, CodeArray, FloatArray, IntArray

FLOOR_SHARE = 0.01
N_BINS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What happened in one window, seen from the cells of the study area.

    Attributes
    ----------
    n
        Shape (cells,): incidents per inside cell.
    hit
        Positions of the cells with at least one.
    best
        Shape (cells + 1,): incidents in the k best cells, what no forecast can surpass.
    """

    n: FloatArray
    hit: IntArray
    best: FloatArray

    @classmethod
    def of(cls, n: FloatArray) -> Outcome:
        """Return the outcome of a window's counts."""
        hit = np.flatnonzero(n)
        best = np.full(len(n) + 1, n.sum())
        best[: len(hit) + 1] = np.concatenate(([0.0], np.cumsum(-np.sort(-n[hit]))))
        return cls(n, hit.astype(np.int64), best)

    @property
    def total(self) -> float:
        """Incidents in the window."""
        return float(self.best[-1])


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """A forecast's cells in order, highest first, as far as scores need it.

    Attributes
    ----------
    height
        Shape (cells,): the expectation in billionths of the highest, so that what differs by rounding alone is equal.
    ladder
        The same, sorted upwards.
    """

    height: CodeArray
    ladder: CodeArray

    @classmethod
    def of(cls, expected: FloatArray) -> Ranked:
        """Return the order of the inside cells' expectations."""
        top = float(expected.max(initial=0.0))
        height = np.rint(expected * (1e9 / top) if top > 0 else np.zeros(len(expected))).astype(np.int32)
        return cls(height, np.sort(height))

    def hits(self, outcome: Outcome, k: IntArray) -> FloatArray:
        """Return the incidents in the k highest cells, ties taken pessimistically: those with fewer incidents first.

        Parameters
        ----------
        k
            Shape (m,), 1..cells.

        Notes
        -----
        O(cells log cells) once, then O(cells with an incident) for each k.
        """
        n_cells = len(self.ladder)
        border = self.ladder[n_cells - k]
        at_or_above = n_cells - np.searchsorted(self.ladder, border, side="left")
        above = n_cells - np.searchsorted(self.ladder, border, side="right")
        height, n = self.height[outcome.hit], outcome.n[outcome.hit]
        order = np.argsort(height, kind="stable")
        height, counted = height[order], np.concatenate(([0.0], np.cumsum(n[order])))
        first, last = (np.searchsorted(height, border, side=side) for side in ("left", "right"))
        found = counted[-1] - counted[last]
        n_tied_hit = last - first
        spare = (k - above) - (at_or_above - above - n_tied_hit)
        for at in np.flatnonzero((spare > 0) & (n_tied_hit > 0)):
            tied = np.sort(n[order][first[at] : last[at]])
            found[at] += tied[: spare[at]].sum()
        return np.asarray(found, np.float64)

    def flagged(self, outcome: Outcome, k: IntArray) -> list[IntArray]:
        """Return for each k the k highest cells, ascending; ties taken as in `hits`, then by position."""
        borders = self.ladder[len(self.ladder) - k]
        near = np.flatnonzero(self.height >= borders.min()).astype(np.int64)
        height = self.height[near]
        found = []
        for border, wanted in zip(borders, k.tolist(), strict=True):
            chosen = height > border
            tied = np.flatnonzero(height == border)
            spare = wanted - np.count_nonzero(chosen)
            if spare < len(tied):
                tied = tied[np.argsort(outcome.n[near[tied]], kind="stable")[:spare]]
            chosen[tied] = True
            found.append(near[chosen])
        return found


def log_score(expected: FloatArray, outcome: Outcome) -> float:
    """Return the Poisson log likelihood of the window's counts, up to their factorials; higher is better.

    Every cell keeps `FLOOR_SHARE` of an even spread, so that one incident where nothing was expected costs much but not
    everything.
    """
    total = float(expected.sum())
    if total <= 0:
        total = 1e-9
    mean = (1 - FLOOR_SHARE) * expected[outcome.hit] + FLOOR_SHARE * total / len(expected)
    return float((outcome.n[outcome.hit] * np.log(mean)).sum() - total)


def calibration(expected: FloatArray, ranked: Ranked, outcome: Outcome) -> tuple[FloatArray, FloatArray]:
    """Return expected and observed incidents in ten groups of cells, each holding a tenth of what is expected.

    The first group is the few cells with the highest expectation, the last the many with the lowest.
    """
    total = float(expected.sum())
    if total <= 0:
        return np.zeros(N_BINS), np.concatenate((np.zeros(N_BINS - 1), [outcome.total]))
    ladder, n_cells = ranked.ladder, len(ranked.ladder)
    mass = np.zeros(n_cells + 1)  # of the lowest cells; heights are whole numbers
    np.cumsum(ladder.astype(np.float64), out=mass[1:])
    at = np.searchsorted(mass, mass[-1] * (1 - np.arange(1, N_BINS) / N_BINS), side="right")
    borders = ladder[np.clip(at - 1, 0, n_cells - 1)]
    # A group ends with all cells as high as its border.
    below = np.searchsorted(ladder, borders, side="left")
    left = np.concatenate(([n_cells], below, [0]))
    predicted = (mass[left[:-1]] - mass[left[1:]]) * (total / mass[-1])
    group = np.searchsorted(-borders, -ranked.height[outcome.hit], side="left")
    return predicted, np.bincount(group, outcome.n[outcome.hit], N_BINS).astype(np.float64)


def clumpiness(chosen: BoolArray, inside: BoolArray) -> float:
    """Return how compact the chosen cells lie, -1 (a chessboard) over 0 (at random) to 1 (one block).

    Parameters
    ----------
    chosen, inside
        Shape (ny, nx); the study area's border counts as an edge between different cells.

    Notes
    -----
    CLUMPY of FRAGSTATS on the four neighbours: with G the share of like adjacencies of the chosen cells (a block's
    unavoidable outer edge is no unlike one) and P their share of the study area, (G - P) / (1 - P) for G >= P or
    P >= 0.5, else (G - P) / P. Adepeju, Rosser & Cheng (2016), doi:10.1080/13658816.2016.1159684.
    """
    n = int(np.count_nonzero(chosen))
    share = n / max(int(np.count_nonzero(inside)), 1)
    if n == 0 or share >= 1:
        return math.nan
    like = int(np.count_nonzero(chosen[:, 1:] & chosen[:, :-1]) + np.count_nonzero(chosen[1:] & chosen[:-1]))
    side = math.isqrt(n)
    rest = n - side * side
    least = 4 * side + (0 if rest == 0 else 2 if rest <= side else 4)
    alike = 2 * like / (4 * n - least) if 4 * n > least else 0.0
    if alike >= share or share >= 0.5:
        return (alike - share) / (1 - share)
    return (alike - share) / share

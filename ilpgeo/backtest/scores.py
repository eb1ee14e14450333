"""What one surface is worth on one window: hits in what it flags, capture, likelihood, calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, CodeArray, FloatArray, IntArray, frozen

FLOOR_SHARE = 0.01
N_BINS = 10
# Of a lower one, a billionth has no reciprocal in double precision.
_LEAST_TOP = 1e-290


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


class Ranked:
    """A forecast's cells in order, highest first, as far as scores need it.

    Attributes
    ----------
    height
        Shape (cells,): the expectation in billionths of the highest, so that what differs by rounding alone is equal.

    Notes
    -----
    Cells are never sorted all together: they are put in buckets by height in one pass, and of these only the few are
    sorted in which a border is looked for.
    """

    def __init__(self, expected: FloatArray) -> None:
        from ilpgeo.backtest.scores_kernel import N_BUCKETS, put_in_buckets

        n = len(expected)
        top = float(expected.max(initial=0.0))
        if 0 < top < _LEAST_TOP:
            expected, top = expected / top, 1.0
        self.height: CodeArray = np.empty(n, np.int32)
        self._bucket = np.empty(n, np.uint16)
        count, mass = np.zeros(N_BUCKETS, np.int64), np.zeros(N_BUCKETS, np.int64)
        put_in_buckets(frozen(expected), 1e9 / top if top > 0 else 0.0, self.height, self._bucket, count, mass)
        # Cells in lower buckets than each, and their heights' sum, which is a whole number.
        self._below = np.concatenate(([0], np.cumsum(count)))
        self._mass_below = np.concatenate(([0], np.cumsum(mass)))
        self._sorted: _Sorted | None = None

    @classmethod
    def of(cls, expected: FloatArray) -> Ranked:
        """Return the order of the inside cells' expectations."""
        return cls(expected)

    def hits(self, outcome: Outcome, k: IntArray) -> FloatArray:
        """Return the incidents in the k highest cells, ties taken pessimistically: those with fewer incidents first.

        Parameters
        ----------
        k
            Shape (m,), 1..cells.

        Notes
        -----
        O(cells) once, then O(cells with an incident) for each k.
        """
        n_cells = len(self.height)
        border, left, right = self._rungs(n_cells - k)
        at_or_above, above = n_cells - left, n_cells - right
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
        from ilpgeo.backtest.scores_kernel import highest

        borders, left, _ = self._rungs(len(self.height) - k)
        near, height = highest(self.height, borders.min(), len(self.height) - int(left.min()))
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

    def groups(self) -> tuple[CodeArray, FloatArray]:
        """Return the borders of ten groups of cells that hold a tenth of all height each, and their shares of it.

        A group ends with all cells as high as its border; the first has the highest cells.

        Returns
        -------
        CodeArray
            Shape (N_BINS - 1,), descending.
        FloatArray
            Shape (N_BINS,), adding up to one.
        """
        mass = self._mass_below[-1]
        wanted = self._tenths()
        bucket = np.searchsorted(self._mass_below, wanted, side="right") - 1
        part = self._part(bucket)
        within = part.mass[part.start[bucket]] + (wanted - self._mass_below[bucket])
        border = part.height[np.searchsorted(part.mass, within, side="right") - 1]
        at = np.searchsorted(part.height, border, side="left")
        lower = self._mass_below[bucket] + (part.mass[at] - part.mass[part.start[bucket]])
        left = np.concatenate(([mass], lower, [0]))
        return border, (left[:-1] - left[1:]) / mass

    def _tenths(self) -> FloatArray:
        return np.asarray(self._mass_below[-1] * (1 - np.arange(1, N_BINS) / N_BINS), np.float64)

    def _rungs(self, at: IntArray) -> tuple[CodeArray, IntArray, IntArray]:
        """Return the heights at positions counted from the lowest cell, how many cells are lower, and not higher."""
        bucket = np.searchsorted(self._below, at, side="right") - 1
        part = self._part(bucket)
        moved = self._below[bucket] - part.start[bucket]
        border = part.height[at - moved]
        left, right = (np.searchsorted(part.height, border, side=side) + moved for side in ("left", "right"))
        return border, left, right

    def _part(self, bucket: IntArray) -> _Sorted:
        """Return the sorted cells of some buckets; those of the tenths are sorted along with the first."""
        if self._sorted is None or not self._sorted.is_wanted[bucket].all():
            is_wanted = np.zeros(len(self._below) - 1, np.bool_) if self._sorted is None else self._sorted.is_wanted
            is_wanted[bucket] = True
            if self._mass_below[-1]:
                is_wanted[np.searchsorted(self._mass_below, self._tenths(), side="right") - 1] = True
            self._sorted = _Sorted.of(self.height, self._bucket, is_wanted, np.diff(self._below))
        return self._sorted


class _Sorted(NamedTuple):
    """The cells of some buckets, sorted.

    Attributes
    ----------
    is_wanted
        Shape (buckets,): which.
    start
        Shape (buckets,): where each begins in `height`.
    height
        Upwards.
    mass
        Shape (cells of these buckets + 1,): the heights' sum before each cell.
    """

    is_wanted: BoolArray
    start: IntArray
    height: CodeArray
    mass: FloatArray

    @classmethod
    def of(cls, height: CodeArray, bucket: npt.NDArray[np.uint16], is_wanted: BoolArray, count: IntArray) -> _Sorted:
        """Sort the cells of the wanted buckets."""
        from ilpgeo.backtest.scores_kernel import taken_from_buckets

        n = np.where(is_wanted, count, 0)
        chosen = np.sort(taken_from_buckets(height, bucket, is_wanted, int(n.sum())))
        mass = np.zeros(len(chosen) + 1)
        np.cumsum(chosen, out=mass[1:])
        return cls(is_wanted, np.cumsum(n) - n, chosen, mass)


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
    borders, share = ranked.groups()
    group = np.searchsorted(-borders, -ranked.height[outcome.hit], side="left")
    return share * total, np.bincount(group, outcome.n[outcome.hit], N_BINS).astype(np.float64)


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
    alike = int(np.count_nonzero(chosen[:, 1:] & chosen[:, :-1]) + np.count_nonzero(chosen[1:] & chosen[:-1]))
    return clumped(int(np.count_nonzero(chosen)), alike, int(np.count_nonzero(inside)))


def clumped(n: int, n_alike: int, n_inside: int) -> float:
    """Return the `clumpiness` of n cells of n_inside, of which n_alike pairs lie side by side."""
    share = n / max(n_inside, 1)
    if n == 0 or share >= 1:
        return math.nan
    side = math.isqrt(n)
    rest = n - side * side
    least = 4 * side + (0 if rest == 0 else 2 if rest <= side else 4)
    alike = 2 * n_alike / (4 * n - least) if 4 * n > least else 0.0
    if alike >= share or share >= 0.5:
        return (alike - share) / (1 - share)
    return (alike - share) / share

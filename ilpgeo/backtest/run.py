"""The one pass: every contestant answers every fold from the same past, and is scored on the same outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from ilpgeo.backtest.plan import Flag, Fold
from ilpgeo.backtest.scores import N_BINS, Outcome, Ranked, calibration, clumpiness, log_score
from ilpgeo.core.answers import Answer, Clusters, RiskSurface
from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray, TimeArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context, Model, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid

CAPTURE_SHARES = np.concatenate((np.arange(0.005, 0.1, 0.005), np.arange(0.1, 0.51, 0.05)))


@dataclass(frozen=True, slots=True)
class Contestant:
    """A model under test.

    Attributes
    ----------
    name
        Unique in the test; what columns and files are headed with.
    title
        In words.
    model
        Answers with a surface or with clusters.
    """

    name: str
    title: str
    model: Model


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
class Scores:
    """How one contestant did, fold by fold.

    Attributes
    ----------
    name, title
        Of the contestant.
    hits, past, predicted
        Shape (folds, flags): incidents of the window in the flagged cells, incidents learnt from in them, and how many
        were expected there.
    clumpiness, kept
        Shape (folds, flags): how compact the flagged cells lie; share of them that was flagged in the fold before
        (NaN in the first).
    log_score, expected
        Shape (folds,): Poisson log likelihood, and incidents expected in all.
    captured
        Shape (folds, len(CAPTURE_SHARES)): incidents in the highest cells up to that share of the ground.
    bin_predicted, bin_observed
        Shape (folds, 10): see `scores.calibration`.
    """

    name: str
    title: str
    hits: FloatArray
    past: FloatArray
    predicted: FloatArray
    clumpiness: FloatArray
    kept: FloatArray
    log_score: FloatArray
    expected: FloatArray
    captured: FloatArray
    bin_predicted: FloatArray
    bin_observed: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class BackTest:
    """The scores of all contestants on the same folds.

    Attributes
    ----------
    folds, flags
        What was tested.
    cells
        Shape (flags,): flagged cells.
    n_cells, cell_km2
        Cells of the study area and their size.
    total, past
        Shape (folds,): incidents in the study area in each window, and in the days learnt from.
    best
        Shape (folds, flags): incidents in the best cells of each window, what no forecast can surpass.
    scores
        One for each contestant, in order; the first is what the others are compared with.
    unreported_share
        Share of the incidents of the days learnt from that was left out because it had not been reported, 0..1; None
        where the data do not say.
    """

    folds: tuple[Fold, ...]
    flags: tuple[Flag, ...]
    cells: IntArray
    n_cells: int
    cell_km2: float
    total: FloatArray
    past: FloatArray
    best: FloatArray
    scores: tuple[Scores, ...]
    unreported_share: float | None = None


def run_backtest(
    contestants: Sequence[Contestant],
    folds: Sequence[Fold],
    evidence: Evidence,
    grid: Grid,
    flags: Sequence[Flag],
    context_of: Callable[[Period], Context],
    seed: int = 0,
    progress: Progress = unwatched,
) -> BackTest:
    """Return every contestant's scores on every fold.

    A contestant sees the incidents of the days learnt from and nothing else: days after them are cut off here, not in
    the model. The random numbers of a contestant depend on the seed, the fold and its name alone.

    Parameters
    ----------
    context_of
        Returns the context of a model that learns from a period.

    Raises
    ------
    InvalidInput
        For two contestants of one name, or a model that neither answers with a surface nor with clusters.

    Notes
    -----
    O(folds x contestants) answers, except that a model whose answer is additive answers each incident at most twice.
    """
    names = [each.name for each in contestants]
    if len(set(names)) < len(names):
        raise InvalidInput(f"back-test: two contestants have the same name among {', '.join(names)}")
    inside = grid.inside.ravel()
    n_cells = int(inside.sum())
    cells = np.array([flag.cells(n_cells, grid.cell_km2) for flag in flags], np.int64)
    capture = np.maximum(1, np.floor(CAPTURE_SHARES * n_cells + 1e-9)).astype(np.int64)
    boards = [_Board(each, len(folds), len(flags), len(capture)) for each in contestants]
    sums = [_RunningSum(each.model, grid, evidence) if _is_additive(each.model) else None for each in contestants]
    total, past, best = np.zeros(len(folds)), np.zeros(len(folds)), np.zeros((len(folds), len(flags)))
    for at, fold in enumerate(folds):
        seen = evidence.known_of(fold.trained_on, fold.trained_on)
        came = evidence.during(fold.window)
        outcome = Outcome.of(grid.count(came.x, came.y, came.weight).ravel()[inside])
        before = grid.count(seen.x, seen.y, seen.weight).ravel()[inside]
        total[at], past[at], best[at] = outcome.total, before.sum(), outcome.best[cells]
        context = context_of(fold.trained_on)
        for number, (contestant, board, running) in enumerate(zip(contestants, boards, sums, strict=True)):
            if running is not None:
                expected = running.expected(fold, context)
            else:
                rng = np.random.default_rng([seed, fold.window.start.toordinal(), *contestant.name.encode()])
                expected = _surface(contestant.model.answer(seen, grid, fold.window, context, rng), contestant)
            board.note(at, expected.ravel()[inside], outcome, before, grid, cells, capture)
            progress((at * len(contestants) + number + 1) / (len(folds) * len(contestants)))
    scores = tuple(board.scores() for board in boards)
    return BackTest(
        tuple(folds), tuple(flags), cells, n_cells, grid.cell_km2, total, past, best, scores,
        evidence.unreported_share(folds),
    )  # fmt: skip


def _is_additive(model: Model) -> bool:
    return bool(getattr(model, "additive", False))


def _surface(answer: Answer, contestant: Contestant) -> FloatArray:
    if isinstance(answer, Clusters):
        answer = answer.to_surface()
    if not isinstance(answer, RiskSurface):
        raise InvalidInput(f"{contestant.title} answers with no expectation and cannot be back-tested")
    return answer.expected


class _RunningSum:
    """The answers of an additive model to a past that moves on: what comes is added, what falls out is taken off."""

    def __init__(self, model: Model, grid: Grid, evidence: Evidence) -> None:
        self._model, self._grid, self._evidence = model, grid, evidence
        self._sum = np.zeros(grid.shape)
        self._period: Period | None = None

    def expected(self, fold: Fold, context: Context) -> FloatArray:
        """Return the expectation of a fold, in incidents per cell in its window."""
        period, before = fold.trained_on, self._period
        is_moved_on = before is not None and before.start <= period.start <= before.end <= period.end
        if before is None or not is_moved_on or self._evidence.known is not None:
            self._sum = self._of(self._evidence.known_of(period, period), context)
        else:
            if period.end > before.end:
                self._sum += self._of(self._evidence.during(Period(before.after, period.end)), context)
            if period.start > before.start:
                gone = Period(before.start, period.start - timedelta(days=1))
                self._sum -= self._of(self._evidence.during(gone), context)
            np.maximum(self._sum, 0.0, out=self._sum)
        self._period = period
        return self._sum * (fold.window.days / period.days)

    def _of(self, incidents: Incidents, context: Context) -> FloatArray:
        answer = self._model.answer(
            incidents, self._grid, context.trained_on, context, np.random.default_rng(0)
        )  # a window as long as the past: no scaling
        assert isinstance(answer, RiskSurface), "an additive model answers with a surface"
        return np.array(answer.expected)


class _Board:
    """Where one contestant's scores are written down."""

    def __init__(self, contestant: Contestant, n_folds: int, n_flags: int, n_capture: int) -> None:
        self._contestant = contestant
        self._flagged = np.zeros((4, n_folds, n_flags))
        self._compact = np.full((n_folds, n_flags), np.nan)
        self._whole = np.zeros((2, n_folds))
        self._captured = np.zeros((n_folds, n_capture))
        self._bins = np.zeros((2, n_folds, N_BINS))
        self._before: list[BoolArray] = []

    def note(
        self,
        at: int,
        expected: FloatArray,
        outcome: Outcome,
        before: FloatArray,
        grid: Grid,
        cells: IntArray,
        capture: IntArray,
    ) -> None:
        """Score one fold."""
        ranked = Ranked.of(expected)
        found = ranked.hits(outcome, np.concatenate((cells, capture)))
        self._captured[at] = found[len(cells) :]
        self._whole[:, at] = log_score(expected, outcome), expected.sum()
        self._bins[:, at] = calibration(expected, ranked, outcome)
        masks = []
        for flag, k in enumerate(cells.tolist()):
            chosen = ranked.flagged(outcome, k)
            kept = (chosen & self._before[flag]).sum() / k if self._before else np.nan
            self._flagged[:, at, flag] = found[flag], before[chosen].sum(), expected[chosen].sum(), kept
            shown = np.zeros(grid.inside.size, np.bool_)
            shown[np.flatnonzero(grid.inside.ravel())[chosen]] = True
            self._compact[at, flag] = clumpiness(shown.reshape(grid.shape), grid.inside)
            masks.append(chosen)
        self._before = masks

    def scores(self) -> Scores:
        """Return all that was written down."""
        hits, past, predicted, kept = self._flagged
        return Scores(
            name=self._contestant.name,
            title=self._contestant.title,
            hits=hits,
            past=past,
            predicted=predicted,
            clumpiness=self._compact,
            kept=kept,
            log_score=self._whole[0],
            expected=self._whole[1],
            captured=self._captured,
            bin_predicted=self._bins[0],
            bin_observed=self._bins[1],
        )

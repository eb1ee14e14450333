"""The one pass: every contestant answers every fold from the same past, and is scored on the same outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ilpgeo.backtest.board import Board, Ground
from ilpgeo.backtest.evidence import DailyCounts, Evidence
from ilpgeo.backtest.plan import Flag, Fold
from ilpgeo.backtest.rolling import RunningSum, moves
from ilpgeo.backtest.scores import Outcome
from ilpgeo.core.answers import Answer, Clusters, RiskSurface
from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Additive, Context, Model, Progress, unwatched
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
    shown
        Returns the days it is shown, given the window; they end before it. None is the days learnt from.
    """

    name: str
    title: str
    model: Model
    shown: Callable[[Period], Period] | None = None


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

    A contestant sees the incidents of the days learnt from (or of the days before the window that it is shown instead)
    and nothing else: what comes after is cut off here, not in the model. The random numbers of a contestant depend on
    the seed, the fold and its name alone.

    Parameters
    ----------
    context_of
        Returns the context of a model that learns from a period.

    Raises
    ------
    InvalidInput
        For two contestants of one name, one that is shown days of its window, or a model that neither answers with a
        surface nor with clusters.

    Notes
    -----
    O(folds x contestants) answers, except that a model whose answer is additive answers each incident at most twice.
    """
    names = [each.name for each in contestants]
    if len(set(names)) < len(names):
        raise InvalidInput(f"back-test: two contestants have the same name among {', '.join(names)}")
    place = np.flatnonzero(grid.inside).astype(np.int64)
    n_cells = len(place)
    cells = np.array([flag.cells(n_cells, grid.cell_km2) for flag in flags], np.int64)
    capture = np.maximum(1, np.floor(CAPTURE_SHARES * n_cells + 1e-9)).astype(np.int64)
    ground = Ground.of(grid, place, cells, capture)
    boards = [Board(ground, len(folds)) for _ in contestants]
    sums = [RunningSum(each.model, grid) if isinstance(each.model, Additive) else None for each in contestants]
    counts = DailyCounts.of(evidence, grid)
    total, past, best = np.zeros(len(folds)), np.zeros(len(folds)), np.zeros((len(folds), len(flags)))
    trained_before: Period | None = None
    for at, fold in enumerate(folds):
        outcome = Outcome.of(ground.inner(counts.during(fold.window)))
        before = ground.inner(counts.known_of(fold.trained_on))
        total[at], past[at], best[at] = outcome.total, before.sum(), outcome.best[cells]
        context = context_of(fold.trained_on)
        # Nobody asks for the whole past where every contestant carries his own on.
        seen = evidence.known_of(fold.trained_on, fold.trained_on) if None in sums else None
        move = moves(trained_before, fold.trained_on, evidence) if any(sums) else None
        for number, (contestant, board, running) in enumerate(zip(contestants, boards, sums, strict=True)):
            if running is not None and move is not None:
                expected = running.moved(move) * (fold.window.days / fold.trained_on.days)
            elif seen is not None:
                rng = np.random.default_rng([seed, fold.window.start.toordinal(), *contestant.name.encode()])
                learnt = seen if contestant.shown is None else _shown(contestant.shown(fold.window), fold, evidence)
                expected = _surface(contestant.model.answer(learnt, grid, fold.window, context, rng), contestant)
            board.note(at, ground.inner(expected), outcome, before)
            progress((at * len(contestants) + number + 1) / (len(folds) * len(contestants)))
        trained_before = fold.trained_on
    scores = tuple(_scores(*each) for each in zip(contestants, boards, strict=True))
    return BackTest(
        tuple(folds), tuple(flags), cells, n_cells, grid.cell_km2, total, past, best, scores,
        evidence.unreported_share(folds),
    )  # fmt: skip


def _shown(period: Period, fold: Fold, evidence: Evidence) -> Incidents:
    if period.end >= fold.window.start:
        raise InvalidInput(f"back-test: {period} is shown to a contestant that looks ahead from {fold.window.start}")
    return evidence.known_of(period, fold.trained_on)


def _surface(answer: Answer, contestant: Contestant) -> FloatArray:
    if isinstance(answer, Clusters):
        answer = answer.to_surface()
    if not isinstance(answer, RiskSurface):
        raise InvalidInput(f"{contestant.title} answers with no expectation and cannot be back-tested")
    return answer.expected


def _scores(contestant: Contestant, board: Board) -> Scores:
    hits, past, predicted, kept = board.flagged
    return Scores(
        name=contestant.name,
        title=contestant.title,
        hits=hits,
        past=past,
        predicted=predicted,
        clumpiness=board.compact,
        kept=kept,
        log_score=board.whole[0],
        expected=board.whole[1],
        captured=board.captured,
        bin_predicted=board.bins[0],
        bin_observed=board.bins[1],
    )

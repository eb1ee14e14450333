"""Which factors of a risk terrain matter and how much: lasso by cross-validation, then stepwise, one term a factor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.space import Grid
from ilpgeo.models.poisson_lasso import PoissonFit, fit_lasso, fit_poisson, held_out_deviance, penalties, rate_alone
from ilpgeo.models.risk_terrain_terms import Patterns, Term, find_patterns

N_FOLDS = 5
N_PENALTIES = 20
# Tiles that folds are made of: neighbouring cells stay together, or a fold would be told by the cells around it.
_N_TILES = 100
# Terms with fewer incidents where they hold, or where they do not, are no candidates.
LEAST_INCIDENTS = 10
_ENTERS = 1e-6
# The path ends after so many penalties in a row without a gain: further down it only fits chance.
_PATIENCE = 3


class Chosen(NamedTuple):
    """The terms that stay, and their fit.

    Attributes
    ----------
    terms
        In the order they entered.
    fit
        Intercept first, then one log rate ratio for each term.
    dispersion
        Pearson's chi square over its degrees of freedom, at least 1: how much more counts vary than Poisson's.
    n_candidates
        Terms chosen from.
    """

    terms: tuple[Term, ...]
    fit: PoissonFit
    dispersion: float
    n_candidates: int


def choose_terms(
    terms: tuple[Term, ...],
    counts: FloatArray,
    fold: IntArray,
    *,
    may_lower: bool,
    progress: Progress = unwatched,
) -> Chosen | None:
    """Return the terms that explain where incidents happen, at most one for each factor; None without incidents.

    1. A Poisson lasso over all candidates; the penalty with the least deviance in cross-validation.
    2. Of what it keeps, terms are added, exchanged and taken out one at a time while the quasi-Poisson BIC
       falls: deviance / dispersion + terms * log(cells).

    Parameters
    ----------
    terms
        The candidates.
    counts, fold
        Shape (n,): incidents and fold of each inside cell.
    may_lower
        Whether a factor may lower the rate.

    Notes
    -----
    O(folds x penalties x patterns x terms). Procedure after Caplan & Kennedy (2011) as in Heffner (2013).
    """
    if not counts.sum() > 0:
        return None
    enough = tuple(
        term for term in terms if min(counts[term.holds].sum(), counts[~term.holds].sum()) >= LEAST_INCIDENTS
    )
    patterns = find_patterns(enough, counts)
    if not enough:
        return _stepwise((), patterns, 1.0, may_lower=may_lower)
    coefficient = _cross_validated(patterns, counts, fold, may_lower=may_lower, progress=progress)
    dispersion = _dispersion(patterns, coefficient)
    kept = tuple(term for term, each in zip(enough, coefficient, strict=True) if abs(each) > _ENTERS)
    chosen = _stepwise(kept, find_patterns(kept, counts), dispersion, may_lower=may_lower)
    progress(1.0)
    return chosen._replace(n_candidates=len(enough))


def folds(grid: Grid, rng: np.random.Generator) -> IntArray:
    """Return the fold of each inside cell, row by row: square tiles of cells dealt out at random."""
    row, column = np.nonzero(grid.inside)
    side = max(1, round((len(row) / _N_TILES) ** 0.5))
    _, tile = np.unique((row // side) * grid.nx + column // side, return_inverse=True)
    dealt = rng.permutation(int(tile.max()) + 1) % N_FOLDS
    return np.asarray(dealt[tile], np.int64)


def _cross_validated(
    patterns: Patterns, counts: FloatArray, fold: IntArray, *, may_lower: bool, progress: Progress
) -> FloatArray:
    design, m = patterns.design, len(patterns.cells)
    at = patterns.of_cell + m * fold
    cells = np.bincount(at, minlength=m * N_FOLDS).astype(np.float64).reshape(N_FOLDS, m)
    total = np.bincount(at, counts, m * N_FOLDS).astype(np.float64).reshape(N_FOLDS, m)
    path = penalties(design, patterns.cells, patterns.total, N_PENALTIES).tolist()
    # A fold that holds all incidents leaves nothing to fit.
    judges = [number for number in range(N_FOLDS) if total[number].sum() < patterns.total.sum()]
    beta = {number: np.zeros(design.shape[1]) for number in judges}
    whole = np.zeros(design.shape[1])
    least, best, since = np.inf, whole, 0
    for step, penalty in enumerate(path):
        deviance = 0.0
        for number in judges:
            kept = patterns.cells - cells[number], patterns.total - total[number]
            beta[number] = fit_lasso(design, *kept, penalty, may_lower=may_lower, start=beta[number])
            deviance += held_out_deviance(design, beta[number], kept, (cells[number], total[number]))
            progress((step + number / N_FOLDS) / N_PENALTIES)
        whole = fit_lasso(design, patterns.cells, patterns.total, penalty, may_lower=may_lower, start=whole)
        if deviance < least:
            least, best, since = deviance, whole, 0
        else:
            since += 1
        if since == _PATIENCE:
            break
    return best


def _dispersion(patterns: Patterns, coefficient: FloatArray) -> float:
    relative = np.exp(patterns.design @ coefficient)
    mean = relative * (patterns.total.sum() / (patterns.cells @ relative))
    pearson = float(((patterns.square - 2 * mean * patterns.total + patterns.cells * mean**2) / mean).sum())
    freedom = float(patterns.cells.sum()) - 1 - int((np.abs(coefficient) > _ENTERS).sum())
    return max(1.0, pearson / freedom) if freedom > 0 else 1.0


def _stepwise(kept: tuple[Term, ...], patterns: Patterns, dispersion: float, *, may_lower: bool) -> Chosen:
    toll = float(np.log(patterns.cells.sum()))

    def judged(members: tuple[int, ...]) -> tuple[float, PoissonFit] | None:
        fit = fit_poisson(patterns.design[:, list(members)], patterns.cells, patterns.total)
        if fit is None or (not may_lower and (fit.coefficient[1:] < 0).any()):
            return None
        return -2 * fit.log_likelihood / dispersion + toll * len(members), fit

    members: tuple[int, ...] = ()
    alone = rate_alone(patterns.cells, patterns.total)
    now = -2 * alone.log_likelihood / dispersion, alone
    while True:
        tried = [(each, found) for each in _moves(members, kept) if (found := judged(each)) is not None]
        if not tried:
            break
        best, found = min(tried, key=lambda each: each[1][0])
        if not found[0] < now[0] - 1e-6:
            break
        members, now = best, found
    return Chosen(tuple(kept[at] for at in members), now[1], dispersion, len(kept))


def _moves(members: tuple[int, ...], kept: tuple[Term, ...]) -> Iterator[tuple[int, ...]]:
    """Yield what one step can lead to: a term of a new factor, another term of a factor, one term less."""
    yield from (tuple(each for each in members if each != gone) for gone in members)
    for at, term in enumerate(kept):
        if at not in members:
            yield (*(each for each in members if kept[each].factor != term.factor), at)

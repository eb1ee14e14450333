"""Two models on one question: where one expects more than the other."""

from __future__ import annotations

import numpy as np

from ilpgeo.core import wording as words
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.types import Answer, Clusters, Contrast, Diagnostic, Grid, Released, RiskSurface
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.places import TOP_SHARE, Explored

UNIT = "per cell"


def difference(opened: Opened, of: Explored, against: Explored, names: tuple[str, str]) -> Released[Answer]:
    """Return what one model expects more than another in each cell, from two answers to one question.

    It is drawn from what was released of both: a cell withheld in either is withheld.

    Parameters
    ----------
    names
        Of both, in words.

    Raises
    ------
    InvalidInput
        When an answer is no expectation (significance, zones, tables), or the two lie on different cells.
    """
    from ilpgeo.safeguards.release import release_answer

    one, other = _surface(of, names[0]), _surface(against, names[1])
    if not _is_same(one.grid, other.grid):
        raise InvalidInput("the two models were asked of different cells; ask both the same question")
    hidden = _hidden(one) | _hidden(other) | ~one.grid.inside
    value = np.where(hidden, np.nan, one.expected - other.expected)
    support = np.where(hidden, 0.0, np.minimum(one.support, other.support))
    contrast = Contrast(
        one.grid, value, support, 0.0, UNIT, names[0], names[1], beside=_explained(one, other, hidden, names)
    )
    return release_answer(contrast, opened.workspace.settings.small_count)


def _surface(explored: Explored, name: str) -> RiskSurface:
    answer = explored.answer.value
    if isinstance(answer, Clusters):
        answer = answer.to_surface()
    if not isinstance(answer, RiskSurface):
        raise InvalidInput(f"{name} answers with no expectation, so there is no difference to draw")
    return answer


def _is_same(one: Grid, other: Grid) -> bool:
    return one.bounds == other.bounds and one.cell_m == other.cell_m and bool((one.inside == other.inside).all())


def _hidden(surface: RiskSurface) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.zeros(surface.grid.shape, np.bool_) if surface.withheld is None else np.asarray(surface.withheld)


def _explained(
    one: RiskSurface,
    other: RiskSurface,
    hidden: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    names: tuple[str, str],
) -> Diagnostic:
    """Return in words how much the two agree on where to go."""
    first, second = one.expected[~hidden], other.expected[~hidden]
    n_cells = int(one.grid.inside.sum())
    k = min(max(1, int(TOP_SHARE * n_cells)), len(first))
    n = float(max(one.support[~hidden].sum(), other.support[~hidden].sum()))
    if not len(first):
        return Diagnostic("Both beside each other", (), (), 0.0)
    if 2 * k > len(first):
        why = "Too few cells rest on enough incidents to compare the two; learn from a longer period, or larger cells"
        return Diagnostic("Both beside each other", (why,), (), n)
    top, also = (set(np.argsort(-each, kind="stable")[:k].tolist()) for each in (first, second))
    both = len(top & also) / k
    moved = float(np.abs(first - second).sum() / 2)
    said = [
        f"Of the {TOP_SHARE:.0%} of the ground where each expects most, {both:.0%} is the same",
        f"In the cells shown {names[0]}: {words.number(first.sum())} incidents expected; {names[1]}: "
        f"{words.number(second.sum())}; about {words.number(moved)} lie in other places",
    ]
    return Diagnostic("Both beside each other", tuple(said), (), n)

"""What the choice of a model does to the commander's top ten areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ilpgeo.areas.locate import Locator
from ilpgeo.core import wording as words
from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.types import (
    Access,
    Answer,
    Clusters,
    Diagnostic,
    Grid,
    Model,
    Priority,
    Query,
    Released,
    RiskSurface,
    Table,
)
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.ranked import brief
from ilpgeo.pipeline.staged import Stage, stage_of
from ilpgeo.pipeline.tested import require_given, titled

N_TOP = 10


@dataclass(frozen=True, slots=True, eq=False)
class _Ranking:
    """One model's order of the areas: its name, and the rank and expected incidents of each, 0 and NaN for none."""

    name: str
    rank: IntArray
    expected: FloatArray


def top_ten(
    opened: Opened,
    models: Sequence[Model],
    query: Query,
    access: Access,
    as_of: date | None = None,
    seed: int = 0,
    cell_m: float | None = None,
    progress: Progress = unwatched,
) -> Released[Answer]:
    """Return the areas in the briefing's order beside each model's: by its expected incidents, summed over their cells.

    Parameters
    ----------
    query
        As the briefing is asked; each model learns from its period.

    Raises
    ------
    InvalidInput
        When a model answers with no expectation.
    """
    from ilpgeo.safeguards.release import release_answer

    ranked = [each for each in brief(opened, query, access, as_of).value.priorities if each.rank is not None]
    shown = [each for each in ranked if not each.suppressed and each.expected is not None]
    stage = stage_of(opened, query, access, as_of, cell_m)
    owner = _owners(opened, stage, shown)
    inside = stage.grid.inside
    past = _summed(stage.grid.count(stage.past.x, stage.past.y, stage.past.weight)[inside], owner, len(shown))
    rankings = []
    for at, model in enumerate(models):
        require_given(opened, model)
        expected = _summed(_expected(model, stage, seed)[inside], owner, len(shown))
        rankings.append(_Ranking(titled(model), _ranks(expected), expected))
        progress((at + 1) / len(models))
    told = _explain(shown, rankings, past, stage)
    return release_answer(told, opened.workspace.settings.small_count)


def _expected(model: Model, stage: Stage, seed: int) -> FloatArray:
    answer = model.answer(stage.past, stage.grid, stage.scope.window, stage.context, np.random.default_rng(seed))
    if isinstance(answer, Clusters):
        answer = answer.to_surface()
    if not isinstance(answer, RiskSurface):
        raise InvalidInput(f"{model.title} answers with no expectation and cannot rank areas")
    return answer.expected


def _owners(opened: Opened, stage: Stage, shown: Sequence[Priority]) -> IntArray:
    """Return for each inside cell the area that holds its middle, else the nearest one; -1 far from all shown."""
    import shapely

    if not shown:
        return np.full(int(stage.grid.inside.sum()), -1, np.int64)
    areas = opened.areas
    polygons = areas.geometry[[areas.at(each.id) for each in shown]]
    x, y = _middles(stage.grid)
    owner = Locator.of(polygons).locate(x, y).astype(np.int64)
    stray = np.flatnonzero(owner < 0)
    if len(stray):
        found = shapely.STRtree(polygons).query_nearest(
            shapely.points(x[stray], y[stray]), max_distance=stage.grid.cell_m, all_matches=False
        )
        owner[stray[found[0]]] = found[1]
    return owner


def _middles(grid: Grid) -> tuple[FloatArray, FloatArray]:
    row, column = np.divmod(np.flatnonzero(grid.inside.ravel()), grid.nx)
    return grid.x0 + (column + 0.5) * grid.cell_m, grid.y0 + (row + 0.5) * grid.cell_m


def _summed(cells: FloatArray, owner: IntArray, n: int) -> FloatArray:
    held = owner >= 0
    return np.bincount(owner[held], cells[held], n).astype(np.float64)


def _ranks(expected: FloatArray) -> IntArray:
    rank = np.empty(len(expected), np.int64)
    rank[np.argsort(-expected, kind="stable")] = np.arange(1, len(expected) + 1)
    return rank


def _explain(shown: Sequence[Priority], rankings: Sequence[_Ranking], past: FloatArray, stage: Stage) -> Diagnostic:
    now = np.array([each.rank for each in shown], np.int64)
    order = np.argsort(now, kind="stable")
    place = np.empty(len(now), np.int64)
    place[order] = np.arange(1, len(now) + 1)
    chosen = place <= N_TOP
    for each in rankings:
        chosen |= each.rank <= N_TOP
    kept = order[chosen[order]]
    columns = {
        "Area": np.array([shown[at].name for at in kept.tolist()]),
        "Briefing": now[kept],
        **{f"{each.name}: rank": each.rank[kept] for each in rankings},
        **{f"{each.name}: expected": each.expected[kept] for each in rankings},
        "Incidents learnt from": past[kept],
    }
    n = float(len(stage.past))
    table = Table("The top ten of the briefing and of each model", columns, counts="Incidents learnt from")
    said = [text for each in rankings for text in _moves(shown, place, each)]
    said.append(
        "The briefing weighs harm and the control strategy and draws small areas towards the rest; a model's order "
        "here is by its expected incidents alone"
    )
    title = f"Top ten areas, expectation for {words.span(stage.scope.window)}"
    return Diagnostic(title, tuple(said) if shown else (), (table,), n)


def _moves(shown: Sequence[Priority], place: IntArray, ranking: _Ranking) -> list[str]:
    """Return in words what a model's order does to the top ten."""
    top, new = place <= N_TOP, ranking.rank <= N_TOP
    entering = np.flatnonzero(new & ~top)
    leaving = np.flatnonzero(top & ~new)
    stay = int((top & new).sum())
    said = [f"{ranking.name} keeps {stay} of the briefing's top {min(N_TOP, len(shown))}"]
    if len(entering):
        moves = [f"{shown[at].name} (from {place[at]} to {ranking.rank[at]})" for at in _by(ranking.rank, entering)]
        said.append(f"{ranking.name} brings in {', '.join(moves)}")
    if len(leaving):
        moves = [f"{shown[at].name} (from {place[at]} to {ranking.rank[at]})" for at in _by(place, leaving)]
        said.append(f"{ranking.name} lets go of {', '.join(moves)}")
    return said


def _by(rank: IntArray, chosen: IntArray) -> list[int]:
    order = np.argsort(rank[chosen], kind="stable")
    return [int(at) for at in chosen[order]]

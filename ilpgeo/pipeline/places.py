"""Models' answers inside one scope, and the hotspots drawn from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.types import Access, Answer, Diagnostic, HotspotSet, Model, Query, Released
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.staged import Stage, stage_of, takes_fractions, weighed

TOP_SHARE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Explored:
    """A model's answer and the hotspots drawn from it: one run of the model, released together.

    Attributes
    ----------
    window
        The days looked ahead to: what a surface's expected incidents are for.
    study
        Positions of the areas the answer is about: the finest ones of the scope that data cover.
    """

    answer: Released[Answer]
    hotspots: Released[HotspotSet]
    window: Period
    study: IntArray


def explore(
    opened: Opened,
    model: Model,
    query: Query,
    access: Access,
    as_of: date | None = None,
    seed: int = 0,
    cell_m: float | None = None,
    ahead_days: int | None = None,
    progress: Progress = unwatched,
) -> Explored:
    """Return a model's answer together with its hotspots, for a map that shows both; a diagnostic has none.

    Parameters
    ----------
    cell_m
        Side of a cell, metres; None is the workspace's.
    ahead_days
        How many days to look ahead, whole months where the data know no better; None is as long as the period.
    progress
        Called with the share done, 0..1; raises Cancelled when the answer is not wanted any more.
    """
    from ilpgeo.safeguards.release import release_answer

    _require_unweighted(query)
    stage = stage_of(opened, query, access, as_of, cell_m, progress, ahead_days)
    given = _answered(model, stage, seed)
    found = _found(opened, model, stage, given, TOP_SHARE)
    answer = release_answer(given, opened.workspace.settings.small_count)
    return Explored(answer, found, stage.scope.window, stage.study)


def hotspots(
    opened: Opened,
    model: Model,
    query: Query,
    access: Access,
    as_of: date | None = None,
    seed: int = 0,
    top_share: float = TOP_SHARE,
    cell_m: float | None = None,
) -> Released[HotspotSet]:
    """Return a model's hotspots inside the question's scope, from the incidents of its period.

    Where the question has weights by grading, they say where hotspots are drawn; what each counts is not weighted.

    Parameters
    ----------
    top_share
        Share of the covered area that a surface's hotspots take up.
    cell_m
        Side of a cell, metres; None is the workspace's.
    """
    if query.weights is not None:
        _require_weighable(model)
    stage = stage_of(opened, query, access, as_of, cell_m)
    given = _answered(model, replace(stage, past=weighed(opened, stage.past, query.weights)), seed)
    if isinstance(given, Diagnostic):
        raise InvalidInput(
            f"{model.title} answers with tables and curves, which have no hotspots; ask `ilpgeo explain`"
        )
    return _found(opened, model, stage, given, top_share)


def _answered(model: Model, stage: Stage, seed: int) -> Answer:
    return model.answer(stage.past, stage.grid, stage.scope.window, stage.context, np.random.default_rng(seed))


def _found(opened: Opened, model: Model, stage: Stage, given: Answer, top_share: float) -> Released[HotspotSet]:
    from ilpgeo.models.hotspots import find_hotspots
    from ilpgeo.safeguards.release import release_hotspots

    is_drawn = not isinstance(given, Diagnostic)
    found = find_hotspots(given, stage.past, stage.grid, stage.context, top_share) if is_drawn else ()
    raw = HotspotSet(
        model=model.title,
        query=stage.scope.query,
        trained_on=stage.context.trained_on,
        hotspots=found,
        total=len(stage.past),
        withheld=0,
        crs=stage.grid.crs,
        version=opened.store.version(),
    )
    return release_hotspots(raw, opened.workspace.settings.small_count)


def answer(
    opened: Opened,
    model: Model,
    query: Query,
    access: Access,
    as_of: date | None = None,
    seed: int = 0,
    cell_m: float | None = None,
) -> Released[Answer]:
    """Return a model's answer itself, whatever its kind.

    Parameters
    ----------
    cell_m
        Side of a cell, metres; None is the workspace's.
    """
    from ilpgeo.safeguards.release import release_answer

    _require_unweighted(query)
    stage = stage_of(opened, query, access, as_of, cell_m)
    given = _answered(model, stage, seed)
    return release_answer(given, opened.workspace.settings.small_count)


def _require_unweighted(query: Query) -> None:
    """Raise InvalidInput for a question with weights: a cell's value would pass for a number of incidents."""
    if query.weights is not None:
        raise InvalidInput(
            "weights by grading say in which order areas and hotspots come, and change no number of incidents; "
            "ask for the ranking or for hotspots, or leave the weights out"
        )


def _require_weighable(model: Model) -> None:
    if not takes_fractions(model):
        raise InvalidInput(
            f"{model.title} takes whole incidents only and cannot weigh them by their sources' grading; leave the "
            "weights out, or choose sources by grading instead"
        )

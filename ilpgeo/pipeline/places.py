"""What a model sees of one scope: its past incidents, its grid, its context; and the answers made from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.grading import GradeWeights
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.query import Period, months_later, nearest_months
from ilpgeo.core.types import (
    Access,
    Answer,
    Context,
    Diagnostic,
    Grid,
    HotspotSet,
    Incidents,
    Model,
    Query,
    Released,
    Selection,
)
from ilpgeo.pipeline.factors import FactorLayers, has_factors
from ilpgeo.pipeline.opened import Opened, coverage
from ilpgeo.pipeline.scope import Scope, covered_days, covered_run, scope_of
from ilpgeo.pipeline.source_register import source_weights

TOP_SHARE = 0.02
GIVEN = frozenset({"trained_on", "areas", "coverage", "progress"})


@dataclass(frozen=True, eq=False)
class Stage:
    """What a model answers from; `study` holds the positions of the finest areas of the scope that data cover."""

    scope: Scope
    past: Incidents
    grid: Grid
    context: Context
    study: IntArray


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


def lacking(opened: Opened, model: type[Model]) -> tuple[str, ...]:
    """Return what a model cannot do without and this workspace does not have; empty when it can be asked."""
    held = set(GIVEN)
    if np.isfinite(opened.areas.population[opened.areas.finest]).any():
        held.add("population")
    if has_factors(opened):
        held.add("factors")
    return tuple(sorted(model.needs - held))


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


def takes_fractions(model: Model) -> bool:
    """Return whether a model may be given a part of an incident; see `core.protocols.Model`."""
    return bool(getattr(model, "takes_fractions", False))


def _require_weighable(model: Model) -> None:
    if not takes_fractions(model):
        raise InvalidInput(
            f"{model.title} takes whole incidents only and cannot weigh them by their sources' grading; leave the "
            "weights out, or choose sources by grading instead"
        )


def weighed(opened: Opened, past: Incidents, weights: GradeWeights | None) -> Incidents:
    """Return incidents with the weight of their source's grade, those that weigh nothing left out."""
    if weights is None:
        return past
    of_source = source_weights(opened, weights)
    weight = np.array([of_source.get(each, 1.0) for each in past.sources], np.float64)[past.source]
    return replace(past, weight=past.weight * weight).select(weight > 0)


def stage_of(
    opened: Opened,
    query: Query,
    access: Access,
    as_of: date | None = None,
    cell_m: float | None = None,
    progress: Progress = unwatched,
    ahead_days: int | None = None,
) -> Stage:
    """Return what a model answers from: the covered part of the scope, the last days of the period without a gap.

    Raises
    ------
    InvalidInput
        When no area of the scope has data in the period.
    """
    scope = scope_of(opened, query, access, as_of)
    if ahead_days is not None:
        scope = replace(scope, window=window_ahead(scope, ahead_days))
    period = scope.query.period
    if as_of is not None:
        period = Period(period.start, min(period.end, scope.now - timedelta(days=1)))
    period = covered_run(opened, scope, period)
    covered = (scope.place >= 0) & (covered_days(opened, period, scope.query.sources) > 0)
    if not covered.any():
        raise InvalidInput(f"there are no data for this area in {period}; choose another period or area")
    ground = (opened, covered.tobytes(), float(cell_m or opened.workspace.settings.cell_m))
    grid = _grid(*ground)
    past = past_incidents(opened, period, covered, scope.query.offences, scope.query.sources)
    context = Context(
        period, opened.areas, coverage(opened), _population(*ground), FactorLayers(opened, grid, progress), progress
    )
    return Stage(scope, past, grid, context, opened.areas.finest[covered])


def window_ahead(scope: Scope, days: int) -> Period:
    """Return the window of so many days from now on; whole months where the data know no better."""
    if scope.is_monthly:
        return Period(scope.now, months_later(scope.now, nearest_months(days)) - timedelta(days=1))
    return Period(scope.now, scope.now + timedelta(days=days - 1))


@lru_cache(maxsize=8)
def _grid(opened: Opened, covered: bytes, cell_m: float) -> Grid:
    from ilpgeo.areas.grids import grid_over  # compiled code, which a ranking does without

    areas = opened.areas
    kept = areas.finest[np.frombuffer(covered, np.bool_)]
    return grid_over(areas.geometry[kept], cell_m, opened.workspace.settings.crs)


@lru_cache(maxsize=8)
def _population(opened: Opened, covered: bytes, cell_m: float) -> FloatArray | None:
    from ilpgeo.areas.residents import residents_per_cell

    finest = opened.areas.finest[np.frombuffer(covered, np.bool_)]
    if not np.isfinite(opened.areas.population[finest]).all():
        return None
    return residents_per_cell(opened.areas, finest, _grid(opened, covered, cell_m))


@lru_cache(maxsize=4)
def _incidents(opened: Opened, version: str, selection: Selection) -> Incidents:  # noqa: ARG001  (the version is the key)
    """Return the incidents of a selection, kept while a model's settings are moved; about 70 bytes a row."""
    return opened.store.incidents(selection)


def past_incidents(
    opened: Opened, period: Period, finest: BoolArray, offences: tuple[str, ...], sources: tuple[str, ...]
) -> Incidents:
    """Return the incidents of a period in the finest areas marked; no offences or sources means all."""
    areas, zone = opened.areas, opened.workspace.settings.zone

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), zone).astimezone(UTC)

    selection = Selection(
        t_from=midnight(period.start),
        t_until=midnight(period.after),
        areas=frozenset(areas.id[at] for at in areas.finest[finest]),
        offences=offences,
        sources=sources,
    )
    return _incidents(opened, opened.store.version(), selection)

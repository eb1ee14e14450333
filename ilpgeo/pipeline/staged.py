"""What a model sees of one scope: its past incidents, its grid, its context."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import numpy as np

from ilpgeo.core import wording as words
from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.grading import GradeWeights
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.query import Period, months_later, nearest_months
from ilpgeo.core.types import Access, Context, Grid, Incidents, Model, Query, Selection
from ilpgeo.pipeline.factors import FactorLayers, has_factors
from ilpgeo.pipeline.opened import Opened, coverage
from ilpgeo.pipeline.scope import Scope, covered_days, covered_run, scope_of
from ilpgeo.pipeline.source_register import source_weights

_GIVEN = frozenset({"trained_on", "areas", "coverage", "progress"})


@dataclass(frozen=True, eq=False)
class Stage:
    """What a model answers from; `study` holds the positions of the finest areas of the scope that data cover."""

    scope: Scope
    past: Incidents
    grid: Grid
    context: Context
    study: IntArray


def lacking(opened: Opened, model: type[Model]) -> tuple[str, ...]:
    """Return what a model cannot do without and this workspace does not have; empty when it can be asked."""
    held = set(_GIVEN)
    if np.isfinite(opened.areas.population[opened.areas.finest]).any():
        held.add("population")
    if has_factors(opened):
        held.add("factors")
    return tuple(sorted(model.needs - held))


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
        raise InvalidInput(f"there are no data for this area in {words.span(period)}; choose another period or area")
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


def takes_fractions(model: Model) -> bool:
    """Return whether a model may be given a part of an incident; see `core.protocols.Model`."""
    return bool(getattr(model, "takes_fractions", False))


def weighed(opened: Opened, past: Incidents, weights: GradeWeights | None) -> Incidents:
    """Return incidents with the weight of their source's grade, those that weigh nothing left out."""
    if weights is None:
        return past
    of_source = source_weights(opened, weights)
    weight = np.array([of_source.get(each, 1.0) for each in past.sources], np.float64)[past.source]
    return replace(past, weight=past.weight * weight).select(weight > 0)

"""What a model sees of one scope: its past incidents, its grid, its context; and the answers made from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from ilpgeo.areas.grids import grid_over
from ilpgeo.core.arrays import BoolArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Period
from ilpgeo.core.types import (
    Access,
    Answer,
    Clusters,
    Context,
    Grid,
    HotspotSet,
    Incidents,
    Model,
    Query,
    Released,
    RiskSurface,
    Selection,
    Significance,
)
from ilpgeo.pipeline.opened import Opened, coverage
from ilpgeo.pipeline.scope import Scope, covered_days, scope_of

TOP_SHARE = 0.02


@dataclass(frozen=True, eq=False)
class Stage:
    """What a model answers from."""

    scope: Scope
    past: Incidents
    grid: Grid
    context: Context


def hotspots(
    opened: Opened,
    model: Model,
    query: Query,
    access: Access,
    as_of: date | None = None,
    seed: int = 0,
    top_share: float = TOP_SHARE,
) -> Released[HotspotSet]:
    """Return a model's hotspots inside the question's scope, from the incidents of its period.

    Parameters
    ----------
    top_share
        Share of the covered area that a surface's hotspots take up.
    """
    from ilpgeo.models.hotspots import find_hotspots
    from ilpgeo.safeguards.release import release_hotspots

    stage = stage_of(opened, query, access, as_of)
    given = model.answer(stage.past, stage.grid, stage.scope.window, stage.context, np.random.default_rng(seed))
    if not isinstance(given, RiskSurface | Clusters | Significance):
        raise InvalidInput(f"{model.title} answers with a diagnostic, which has no hotspots; choose another model")
    found = find_hotspots(given, stage.past, stage.grid, stage.context, top_share)
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
    """Return a model's answer itself (surface, clusters, significance), for the analyst's map.

    Parameters
    ----------
    cell_m
        Side of a cell, metres; None is the workspace's.
    """
    from ilpgeo.safeguards.release import release_answer

    stage = stage_of(opened, query, access, as_of, cell_m)
    given = model.answer(stage.past, stage.grid, stage.scope.window, stage.context, np.random.default_rng(seed))
    return release_answer(given, opened.workspace.settings.small_count)


def stage_of(
    opened: Opened, query: Query, access: Access, as_of: date | None = None, cell_m: float | None = None
) -> Stage:
    """Return what a model answers from; the study area is the covered part of the scope.

    Raises
    ------
    InvalidInput
        When no area of the scope has data in the period.
    """
    scope = scope_of(opened, query, access, as_of)
    period = scope.query.period
    if as_of is not None:
        period = Period(period.start, min(period.end, as_of - timedelta(days=1)))
    covered = (scope.place >= 0) & (covered_days(opened, period, scope.query.sources) > 0)
    if not covered.any():
        raise InvalidInput(f"there are no data for this area in {period}; choose another period or area")
    areas, settings = opened.areas, opened.workspace.settings
    grid = grid_over(areas.geometry[areas.finest[covered]], cell_m or settings.cell_m, settings.crs)
    past = past_incidents(opened, period, covered, scope.query.offences, scope.query.sources)
    return Stage(scope, past, grid, Context(period, areas, coverage(opened)))


def past_incidents(
    opened: Opened, period: Period, finest: BoolArray, offences: tuple[str, ...], sources: tuple[str, ...]
) -> Incidents:
    """Return the incidents of a period in the finest areas marked; no offences or sources means all."""
    areas, zone = opened.areas, opened.workspace.settings.zone

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(), zone).astimezone(UTC)

    return opened.store.incidents(
        Selection(
            t_from=midnight(period.start),
            t_until=midnight(period.after),
            areas=frozenset(areas.id[at] for at in areas.finest[finest]),
            offences=offences,
            sources=sources,
        )
    )

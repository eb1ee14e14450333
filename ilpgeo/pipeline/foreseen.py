"""The forecast inside an area: where the coming incidents are expected, from the long past up to now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.query import Period, months_later, nearest_months
from ilpgeo.core.recipes import Entry
from ilpgeo.core.types import Access, Clusters, Grid, Hotspot, HotspotSet, Incidents, Query, Released, RiskSurface
from ilpgeo.pipeline.catalogue import build_model
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.places import TOP_SHARE
from ilpgeo.pipeline.scope import Scope, covered_run, scope_of
from ilpgeo.pipeline.staged import Stage, past_incidents, stage_of, takes_fractions, weighed

LEARN_DAYS = 1096  # three years: every season more than once, and what moved away long ago is forgotten


@dataclass(frozen=True, slots=True)
class Forecaster:
    """The model that looks ahead, with its grid and how far back it learns."""

    model: Entry
    cell_m: float
    learn_days: int


def forecast(
    opened: Opened,
    forecaster: Forecaster,
    query: Query,
    access: Access,
    as_of: date | None = None,
    seed: int = 0,
    top_share: float = TOP_SHARE,
    most: int | None = None,
    progress: Progress = unwatched,
) -> Released[HotspotSet]:
    """Return the hotspots expected inside the question's scope, most expected first.

    The model learns from the days up to now, whatever the question's period; each hotspot also counts the incidents
    of that period. The window is as long as the period. Weights by grading say where the hotspots are drawn and in
    which order they come; what is expected and counted in each is not weighted. A model that takes whole incidents
    only is not weighted, and the answer's question has no weights then.

    Parameters
    ----------
    top_share
        Share of the covered area that a surface's hotspots take up.
    most
        How many hotspots at most, those that expect most; None is all.
    progress
        Called with the share done, 0..1; raises Cancelled when the answer is not wanted any more.

    Raises
    ------
    InvalidInput
        For a model that expects nothing, or a scope without data.
    """
    from ilpgeo.models.hotspots import find_hotspots
    from ilpgeo.safeguards.release import release_hotspots

    seen = foresee(opened, forecaster, query, access, as_of, seed, progress)
    answer, surface, stage, asked = seen.answer, seen.surface, seen.stage, seen.asked
    order, query = surface, asked.query
    if query.weights is not None:
        weighted = _weighed(opened, forecaster, seen, seed)
        answer, order = weighted or answer, weighted or surface
        query = query if weighted else replace(query, weights=None)
    found = find_hotspots(answer, stage.past, stage.grid, stage.context, top_share)
    raw = HotspotSet(
        model=seen.title,
        query=query,
        trained_on=stage.context.trained_on,
        hotspots=_foreseen(found, order, surface, _of_period(opened, asked))[:most],
        total=len(stage.past),
        withheld=0,
        crs=stage.grid.crs,
        version=opened.store.version(),
        window=stage.scope.window,
    )
    return release_hotspots(raw, opened.workspace.settings.small_count)


def _weighed(opened: Opened, forecaster: Forecaster, seen: Foreseen, seed: int) -> RiskSurface | None:
    """Return what is expected of incidents weighted by the grading of their sources; None where the model cannot."""
    model = build_model(forecaster.model.name, forecaster.model.settings)
    if not takes_fractions(model):
        return None
    stage = seen.stage
    past = weighed(opened, stage.past, seen.asked.query.weights)
    answer = model.answer(past, stage.grid, stage.scope.window, stage.context, np.random.default_rng(seed))
    assert isinstance(answer, RiskSurface), "a model that takes fractions answers with an expectation"
    return answer


class Foreseen(NamedTuple):
    """What a forecaster answers, with what it answered from."""

    answer: RiskSurface | Clusters
    surface: RiskSurface
    stage: Stage
    asked: Scope
    title: str


def foresee(
    opened: Opened,
    forecaster: Forecaster,
    query: Query,
    access: Access,
    as_of: date | None = None,
    seed: int = 0,
    progress: Progress = unwatched,
    ahead_days: int | None = None,
) -> Foreseen:
    """Return what is expected in each cell of the question's scope; see `forecast`.

    Parameters
    ----------
    ahead_days
        How many days to look ahead; None is as long as the question's period.
    """
    model = build_model(forecaster.model.name, forecaster.model.settings)
    asked = scope_of(opened, query, access, as_of)
    learnt = asked.query.during(learnt_from(opened, asked, forecaster.learn_days))
    stage = stage_of(opened, learnt, access, as_of, forecaster.cell_m, progress, ahead_days or asked.window.days)
    rng = np.random.default_rng(seed)
    answer = model.answer(stage.past, stage.grid, stage.scope.window, stage.context, rng)
    if not isinstance(answer, RiskSurface | Clusters):
        raise InvalidInput(f"{model.title} expects no incidents and cannot look ahead; publish another model")
    surface = answer.to_surface() if isinstance(answer, Clusters) else answer
    return Foreseen(answer, surface, stage, asked, model.title)


def learnt_from(opened: Opened, scope: Scope, days: int) -> Period:
    """Return the days to learn from: the last so many before now for which the scope has data without a gap."""
    last = scope.now - timedelta(days=1)
    period = Period.ending(last, days)
    if scope.is_monthly:
        period = Period(months_later(scope.now, -nearest_months(days)), last)
    return covered_run(opened, scope, period)


def _of_period(opened: Opened, scope: Scope) -> Incidents:
    """Return the incidents of the question's period, blind to what came after now."""
    period = scope.query.period
    period = Period(period.start, max(period.start, min(period.end, scope.now - timedelta(days=1))))
    return past_incidents(opened, period, scope.place >= 0, scope.query.offences, scope.query.sources)


def _foreseen(
    found: tuple[Hotspot, ...], order: RiskSurface, surface: RiskSurface, counted: Incidents
) -> tuple[Hotspot, ...]:
    """Return the hotspots with what is expected in them and what the period saw there.

    Parameters
    ----------
    order
        By what of it lies in each they are ordered, most first.
    """
    grid = surface.grid
    counts = grid.count(counted.x, counted.y, counted.weight).ravel()
    expected, height = surface.expected.ravel(), order.expected.ravel()
    told = []
    for each in found:
        cells = cells_in(each.polygon, grid)
        hotspot = replace(each, expected=float(expected[cells].sum()), n_period=round(float(counts[cells].sum())))
        told.append((-float(height[cells].sum()), each.rank, hotspot))
    told.sort(key=lambda each: each[:2])
    return tuple(replace(each, id=f"h{rank}", rank=rank) for rank, (*_, each) in enumerate(told, start=1))


def cells_in(polygon: object, grid: Grid) -> IntArray:
    """Return the flat numbers of the cells whose middle lies in a polygon."""
    import shapely

    west, south, east, north = (float(each) for each in shapely.bounds(polygon))
    columns = _between(west - grid.x0, east - grid.x0, grid.cell_m, grid.nx)
    rows = _between(south - grid.y0, north - grid.y0, grid.cell_m, grid.ny)
    row, column = (each.ravel() for each in np.meshgrid(rows, columns, indexing="ij"))
    is_in = shapely.contains_xy(
        polygon, grid.x0 + (column + 0.5) * grid.cell_m, grid.y0 + (row + 0.5) * grid.cell_m
    )  # fmt: skip
    return np.asarray((row * grid.nx + column)[is_in], np.int64)


def _between(low: float, high: float, cell_m: float, n: int) -> npt.NDArray[np.int64]:
    return np.arange(max(0, int(low // cell_m)), min(n, int(high // cell_m) + 1), dtype=np.int64)

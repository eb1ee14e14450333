"""Patrol time laid over the places and hours where most harm is expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.plans import BLOCK_HOURS, Patrols, Plan, Shift, Spot, Stop
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.types import Access, Query, Released
from ilpgeo.cycle.allocation import allocate
from ilpgeo.cycle.routes import cut, tour
from ilpgeo.pipeline.foreseen import Forecaster
from ilpgeo.pipeline.opened import Opened, now
from ilpgeo.pipeline.patrol_ground import Ground, ground_of
from ilpgeo.pipeline.source_register import under_rules

_WEEK_HOURS, _DAY_HOURS = 168, 24


def plan_patrols(
    opened: Opened,
    patrols: Patrols,
    query: Query,
    access: Access,
    forecaster: Forecaster,
    *,
    weeks: int = 0,
    progress: Progress = unwatched,
) -> Released[Plan]:
    """Return a plan of patrol stops and, where asked for, how such plans would have done on past weeks.

    Parameters
    ----------
    query
        Where, and which offences; its period is not used.
    forecaster
        The model that says how much is expected where.
    weeks
        How many past weeks to test on; 0 for none.

    Raises
    ------
    InvalidInput
        When there are no data, or times are known to the month only and a test is asked for.
    NotAllowed
        When the access does not cover the question.
    """
    from ilpgeo.safeguards.release import release_plan

    query = replace(under_rules(opened, query, access), weights=None)
    today = now(opened)
    as_of = patrols.on if patrols.on < today else None
    ground = ground_of(opened, patrols, query, access, forecaster, as_of, progress)
    harm, shift_of_block = _by_block(ground.harm_by_hour, patrols)
    visited = allocate(harm, shift_of_block, patrols.stops_per_block, patrols.stops_per_shift)
    spots = _spots(opened, ground, harm)
    seen = visited.sum(axis=1) > 0
    order = np.argsort(-harm.sum(axis=1), kind="stable")
    share = harm.sum() / ground.harm_by_hour.sum() if ground.harm_by_hour.sum() else 0.0
    plan = Plan(
        patrols=patrols, query=query, window=_days(patrols), model=ground.model, spots=spots,
        shifts=_shifts(ground, patrols, harm, visited, shift_of_block),
        covered=float(harm[visited].sum()), looked_at=float(harm.sum()), total=float(ground.total * share),
        uncovered=tuple(spots[at].id for at in order if not seen[at]), note=ground.note,
        crs=ground.grid.crs, version=opened.store.version(), withheld=ground.withheld,
    )  # fmt: skip
    if weeks:
        from ilpgeo.pipeline.allocation_weeks import judge_on_weeks

        plan = replace(plan, tested=judge_on_weeks(opened, patrols, query, access, forecaster, weeks, progress))
    return release_plan(plan, opened.workspace.settings.small_count)


def hours_of(patrols: Patrols) -> tuple[IntArray, IntArray]:
    """Return the first hour of the week of each block of the plan, and the shift each belongs to."""
    starts = sorted(patrols.shift_starts)
    first, shift = [], []
    for day in range(patrols.days):
        weekday = (patrols.on + timedelta(days=day)).weekday()
        for at in range(0, _DAY_HOURS, BLOCK_HOURS):
            hour = starts[0] + at
            within = sum(start <= hour for start in starts) - 1
            first.append((weekday * _DAY_HOURS + hour) % _WEEK_HOURS)
            shift.append(day * len(starts) + within)
    return np.array(first, np.int64), np.array(shift, np.int64)


def _by_block(by_hour: FloatArray, patrols: Patrols) -> tuple[FloatArray, IntArray]:
    first, shift = hours_of(patrols)
    hours = (first[:, None] + np.arange(BLOCK_HOURS)) % _WEEK_HOURS
    return by_hour[:, hours].sum(axis=2), shift


def visited_hours(ground: Ground, patrols: Patrols) -> BoolArray:
    """Return which hours of the week each chosen place is covered in, shape (n_chosen, 168)."""
    harm, shift = _by_block(ground.harm_by_hour, patrols)
    visited = allocate(harm, shift, patrols.stops_per_block, patrols.stops_per_shift)
    first, _ = hours_of(patrols)
    covered = np.zeros((len(ground.chosen), _WEEK_HOURS), np.bool_)
    for block, hour in enumerate(first):
        for within in range(BLOCK_HOURS):
            covered[:, (hour + within) % _WEEK_HOURS] |= visited[:, block]
    return covered


def _days(patrols: Patrols) -> Period:
    return Period(patrols.on, patrols.on + timedelta(days=patrols.days - 1))


def _spots(opened: Opened, ground: Ground, harm: FloatArray) -> tuple[Spot, ...]:
    import shapely

    from ilpgeo.models.naming import hotspot_names, kinds_of_place, names_by_area, names_by_place

    boxes = np.array([ground.box(at) for at in range(len(ground.chosen))])
    x, y = _middles(boxes)
    past = ground.past
    member = ground.place_of(past.x, past.y)
    lies = names_by_area(x, y, opened.areas, ground.grid)
    names = hotspot_names(names_by_place(past, member, len(boxes)), lies, kinds_of_place(past))
    n = np.bincount(member[member >= 0], past.weight[member >= 0], len(boxes))
    part = harm.sum(axis=1) / np.maximum(ground.harm_by_hour.sum(axis=1), np.finfo(np.float64).tiny)
    return tuple(
        Spot(f"p{at + 1}", names[at], shapely.box(*boxes[at]), float(ground.expected[at] * part[at]),
             float(harm[at].sum()), round(float(n[at])))
        for at in range(len(boxes))
    )  # fmt: skip


def _middles(boxes: FloatArray) -> tuple[FloatArray, FloatArray]:
    return (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2


def _shifts(
    ground: Ground, patrols: Patrols, harm: FloatArray, visited: BoolArray, shift_of_block: IntArray
) -> tuple[Shift, ...]:
    starts = sorted(patrols.shift_starts)
    first, _ = hours_of(patrols)
    x, y = _middles(np.array([ground.box(at) for at in range(len(ground.chosen))]))
    made = []
    for shift in range(patrols.days * len(starts)):
        day, within = divmod(shift, len(starts))
        stops: list[Stop] = []
        km = 0.0
        blocks = np.flatnonzero(shift_of_block == shift)
        for block in blocks:
            rng = np.random.default_rng([patrols.seed, (patrols.on + timedelta(days=day)).toordinal(), int(block)])
            here = np.flatnonzero(visited[:, block])
            order = [int(here[at]) for at in tour(x[here], y[here], rng)]
            for unit, part in zip(rng.permutation(patrols.units), cut(order, patrols.units), strict=False):
                stops += _stops(part, int(unit) + 1, int(first[block]) % _DAY_HOURS, patrols, rng)
                km += float(np.hypot(np.diff(x[part]), np.diff(y[part])).sum()) / 1000
        until = starts[(within + 1) % len(starts)]
        covered = float(harm[:, blocks][visited[:, blocks]].sum())
        on = patrols.on + timedelta(days=day)
        made.append(Shift(on, starts[within], until, tuple(stops), covered, km))
    return tuple(made)


def _stops(part: list[int], unit: int, hour: int, patrols: Patrols, rng: np.random.Generator) -> list[Stop]:
    """Return one patrol's stops of a block, with the time that is left spread at random before and between them."""
    each = patrols.stop_minutes + patrols.travel_minutes
    slack = max(0.0, 60 * BLOCK_HOURS - len(part) * each)
    waits = np.sort(rng.uniform(0, slack, len(part)))
    return [
        Stop(f"p{place + 1}", unit, hour, int(at * each + waits[at])) for at, place in enumerate(part)
    ]  # fmt: skip

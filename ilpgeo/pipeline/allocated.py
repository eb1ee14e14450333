"""Patrol time laid over the places and hours where most harm is expected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.plans import BLOCK_HOURS, Patrols, Plan, Shift, Spot, Stop
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.query import Level, Period
from ilpgeo.core.types import Access, Grid, Incidents, Query, Released
from ilpgeo.cycle.allocation import allocate, spread_over_week
from ilpgeo.cycle.routes import cut, tour
from ilpgeo.pipeline.emphasised import strategy_day, strategy_entries
from ilpgeo.pipeline.foreseen import Forecaster, foresee
from ilpgeo.pipeline.opened import Opened, now
from ilpgeo.pipeline.scope import line_of
from ilpgeo.pipeline.source_register import under_rules
from ilpgeo.prioritise.weights import emphasise, harm_weights

_WEEK_HOURS, _DAY_HOURS, _WEEK_DAYS = 168, 24, 7
_PATTERN_STRENGTH = 100.0  # incidents: as many of its own make a place follow its own hours by half
_HARM_STRENGTH = 20.0
_LEAST_KNOWN = 0.5


@dataclass(frozen=True, eq=False)
class Ground:
    """What is expected where and when, on the days planned.

    Attributes
    ----------
    grid, factor, n_columns
        The cells forecast, how many make the side of a place, and how many places stand in a row.
    chosen
        Flat numbers of the places looked at, most harm first.
    expected, harm_by_hour
        Shape (n_chosen,) and (n_chosen, 168): incidents in a week, harm in each of its hours.
    total
        Harm of all places in a week.
    n_places
        Places in all.
    """

    grid: Grid
    factor: int
    n_columns: int
    chosen: IntArray
    expected: FloatArray
    harm_by_hour: FloatArray
    total: float
    n_places: int
    withheld: int
    note: str
    past: Incidents
    model: str

    def place_of(self, x: FloatArray, y: FloatArray) -> IntArray:
        """Return the position of each point's place among the chosen, -1 for none."""
        order = np.full(self.n_columns * (self.grid.ny // self.factor + 1) + 1, -1, np.int64)
        order[self.chosen] = np.arange(len(self.chosen))
        found = _block_of(self.grid, self.factor, self.n_columns, x, y)
        return np.where(found >= 0, order[found], -1)

    def box(self, place: int) -> tuple[float, float, float, float]:
        """Return the corners of a chosen place, metres."""
        row, column = divmod(int(self.chosen[place]), self.n_columns)
        side = self.factor * self.grid.cell_m
        west, south = self.grid.x0 + column * side, self.grid.y0 + row * side
        return west, south, west + side, south + side


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


def ground_of(
    opened: Opened,
    patrols: Patrols,
    query: Query,
    access: Access,
    forecaster: Forecaster,
    as_of: date | None,
    progress: Progress = unwatched,
) -> Ground:
    """Return where and when harm is expected in the week from a day on."""
    last = (as_of or now(opened)) - timedelta(days=1)
    seen = foresee(
        opened, forecaster, query.during(Period(last, last)), access, as_of, patrols.seed, progress, _WEEK_DAYS
    )
    grid, past = seen.stage.grid, seen.stage.past
    factor = max(1, round(patrols.place_m / grid.cell_m))
    n_columns = -(-grid.nx // factor)
    n_blocks = n_columns * -(-grid.ny // factor)
    row, column = (each.ravel() for each in np.indices(grid.shape))
    block = row // factor * n_columns + column // factor
    inside = grid.inside.ravel()
    in_window = np.bincount(block[inside], seen.surface.expected.ravel()[inside], n_blocks).astype(np.float64)
    expected: FloatArray = in_window * (_WEEK_DAYS / seen.stage.scope.window.days)
    home = _block_of(grid, factor, n_columns, past.x, past.y)
    n = np.bincount(home[home >= 0], past.weight[home >= 0], n_blocks)
    harm = expected * _weight(opened, past, home, n_blocks)
    least = opened.workspace.settings.small_count
    order = np.argsort(-harm, kind="stable")
    order = order[harm[order] > 0]
    shown = order[n[order] >= least]
    chosen = shown[: patrols.places]
    if not chosen.size:
        raise InvalidInput("too few incidents to say where patrols are needed; choose a larger area or more offences")
    by_hour, usual, note = _hours(past, home, chosen, n_blocks)
    return Ground(
        grid=grid, factor=factor, n_columns=n_columns, chosen=chosen, expected=expected[chosen],
        harm_by_hour=spread_over_week(harm[chosen], by_hour, usual, _PATTERN_STRENGTH),
        total=float(harm.sum()), n_places=len(np.unique(block[inside])),
        withheld=int((n[order[: len(chosen)]] < least).sum()), note=note, past=past, model=seen.title,
    )  # fmt: skip


def _block_of(grid: Grid, factor: int, n_columns: int, x: FloatArray, y: FloatArray) -> IntArray:
    cell = grid.cell_of(x, y)
    row, column = np.divmod(cell, grid.nx)
    return np.where(cell >= 0, row // factor * n_columns + column // factor, -1)


def _weight(opened: Opened, past: Incidents, home: IntArray, n_blocks: int) -> FloatArray:
    """Return the mean weight of an incident of each place, drawn towards that of all where it has few."""
    harm = harm_weights(past.offences, opened.workspace.weights("harm")).value
    lines = [*(line_of(opened.areas, each) for each in past.areas), ()]  # the last: in no area
    strategy, today = strategy_entries(opened), strategy_day(opened, None)
    factors = emphasise(past.offences, lines, Level.LOCAL, strategy, today).value
    of_each = harm[past.offence] * factors[past.area, past.offence] * past.weight
    kept = home >= 0
    mean = float(of_each[kept].sum() / past.weight[kept].sum()) if kept.any() else 1.0
    n = np.bincount(home[kept], past.weight[kept], n_blocks)
    summed = np.bincount(home[kept], of_each[kept], n_blocks)
    weights: FloatArray = (summed + _HARM_STRENGTH * mean) / (n + _HARM_STRENGTH)
    return weights


def _hours(
    past: Incidents, home: IntArray, chosen: IntArray, n_blocks: int
) -> tuple[FloatArray, FloatArray, str]:  # fmt: skip
    """Return incidents of each chosen place by hour of the week, those of all, and what must be known of them."""
    from ilpgeo.models.aoristic import week_shares

    shares = week_shares(past.t_from, past.t_to, past.timezone)
    weight = past.weight[shares.row] * shares.share
    usual = np.bincount(shares.hour, weight, _WEEK_HOURS).astype(np.float64)
    order = np.full(n_blocks + 1, -1, np.int64)
    order[chosen] = np.arange(len(chosen))
    place = order[home[shares.row]]
    kept = place >= 0
    flat = np.bincount(place[kept] * _WEEK_HOURS + shares.hour[kept], weight[kept], len(chosen) * _WEEK_HOURS).astype(
        np.float64
    )
    known = float(past.weight[shares.known].sum() / past.weight.sum()) if len(past) else 0.0
    if known < _LEAST_KNOWN:
        note = f"The hour of only {known:.0%} of the incidents is known: every hour counts alike"
        return np.zeros((len(chosen), _WEEK_HOURS)), np.zeros(_WEEK_HOURS), note
    note = f"The hour of {known:.0%} of the incidents is known"
    return flat.reshape(len(chosen), _WEEK_HOURS), usual, note


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

"""Where and when harm is expected in a week: the ground that patrols are planned on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.plans import Patrols
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.query import Level, Period
from ilpgeo.core.types import Access, Grid, Incidents, Query
from ilpgeo.cycle.allocation import spread_over_week
from ilpgeo.pipeline.emphasised import strategy_day, strategy_entries
from ilpgeo.pipeline.foreseen import Forecaster, foresee
from ilpgeo.pipeline.opened import Opened, now
from ilpgeo.pipeline.scope import line_of
from ilpgeo.prioritise.weights import emphasise, harm_weights

_WEEK_HOURS, _WEEK_DAYS = 168, 7
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

"""How patrol plans would have done: planned week by week, blind to what came, beside the prior count and chance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.plans import Patrols, Tested
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.recipes import Entry
from ilpgeo.core.types import Access, Query
from ilpgeo.cycle.allocation import covered_share
from ilpgeo.pipeline.allocated import visited_hours
from ilpgeo.pipeline.foreseen import Forecaster
from ilpgeo.pipeline.opened import Opened, is_monthly, now
from ilpgeo.pipeline.patrol_ground import Ground, ground_of
from ilpgeo.pipeline.staged import past_incidents

_PRIOR_DAYS = 365
_WEEK_HOURS = 168
_DRAWS = 2000


def judge_on_weeks(
    opened: Opened,
    patrols: Patrols,
    query: Query,
    access: Access,
    forecaster: Forecaster,
    weeks: int,
    progress: Progress = unwatched,
) -> Tested:
    """Return how plans for whole weeks would have done on the newest weeks with data.

    Each week is planned from what was known the day before. A share is of the incidents whose hour is known: those
    inside a place in the two hours of its visit.

    Raises
    ------
    InvalidInput
        When times are known to the month only.
    """
    if is_monthly(opened, query.sources):
        raise InvalidInput("the data are known to the month only: a plan by the hour cannot be tested on them")
    today = now(opened)
    prior = Forecaster(Entry("prior_count"), forecaster.cell_m, _PRIOR_DAYS)
    caught: list[tuple[float, float, float]] = []
    total, unknown, random = 0.0, 0.0, []
    for week in range(weeks):
        first = today - timedelta(days=7 * (week + 1))
        whole = replace(patrols, on=first, days=7)
        sums, n_hours = [], []
        for at, model in enumerate((forecaster, prior)):
            ground = ground_of(opened, whole, query, access, model, first)
            progress((2 * week + at + 1) / (2 * weeks))
            hours = visited_hours(ground, whole)
            found, n, lost = _fell(opened, ground, query, Period(first, first + timedelta(days=6)))
            sums.append(covered_share(found, hours))
            n_hours.append(float(hours.sum()))
        caught.append((sums[0], sums[1], n))
        total, unknown = total + n, unknown + lost
        random.append(n_hours[0] / (ground.n_places * _WEEK_HOURS) * n)
    if not total:
        raise InvalidInput("no incident whose hour is known happened in these weeks: there is nothing to test on")
    table = np.array(caught)
    low, high = _interval(table[:, 0], table[:, 2], patrols.seed)
    return Tested(
        plan=float(table[:, 0].sum() / total), low=low, high=high, prior=float(table[:, 1].sum() / total),
        random=float(np.sum(random) / total), weeks=weeks, n=round(total), unknown=round(unknown),
    )  # fmt: skip


def _fell(opened: Opened, ground: Ground, query: Query, week: Period) -> tuple[FloatArray, float, float]:
    """Return a week's incidents by chosen place and hour, those of all places, and those of unknown hour."""
    from ilpgeo.models.aoristic import week_shares

    everywhere = np.ones(len(opened.areas.finest), np.bool_)
    came = past_incidents(opened, week, everywhere, query.offences, query.sources)
    came = came.select(ground.grid.cell_of(came.x, came.y) >= 0)
    shares = week_shares(came.t_from, came.t_to, came.timezone)
    weight = came.weight[shares.row] * shares.share
    place = ground.place_of(came.x, came.y)[shares.row]
    kept = place >= 0
    at = (
        np.bincount(place[kept] * _WEEK_HOURS + shares.hour[kept], weight[kept], len(ground.chosen) * _WEEK_HOURS)
        .astype(np.float64)
        .reshape(len(ground.chosen), _WEEK_HOURS)
    )
    return at, float(weight.sum()), float(came.weight[~shares.known].sum())


def _interval(hits: FloatArray, totals: FloatArray, seed: int) -> tuple[float, float]:
    """Return the 95 % interval of the pooled share, weeks drawn anew."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(hits), (_DRAWS, len(hits)))
    shares = hits[drawn].sum(axis=1) / np.maximum(totals[drawn].sum(axis=1), 1e-300)
    low, high = np.quantile(shares, (0.025, 0.975))
    return float(low), float(high)

"""The three small pictures of one area: trend, time of week, offence mix."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from ilpgeo.areas.cube import Cube
from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.query import Period
from ilpgeo.core.types import Access, AreaPicture, Query, Released
from ilpgeo.pipeline.opened import Opened, cube
from ilpgeo.pipeline.ranked import brief
from ilpgeo.pipeline.scope import Scope, coverage_of, scope_of
from ilpgeo.pipeline.staged import past_incidents
from ilpgeo.prioritise.trend import trend, trend_steps

_FEWEST_TIMED = 50
_YEARS = 4


def picture(
    opened: Opened, query: Query, area: str, access: Access, as_of: date | None = None
) -> Released[AreaPicture]:
    """Return trend, time of week and offence mix of one area of any type, for the question's offences.

    The time of week rests on the days the expectation rests on, the offence mix on the period.
    """
    from ilpgeo.safeguards.release import release_picture

    confined = replace(query, area_type="", areas=(area,))
    scope = scope_of(opened, confined, access, as_of)
    counts = cube(opened)
    inside = np.append(opened.areas.within((area,))[opened.areas.finest], False)
    keep = counts.chosen(None, scope.query.offences, scope.query.sources) & inside[counts.area]
    if as_of is not None:
        keep &= counts.chosen(Period(date.min, scope.now - timedelta(days=1)))
    steps = trend_steps(scope.query.period, monthly=scope.is_monthly)
    days = Period(steps[0].start - timedelta(days=366 * _YEARS), steps[-1].end)
    cover, line = coverage_of(opened, area)
    week, note = _week(opened, scope, inside[:-1])
    raw = AreaPicture(
        id=area,
        name=opened.areas.name[opened.areas.at(area)],
        trend=trend(steps, counts.by_day(keep, days), days, cover, line),
        week=week,
        week_note=note,
        mix=_mix(counts, keep & counts.chosen(scope.query.period)),
    )
    withheld = scope.query.period if _is_withheld(opened, query, area, access, as_of) else None
    return release_picture(raw, opened.workspace.settings.small_count, withheld)


def _is_withheld(opened: Opened, query: Query, area: str, access: Access, as_of: date | None) -> bool:
    """Return whether the ranking withholds this area's count: then nothing that adds up to it may be shown."""
    ranked = brief(opened, query, access, as_of).value.priorities
    return any(each.id == area and each.suppressed for each in ranked)


def _mix(counts: Cube, keep: BoolArray) -> tuple[tuple[str, int | None], ...]:
    by_offence = counts.by_area_and_offence(keep).sum(axis=0).tolist()
    found = [(offence, n) for offence, n in zip(counts.offences, by_offence, strict=True) if n]
    return tuple(sorted(found, key=lambda each: (-each[1], each[0])))


def _week(opened: Opened, scope: Scope, inside: BoolArray) -> tuple[FloatArray | None, str]:
    from ilpgeo.models.aoristic import week_profile

    past = past_incidents(opened, scope.trained_on, inside, scope.query.offences, scope.query.sources)
    profile, unknown = week_profile(past.t_from, past.t_to, past.timezone, past.weight)
    timed = float(profile.sum())
    if timed < _FEWEST_TIMED:
        return None, f"time of week unknown: fewer than {_FEWEST_TIMED} incidents with a known time"
    known = timed / (timed + unknown)
    missing = f"; the time of {1 - known:.0%} is not known" if unknown else ""
    days = " to ".join(f"{day.day} {day:%b %Y}" for day in (scope.trained_on.start, scope.trained_on.end))
    return profile / profile.mean(), f"{days}{missing}"

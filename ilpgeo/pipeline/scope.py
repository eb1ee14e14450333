"""What a question comes down to: which areas are ranked, on which days, and for how many of them there are data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from ilpgeo.core import wording as words
from ilpgeo.core.arrays import BoolArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Level, Period, months_later
from ilpgeo.core.types import Access, Areas, Coverage, Query
from ilpgeo.ingest.offences import groups_of
from ilpgeo.pipeline.opened import Opened, coverage, cube, is_monthly, now
from ilpgeo.pipeline.source_register import under_rules
from ilpgeo.safeguards.scope import apply_access

TRAINING_DAYS = 365
_MOST_UNCOVERED = 0.02


@dataclass(frozen=True, eq=False)
class Scope:
    """A question, ready to be counted.

    Attributes
    ----------
    query
        As asked, after access was applied and the period widened to what the data can tell apart.
    level, area_type
        What is ranked.
    ranked
        Positions of the ranked areas in `Areas`.
    place
        Shape (n_finest,): each finest area's place in `ranked`, -1 outside the scope.
    now, window, trained_on
        The day looked from; the days looked ahead to; the days the expectation rests on.
    is_monthly
        Whether the data are no finer than months.
    """

    query: Query
    level: Level
    area_type: str
    ranked: IntArray
    place: IntArray
    now: date
    window: Period
    trained_on: Period
    is_monthly: bool


def scope_of(opened: Opened, query: Query, access: Access, as_of: date | None) -> Scope:
    """Return what a question comes down to; raise NotAllowed, NotFound or InvalidInput where it cannot be asked."""
    areas = opened.areas
    query = under_rules(opened, apply_access(query, access, areas), access)
    require_known(opened, query.offences, query.sources)
    monthly = is_monthly(opened, query.sources)
    if monthly:
        query = query.during(query.period.whole_months())
    today = now(opened, as_of, query.sources)
    if as_of is not None and query.period.start >= today:
        raise InvalidInput(
            f"the period {words.span(query.period)} starts on or after {words.day(today)}, the day looked from"
        )
    level, area_type = ranked_type(areas, query)
    chosen = areas.within(query.areas)
    ranked = areas.of_type(area_type)
    ranked = ranked[chosen[ranked] | _holds(areas, query.areas, ranked)]
    order = np.full(len(areas) + 1, -1, np.int64)
    order[ranked] = np.arange(len(ranked))
    place = order[areas.ancestor(area_type)[areas.finest]]
    place = np.where(chosen[areas.finest], place, -1)
    trained_on = Period.ending(today - timedelta(days=1), TRAINING_DAYS)
    if monthly:
        trained_on = Period(months_later(today, -12), today - timedelta(days=1))
    return Scope(
        query=replace(query, area_type=area_type if level == query.level else query.area_type),
        level=level,
        area_type=area_type,
        ranked=ranked,
        place=place,
        now=today,
        window=Period(today, today + timedelta(days=query.period.days - 1)),
        trained_on=trained_on,
        is_monthly=monthly,
    )


def require_known(opened: Opened, offences: tuple[str, ...], sources: tuple[str, ...]) -> None:
    """Raise InvalidInput for an offence or a source that neither the store nor the offences table has."""
    if not (offences or sources):
        return
    held = cube(opened)
    groups = groups_of(opened.workspace.table("offences")).values()
    for word, asked, known in (
        ("offence", offences, {*held.offences, *groups}),
        ("source", sources, {*held.sources, *(each.source for each in opened.store.files())}),
    ):
        unknown = [each for each in asked if each not in known]
        if unknown:
            there = ", ".join(sorted(known)) or "none yet"
            raise InvalidInput(f"there is no {word} {', '.join(unknown)}; this workspace has {there}")


def _holds(areas: Areas, scope: tuple[str, ...], ranked: IntArray) -> BoolArray:
    """Return which ranked areas hold an area of the scope (the scope is finer than what is ranked)."""
    lines = {position for area in scope for position in areas.line(areas.at(area))}
    return np.isin(ranked, list(lines))


def ranked_type(areas: Areas, query: Query) -> tuple[Level, str]:
    """Return the level and type that is ranked: the level below where the one asked for holds a single area."""
    types = areas.types_at(query.level)
    if not types:
        there = ", ".join(dict.fromkeys(areas.levels))
        raise InvalidInput(f"this workspace has no {query.level} level; it has: {there}")
    if query.area_type and query.area_type not in types:
        raise InvalidInput(f"the {query.level} level has no area type {query.area_type!r}; it has: {', '.join(types)}")
    at = areas.types.index(query.area_type or types[0])
    chosen = areas.within(query.areas)
    while at > 0 and int(chosen[areas.of_type(areas.types[at])].sum()) <= 1:
        at -= 1
    return areas.levels[at], areas.types[at]


def covered_days(opened: Opened, period: Period, sources: tuple[str, ...]) -> IntArray:
    """Return for each finest area the number of days of `period` with data, shape (n_finest,)."""
    cover = coverage(opened)
    lines, line_of_finest = _covered_lines(opened, opened.store.version())
    days = np.array([cover.covered_days(line, period, sources) for line in lines], np.int64)
    return days[line_of_finest]


def held_runs(opened: Opened, period: Period, finest: BoolArray, sources: tuple[str, ...]) -> tuple[Period, ...]:
    """Return the unbroken parts of a period for which there are data, oldest first, where there are most of them.

    Parameters
    ----------
    finest
        Shape (n_finest,): the areas that are looked at.
    """
    days = np.where(finest, covered_days(opened, period, sources), -1)
    if days.max(initial=-1) <= 0:
        return ()
    areas = opened.areas
    best = line_of(areas, areas.id[int(areas.finest[int(np.argmax(days))])])
    runs = coverage(opened).periods(best, sources)
    return tuple(
        Period(max(each.start, period.start), min(each.end, period.end)) for each in runs if each.overlap_days(period)
    )


def covered_run(opened: Opened, scope: Scope, period: Period) -> Period:
    """Return the last days of a period that the data cover without a gap, going by the best covered area of the scope.

    What a model learns from: days without data are no days without incidents.
    """
    held = held_runs(opened, period, scope.place >= 0, scope.query.sources)
    if not held or sum(each.days for each in held) >= (1 - _MOST_UNCOVERED) * period.days:
        return period
    return held[-1]


@lru_cache(maxsize=8)
def _covered_lines(opened: Opened, version: str) -> tuple[tuple[tuple[str, ...], ...], IntArray]:  # noqa: ARG001
    """Return the distinct lines of areas that coverage speaks of, and which of them each finest area has."""
    areas = opened.areas
    named = {entry.area for entry in coverage(opened).entries}
    place: dict[tuple[str, ...], int] = {}
    line_of_finest = np.empty(len(areas.finest), np.int64)
    for finest, at in enumerate(areas.finest):
        line = tuple(areas.id[each] for each in areas.line(int(at)) if areas.id[each] in named)
        line_of_finest[finest] = place.setdefault(line, len(place))
    return tuple(place), line_of_finest


def line_of(areas: Areas, area: str) -> tuple[str, ...]:
    """Return an area's id and the ids of all it lies in."""
    return tuple(areas.id[at] for at in areas.line(areas.at(area)))


def coverage_of(opened: Opened, area: str) -> tuple[Coverage, tuple[str, ...]]:
    """Return the coverage to judge one area by: its own line, or the part below it that is covered."""
    cover = coverage(opened)
    line = line_of(opened.areas, area)
    if cover.periods(line):
        return cover, line
    inside = opened.areas.within((area,))
    below = tuple(entry.area for entry in cover.entries if entry.area and inside[opened.areas.at(entry.area)])
    return cover, below

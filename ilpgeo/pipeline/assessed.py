"""The threat assessment of a level and period, worked out from the counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ilpgeo.core import wording as words
from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.assessment import Assessment
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.grading import Trust
from ilpgeo.core.query import Period
from ilpgeo.core.types import Access, Query, Released
from ilpgeo.core.wording import not_given_words
from ilpgeo.pipeline.counted import Counts, largest
from ilpgeo.pipeline.opened import Opened, cube
from ilpgeo.pipeline.scope import Scope, covered_days, scope_of
from ilpgeo.pipeline.source_register import not_given, readers, registered, under_rules
from ilpgeo.pipeline.staged import past_incidents
from ilpgeo.safeguards.release import release_assessment

if TYPE_CHECKING:
    from ilpgeo.cycle.threats import Group, Held

YEAR_DAYS = 365
HISTORY_PERIODS = 13
Trusts = tuple[tuple[str, Trust], ...]


def assess(opened: Opened, query: Query, access: Access, as_of: date | None = None) -> Released[Assessment]:
    """Return the threat assessment of the question's level, scope and period, over every offence group.

    Raises
    ------
    NotAllowed
        When the access does not cover the question.
    NotFound, InvalidInput
        For an area or type the workspace does not have, or a period without data.
    """
    trusts = tuple((each.source.name, each.source.grading.trust) for each in registered(opened))
    n_not_given = len(not_given(opened, readers(query, access), query.sources))
    told = (not_given_words(n_not_given, readers(query, access)),) if n_not_given else ()
    asked = under_rules(opened, replace(query, offences=(), weights=None), access)
    return _assess(opened, opened.store.version(), asked, access, as_of, trusts, told)


@lru_cache(maxsize=16)
def _assess(
    opened: Opened,
    version: str,
    query: Query,
    access: Access,
    as_of: date | None,
    trusts: Trusts,
    without: tuple[str, ...],
) -> Released[Assessment]:
    from ilpgeo.cycle.threat_words import told
    from ilpgeo.cycle.threats import assess_groups
    from ilpgeo.prioritise.weights import harm_weights

    scope = scope_of(opened, query, access, as_of)
    period = scope.query.period
    counted = Counts(opened, cube(opened), scope, as_of and scope.now)
    days = covered_days(opened, period, scope.query.sources)
    with_data = (scope.place >= 0) & (days > 0)
    if not with_data.any():
        raise InvalidInput(
            f"there are no data for {words.span(period)} here: nothing can be assessed; choose a period with data"
        )
    weights = harm_weights(counted.offences, opened.workspace.weights("harm"))
    year = Period.ending(min(period.end, scope.now - timedelta(days=1)), YEAR_DAYS)
    if scope.is_monthly:
        year = year.whole_months()
    groups, n_places = _groups(opened, scope, counted, with_data, weights.value, year, dict(trusts))
    settings = opened.workspace.settings
    has_data = _has_data(scope, days)
    raw = Assessment(
        level=scope.query.level,
        area_type=scope.area_type,
        areas=scope.query.areas,
        place=", ".join(opened.areas.name[opened.areas.at(each)] for each in scope.query.areas) or settings.name,
        period=period,
        year=year,
        threats=assess_groups(groups, period),
        total=sum(each.n for each in groups),
        n_areas=int(has_data.sum()),
        n_places=n_places,
        data_version=version,
        harm_source=settings.harm_source,
        remarks=(*without, *weights.remarks, *_blank(int((~has_data).sum()), len(has_data), scope.area_type)),
    )
    return release_assessment(raw, settings.small_count, told)


def _has_data(scope: Scope, days: IntArray) -> BoolArray:
    """Return which ranked areas have data: incidents also fall into areas beyond, whose police gave none."""
    has_data: BoolArray = largest(scope, days) > 0
    return has_data


def _blank(n_blank: int, n_areas: int, area_type: str) -> tuple[str, ...]:
    if not n_blank:
        return ()
    return (f"No data from {n_blank} of {n_areas} areas ({area_type}): they are not part of this, and not safe for it",)


def _groups(
    opened: Opened,
    scope: Scope,
    counted: Counts,
    with_data: BoolArray,
    weights: FloatArray,
    year: Period,
    trust: Mapping[str, Trust],
) -> tuple[list[Group], int]:
    from ilpgeo.cycle.threats import Group

    period, sources = scope.query.period, scope.query.sources

    def is_covered(asked: Period) -> bool:
        full = covered_days(opened, asked, sources) == asked.days
        return bool(full[with_data].all())

    def summed(asked: Period) -> list[int]:
        counts = counted.by_offence(asked).sum(axis=0) + counted.unplaced_by_offence(asked)
        return [int(each) for each in counts]

    is_whole = is_covered(period)
    before, last_year = period.previous(), period.year_before()
    history: list[Period] = []
    earlier = before.previous()
    while is_whole and len(history) < HISTORY_PERIODS and is_covered(earlier):
        history.insert(0, earlier)
        earlier = earlier.previous()
    n, past = summed(period), [summed(each) for each in history]
    before_n = summed(before) if is_whole and is_covered(before) else None
    last_year_n = summed(last_year) if is_whole and is_covered(last_year) else None
    days = covered_days(opened, period, sources)
    areas_with = (counted.by_offence(period)[_has_data(scope, days)] > 0).sum(axis=0)
    held, n_year, n_places = _held(opened, scope, counted.offences, year)
    covered = float(days[with_data].mean() / period.days)
    by_source = [_by_source(counted, offence, period) for offence in counted.offences]
    geocoded = _geocoded(opened, counted, by_source)
    giving = [[each for each, n in zip(counted.cube.sources, row, strict=True) if n] for row in by_source]
    groups = [
        Group(
            offence=offence,
            n=n[at],
            before=None if before_n is None else before_n[at],
            last_year=None if last_year_n is None else last_year_n[at],
            history=tuple(each[at] for each in past),
            weight=float(weights[at]),
            areas_with=int(areas_with[at]),
            n_year=n_year[at],
            held=held[at],
            geocoded=geocoded[at],
            covered=covered,
            doubts=_graded(giving[at], trust, Trust.UNTESTED),
            grave=_graded(giving[at], trust, Trust.DOUBTFUL),
        )
        for at, offence in enumerate(counted.offences)
    ]
    return groups, n_places


def _held(
    opened: Opened, scope: Scope, offences: tuple[str, ...], year: Period
) -> tuple[list[Held | None], list[int], int]:
    """Return for each group what the busiest places hold and its incidents of the year, and how many places there are.

    A place is a distinct map point with an incident of any group in the year.
    """
    from ilpgeo.models.points import collapse

    past = past_incidents(opened, year, scope.place >= 0, (), scope.query.sources)
    answer: list[Held | None] = []
    n_year: list[int] = []
    places = collapse(past.x, past.y) if len(past) else None
    n_places = len(places.x) if places is not None else 0
    for offence in offences:
        code = past.offences.index(offence) if offence in past.offences else -1
        rows = past.offence == code
        n_year.append(round(float(past.weight[rows].sum())))
        if places is None or not n_year[-1]:
            answer.append(None)
            continue
        answer.append(_concentrated(places.of_point[rows], past.weight[rows], n_places))
    return answer, n_year, n_places


def _concentrated(member: IntArray, weight: FloatArray, n_places: int) -> Held:
    from ilpgeo.cycle.threats import Held
    from ilpgeo.models.repeat_places import concentrate, share_by_chance

    counts = np.bincount(member, weight, n_places).astype(np.float64)
    found, n = concentrate(counts), float(counts.sum())
    return Held(
        found.held_by(0.01), found.held_by(0.05),
        share_by_chance(n_places, n, 0.01), share_by_chance(n_places, n, 0.05),
    )  # fmt: skip


def _by_source(counted: Counts, offence: str, period: Period) -> IntArray:
    """Return the incidents of a group in the period by source."""
    held = counted.cube
    keep = held.chosen(period, (offence,), counted.scope.query.sources)
    return np.bincount(held.source[keep], held.n[keep], len(held.sources)).astype(np.int64)


def _geocoded(opened: Opened, counted: Counts, by_source: list[IntArray]) -> list[float]:
    """Return for each group the share of its sources' rows with usable coordinates, by its incidents of the period."""
    held = counted.cube
    read, located = np.zeros(len(held.sources)), np.zeros(len(held.sources))
    for report in opened.store.files():
        if report.source in held.sources:
            at = held.sources.index(report.source)
            read[at] += report.rows_read
            located[at] += report.rows_read * report.geocoded_share
    share = np.divide(located, read, out=np.ones(len(read)), where=read > 0)
    return [float((n * share).sum() / n.sum()) if n.sum() else 1.0 for n in by_source]


def _graded(sources: list[str], trust: Mapping[str, Trust], wanted: Trust) -> tuple[str, ...]:
    return tuple(f"the source {each} is graded {wanted}" for each in sources if trust.get(each) is wanted)

"""The ranked areas of one question."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from ilpgeo.core.area_words import one_of
from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.query import Period
from ilpgeo.core.strategy import Emphasis
from ilpgeo.core.types import Access, Briefing, Quality, Query, Reason, Released
from ilpgeo.pipeline.counted import Counts, all_covered, grading_factors, largest
from ilpgeo.pipeline.emphasised import strategy_day, strategy_entries
from ilpgeo.pipeline.opened import Opened, cube
from ilpgeo.pipeline.scope import Scope, covered_days, scope_of
from ilpgeo.pipeline.source_register import kept_back, not_given, readers, source_weights
from ilpgeo.pipeline.timing import time_reasons
from ilpgeo.prioritise.inputs import RankingInputs
from ilpgeo.prioritise.priorities import prioritise
from ilpgeo.prioritise.tiers import rule_text
from ilpgeo.prioritise.weights import Weights, emphasise, harm_weights
from ilpgeo.safeguards.release import release_briefing

HISTORY_PERIODS = 12


def brief(opened: Opened, query: Query, access: Access, as_of: date | None = None) -> Released[Briefing]:
    """Return the ranked areas of a question.

    Parameters
    ----------
    query
        What is asked; where its level holds one area only, the level below is ranked.
    access
        Who asks; the question is confined to it.
    as_of
        Look from this day, blind to what came later; None is the day after the last complete day of data.

    Raises
    ------
    NotAllowed
        When the access does not cover the question.
    NotFound, InvalidInput
        For an area, type, offence or source the workspace does not have.
    """
    without = kept_back(opened, query.level, query.sources)
    n_not_given = len(set(not_given(opened, readers(query, access), query.sources)) - set(without))
    weights = tuple(source_weights(opened, query.weights).items())
    # as it is answered, so that whoever asks again with what the answer says was asked gets the same answer
    query = scope_of(opened, query, access, as_of).query
    strategy, day = strategy_entries(opened), strategy_day(opened, as_of)
    version = opened.store.version()
    return _brief(opened, version, query, access, as_of, without, n_not_given, weights, strategy, day)


@lru_cache(maxsize=16)
def _brief(
    opened: Opened,
    version: str,
    query: Query,
    access: Access,
    as_of: date | None,
    without: tuple[str, ...],
    n_not_given: int,
    source_weight: tuple[tuple[str, float], ...],
    strategy: tuple[Emphasis, ...],
    today: date,
) -> Released[Briefing]:
    scope = scope_of(opened, query, access, as_of)
    counted = Counts(opened, cube(opened), scope, as_of and scope.now)
    workspace = opened.workspace
    harm = harm_weights(counted.offences, workspace.weights("harm"))
    lines: list[tuple[str, ...]] = [()] * len(scope.ranked)
    if strategy:
        lines = [tuple(opened.areas.id[at] for at in opened.areas.line(int(place))) for place in scope.ranked]
    factors = emphasise(counted.offences, lines, scope.level, strategy, today)
    graded = grading_factors(counted, dict(source_weight), workspace.settings.small_count) if source_weight else None
    inputs = _inputs(opened, scope, counted, harm, factors, graded)
    covered = inputs.exposure_days > 0
    total_previous = int(inputs.previous.sum()) if covered.any() and inputs.previous_covered[covered].all() else None
    total_last_year = int(inputs.last_year.sum()) if covered.any() and inputs.last_year_covered[covered].all() else None
    unplaced = counted.unplaced(scope.query.period)
    total = int(counted.of(scope.query.period).sum()) + unplaced
    briefing = Briefing(
        query=scope.query,
        ranked_level=scope.level,
        ranked_type=scope.area_type,
        now=scope.now,
        window=scope.window,
        trained_on=scope.trained_on,
        priorities=prioritise(inputs),
        total=total,
        unplaced=total - int(inputs.n.sum()),
        suppressed_total=0,
        previous_total=total_previous,
        last_year_total=total_last_year,
        tier_rule=rule_text(int(covered.sum())),
        quality=_quality(opened, unplaced, total, (*_thin(inputs, scope), *harm.remarks)),
        version=version,
        strategy=factors.remarks,
        sources_left_out=without,
        readers=readers(query, access),
        n_not_given=n_not_given,
    )
    return release_briefing(briefing, workspace.settings.small_count)


def _inputs(
    opened: Opened, scope: Scope, counted: Counts, harm: Weights, factors: Weights, graded: FloatArray | None
) -> RankingInputs:
    areas, ranked, period = opened.areas, scope.ranked, scope.query.period
    parents = [int(areas.parent[at]) for at in ranked]
    exposure = covered_days(opened, scope.trained_on, scope.query.sources)
    has_data = largest(scope, exposure + covered_days(opened, period, scope.query.sources)) > 0
    is_plain = bool((factors.value == 1).all())
    weights = harm.value if graded is None else harm.value * graded
    shares = _covered_shares(scope, exposure > 0)
    history = [period]
    for _ in range(HISTORY_PERIODS - 1):
        history.append(history[-1].previous())

    def is_covered(asked: Period) -> BoolArray:
        full = covered_days(opened, asked, scope.query.sources) == asked.days
        return all_covered(scope, exposure > 0, full)

    return RankingInputs(
        id=tuple(areas.id[at] for at in ranked),
        name=tuple(areas.name[at] for at in ranked),
        parent=tuple(areas.name[at] if at >= 0 else "" for at in parents),
        offences=counted.offences,
        trained=counted.by_offence(scope.trained_on),
        exposure_days=largest(scope, exposure).astype(np.float64),
        n=np.where(has_data, counted.of(period), 0),  # strays over a border are no count of the area they fell into
        previous=counted.of(period.previous()),
        previous_covered=is_covered(period.previous()),
        last_year=counted.of(period.year_before()),
        last_year_covered=is_covered(period.year_before()),
        history=np.stack([counted.of(each) for each in history], axis=1),
        history_covered=np.stack([is_covered(each) for each in history], axis=1),
        period_days=period.days,
        window_days=scope.window.days,
        weights=weights if is_plain else weights * factors.value,
        plain_weights=None if is_plain else weights,
        unit=one_of(scope.area_type),
        remarks=_joined(_remarks(scope, counted, shares, areas.id), time_reasons(opened, scope)),
        covered_share={
            areas.id[at]: share for at, share in zip(ranked.tolist(), shares.tolist(), strict=True) if 0 < share < 1
        },
    )


def _covered_shares(scope: Scope, trained: BoolArray) -> FloatArray:
    """Return for each ranked area the share of the finest areas in it that have data."""
    within = scope.place >= 0
    finest = np.bincount(scope.place[within], minlength=len(scope.ranked))
    with_data = np.bincount(scope.place[within & trained], minlength=len(scope.ranked))
    return np.asarray(with_data / np.maximum(finest, 1), np.float64)


def _remarks(scope: Scope, counted: Counts, shares: FloatArray, ids: tuple[str, ...]) -> dict[str, tuple[Reason, ...]]:
    """Return what must be said of an area's data: covered in part only, or not in the period asked for."""
    days = covered_days(counted.opened, scope.query.period, scope.query.sources)
    in_period = largest(scope, days)
    remarks: dict[str, tuple[Reason, ...]] = {}
    for place, at in enumerate(scope.ranked):
        said = []
        if 0 < shares[place] < 1:
            said.append(Reason("quality", f"data for {shares[place]:.0%} of the area only"))
        if shares[place] and in_period[place] < scope.query.period.days:
            share = in_period[place] / scope.query.period.days
            said.append(Reason("quality", f"data for {share:.0%} of the period" if share else "no data for the period"))
        if said:
            remarks[ids[int(at)]] = tuple(said)
    return remarks


def _joined(*remarks: dict[str, tuple[Reason, ...]]) -> dict[str, tuple[Reason, ...]]:
    joined: dict[str, tuple[Reason, ...]] = {}
    for each in remarks:
        for area, said in each.items():
            joined[area] = (*joined.get(area, ()), *said)
    return joined


def _thin(inputs: RankingInputs, scope: Scope) -> tuple[str, ...]:
    """Return the remark that the expectation rests on fewer days than it could, where it does."""
    most = int(inputs.exposure_days.max(initial=0.0))
    if most in {0, scope.trained_on.days}:
        return ()
    return (f"The expectation rests on {most} days with data, out of {scope.trained_on.days}",)


def _quality(opened: Opened, unplaced: int, total: int, remarks: tuple[str, ...]) -> Quality:
    reports = opened.store.files()
    read = sum(each.rows_read for each in reports)
    located = sum(each.rows_read * each.geocoded_share for each in reports)
    totals = opened.store.totals()
    derived = tuple(remark for _, remark in opened.areas.derived)
    return Quality(
        geocoded_share=located / read if read else 1.0,
        unplaced_share=unplaced / total if total else 0.0,
        coarse_share=totals.coarse / totals.n if totals.n else 0.0,
        remarks=(*remarks, *derived),
    )

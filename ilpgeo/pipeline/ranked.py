"""The ranked areas of one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from ilpgeo.areas.cube import Cube
from ilpgeo.areas.units import one_of
from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray, frozen
from ilpgeo.core.query import Period
from ilpgeo.core.types import Access, Briefing, Quality, Query, Reason, Released
from ilpgeo.pipeline.opened import Opened, cube
from ilpgeo.pipeline.scope import Scope, covered_days, scope_of
from ilpgeo.pipeline.source_register import kept_back, under_rules
from ilpgeo.pipeline.timing import time_reasons
from ilpgeo.prioritise.inputs import RankingInputs
from ilpgeo.prioritise.priorities import prioritise
from ilpgeo.prioritise.tiers import rule_text
from ilpgeo.prioritise.weights import Weights, read_strategy, weigh
from ilpgeo.safeguards.release import release_briefing

HISTORY_PERIODS = 12
NOTHING_YET = "no incidents yet"


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
    return _brief(opened, opened.store.version(), under_rules(opened, query), access, as_of, without)


@lru_cache(maxsize=8)
def _brief(
    opened: Opened, version: str, query: Query, access: Access, as_of: date | None, without: tuple[str, ...]
) -> Released[Briefing]:
    scope = scope_of(opened, query, access, as_of)
    counted = _Counts(opened, cube(opened), scope, as_of and scope.now)
    workspace = opened.workspace
    strategy = read_strategy(workspace.table("strategy"))
    weights = weigh(counted.offences, workspace.weights("harm"), strategy, scope.now)
    inputs = _inputs(opened, scope, counted, weights)
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
        quality=_quality(opened, unplaced, total, (*_thin(inputs, scope), *weights.remarks)),
        version=version,
        sources_left_out=without,
    )
    return release_briefing(briefing, workspace.settings.small_count)


@dataclass(frozen=True, eq=False)
class _Counts:
    """The counts of one scope, by ranked area."""

    opened: Opened
    cube: Cube
    scope: Scope
    as_of: date | None

    @property
    def offences(self) -> tuple[str, ...]:
        asked = self.scope.query.offences
        if not asked:
            return self.cube.offences or (NOTHING_YET,)
        return asked

    def _finest(self, period: Period) -> IntArray:
        """Return counts of shape (n_finest + 1, n_offences asked for), blind to what came after `as_of`."""
        answer = np.zeros((self.cube.n_finest + 1, len(self.offences)), np.int64)
        if self.as_of is not None and period.start >= self.as_of:
            return answer
        if self.as_of is not None:
            period = Period(period.start, min(period.end, self.as_of - timedelta(days=1)))
        query = self.scope.query
        counts = self.cube.by_area_and_offence(self.cube.chosen(period, query.offences, query.sources))
        for column, offence in enumerate(self.offences):
            if offence in self.cube.offences:
                answer[:, column] = counts[:, self.cube.offences.index(offence)]
        return answer

    def by_offence(self, period: Period) -> IntArray:
        """Return counts of shape (n_ranked, n_offences)."""
        counts = self._finest(period)[:-1]
        within = self.scope.place >= 0
        summed = np.zeros((len(self.scope.ranked), counts.shape[1]), np.int64)
        np.add.at(summed, self.scope.place[within], counts[within])
        return summed

    def of(self, period: Period) -> IntArray:
        """Return counts of shape (n_ranked,)."""
        counts: IntArray = self.by_offence(period).sum(axis=1)
        return counts

    def unplaced(self, period: Period) -> int:
        """Return the incidents in no area; a scope narrower than everywhere has none."""
        return 0 if self.scope.query.areas else int(self._finest(period)[-1].sum())


def _inputs(opened: Opened, scope: Scope, counted: _Counts, weights: Weights) -> RankingInputs:
    areas, ranked, period = opened.areas, scope.ranked, scope.query.period
    parents = [int(areas.parent[at]) for at in ranked]
    exposure = covered_days(opened, scope.trained_on, scope.query.sources)
    has_data = _largest(scope, exposure + covered_days(opened, period, scope.query.sources)) > 0
    shares = _covered_shares(scope, exposure > 0)
    history = [period]
    for _ in range(HISTORY_PERIODS - 1):
        history.append(history[-1].previous())

    def is_covered(asked: Period) -> BoolArray:
        full = covered_days(opened, asked, scope.query.sources) == asked.days
        return _all_covered(scope, exposure > 0, full)

    return RankingInputs(
        id=tuple(areas.id[at] for at in ranked),
        name=tuple(areas.name[at] for at in ranked),
        parent=tuple(areas.name[at] if at >= 0 else "" for at in parents),
        offences=counted.offences,
        trained=counted.by_offence(scope.trained_on),
        exposure_days=_largest(scope, exposure).astype(np.float64),
        n=np.where(has_data, counted.of(period), 0),  # strays over a border are no count of the area they fell into
        previous=counted.of(period.previous()),
        previous_covered=is_covered(period.previous()),
        last_year=counted.of(period.year_before()),
        last_year_covered=is_covered(period.year_before()),
        history=np.stack([counted.of(each) for each in history], axis=1),
        history_covered=np.stack([is_covered(each) for each in history], axis=1),
        period_days=period.days,
        window_days=scope.window.days,
        weights=weights.value,
        unit=one_of(scope.area_type),
        remarks=_joined(_remarks(scope, counted, shares, areas.id), time_reasons(opened, scope)),
        covered_share={
            areas.id[at]: share for at, share in zip(ranked.tolist(), shares.tolist(), strict=True) if 0 < share < 1
        },
    )


def _largest(scope: Scope, days: IntArray) -> IntArray:
    """Return for each ranked area the most covered days of any finest area in it."""
    largest = np.zeros(len(scope.ranked), np.int64)
    within = scope.place >= 0
    np.maximum.at(largest, scope.place[within], days[within])
    return largest


def _all_covered(scope: Scope, trained: BoolArray, full: BoolArray) -> BoolArray:
    """Return which ranked areas are covered in `full` wherever they are covered at all."""
    within = (scope.place >= 0) & trained
    answer = np.zeros(len(scope.ranked), np.bool_)
    answer[scope.place[within]] = True
    np.logical_and.at(answer, scope.place[within], full[within])
    return frozen(answer)


def _covered_shares(scope: Scope, trained: BoolArray) -> FloatArray:
    """Return for each ranked area the share of the finest areas in it that have data."""
    within = scope.place >= 0
    finest = np.bincount(scope.place[within], minlength=len(scope.ranked))
    with_data = np.bincount(scope.place[within & trained], minlength=len(scope.ranked))
    return np.asarray(with_data / np.maximum(finest, 1), np.float64)


def _remarks(scope: Scope, counted: _Counts, shares: FloatArray, ids: tuple[str, ...]) -> dict[str, tuple[Reason, ...]]:
    """Return what must be said of an area's data: covered in part only, or not in the period asked for."""
    days = covered_days(counted.opened, scope.query.period, scope.query.sources)
    in_period = _largest(scope, days)
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

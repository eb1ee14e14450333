"""Whether it worked: a treated place beside its comparison, before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput, raise_all
from ilpgeo.core.evaluations import Design, Evaluated, Evaluation, Figure, LongerRun, Role, Side
from ilpgeo.core.query import Period
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.types import Access, Incidents, Released
from ilpgeo.core.wording import span
from ilpgeo.cycle.wdd import Counts, Estimate, harm_weighted, peak_p, wdd
from ilpgeo.pipeline.compared import inside_of
from ilpgeo.pipeline.foreseen import LEARN_DAYS
from ilpgeo.pipeline.opened import Opened, coverage, is_monthly, now
from ilpgeo.pipeline.recorded import journal_of
from ilpgeo.pipeline.scope import covered_days, line_of
from ilpgeo.pipeline.source_register import of_reader, withheld_remark
from ilpgeo.pipeline.staged import past_incidents
from ilpgeo.pipeline.taskings import polygons_of, require_place, seen_tasking
from ilpgeo.prioritise.weights import harm_weights

_LEAST_SHARE = 0.01  # of a place: areas that hold less of it need no data
_UNLIKE = 2.0
_LEAST_LONGER = 1.0  # times the days before


def evaluate(opened: Opened, design: Design, access: Access) -> Released[Evaluated]:
    """Return how a treated place changed beside its comparison.

    Raises
    ------
    InvalidInput
        For places outside the workspace or on each other, days without data, offences there are none of.
    NotAllowed
        For a place outside what the role covers.
    """
    from ilpgeo.safeguards.release import release_evaluation

    for place in (design.treated, *design.comparison, *design.displacement):
        require_place(opened, place, access)
    _require_days(opened, design)
    ground = _ground(opened, design)
    sources = of_reader(opened, access)
    held = _require_data(opened, ground, (design.before, design.after), sources)
    counted = [_counted(opened, ground, period, design.offences, sources) for period in (design.before, design.after)]
    before_weight = design.before.days / design.after.days
    sides = [
        replace(side, before=round(float(counted[0].n[at].sum())), after=round(float(counted[1].n[at].sum())),
                before_weight=before_weight * side.after_weight)
        for at, side in enumerate(ground.sides)
    ]  # fmt: skip
    if not any((side.before or 0) + (side.after or 0) for side in sides):
        raise InvalidInput("nothing happened at these places in these days: there is nothing to compare")
    harm = _harm(opened, counted, sides)
    longer = _longer(opened, design, ground, held, sides, sources)
    raw = Evaluated(
        design=design,
        sides=tuple(sides),
        figure=_figure(_test([_counts(side) for side in sides])),
        harm=harm,
        harm_source=opened.workspace.settings.harm_source,
        longer=longer,
        cautions=(*withheld_remark(opened, access), *_cautions(design, sides, ground, longer)),
        crs=opened.workspace.settings.crs,
        version=opened.store.version(),
    )
    return release_evaluation(raw, opened.workspace.settings.small_count)


def keep_evaluation(
    opened: Opened, evaluation: Evaluation, access: Access, *, by: str
) -> Recorded[Evaluation]:  # fmt: skip
    """Record an evaluation with its tasking; raise NotFound or NotAllowed for one that may not be seen."""
    seen_tasking(opened, evaluation.tasking, access)
    return journal_of(opened).save(evaluation, by=by)


def evaluations(opened: Opened, access: Access, tasking: str = "") -> tuple[Recorded[Evaluation], ...]:
    """Return the evaluations kept, of one tasking or of all that may be seen, newest first."""
    from ilpgeo.pipeline.taskings import seen_ids

    ids = seen_ids(opened, access)
    found = journal_of(opened).newest(Evaluation)
    return tuple(each for each in reversed(found) if each.value.tasking in ids and tasking in {"", each.value.tasking})


@dataclass(frozen=True, eq=False)
class _Ground:
    """The places compared, none on another, and how much of the rings lay outside the workspace."""

    sides: tuple[Side, ...]
    clipped: float


@dataclass(frozen=True, eq=False)
class _Counted:
    """Incidents by side and offence, shape (n_sides, n_offences)."""

    n: FloatArray
    offences: tuple[str, ...]


def _require_days(opened: Opened, design: Design) -> None:
    today, faults = now(opened), []
    if design.after.end >= today:
        faults.append(
            f"the days after reach to {design.after.end}, but the data end on {today - timedelta(days=1)}: "
            "choose earlier days, or evaluate when the data are in"
        )
    if is_monthly(opened) and not (design.before.is_whole_months and design.after.is_whole_months):
        faults.append("the data are known to the month only: choose whole months before and after")
    raise_all(faults, subject="evaluation")


def _ground(opened: Opened, design: Design) -> _Ground:
    import shapely

    areas = opened.areas
    treated = shapely.union_all(polygons_of(areas, (design.treated,)))
    comparison = shapely.union_all(polygons_of(areas, design.comparison))
    if shapely.intersection(treated, comparison).area > _LEAST_SHARE * min(treated.area, comparison.area):
        raise InvalidInput("the treated place and its comparison lie on each other: choose a comparison elsewhere")
    comparison = shapely.difference(comparison, treated)
    named = ", ".join(each.name for each in design.comparison)
    drawn: list[tuple[Role, str, Any]] = [
        (Role.TREATED, design.treated.name, treated), (Role.COMPARISON, named, comparison),
    ]  # fmt: skip
    taken, clipped = shapely.union(treated, comparison), 0.0
    if design.displacement:
        around = shapely.difference(shapely.union_all(polygons_of(areas, design.displacement)), taken)
        if around.is_empty:
            raise InvalidInput("the displacement areas lie on the places compared: choose areas beside them")
        drawn.append((Role.DISPLACEMENT, ", ".join(each.name for each in design.displacement), around))
    elif design.ring_m > 0:
        home = shapely.union_all(areas.geometry[areas.type == len(areas.types) - 1])
        reach = [shapely.buffer(each, design.ring_m) for each in (treated, comparison)]
        both = shapely.union(taken, shapely.intersection(*reach))  # what lies within reach of both tells nothing
        for role, around in zip((Role.DISPLACEMENT, Role.COMPARISON_DISPLACEMENT), reach, strict=True):
            whole = shapely.difference(around, both)
            ring = shapely.intersection(whole, home)
            clipped = max(clipped, 1 - ring.area / whole.area if whole.area else 0.0)
            if ring.is_empty:
                raise InvalidInput("the rings lie outside the workspace or on each other: make them narrower")
            drawn.append((role, f"{design.ring_m:g} m around", ring))
    return _Ground(tuple(_side(design, treated, *each) for each in drawn), clipped)


def _side(design: Design, treated: Any, role: Role, name: str, polygon: Any) -> Side:
    """Return a place before its incidents are counted; its weight is its ground beside its partner's."""
    weight = polygon.area / treated.area if design.by_area and role is Role.COMPARISON else 1.0
    return Side(role, name, None, None, polygon.area / 1e6, weight, weight, polygon)


def _touched(opened: Opened, ground: _Ground) -> npt.NDArray[np.int64]:
    """Return the places of the finest areas, in `Areas.finest`, that hold a part of the ground worth having."""
    import shapely

    shapes = opened.areas.geometry[opened.areas.finest]
    found: set[int] = set()
    for side in ground.sides:
        hit = np.flatnonzero(shapely.intersects(shapes, side.polygon))
        shared = shapely.area(shapely.intersection(shapes[hit], side.polygon))
        found |= set(hit[shared > _LEAST_SHARE * side.polygon.area].tolist())
    return np.array(sorted(found), np.int64)


def _require_data(
    opened: Opened, ground: _Ground, periods: tuple[Period, ...], sources: tuple[str, ...]
) -> npt.NDArray[np.int64]:  # fmt: skip
    touched, areas, faults = _touched(opened, ground), opened.areas, []
    if not touched.size:
        raise InvalidInput("the places lie outside every area of this workspace")
    for period in periods:
        lacking = touched[covered_days(opened, period, sources)[touched] < period.days]
        if lacking.size:
            named = ", ".join(areas.name[int(areas.finest[at])] for at in lacking[:3])
            more = f" and {lacking.size - 3} more areas" if lacking.size > 3 else ""
            faults.append(f"no data for every day of {period} in {named}{more}; no data is not no incidents")
    raise_all(faults, subject="evaluation")
    return touched


def _counted(
    opened: Opened, ground: _Ground, period: Period, offences: tuple[str, ...], sources: tuple[str, ...]
) -> _Counted:
    everywhere = np.ones(len(opened.areas.finest), np.bool_)
    past = past_incidents(opened, period, everywhere, (), sources)
    unknown = sorted(set(offences) - set(past.offences)) if len(past) else []
    if unknown and not set(offences) & set(past.offences):
        raise InvalidInput(f"no incident of {', '.join(unknown)} in {period}; there are: {', '.join(past.offences)}")
    kept = [at for at, each in enumerate(past.offences) if not offences or each in offences]
    return _Counted(
        np.stack([_by_offence(past, side.polygon)[kept] for side in ground.sides]),
        tuple(past.offences[at] for at in kept),
    )


def _by_offence(past: Incidents, polygon: Any) -> FloatArray:
    inside = inside_of(past, polygon)
    return np.bincount(past.offence[inside], past.weight[inside], len(past.offences)).astype(np.float64)


def _counts(side: Side) -> Counts:
    return Counts(side.before or 0, side.after or 0, side.before_weight, side.after_weight)


def _test(counts: list[Counts]) -> Estimate:
    third = counts[2] if len(counts) > 2 else None
    fourth = counts[3] if len(counts) > 3 else None
    return wdd(counts[0], counts[1], third, fourth)


def _figure(estimate: Estimate) -> Figure:
    return Figure(estimate.value, *estimate.interval())


def _harm(opened: Opened, counted: list[_Counted], sides: list[Side]) -> Figure | None:
    """Return the difference in units of harm; None where there is no harm table."""
    table = opened.workspace.weights("harm")
    if not table:
        return None
    offences = sorted({*counted[0].offences, *counted[1].offences})
    weights = harm_weights(offences, table).value
    estimates = [
        _test([
            Counts(_of(counted[0], at, offence), _of(counted[1], at, offence), side.before_weight, side.after_weight)
            for at, side in enumerate(sides)
        ])
        for offence in offences
    ]  # fmt: skip
    return _figure(harm_weighted(estimates, weights.tolist()))


def _of(counted: _Counted, side: int, offence: str) -> float:
    return float(counted.n[side, counted.offences.index(offence)]) if offence in counted.offences else 0.0


def _longer(
    opened: Opened,
    design: Design,
    ground: _Ground,
    touched: npt.NDArray[np.int64],
    sides: list[Side],
    sources: tuple[str, ...],
) -> LongerRun | None:
    """Return the same test against the longer run before; None where the data do not reach back far enough."""
    period = _run_before(opened, design.before, touched, sources)
    if period is None:
        return None
    earlier = _counted(opened, ground, period, design.offences, sources)
    n = [round(float(each.sum())) for each in earlier.n]
    scale = period.days / design.after.days
    counts = [
        Counts(n[at], side.after or 0, scale * side.after_weight, side.after_weight) for at, side in enumerate(sides)
    ]
    before = design.before.days
    return LongerRun(
        period=period,
        expected=n[0] * before / period.days,
        peak_p=peak_p(sides[0].before or 0, before, n[0], period.days),
        figure=_figure(_test(counts)),
    )


def _run_before(
    opened: Opened, before: Period, touched: npt.NDArray[np.int64], sources: tuple[str, ...]
) -> Period | None:
    """Return the unbroken days with data that end where the days before begin, three years at most."""
    areas, cover = opened.areas, coverage(opened)
    last = before.start - timedelta(days=1)
    start = Period.ending(last, LEARN_DAYS).start
    for at in touched:
        periods = cover.periods(line_of(areas, areas.id[int(areas.finest[at])]), sources)
        held = next((each for each in periods if each.start <= last <= each.end), None)
        if held is None:
            return None
        start = max(start, held.start)
    if is_monthly(opened) and start.day != 1:
        start = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    days = (last - start).days + 1
    return Period(start, last) if days >= _LEAST_LONGER * before.days else None


def _cautions(design: Design, sides: list[Side], ground: _Ground, longer: LongerRun | None) -> list[str]:
    said = []
    chosen = design.chosen_on
    if chosen is not None and chosen.overlap_days(design.before):
        said.append(
            f"The place was chosen because it ranked high in {span(chosen)}, days that lie in the days before: a place "
            "at a peak comes down by itself. Read the comparison with the longer run first"
        )
    if longer is None:
        said.append("There are not enough data before the days before to see whether they were a peak for this place")
    treated, comparison = ((side.before or 0) / side.before_weight for side in sides[:2])
    if min(treated, comparison) * _UNLIKE < max(treated, comparison):
        said.append(
            "Treated place and comparison are unlike: one had over twice as many incidents before. The test takes it "
            "that both would have changed by the same number; choose a comparison of about the same count"
        )
    if ground.clipped > _LEAST_SHARE:
        said.append(f"{ground.clipped:.0%} of a ring lies outside the workspace and is left out")
    return said

"""Taskings of a demo: real places and days, dosage and outcomes made up and marked, the evaluation worked out."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.evaluations import Design, Evaluation
from ilpgeo.core.plans import Patrols, Plan
from ilpgeo.core.query import Level, Period, Query
from ilpgeo.core.recipes import Entry
from ilpgeo.core.recorded import Change
from ilpgeo.core.taskings import Decision, Origin, Outcome, Place, State, Tasking
from ilpgeo.core.wording import share, span
from ilpgeo.pipeline.drawn import whole_area
from ilpgeo.pipeline.foreseen import Forecaster
from ilpgeo.pipeline.scope import covered_days

if TYPE_CHECKING:
    from ilpgeo.pipeline.examples import Sample

_DONE, _RUNNING, _PLANNED, _PROPOSED = (f"example-{word}" for word in ("done", "running", "planned", "proposed"))
_LEARN_DAYS = 365
_PLACES = 20
_MOST_STOPS = 8
_KNOWN = "Among the areas with the most incidents in the last year of data"


def example_taskings(sample: Sample) -> list[Change[Any]]:
    """Return taskings in four states with what was done on them, an evaluation and a decision, to record together."""
    from ilpgeo.pipeline.examples import BY

    today, ended = sample.today, sample.period
    before = _before(sample)

    def tasking(at: int, days: Period, state: State, aim: str) -> Tasking:
        return Tasking(
            whole_area(sample.areas, sample.busiest[min(at, len(sample.busiest) - 1)]), Level.LOCAL, days.start,
            days.end, BY, aim, 18, 24, state=state, origin=Origin.RANKED,
            chosen_on=before if state is State.DONE else None, evidence=(_KNOWN,), is_example=True,
        )  # fmt: skip

    done = tasking(0, ended, State.DONE, "Example: fewer incidents in the evening than in the days before")
    running = tasking(
        1, Period(today - timedelta(days=7), today + timedelta(days=7)), State.RUNNING,
        "Example: be seen where and when most is expected",
    )  # fmt: skip
    proposed = tasking(
        2, Period(today + timedelta(days=3), today + timedelta(days=16)), State.PROPOSED,
        "Example: mend lights and locks with the city",
    )  # fmt: skip
    decided = Decision(
        today, Level.LOCAL, f"Example: the tour of the patrol plan is walked in {sample.name(sample.busiest[0])}",
        "the plan covers the hours with the most expected harm", BY, sample.busiest[0], today + timedelta(days=7),
        is_example=True,
    )  # fmt: skip
    logs = [
        _log(_DONE, ended.start, 4, "Example: foot patrol", "Example: nothing to report"),
        _log(_DONE, ended.end, 4, "Example: foot patrol", "Example: handed over"),
        _log(_RUNNING, today - timedelta(days=1), 3, "Example: patrol by car"),
    ]
    planned = _planned(sample, today + timedelta(days=1))
    return [
        Change(done, _DONE), Change(running, _RUNNING), *(Change(each, _PLANNED) for each in planned),
        Change(proposed, _PROPOSED), *(Change(each) for each in logs), Change(decided),
        *(Change(each) for each in _evaluated(sample, done.place, before)),
    ]  # fmt: skip


def _log(tasking: str, on: date, visits: int, done: str, seen: str = "") -> Outcome:
    return Outcome(tasking, on, visits, 15.0 * visits, done, seen, is_example=True)


def _before(sample: Sample) -> Period | None:
    """Return the days to compare the last period with: those before it, else of a year ago; None: no data."""
    opened, areas = sample.opened, sample.areas
    at = np.flatnonzero(areas.finest == areas.at(sample.busiest[0]))
    for period in (sample.period.previous(), sample.period.year_before()):
        if (covered_days(opened, period, ())[at] == period.days).all():
            return period
    return None


def _evaluated(sample: Sample, treated: Place, before: Period | None) -> list[Evaluation]:
    from ilpgeo.cycle.wdd_words import told
    from ilpgeo.pipeline.compared import propose_comparisons
    from ilpgeo.pipeline.evaluated import evaluate
    from ilpgeo.pipeline.examples import EVERYONE

    if before is None:
        return []
    with suppress(InvalidInput):  # a workspace without a second place to compare with
        comparison = propose_comparisons(sample.opened, treated, before, EVERYONE)
        design = Design(treated, comparison, before, sample.period, chosen_on=before)
        found = evaluate(sample.opened, design, EVERYONE).value
        said = told(found)
        first = f"Example (the tasking is made up, the counts are real): {said[0]}"
        return [Evaluation(_DONE, design, found.figure, (first, *said[1:]), found.version)]
    return []


def _planned(sample: Sample, on: date) -> list[Tasking]:
    """Return a tour of a patrol plan of the busiest area as a tasking: the first of the shift that covers most harm."""
    from ilpgeo.pipeline.allocated import plan_patrols
    from ilpgeo.pipeline.examples import BY, EVERYONE

    query = Query(Level.LOCAL, sample.period, areas=(sample.busiest[0],))
    cell_m = float(sample.opened.workspace.settings.cell_m)
    forecaster = Forecaster(Entry("prior_count"), cell_m, _LEARN_DAYS)
    with suppress(InvalidInput):  # too few incidents to say where patrols are needed
        patrols = Patrols(on, units=2, places=_PLACES)
        plan = plan_patrols(sample.opened, patrols, query, EVERYONE, forecaster).value
        return [_of_tour(sample, plan, BY)]
    return []


def _of_tour(sample: Sample, plan: Plan, by: str) -> Tasking:
    import shapely

    shift = max(plan.shifts, key=lambda each: each.harm)
    unit = min(each.unit for each in shift.stops)
    stops = [each for each in shift.stops if each.unit == unit]
    spots = {each.id: each for each in plan.spots}
    ground = shapely.union_all([spots[each.spot].polygon for each in stops])
    place = Place(
        f"Stops of patrol {unit} in {sample.name(sample.busiest[0])}", sample.busiest[0],
        shapely.to_wkt(ground, rounding_precision=1),
    )  # fmt: skip
    listed = [f"{each.clock} {spots[each.spot].name}" for each in stops[:_MOST_STOPS]]
    covers = share(shift.harm / plan.looked_at) if plan.looked_at else "none"
    known = [
        f"Patrol plan for {span(plan.window)}, by {plan.model}: the {len(shift.stops)} stops of this shift cover "
        f"{covers} of the day's expected harm at the {len(plan.spots)} places looked at",
        *([plan.note] if plan.note else []), *listed,
    ]  # fmt: skip
    return Tasking(
        place, Level.LOCAL, plan.window.start, plan.window.end, by, "Example: a tour of a patrol plan",
        shift.from_hour, shift.until_hour or 24, visits_per_day=float(len(stops)),
        minutes_per_visit=plan.patrols.stop_minutes, state=State.AGREED, origin=Origin.HOTSPOT, evidence=tuple(known),
        is_example=True,
    )  # fmt: skip

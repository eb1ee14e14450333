"""Taskings of a demo workspace, marked as examples: real places and days, nothing claimed of what came of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from ilpgeo.core.query import Level, Period, months_later
from ilpgeo.core.recorded import Change
from ilpgeo.core.taskings import Origin, Outcome, State, Tasking
from ilpgeo.pipeline.drawn import whole_area
from ilpgeo.pipeline.opened import Opened, cube, is_monthly, now
from ilpgeo.pipeline.recorded import journal_of

BY = "Example"
_DAYS = 28


def add_example_taskings(opened: Opened, today: date) -> None:
    """Put three taskings on the board of a demo that has none: one done while there were data, two by the clock.

    They lie on the areas of the finest level with the most incidents in the last year of data.
    """
    journal = journal_of(opened)
    if journal.newest(Tasking) or not opened.store.files():
        return
    last = now(opened) - timedelta(days=1)
    counts = cube(opened)
    by_area = counts.by_area_and_offence(counts.chosen(Period.ending(last, 365), (), ())).sum(axis=1)[:-1]
    areas = opened.areas
    busiest = [areas.id[int(areas.finest[at])] for at in np.argsort(-by_area, kind="stable")[:3]]
    ended = Period.ending(last, _DAYS)
    if is_monthly(opened):
        ended = Period(months_later(last, 0), last)

    def tasking(area: str, days: Period, state: State, aim: str) -> Tasking:
        return Tasking(
            whole_area(areas, area), Level.LOCAL, days.start, days.end, "Example owner", aim, 18, 24, state=state,
            origin=Origin.RANKED, chosen_on=ended.previous() if state is State.DONE else None,
            evidence=("Among the areas with the most incidents in the last year of data",), is_example=True,
        )  # fmt: skip

    first, running, proposed = (
        tasking(busiest[0], ended, State.DONE, "Example: fewer incidents in the evening than in the weeks before"),
        tasking(busiest[min(1, len(busiest) - 1)], Period(today - timedelta(days=7), today + timedelta(days=7)),
                State.RUNNING, "Example: be seen where and when most is expected"),
        tasking(busiest[-1], Period(today + timedelta(days=3), today + timedelta(days=16)), State.PROPOSED,
                "Example: mend lights and locks with the city"),
    )  # fmt: skip
    done, going, _ = journal.record([Change(first), Change(running), Change(proposed)], BY)
    logs = [
        Outcome(done.id, ended.start, 4, 60.0, "Example: foot patrol", "Example: nothing to report", is_example=True),
        Outcome(done.id, ended.end, 4, 60.0, "Example: foot patrol", "Example: handed over", is_example=True),
        Outcome(going.id, today - timedelta(days=1), 3, 45.0, "Example: patrol by car", is_example=True),
    ]
    journal.record([Change(each) for each in logs], BY)

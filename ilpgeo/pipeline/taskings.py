"""Taskings, outcomes and decisions: read and recorded within what a person may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.errors import InvalidInput, NotAllowed, raise_all
from ilpgeo.core.recorded import Change, Recorded
from ilpgeo.core.taskings import Board, Decision, DueTasking, Followed, Outcome, Place, State, Tasking
from ilpgeo.core.types import Access, Areas, Released
from ilpgeo.cycle.due import due_taskings
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.recorded import journal_of


def tasking_board(opened: Opened, access: Access, today: date) -> Released[Board]:
    """Return the taskings inside a person's areas and levels, with what was done on them."""
    from ilpgeo.safeguards.release import release_board

    seen = _followed(opened, access)
    polygons = tuple(polygon_of(opened.areas, each.value.place) for each in seen)
    return release_board(Board(seen, polygons, opened.workspace.settings.crs, today))


def taskings_due(opened: Opened, access: Access, today: date) -> tuple[DueTasking, ...]:
    """Return the taskings that need attention on a day, the most urgent first."""
    return due_taskings(_followed(opened, access), today)


def _followed(opened: Opened, access: Access) -> tuple[Followed, ...]:
    journal = journal_of(opened)
    done: dict[str, list[Recorded[Outcome]]] = {}
    for outcome in journal.newest(Outcome):
        done.setdefault(outcome.value.tasking, []).append(outcome)
    return tuple(
        Followed(each, tuple(sorted(done.get(each.id, ()), key=lambda one: one.value.on)))
        for each in journal.newest(Tasking)
        if _may_see(opened.areas, each.value, access)
    )


def taskings_for(opened: Opened, event: str, access: Access) -> tuple[Recorded[Tasking], ...]:
    """Return the taskings of an event that may be seen, the first day first."""
    found = (each.tasking for each in _followed(opened, access) if event and each.value.event == event)
    return tuple(sorted(found, key=lambda each: each.value.starts_on))


def tasking_history(opened: Opened, id: str, access: Access) -> tuple[Recorded[Tasking], ...]:
    """Return every revision of a tasking, oldest first; raise NotFound or NotAllowed."""
    seen_tasking(opened, id, access)
    return journal_of(opened).history(Tasking, id)


def save_tasking(
    opened: Opened, tasking: Tasking, access: Access, *, by: str, id: str = "", based_on: int = 0
) -> Recorded[Tasking]:
    """Record a tasking, new or changed.

    Raises
    ------
    InvalidInput
        For an area this workspace does not have, ground outside its areas, or without a name in `by`.
    NotAllowed
        When the place or the level is outside what the role covers.
    Conflict
        When somebody else changed it meanwhile; nothing is recorded.
    """
    require_place(opened, tasking.place, access)
    access.require(tasking.level)
    if id:
        seen_tasking(opened, id, access)
    return journal_of(opened).save(tasking, by=by, id=id, based_on=based_on)


def log_outcome(
    opened: Opened,
    outcome: Outcome,
    access: Access,
    *,
    by: str,
    based_on: int,
    state: State | None = None,
    today: date | None = None,
) -> Recorded[Outcome]:
    """Record what was done on a tasking and, in the same moment, the state it is in now.

    Parameters
    ----------
    based_on
        The tasking's revision the person looked at.
    state
        None leaves the state as it is.
    today
        A day after it has nothing done on it yet.
    """
    found = seen_tasking(opened, outcome.tasking, access)
    faults = []
    if today is not None and outcome.on > today:
        faults.append(f"{outcome.on} is still to come; log what was done up to {today}")
    if outcome.on < found.value.starts_on:
        faults.append(f"{outcome.on} is before the tasking starts, on {found.value.starts_on}")
    if found.value.state is State.DROPPED:
        faults.append("the tasking was dropped; take it up again first")
    raise_all(faults, subject="outcome")
    changes: list[Change[Any]] = [Change(outcome)]
    if state is not None and state is not found.value.state:
        changes.append(Change(replace(found.value, state=state), outcome.tasking, based_on))
    return journal_of(opened).record(changes, by)[0]


def decisions(opened: Opened, access: Access) -> tuple[Recorded[Decision], ...]:
    """Return the decisions a person may see, newest first."""
    allowed = opened.areas.within(access.areas)
    found = [
        each
        for each in journal_of(opened).newest(Decision)
        if each.value.level in access.levels
        and (not each.value.area or _is_in(opened.areas, each.value.area, allowed))
        and (each.value.area or not access.areas)
    ]
    found.reverse()
    return tuple(sorted(found, key=lambda each: each.value.on, reverse=True))


def save_decision(opened: Opened, decision: Decision, access: Access, *, by: str) -> Recorded[Decision]:
    """Record a decision; raise NotAllowed outside the role's areas and levels, InvalidInput for an unknown area."""
    access.require(decision.level)
    if decision.area or access.areas:
        _require_area(opened.areas, decision.area, access)
    return journal_of(opened).save(decision, by=by)


def polygon_of(areas: Areas, place: Place) -> Any:
    """Return a place's polygon; None where its area is not in this workspace any more."""
    outline = place.polygon()
    if outline is not None:
        return outline
    return areas.geometry[areas.position[place.area]] if place.area in areas.position else None


def polygons_of(areas: Areas, places: Sequence[Place]) -> npt.NDArray[Any]:
    """Return the polygons of places; raise InvalidInput naming every one that lies outside this workspace."""
    found = [polygon_of(areas, each) for each in places]
    raise_all(
        [f"{place.name or 'a place'} is not in this workspace" for place, one in zip(places, found, strict=True)
         if one is None],
        subject="places",
    )  # fmt: skip
    return np.array([*found, None], dtype=object)[:-1]


def area_at(areas: Areas, x: float, y: float) -> str:
    """Return the id of the finest area under a point, metres; raise InvalidInput where there is none."""
    import shapely

    finest = areas.finest
    hit = np.flatnonzero(shapely.contains_xy(areas.geometry[finest], x, y))
    if not hit.size:
        raise InvalidInput("this point lies in no area of the workspace; click inside its borders")
    return areas.id[int(finest[hit[0]])]


def seen_ids(opened: Opened, access: Access) -> frozenset[str]:
    """Return the ids of the taskings a person may see."""
    return frozenset(
        each.id for each in journal_of(opened).newest(Tasking) if _may_see(opened.areas, each.value, access)
    )


def seen_tasking(opened: Opened, id: str, access: Access) -> Recorded[Tasking]:
    """Return a tasking as it is now; raise NotFound, or NotAllowed outside the role's areas and levels."""
    found = journal_of(opened).one(Tasking, id)
    if not _may_see(opened.areas, found.value, access):
        raise NotAllowed(f"the role {access.role} does not cover this tasking's place; ask the data manager")
    return found


def _may_see(areas: Areas, tasking: Tasking, access: Access) -> bool:
    return tasking.level in access.levels and (
        not access.areas or _is_in(areas, tasking.place.area, areas.within(access.areas))
    )


def _is_in(areas: Areas, area: str, allowed: Any) -> bool:
    return area in areas.position and bool(allowed[areas.position[area]])


def _require_area(areas: Areas, area: str, access: Access) -> None:
    if area and area not in areas.position:
        raise InvalidInput(
            f"there is no area {area!r} in this workspace; choose one of {', '.join(areas.name[:3])} or another of its "
            "areas: the place may belong to another workspace"
        )
    if access.areas and not _is_in(areas, area, areas.within(access.areas)):
        raise NotAllowed(f"the role {access.role} does not cover this place; ask the data manager")


def require_place(opened: Opened, place: Place, access: Access) -> None:
    """Raise for a place of another workspace, or outside the role's areas."""
    import shapely

    areas = opened.areas
    _require_area(areas, place.area, access)
    outline = place.polygon()
    if outline is None:
        return
    home = areas.geometry[areas.type == len(areas.types) - 1]
    if not shapely.intersects(home, outline).any():
        raise InvalidInput("tasking: the outline lies outside every area of this workspace; draw it inside its borders")
    if access.areas:
        allowed = areas.geometry[[areas.at(each) for each in access.areas]]
        if shapely.intersection(shapely.union_all(allowed), outline).area < 0.5 * outline.area:
            raise NotAllowed(f"most of the outline lies outside the areas of the role {access.role}")

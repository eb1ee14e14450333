"""The tasking page's state: which part and tasking is open, in the address too; the place that is being chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType

import streamlit as st

from ilpgeo.core.taskings import Origin, Place
from ilpgeo.core.types import Period
from ilpgeo.ui import last_act
from ilpgeo.ui.held import Held
from ilpgeo.ui.view import Address

PARTS = MappingProxyType({
    "board": "Board", "new": "New tasking", "evaluate": "Evaluate", "plan": "Patrol plan", "meeting": "Meeting",
})  # fmt: skip
AREA, CIRCLE, OUTLINE = "area", "circle", "outline"
USUAL_DAYS = 14
TOLD = "tasking"
_DRAFT, _SKETCH, _BASE = "ilpgeo-tasking-draft", "ilpgeo-sketch", "ilpgeo-tasking-base"


@dataclass(frozen=True, slots=True)
class TaskingView:
    """What the page shows: a part, and the tasking that is open (empty: none)."""

    part: str = "board"
    tasking: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new tasking starts with: see `Tasking`."""

    place: Place | None = None
    origin: Origin = Origin.DRAWN
    chosen_on: Period | None = None
    window: Period | None = None
    offences: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    hours: tuple[int, int] = (0, 24)
    event: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    """How a click on the map is taken, and the corners clicked so far (longitude, latitude)."""

    mode: str = AREA
    radius_m: float = 200.0
    corners: tuple[tuple[float, float], ...] = ()
    seen: tuple[float, float] | None = field(default=None)


def to_address(shown: TaskingView) -> Address:
    """Return the address parameters that bring this view back."""
    address = {"part": [shown.part], "tasking": [shown.tasking]}
    return {name: values for name, values in address.items() if any(values)}


def from_address(
    address: Mapping[str, Sequence[str]], known: frozenset[str]
) -> tuple[TaskingView, tuple[str, ...]]:  # fmt: skip
    """Return the view an address asks for, and a sentence for each part that could not be followed."""
    notes = []
    part = (list(address.get("part", ())) or ["board"])[0]
    if part not in PARTS:
        notes.append(f"The link asks for a part {part!r} that this page does not have")
        part = "board"
    tasking = (list(address.get("tasking", ())) or [""])[0]
    if tasking and tasking not in known:
        notes.append("The link names a tasking that is not here, or that you may not see")
        tasking = ""
    return TaskingView(part, tasking), tuple(notes)


_HELD: Held[TaskingView] = Held("tasking", to_address)
load, current, start, key, put, save = (
    _HELD.load, _HELD.current, _HELD.start, _HELD.key, _HELD.put, _HELD.save,
)  # fmt: skip


def show(part: str, tasking: str = "") -> None:
    """Open a part of the page, with a tasking; the fields start anew, and what was told of another goes."""
    last_act.forget()
    st.session_state.pop(_BASE, None)
    _HELD.start_anew(TaskingView(part, tasking))


def draft() -> Draft:
    """Return what the new tasking starts with."""
    known: Draft = st.session_state.get(_DRAFT, Draft())
    return known


def begin(made: Draft) -> None:
    """Start a new tasking from a draft; the fields start anew."""
    st.session_state[_DRAFT] = made
    show("new")


def place_is(place: Place | None, origin: Origin = Origin.DRAWN, chosen_on: Period | None = None) -> None:
    """Put another place into the draft; what was typed stays."""
    known = draft()
    st.session_state[_DRAFT] = replace(known, place=place, origin=origin, chosen_on=chosen_on, evidence=())


def sketch(of: str) -> Sketch:
    """Return how clicks are taken on one map of the page."""
    known: Sketch = st.session_state.get(f"{_SKETCH}-{of}", Sketch())
    return known


def sketch_is(of: str, made: Sketch) -> None:
    """Change how clicks are taken on one map of the page."""
    st.session_state[f"{_SKETCH}-{of}"] = made


def base_revision(newest: int) -> int:
    """Return the revision the open form started from: the newest when it was opened, whatever came since."""
    return int(st.session_state.setdefault(_BASE, newest))


def rebase(revision: int) -> None:
    """Let the open form stand on a newer revision; what was typed stays."""
    st.session_state[_BASE] = revision


def default_window(now: date, today: date, made: Draft) -> tuple[date, date]:
    """Return the days a new tasking starts with: the draft's, else two weeks from the first day without data.

    Where the data are so old that those days are over, they are as many from today: nobody is sent into the past. The
    days of an event stay.
    """
    window = made.window or Period(now, now + timedelta(days=USUAL_DAYS - 1))
    if window.end < today and not made.event:
        window = Period(today, today + timedelta(days=window.days - 1))
    return window.start, window.end

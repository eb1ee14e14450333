"""A playlist being edited: its slides as the session keeps them, each under a number of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from ilpgeo.core.rooms import Slide
from ilpgeo.ui.display.kinds import KINDS

_OF_EVERY_KIND = ("kind", "seconds", "until")
_DRAFT, _NUMBER = "ilpgeo-room-draft", "ilpgeo-room-number"


@dataclass(frozen=True, slots=True)
class Draft:
    """A room's playlist as it is being edited.

    Attributes
    ----------
    room
        The room chosen; empty is a new one.
    based_on
        The revision it was started from; 0 for none.
    slides
        The slides under their numbers, in order.
    """

    room: str
    based_on: int
    slides: tuple[tuple[int, Slide], ...]


def current(room: str) -> Draft | None:
    """Return the draft of a room, None where none was begun."""
    found = st.session_state.get(_DRAFT)
    return found if isinstance(found, Draft) and found.room == room else None


def begin(room: str, based_on: int, slides: tuple[Slide, ...]) -> Draft:
    """Return a new draft of these slides."""
    return _keep(Draft(room, based_on, tuple((_next(), each) for each in slides)))


def forget() -> None:
    """Let the draft go: the next run starts from what is saved."""
    st.session_state.pop(_DRAFT, None)


def key(number: int, field: str) -> str:
    """Return the key of the widget that holds a slide's field."""
    return f"room-slide-{number}-{field}"


def as_edited(draft: Draft) -> tuple[Slide, ...]:
    """Return the slides with what the widgets hold now; what a slide's kind does not ask for is left out."""
    edited = (replace(slide, **_held(number)) for number, slide in draft.slides)
    return tuple(
        Slide(**{name: getattr(each, name) for name in {*_OF_EVERY_KIND, *KINDS[each.kind].fields}})
        if each.kind in KINDS
        else each
        for each in edited
    )


def add(slide: Slide) -> None:
    """Add a slide at the end."""
    draft = _now()
    _keep(replace(draft, slides=(*draft.slides, (_next(), slide))))


def remove(number: int) -> None:
    """Take a slide out."""
    draft = _now()
    _keep(replace(draft, slides=tuple(each for each in draft.slides if each[0] != number)))


def move(number: int, by: int) -> None:
    """Move a slide up (-1) or down (1); one that was taken out meanwhile stays out."""
    draft = _now()
    slides = list(draft.slides)
    at = next((place for place, each in enumerate(slides) if each[0] == number), None)
    if at is not None:
        slides.insert(min(max(at + by, 0), len(slides) - 1), slides.pop(at))
        _keep(replace(draft, slides=tuple(slides)))


def _now() -> Draft:
    """Return the draft as the session has it, which a second click in a row finds changed by the first."""
    found = st.session_state.get(_DRAFT)
    return found if isinstance(found, Draft) else Draft("", 0, ())


def _keep(draft: Draft) -> Draft:
    # what the widgets hold is taken along: one that is not drawn in a run loses its state
    kept = tuple((number, replace(slide, **_held(number))) for number, slide in draft.slides)
    draft = replace(draft, slides=kept)
    st.session_state[_DRAFT] = draft
    return draft


def _held(number: int) -> Mapping[str, Any]:
    """Return the fields of a slide that a widget holds, by name."""
    places = ((each.name, key(number, each.name)) for each in fields(Slide))
    return {name: st.session_state[place] for name, place in places if place in st.session_state}


def _next() -> int:
    number = int(st.session_state.get(_NUMBER, 0)) + 1
    st.session_state[_NUMBER] = number
    return number

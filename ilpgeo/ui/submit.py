"""The button of a form, and why it was refused: told above it until the person acts on it or leaves.

A page is drawn anew whenever data or records come, of whomever; what was said of a form goes on standing there. A press
is taken before the page is drawn: a run that is replaced on its way to the form, as by a word of the map, does not lose
it. A press that follows an act before its outcome can have been read is the second half of a double one.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic
from types import TracebackType
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ilpgeo.ui import last_act, presses
from ilpgeo.ui.errors import Message, message_of

HASTE_S = 1.0
_KEPT, _DRAWN = "ilpgeo-refused", "ilpgeo-refused-drawn"
_TAKEN, _ACTED = "ilpgeo-pressed", "ilpgeo-acted"


class Pressed:
    """The block that acts on a pressed button, to its end: what it raises is told above the button, and stays there."""

    def __init__(self, place: DeltaGenerator, key: str, about: Hashable) -> None:
        self._place, self._key, self._about = place, key, about
        self._whole = presses.undisturbed()

    def __enter__(self) -> None:
        self._place.__enter__()
        self._whole.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        try:
            self._place.__exit__(kind, error, trace)
            if not isinstance(error, Exception):
                _acted()[self._key] = monotonic() if error is None else None
                return False
            message = message_of(error)
            _kept()[self._key] = (self._about, message)
        finally:
            self._whole.__exit__(None, None, None)
        with self._place:
            message.show()
        return True


def submit(
    label: str,
    *,
    key: str,
    icon: str | None = None,
    is_main: bool = True,
    is_wide: bool = False,
    about: Hashable = None,
    in_form: bool = True,
) -> Pressed | None:
    """Draw the button of a form; return the block to act in when it was pressed.

    Parameters
    ----------
    key
        The form's, unique on the page.
    is_main
        False for a button that is not what the person came for.
    about
        What the form speaks of beyond its own fields: what was said of another one goes.
    in_form
        False for fields that the page follows as they are filled in: the button then stands by itself.
    """
    place = st.container()
    looks = {"type": "primary" if is_main else "secondary", "icon": icon, "width": "stretch" if is_wide else "content"}
    if pressed(label, key=key, in_form=in_form, **looks):
        return Pressed(place, key, about)
    if _acted().get(key, 0.0) is None:
        _acted()[key] = monotonic()
    then, message = _kept().get(key, (None, None))
    if message is not None and then == about:
        with place:
            message.show()
    return None


def pressed(label: str, *, key: str, in_form: bool = False, **looks: Any) -> bool:
    """Draw a button that only leads on, or whose work can be stopped; return whether it was pressed.

    Parameters
    ----------
    key
        The button's, unique on the page.
    looks
        What Streamlit's buttons take beside it: type, icon, width, help.
    """
    st.session_state.setdefault(_DRAWN, set()).add(key)
    draw = st.form_submit_button if in_form else partial(st.button, key=key)
    draw(label, on_click=_take, args=(key,), **looks)
    if key not in _taken():
        return False
    _taken().discard(key)  # last: each touch of the session can end the run, and a press let go of would be lost
    return True


@contextmanager
def one_run() -> Iterator[None]:
    """Draw a page; what was said of forms that are not on it any more is forgotten."""
    drawn: set[str] = set()
    st.session_state[_DRAWN] = drawn
    yield
    st.session_state[_KEPT] = {key: told for key, told in _kept().items() if key in drawn}
    st.session_state[_TAKEN] = _taken() & drawn


def forget() -> None:
    """Forget what was said of all forms, for the person has turned to another part of the page."""
    st.session_state.pop(_KEPT, None)
    st.session_state.pop(_TAKEN, None)
    last_act.forget()


def _take(key: str) -> None:
    drawn_at = _acted().get(key, -math.inf)
    if drawn_at is not None and monotonic() - drawn_at >= HASTE_S:
        last_act.forget()
        _kept().pop(key, None)
        _taken().add(key)


def _kept() -> dict[str, tuple[Hashable, Message]]:
    kept: dict[str, tuple[Hashable, Message]] = st.session_state.setdefault(_KEPT, {})
    return kept


def _taken() -> set[str]:
    """Return the forms that were pressed and have not acted yet."""
    taken: set[str] = st.session_state.setdefault(_TAKEN, set())
    return taken


def _acted() -> dict[str, float | None]:
    """Return the forms that have acted, and when the outcome was drawn; None: not yet."""
    acted: dict[str, float | None] = st.session_state.setdefault(_ACTED, {})
    return acted

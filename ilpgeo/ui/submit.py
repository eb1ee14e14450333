"""The button of a form, and why it was refused: told above it until the person acts on it or leaves.

A page is drawn anew whenever data or records come, of whomever; what was said of a form goes on standing there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from types import TracebackType

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ilpgeo.ui import last_act
from ilpgeo.ui.errors import Message, message_of

_KEPT, _DRAWN = "ilpgeo-refused", "ilpgeo-refused-drawn"


class Pressed:
    """The block that acts on a pressed button: what it raises is told above the button, and stays there."""

    def __init__(self, place: DeltaGenerator, key: str, about: Hashable) -> None:
        self._place, self._key, self._about = place, key, about

    def __enter__(self) -> None:
        self._place.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._place.__exit__(kind, error, trace)
        if not isinstance(error, Exception):
            return False
        message = message_of(error)
        _kept()[self._key] = (self._about, message)
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
    """
    place = st.container()
    st.session_state.setdefault(_DRAWN, set()).add(key)
    if st.form_submit_button(
        label, type="primary" if is_main else "secondary", icon=icon, width="stretch" if is_wide else "content",
        on_click=last_act.forget,
    ):  # fmt: skip
        _kept().pop(key, None)
        return Pressed(place, key, about)
    then, message = _kept().get(key, (None, None))
    if message is not None and then == about:
        with place:
            message.show()
    return None


@contextmanager
def one_run() -> Iterator[None]:
    """Draw a page; what was said of forms that are not on it any more is forgotten."""
    drawn: set[str] = set()
    st.session_state[_DRAWN] = drawn
    yield
    st.session_state[_KEPT] = {key: told for key, told in _kept().items() if key in drawn}


def forget() -> None:
    """Forget what was said of all forms, for the person has turned to another part of the page."""
    st.session_state.pop(_KEPT, None)
    last_act.forget()


def _kept() -> dict[str, tuple[Hashable, Message]]:
    kept: dict[str, tuple[Hashable, Message]] = st.session_state.setdefault(_KEPT, {})
    return kept

"""Fields that show a value of the page which other things change too: a click on the map, a button, the address.

The browser tells what its fields hold with whatever it asks next, and may ask before it has heard that a value changed:
the old value would then win over the click that changed it. A value that was not chosen in the field itself therefore
makes it another field, about which the browser has nothing to say yet; what it says of the one before is not followed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

_DRAWN = "ilpgeo-bound"


def _is_whole(_: Any) -> bool:
    return True


def bound(
    name: str,
    value: Any,
    choose: Callable[[Any], None],
    is_whole: Callable[[Any], bool] = _is_whole,
    *,
    start: str = "value",
    options: Sequence[Any] | None = None,
) -> dict[str, Any]:
    """Return what binds a field to a value: what it starts with, its key, what is called when the person changes it.

    What was chosen and is not followed, or not to the letter, gives way to the value. The field starts with its value,
    which is not set beside it: of what is set, the browser hears once only, and may miss it.

    Parameters
    ----------
    name
        Of the field, unique on the page: the key until its value is changed by something else, its beginning after.
    value
        Equal to what the field returns when it holds it.
    choose
        Called with what the person chose; the value is to follow it in the run that comes.
    is_whole
        Whether a choice is complete; one that is not, as the first day of two, stands until the value changes.
    start
        The name under which the field is given what it starts with.
    options
        Of a field that is given the place of its value among them instead.
    """
    turn, before = _drawn().get(name, (0, value))
    key = _key(name, turn)
    held = st.session_state.get(key, value)
    if value not in (before, held):
        turn += 1
        key = _key(name, turn)
    _drawn()[name] = turn, value
    started = {start: value} if options is None else {"index": options.index(value)}
    return {**started, "key": key, "on_change": _follow, "args": (name, key, choose, is_whole)}


def bound_to(name: str, state: str, options: Sequence[Any] | None = None) -> dict[str, Any]:
    """Return what binds a field to a name of the session."""
    return bound(name, st.session_state.get(state), partial(st.session_state.__setitem__, state), options=options)


def _follow(name: str, key: str, choose: Callable[[Any], None], is_whole: Callable[[Any], bool]) -> None:
    turn, _ = _drawn()[name]
    held = st.session_state[key]
    if key == _key(name, turn) and is_whole(held):
        _drawn()[name] = turn, held
        choose(held)


def _key(name: str, turn: int) -> str:
    return f"{name}-{turn}" if turn else name


def _drawn() -> dict[str, tuple[int, Any]]:
    """Return how often each field was made anew, and the value it was drawn for last."""
    drawn: dict[str, tuple[int, Any]] = st.session_state.setdefault(_DRAWN, {})
    return drawn

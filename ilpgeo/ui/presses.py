"""What a person did is handed over whole, and done whole, whatever else is asked for meanwhile.

Streamlit looks for a newer request before it hands a press over to its callback, and again whenever the session is
touched; where it finds one, as a word of the map or a beat of the page, it turns to that. A press is gone then, or an
act half done: recorded, and never told. Here it looks when the callbacks, or the act, are through.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state.safe_session_state import SafeSessionState

_hand_over = SafeSessionState.on_script_will_rerun


def take_whole() -> None:
    """Have every press handed over before anything newer is looked for; a second call changes nothing."""
    setattr(SafeSessionState, _hand_over.__name__, _whole)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Do what is inside to its end; only what it draws can still give way to something newer."""
    surroundings = get_script_run_ctx()
    session = surroundings.session_state if surroundings is not None else None
    if isinstance(session, SafeSessionState):
        with _looking_later(session):
            yield
    else:
        yield


def _whole(session: SafeSessionState, *args: Any, **named: Any) -> None:
    with _looking_later(session):
        _hand_over(session, *args, **named)


@contextmanager
def _looking_later(session: SafeSessionState) -> Iterator[None]:
    look = session._yield_callback
    object.__setattr__(session, "_yield_callback", _later)
    try:
        yield
    finally:
        object.__setattr__(session, "_yield_callback", look)


def _later() -> None:
    pass

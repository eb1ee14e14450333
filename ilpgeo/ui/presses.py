"""What a person did is handed over whole, whatever else is asked for meanwhile.

Streamlit looks for a newer request before it hands a press over to its callback, and again whenever the callback
touches the session; where it finds one, as a word of the map or a beat of the page, it turns to that, and the press is
gone. Here it looks when the callbacks are through.
"""

from __future__ import annotations

from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState

_hand_over = SafeSessionState.on_script_will_rerun


def take_whole() -> None:
    """Have every press handed over before anything newer is looked for; a second call changes nothing."""
    setattr(SafeSessionState, _hand_over.__name__, _whole)


def _whole(session: SafeSessionState, *args: Any, **named: Any) -> None:
    look = session._yield_callback
    object.__setattr__(session, "_yield_callback", _later)
    try:
        _hand_over(session, *args, **named)
    finally:
        object.__setattr__(session, "_yield_callback", look)


def _later() -> None:
    pass

"""A press reaches its callback, though something newer is asked for at that very moment."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from ilpgeo.ui import presses


class Newer(Exception):
    """Stands for the newer request that a look finds."""


class State(SessionState):
    """A session whose callback keeps what it is handed over through the session, as callbacks do."""

    def on_script_will_rerun(self, fresh_widget_states: WidgetStates | None, **_: Any) -> None:
        session["pressed"] = fresh_widget_states
        assert session["pressed"] is fresh_widget_states


def look() -> None:
    raise Newer


session = SafeSessionState(State(), look)


def test_a_press_is_handed_over_before_anything_newer_is_looked_for(monkeypatch):
    press = WidgetStates()
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", presses._hand_over)
    with pytest.raises(Newer):
        session.on_script_will_rerun(press)
    presses.take_whole()
    session.on_script_will_rerun(press)
    with pytest.raises(Newer):
        session["pressed"]
    assert session._state["pressed"] is press


def test_the_look_comes_back_where_a_callback_fails(monkeypatch):
    def fail(*_: Any, **__: Any) -> None:
        raise KeyError

    monkeypatch.setattr(State, "on_script_will_rerun", fail)
    presses.take_whole()
    with pytest.raises(KeyError):
        session.on_script_will_rerun(None)
    with pytest.raises(Newer):
        session["pressed"]

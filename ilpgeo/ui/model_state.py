"""The models page's state: one view in the session, the same in the address line."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo.core.types import Model
from ilpgeo.ui.held import Held
from ilpgeo.ui.model_view import ModelView, to_address

_TUNED, _POINT = "ilpgeo-models-tuned", "ilpgeo-model-point"
_HELD: Held[ModelView] = Held("model", to_address)
load, current, start, key, act, save = (
    _HELD.load, _HELD.current, _HELD.start, _HELD.key, _HELD.act, _HELD.save,
)  # fmt: skip


def put(shown: ModelView) -> None:
    """Make this the view of the session; a hotspot selected in another answer is let go."""
    if replace(shown, spot="") != replace(current(), spot=""):
        shown = replace(shown, spot="")
    _HELD.put(shown)
    tuned: dict[str, Model] = st.session_state.setdefault(_TUNED, {})
    tuned[shown.model.name] = shown.model


def choose(model: type[Model]) -> None:
    """Change to another model, with the settings it had when last looked at."""
    tuned: dict[str, Model] = st.session_state.get(_TUNED, {})
    _HELD.ask(lambda shown: replace(shown, model=tuned.get(model.name) or model(), spot=""))


def reset() -> None:
    """Give the model its own settings back."""
    _HELD.ask(lambda shown: replace(shown, model=type(shown.model)(), spot=""))


def select(spot: str) -> None:
    """Select a hotspot, or let go of the one selected."""
    shown = current()
    _HELD.put(replace(shown, spot="" if spot == shown.spot else spot))


def point_at(longitude: float, latitude: float) -> None:
    """Remember where on the map the person pointed."""
    st.session_state[_POINT] = (longitude, latitude)


def pointed() -> tuple[float, float] | None:
    """Return longitude and latitude of the place last pointed at."""
    point: tuple[float, float] | None = st.session_state.get(_POINT)
    return point

"""The models page's state: one view in the session, the same in the address line.

Fields start from the view that was opened (by a link, the back button or another model) and speak for themselves from
then on; each opening gives them new keys, so that a field never fights with the address over its value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from ilpgeo.core.types import Model
from ilpgeo.ui.model_view import ModelView, to_address
from ilpgeo.ui.view import Address

_VIEW, _START, _OPENING = "ilpgeo-model-view", "ilpgeo-model-start", "ilpgeo-model-opening"
_WRITTEN, _TUNED, _IS_NEW = "ilpgeo-model-address", "ilpgeo-models-tuned", "ilpgeo-model-is-new"
_POINT = "ilpgeo-model-point"
Reader = Callable[[Mapping[str, Sequence[str]]], tuple[ModelView, tuple[str, ...]]]


def _address() -> Address:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def load(read: Reader) -> tuple[str, ...]:
    """Open the view that the address asks for, where it is a new one; return what of it could not be followed.

    An address without parameters is the page's own door: it leads back to where the person was.
    """
    address = _address()
    is_known = _VIEW in st.session_state and (
        not address or address == st.session_state.get(_WRITTEN) or st.session_state.get(_IS_NEW, False)
    )
    if is_known:
        if not address:
            start_anew(current())
        return ()
    shown, notes = read(address)
    start_anew(shown)
    return notes


def start_anew(shown: ModelView) -> None:
    """Show this view and let the fields start from it."""
    st.session_state[_VIEW] = st.session_state[_START] = shown
    st.session_state[_OPENING] = st.session_state.get(_OPENING, 0) + 1
    st.session_state[_IS_NEW] = True


def current() -> ModelView:
    """Return the view of this session; `load` comes first."""
    shown: ModelView = st.session_state[_VIEW]
    return shown


def start() -> ModelView:
    """Return the view that the fields started from."""
    shown: ModelView = st.session_state[_START]
    return shown


def key(name: str) -> str:
    """Return a field's key, new with every opening."""
    return f"{name}-{st.session_state[_OPENING]}"


def put(shown: ModelView) -> None:
    """Make this the view of the session; a hotspot selected in another answer is let go."""
    if replace(shown, spot="") != replace(current(), spot=""):
        shown = replace(shown, spot="")
    if shown != current():
        st.session_state[_VIEW] = shown
        st.session_state[_IS_NEW] = True
    tuned: dict[str, Model] = st.session_state.setdefault(_TUNED, {})
    tuned[shown.model.name] = shown.model


def choose(model: type[Model]) -> None:
    """Change to another model, with the settings it had when last looked at."""
    tuned: dict[str, Model] = st.session_state.get(_TUNED, {})
    start_anew(replace(current(), model=tuned.get(model.name) or model(), spot=""))


def reset() -> None:
    """Give the model its own settings back."""
    start_anew(replace(current(), model=type(current().model)(), spot=""))


def select(spot: str) -> None:
    """Select a hotspot, or let go of the one selected."""
    shown = current()
    st.session_state[_VIEW] = replace(shown, spot="" if spot == shown.spot else spot)
    st.session_state[_IS_NEW] = True


def point_at(longitude: float, latitude: float) -> None:
    """Remember where on the map the person pointed."""
    st.session_state[_POINT] = (longitude, latitude)


def pointed() -> tuple[float, float] | None:
    """Return longitude and latitude of the place last pointed at."""
    point: tuple[float, float] | None = st.session_state.get(_POINT)
    return point


def save() -> None:
    """Write the view into the address line."""
    address = to_address(current())
    if address != _address():
        st.query_params.from_dict(address)
    st.session_state[_WRITTEN] = address
    st.session_state[_IS_NEW] = False

"""The screen's state: one view in the session, the same in the address line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ilpgeo.ui import again
from ilpgeo.ui.view import Address, View, to_address

_VIEW, _WRITTEN, _IS_NEW = "ilpgeo-view", "ilpgeo-address", "ilpgeo-view-is-new"
Reader = Callable[[Mapping[str, Sequence[str]]], tuple[View, tuple[str, ...]]]


def _address() -> Address:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def load(read: Reader) -> tuple[View, tuple[str, ...]]:
    """Return the view to show and what of a link could not be followed.

    The address line speaks on the first run and after the browser's back button; without parameters it is the page's
    own door, which leads back to where the person was. After a click in the page the session speaks, because the
    address that comes with a quick second click may still be the one before.
    """
    address = _address()
    is_other = bool(address) and address != st.session_state.get(_WRITTEN)
    has_moved = is_other and not st.session_state.get(_IS_NEW, False) and not again.is_own()
    if _VIEW in st.session_state and not has_moved:
        return st.session_state[_VIEW], ()
    view, notes = read(address)
    st.session_state[_VIEW], st.session_state[_WRITTEN] = view, address
    return view, notes


def current() -> View:
    """Return the view of this session; `load` comes first."""
    view: View = st.session_state[_VIEW]
    return view


def put(view: View) -> None:
    """Make this the view of the session; `save` writes it to the address line at the end of the run."""
    st.session_state[_VIEW] = view
    st.session_state[_IS_NEW] = True


def save() -> None:
    """Write the view into the address line.

    The address that came with a question may be older than the one written last, which the browser was yet to hear of:
    only where both are this one is there nothing to write.
    """
    address = to_address(current())
    if not address == _address() == st.session_state.get(_WRITTEN):
        st.query_params.from_dict(address)
    st.session_state[_WRITTEN] = address
    st.session_state[_IS_NEW] = False

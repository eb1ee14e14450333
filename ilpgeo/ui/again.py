"""Drawing the page again because the page asks for it, and no step of the person through the browser's history.

Such a run brings along the address of the question that led to it, which the browser may have sent before it heard of a
newer one. Read as a step back, it would undo what was set since.
"""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

_ASKED, _IS_OWN = "ilpgeo-again-asked", "ilpgeo-again-own"


def draw_again() -> NoReturn:
    """End this run and draw the page again; what the session holds stands before the address."""
    st.session_state[_ASKED] = True
    st.rerun()


def begin() -> None:
    """Begin a run of the whole page."""
    st.session_state[_IS_OWN] = st.session_state.pop(_ASKED, False)


def is_own() -> bool:
    """Return whether the page itself asked for this run."""
    return bool(st.session_state.get(_IS_OWN))

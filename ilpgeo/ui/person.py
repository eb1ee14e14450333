"""Who is at the screen: asked once, remembered for the session, written beside everything recorded."""

from __future__ import annotations

import streamlit as st

_NAME = "ilpgeo-person"


def current_person() -> str:
    """Return the name given in this session; empty before it was."""
    return str(st.session_state.get(_NAME, ""))


def ask_person(*, key: str, label: str = "Your name") -> str:
    """Draw the field for the name and return what it holds; the next form of the session starts with it."""
    given = st.text_input(
        label, value=current_person(), key=f"{key}-person", placeholder="Name or rank and name",
        help="Recorded beside what you save, with the time. There is no sign-in: it is your word.",
    )  # fmt: skip
    name = given.strip()
    if name:  # a page may hold several such fields: an empty one forgets nobody
        st.session_state[_NAME] = name
    return name

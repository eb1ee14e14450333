"""A page that is left open follows its surroundings: new data, another theme, a server that was started again."""

from __future__ import annotations

import streamlit as st

from ilpgeo.ui import cache, state
from ilpgeo.ui.frame import Frame, theme

EVERY_S = 5


@st.fragment(run_every=EVERY_S)
def pulse(drawn: Frame) -> None:
    """Draw the page again when data, theme or question are no longer those it was drawn with.

    The question moves on without the page when a click reaches a run that is being replaced by another.
    """
    key, _ = cache.workspace()
    if key != drawn.key or theme() is not drawn.theme or state.current().query != drawn.view.query:
        st.rerun()

"""A page that is left open follows its surroundings: new data, another theme, a server that was started again."""

from __future__ import annotations

import streamlit as st

from ilpgeo.ui import cache
from ilpgeo.ui.frame import Frame, theme

EVERY_S = 5


@st.fragment(run_every=EVERY_S)
def pulse(drawn: Frame) -> None:
    """Draw the page again when the data or the theme are no longer those it was drawn with."""
    key, _ = cache.workspace()
    if key != drawn.key or theme() is not drawn.theme:
        st.rerun()

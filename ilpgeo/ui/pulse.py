"""A page that is left open follows its surroundings: new data, another theme, a server that was started again."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo.ui import cache, state
from ilpgeo.ui.frame import Frame, theme
from ilpgeo.ui.warm import warm

EVERY_S = 5


_BEATS = "ilpgeo-beats"


@st.fragment(run_every=EVERY_S)
def pulse(drawn: Frame, model: str = "", area: str = "") -> None:
    """Draw the page again when data, theme or question are no longer those it was drawn with.

    The question moves on without the page when a click reaches a run that is being replaced by another. The second
    beat comes when the first page is painted: then, and no earlier, a model is warmed up on an area.
    """
    beats = st.session_state[_BEATS] = st.session_state.get(_BEATS, 0) + 1
    if beats > 1 and area:
        warm(drawn.opened, model, replace(drawn.view.query, areas=(area,)), drawn.access)
    key, _ = cache.workspace()
    if key != drawn.key or theme() is not drawn.theme or state.current().query != drawn.view.query:
        st.rerun()

"""A page that is left open follows its surroundings: new data, another theme, a server that was started again."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo.ui import cache, state
from ilpgeo.ui.frame import Frame, theme
from ilpgeo.ui.warm import compile_beside, judge_beside, load_clustering, look_for_gaps, warm

EVERY_S = 5
GAPS_AFTER_BEATS = 2
CLUSTERING_AFTER_BEATS = 4
TESTS_AFTER_BEATS = 6  # by then the first clicks are over
_BEATS = "ilpgeo-beats"


@st.fragment(run_every=EVERY_S)
def pulse(drawn: Frame, area: str = "") -> None:
    """Draw the page again when data, records, theme or question are no longer those it was drawn with.

    The question moves on without the page when a click reaches a run that is being replaced by another. The second
    beat comes when the first page is painted: then, and no earlier, the boundaries of the other levels are made and the
    forecast is warmed up on an area, once the kernels are compiled. Then gaps are looked for, the clustering library is
    loaded, and the models' standing tests are made where they are missing.
    """
    beats = st.session_state[_BEATS] = st.session_state.get(_BEATS, 0) + 1
    if beats > 1:
        compiling = compile_beside()
        if area:
            warm(drawn.opened, replace(drawn.view.query, areas=(area,)), drawn.access, drawn.shapes, compiling)
    if beats > GAPS_AFTER_BEATS:
        look_for_gaps(drawn.key, drawn.opened, drawn.settings.today())
    if beats > CLUSTERING_AFTER_BEATS:
        load_clustering()
    if beats > TESTS_AFTER_BEATS:
        judge_beside(drawn.key, drawn.opened, compile_beside())
    key, opened = cache.workspace()
    is_other = key != drawn.key or cache.records(opened) != drawn.records
    if is_other or theme() is not drawn.theme or state.current().query != drawn.view.query:
        state.save()  # the address that came with this beat may be the one before a click
        st.rerun()

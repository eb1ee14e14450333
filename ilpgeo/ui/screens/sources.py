"""The page of sources: whose data these are, how far they are trusted, how far they may go."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.types import Access
from ilpgeo.ui import cache, last_act, markup, nav, source_form, source_retention, source_words
from ilpgeo.ui.access import current_access
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import workspace

_TRUST = "source-trust"


def _choose(source: str) -> None:
    st.query_params["source"] = source


def _trust(line: pipeline.SourceLine) -> str:
    return "not registered" if line.entry is None else str(line.entry.source.grading.trust)


Past = dict[str, pipeline.PastRetention]


def _list(
    opened: pipeline.Opened,
    lines: tuple[pipeline.SourceLine, ...],
    chosen: pipeline.SourceLine | None,
    today: date,
    past: Past,
) -> None:
    kinds = sorted({_trust(each) for each in lines})
    wanted = st.pills("Only", kinds, key=_TRUST, label_visibility="collapsed") if len(kinds) > 1 else None
    for at, each in enumerate(each for each in lines if wanted is None or _trust(each) == wanted):
        with st.container(key=f"face-{at}", gap=None):
            settings = opened.workspace.settings
            is_past = each.name in past
            markup.show(source_words.row(each, settings, today, is_open=each is chosen, is_past=is_past))
            st.button(f"Open: {each.name}", key=f"source-pick-{at}", on_click=_choose, args=(each.name,))


def _sheet(opened: pipeline.Opened, line: pipeline.SourceLine, access: Access, today: date, past: Past) -> None:
    settings = opened.workspace.settings
    markup.show(source_words.sheet(line, settings))
    if line.name in past:
        source_retention.retention(opened, past[line.name], access, today)
    removed = source_words.removed_for_good(pipeline.removals(opened), line.name, settings.zone)
    if removed:
        markup.show(removed)
    if not access.manages_data:
        return
    if line.entry is None:
        source_form.entry(opened, line.name, None, access)
        return
    with st.expander("Change the entry"):
        source_form.entry(opened, line.name, line.entry, access)


def _screen() -> None:
    key, opened = workspace()
    access = current_access()
    today = opened.workspace.settings.today()
    lines = pipeline.source_lines(opened)
    past = {each.source: each for each in cache.past_retention(key, opened, today)}
    st.html(nav.HERE / "gap_page.css")
    markup.show(source_words.lead(lines, today, len(past)))
    last_act.show(source_form.TOLD)
    wanted = st.query_params.get("source", "")
    chosen = next((each for each in lines if each.name == wanted), None)
    if wanted and chosen is None:
        st.info("The link names a source that is not here.", icon=":material/link:")
    chosen = chosen or next((each for each in lines if each.entry is None), lines[0] if lines else None)
    left, right = st.columns([11, 9], gap="small")
    with left:
        with st.container(key="gap-list", gap=None), guarded():
            _list(opened, lines, chosen, today, past)
        entries = tuple(each.entry.source for each in lines if each.entry is not None)
        if entries:
            with st.container(key="source-matrix"):
                markup.show(source_words.matrix(entries, opened.workspace.settings, access.agency))
    with right:
        if chosen is not None:
            with st.container(key="gap-sheet"), guarded():
                _sheet(opened, chosen, access, today, past)
        if lines:
            with st.container(key="source-weights"), guarded():
                agreed = pipeline.grade_weights(opened)
                markup.show('<div class="ilp-head"><h2 class="ilp-h">Weights by grading</h2></div>')
                markup.show(source_words.weights(agreed))
                if access.publishes:
                    with st.expander("Change the weights"):
                        source_form.grade_weights(opened, agreed, access)
        if access.manages_data:
            with st.container(key="gap-question"), guarded(), st.expander("Register a source before its first file"):
                source_form.entry(opened, "", None, access)


with guarded():
    _screen()

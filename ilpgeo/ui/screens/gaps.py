"""The page of intelligence gaps: what is not known, who fills it, until when."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.gaps import ListedGap
from ilpgeo.core.types import Access
from ilpgeo.ui import cache, gap_forms, gap_words, last_act, markup, nav
from ilpgeo.ui.access import current_access
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import workspace

N_AT_FIRST = 7
STEP = 20
_SHOWN, _WHICH = "ilpgeo-gaps-shown", "gaps-which"
_WAITING, _OVERDUE, _DONE = "Waiting", "Overdue", "Answered, closed, accepted"


def _choose(gap: str) -> None:
    last_act.forget()
    st.query_params["gap"] = gap


def _more() -> None:
    st.session_state[_SHOWN] += STEP


def _fits(each: ListedGap, which: str | None) -> bool:
    if which == _OVERDUE:
        return each.is_overdue
    return each.gap.state.is_waiting != (which == _DONE)


def _list(opened: pipeline.Opened, listed: tuple[ListedGap, ...], chosen: ListedGap | None, today: date) -> None:
    which = st.segmented_control(
        "Which gaps", [_WAITING, _OVERDUE, _DONE], default=_WAITING, key=_WHICH, label_visibility="collapsed",
    )  # fmt: skip
    fitting = [each for each in listed if _fits(each, which)]
    if not fitting:
        markup.show('<p class="ilp-prose">None. Ask a question on the right, or look at the others above.</p>')
    n_shown = st.session_state.setdefault(_SHOWN, N_AT_FIRST)
    for at, each in enumerate(fitting[:n_shown]):
        with st.container(key=f"face-{at}", gap=None):
            markup.show(gap_words.row(each, opened.areas, today, is_open=each is chosen))
            st.button(f"Open: {each.gap.text}", key=f"gap-pick-{at}", on_click=_choose, args=(each.id,))
    if len(fitting) > n_shown:
        left = len(fitting) - n_shown
        more = f"Show {STEP} more of {left}" if left > STEP else f"Show the other {left}"
        st.button(more, key="gap-more", width="stretch", on_click=_more)


def _sheet(opened: pipeline.Opened, each: ListedGap, access: Access, today: date) -> None:
    markup.show(gap_words.sheet(each, opened.areas, opened.workspace.settings, today))
    gap_forms.answer(opened, each, access, today)
    revisions = pipeline.gap_history(opened, each.id, access)
    markup.show(gap_words.history(revisions, opened.workspace.settings.zone))


def _screen() -> None:
    key, opened = workspace()
    access = current_access()
    today = opened.workspace.settings.today()
    with st.spinner("Looking for gaps"):
        listed = cache.gaps(key, cache.records(opened), opened, access, today).value
    st.html(nav.HERE / "gap_page.css")
    markup.show(gap_words.lead(listed))
    last_act.show(gap_forms.TOLD)
    wanted = st.query_params.get("gap", "")
    chosen = next((each for each in listed if each.id == wanted), None)
    if wanted and chosen is None:
        st.info("The link names a gap that is not on this list.", icon=":material/link:")
    chosen = chosen or next((each for each in listed if each.gap.state.is_waiting), None)
    left, right = st.columns([11, 9], gap="small")
    with left, st.container(key="gap-list", gap=None), guarded():
        _list(opened, listed, chosen, today)
    with right:
        if chosen is not None:
            with st.container(key="gap-sheet"), guarded():
                _sheet(opened, chosen, access, today)
        with st.container(key="gap-question"), guarded(), st.expander("Ask a question of your own"):
            gap_forms.question(opened, access, cache.sources(cache.files(key, opened)))


with guarded():
    _screen()

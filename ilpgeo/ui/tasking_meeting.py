"""The tasking meeting: the pack of a level on one screen, to take away, and the decisions it takes."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.taskings import Decision
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.reports.formats import MEETING_FORMATS, file_name
from ilpgeo.reports.meeting import sections
from ilpgeo.reports.meeting_text import title
from ilpgeo.ui import cache, last_act, markup, person, place_map, released, tasking_state
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.meeting_publish import publishing
from ilpgeo.ui.submit import submit

_SINCE_DAYS = 28
_TAKEN = {
    ".pdf": "Take the pack away (PDF)", ".pptx": "as slides (PowerPoint)", ".html": "as a web page with the live map",
}  # fmt: skip


def meeting(around: Frame, today: date) -> None:
    """Draw the pack in its order: the picture and the priorities, what is due and done, what is not known, decided."""
    with st.container(key="meeting-bar", horizontal=True, vertical_alignment="bottom", gap="small"):
        since = st.date_input(
            "Since the last meeting, on", today - timedelta(days=_SINCE_DAYS), key=tasking_state.key("meeting-since"),
            format="YYYY-MM-DD", width=220,
        )  # fmt: skip
        place = st.container(width="content")
        at_publish = st.container(width="content")
        with st.popover("Write a decision down", icon=":material/gavel:", key=tasking_state.key("decide")):
            _decide(around, today)
    first = since if isinstance(since, date) else today - timedelta(days=_SINCE_DAYS)
    records = cache.records(around.opened)
    pack = cache.meeting_pack(
        around.key, records, around.opened, around.view.query, around.access, today, first, around.view.as_of
    )
    with at_publish:
        publishing(around, pack)
    with place, st.container(key="meeting-take", horizontal=True, vertical_alignment="bottom", gap="small"):
        _take_away(around, pack, today)
    markup.show(f'<p class="ilp-fine">{escape(title(pack))}. Level, area and period are those of Priorities.</p>')
    _sheet(around, pack)


def _take_away(around: Frame, pack: MeetingPack, today: date) -> None:
    stamp = pipeline.marking(around.opened)
    for ending, form in MEETING_FORMATS.items():
        released.download_made(
            pack.briefing, lambda _, form=form: form.make(pack, stamp), _TAKEN[ending],  # type: ignore[misc]
            file_name(pack.place, today, ending, "tasking-meeting"), form.media_type, key=f"meeting-file-{ending[1:]}",
        )  # fmt: skip


def _sheet(around: Frame, pack: MeetingPack) -> None:
    from ilpgeo.maps.places import tasking_layer

    told = [
        f'<div class="ilp-head"><h2 class="ilp-h">{escape(name)}</h2>{body}</div>'
        for name, body in sections(pack, around.theme)
    ]
    left, middle, right = st.columns([40, 30, 30], gap="small")
    with left, st.container(key="meeting-left"):
        with st.container(key="tasking-map"):
            layers = [place_map.ranked(around, ""), tasking_layer(pack.board, around.theme, has_view=False)]
            place_map.drawn_map(around, layers, key="meeting-map", clicked=lambda _: None)
        markup.show(told[0])
    with middle, st.container(key="meeting-middle"):
        markup.show("".join(told[1:4]))
    with right, st.container(key="meeting-right"):
        markup.show("".join(told[4:]))


def _decide(around: Frame, today: date) -> None:
    named = tasking_state.key
    with st.form(named("decision"), border=False):
        by = person.ask_person(key=named("decision"))
        what = st.text_area("What was decided", key=named("decision-what"), height=68)
        why = st.text_input("Why", key=named("decision-why"))
        owner_at, due_at = st.columns(2, gap="small")
        with owner_at:
            owner = st.text_input("Who sees to it", key=named("decision-owner"))
        with due_at:
            due = st.date_input("Due (may stay empty)", None, key=named("decision-due"), format="YYYY-MM-DD")
        pressed = submit("Write it down", key=named("decision"))
        if pressed is None:
            return
    with pressed:
        query = around.view.query
        area = query.areas[0] if len(query.areas) == 1 else ""
        made = Decision(today, query.level, what, why, owner, area, due if isinstance(due, date) else None)
        pipeline.save_decision(around.opened, made, around.access, by=by)
        tasking_state.show("meeting")
        last_act.tell(tasking_state.TOLD, "Written down.")
        st.rerun()

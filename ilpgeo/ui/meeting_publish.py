"""A meeting pack published from its page: what the other levels will read, its last day, its handling mark."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.errors import Conflict
from ilpgeo.core.products import KEPT_DAYS, MOST_LETTERS
from ilpgeo.pipeline.meeting import MeetingPack
from ilpgeo.ui import last_act, markup, person, tasking_state
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.submit import submit

_SEEN = "ilpgeo-pack-seen"


def publishing(around: Frame, pack: MeetingPack) -> None:
    """Draw the popover that publishes the pack; nothing for a role that does not publish."""
    if not around.access.publishes:
        return
    with st.popover("Publish", icon=":material/publish:", key=tasking_state.key("meeting-publish")):
        _form(around, pack)


def _form(around: Frame, pack: MeetingPack) -> None:
    known = pipeline.published_pack(around.opened, pack.query)
    seen = st.session_state.setdefault(_SEEN, {})
    question = (pack.query.level, pack.query.areas)
    based_on = seen.setdefault(question, 0 if known is None else known.revision)
    said = "It is not published yet."
    if known is not None:
        state = "taken back" if known.value.withdrawn else f"holds to {words.day(known.value.expires)}"
        said = f"Version {known.revision} by {known.made_by}, {words.day(known.made_at.date())}, {state}."
    lines = "".join(f"<li>{escape(each)}</li>" for each in pipeline.in_short(pack))
    markup.show(
        f'<h2 class="ilp-h">For the levels above and below</h2><p class="ilp-fine">{escape(said)} What they read, on '
        f'Priorities under From other levels:</p><ul class="ilp-reasons">{lines}</ul>'
    )
    named = tasking_state.key
    with st.form(named("publish-pack"), border=False):
        note = st.text_input("A sentence of your own, first (may stay empty)", key=named("pack-note"), max_chars=300)
        left, right = st.columns(2, gap="small")
        until = left.date_input(
            "Last day it holds", pack.today + timedelta(days=KEPT_DAYS), key=named("pack-expires"), format="YYYY-MM-DD"
        )
        mark = right.text_input(
            "Handling mark", around.settings.handling, key=named("pack-mark"), max_chars=MOST_LETTERS
        )
        by = person.ask_person(key=named("pack"))
        pressed = submit("Publish the pack", key=named("publish-pack"), icon=":material/publish:")
        if pressed is None:
            return
    with pressed:
        expires = until if isinstance(until, date) else pack.today
        try:
            made = pipeline.publish_pack(
                around.opened, pack, around.access, by, expires=expires, handling=mark, note=note, based_on=based_on
            )
        except Conflict:
            if known is not None:
                seen[question] = known.revision
            raise
        seen[question] = made.revision
        tasking_state.show("meeting")
        last_act.tell(
            tasking_state.TOLD, f"Published as version {made.revision}: the levels above and below see it from now on."
        )
        st.rerun()

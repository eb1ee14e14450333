"""The forms of the page of gaps: a question asked, and what is done about a gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.gaps import Gap, GapKind, GapState, ListedGap
from ilpgeo.core.types import Access, Level
from ilpgeo.ui import gap_words, last_act, person
from ilpgeo.ui.submit import submit

USUAL_DAYS = 14
TOLD = "gaps"


def answer(opened: pipeline.Opened, each: ListedGap, access: Access, today: date) -> None:
    """Draw the form for what is done about a gap; what was typed stays when it is refused."""
    gap, key = each.gap, f"gap-{each.id}-{each.revision}"
    states = list(GapState)
    start = GapState.ASSIGNED if gap.state is GapState.OPEN else gap.state
    with st.form(f"{key}-form", border=False):
        who, when = st.columns(2, gap="small")
        state = who.selectbox(
            "State", states, states.index(start), gap_words.state_words, key=f"{key}-state",
            help="Answered: we know now. Closed: nothing more to do. Accepted: we live with it.",
        )  # fmt: skip
        due = when.date_input(
            "Due", gap.due or today + timedelta(days=USUAL_DAYS), key=f"{key}-due", format="YYYY-MM-DD",
        )  # fmt: skip
        owner = who.text_input("Owner", gap.owner, key=f"{key}-owner", placeholder="Name or post")
        with when:
            by = person.ask_person(key=key)
        note = st.text_area(
            "Note: the answer, or why it is closed or accepted", gap.note, key=f"{key}-note", height=68,
        )  # fmt: skip
        pressed = submit("Save", key=f"{key}-form", icon=":material/save:")
        if pressed is None:
            return
    with pressed:
        changed = replace(
            gap, state=state, owner=owner.strip(), note=note.strip(),
            due=due if isinstance(due, date) and state.is_waiting else gap.due,
        )  # fmt: skip
        pipeline.save_gap(opened, changed, access, by, each.id, each.revision, today=today)
        last_act.tell(TOLD, f"Saved: {gap.text}")
        st.rerun()


def question(opened: pipeline.Opened, access: Access, sources: tuple[str, ...]) -> None:
    """Draw the form for a person's question: what we should know and do not."""
    areas = opened.areas
    seen = areas.within(access.areas)
    places = ["", *(areas.id[at] for at in reversed(range(len(areas))) if seen[at])]
    levels = [level for level in Level if areas.types_at(level)]
    with st.form("gap-ask", border=False, clear_on_submit=False):
        text = st.text_area(
            "What should we know and do not?", key="gap-ask-text", height=68,
            placeholder="Which of the car parks near the station have no cameras?",
        )  # fmt: skip
        where, level_of = st.columns(2, gap="small")
        area = where.selectbox(
            "Where", places, key="gap-ask-area", format_func=lambda each: areas.name[areas.at(each)] if each else
            "Everywhere",
        )  # fmt: skip
        level = level_of.selectbox(
            "Level that fills it", levels, key="gap-ask-level", format_func=opened.workspace.settings.label,
        )  # fmt: skip
        source = where.selectbox("Source", ["", *sources], key="gap-ask-source", format_func=lambda each: each or "Any")
        with level_of:
            by = person.ask_person(key="gap-ask")
        pressed = submit("Put it on the list", key="gap-ask", icon=":material/help:")
        if pressed is None:
            return
    with pressed:
        made = pipeline.save_gap(opened, Gap(GapKind.ASKED, text.strip(), area, source, level), access, by)
        last_act.tell(TOLD, "It is on the list. Give it an owner and a day.")
        st.query_params["gap"] = made.id
        st.rerun()

"""The tasking page: what is to be done where, what was done, and whether it worked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import streamlit as st

from ilpgeo.cycle.due import due_taskings
from ilpgeo.ui import (
    cache,
    last_act,
    markup,
    submit,
    tasking_board,
    tasking_evaluate,
    tasking_meeting,
    tasking_new,
    tasking_plan,
    tasking_sheet,
    tasking_state,
    tasking_words,
)
from ilpgeo.ui.errors import guarded, not_followed
from ilpgeo.ui.frame import Frame, frame
from ilpgeo.ui.tasking_state import PARTS, TaskingView

STYLE = Path(__file__).parents[1] / "tasking_page.css"


def _part() -> str:
    """Draw the parts of the page and return the one that is open."""
    chosen = str(
        st.segmented_control(
            "Part of the page", list(PARTS), default=tasking_state.start().part, required=True,
            format_func=PARTS.__getitem__, key=tasking_state.key("part"), label_visibility="collapsed",
        )
    )  # fmt: skip
    if chosen != tasking_state.current().part:
        submit.forget()
        kept = tasking_state.current().tasking if chosen == "evaluate" else ""
        tasking_state.put(replace(tasking_state.current(), part=chosen, tasking=kept))
    return chosen


@st.fragment
def _body(around: Frame) -> None:
    today = around.view.as_of or around.settings.today()
    records = cache.records(around.opened)
    released = cache.tasking_board(around.key, records, around.opened, around.access, today)
    with st.container(key="tasking-top", horizontal=True, vertical_alignment="center"):
        markup.show(tasking_words.lead(released.value, due_taskings(released.value.taskings, today)))
        part = _part()
    last_act.show(tasking_state.TOLD)
    shown = tasking_state.current()
    with st.container(key="tasking-body"), guarded():
        opened = next((each for each in released.value.taskings if each.tasking.id == shown.tasking), None)
        if part == "new":
            tasking_new.new(around)
        elif part == "evaluate":
            tasking_evaluate.evaluate(around, released)
        elif part == "meeting":
            tasking_meeting.meeting(around, today)
        elif part == "plan":
            tasking_plan.plan(around)
        elif part == "board" and opened is not None:
            tasking_sheet.sheet(around, released, opened)
        else:
            tasking_board.board(around, released)
    tasking_state.save()


def _screen() -> None:
    around = frame()
    if around is None:
        return
    today = around.view.as_of or around.settings.today()
    board = cache.tasking_board(around.key, around.records, around.opened, around.access, today).value
    known = frozenset(each.tasking.id for each in board.taskings)

    def read(address: Mapping[str, Sequence[str]]) -> tuple[TaskingView, tuple[str, ...]]:
        return tasking_state.from_address(address, known)

    not_followed(tasking_state.load(read))
    st.html(STYLE)
    _body(around)


with guarded():
    _screen()

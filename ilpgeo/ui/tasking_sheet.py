"""One tasking: what it asks, what was done, what came of it; and the forms that move it on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.errors import Conflict
from ilpgeo.core.taskings import Board, Followed, Outcome, State, Tasking
from ilpgeo.core.types import Released
from ilpgeo.cycle.due import due_taskings
from ilpgeo.reports import tasking_text
from ilpgeo.ui import last_act, markup, person, place_map, tasking_board, tasking_form, tasking_state, tasking_words
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.submit import submit


def sheet(around: Frame, released: Released[Board], each: Followed) -> None:
    """Draw one tasking beside the map of all."""
    from ilpgeo.maps.places import tasking_layer

    board, this = released.value, each.tasking.id
    base = tasking_state.base_revision(each.tasking.revision)
    left, right = st.columns([45, 55], gap="small")
    with left, st.container(key="tasking-map"):
        layers = [place_map.ground(around), tasking_layer(released, around.theme, selected=this)]
        place_map.drawn_map(around, layers, key="board-map", clicked=tasking_board.clicked)
    with right, st.container(key="tasking-sheet"):
        due = {one.followed.tasking.id: one for one in due_taskings(board.taskings, board.today)}
        with st.container(key="tasking-sheet-head", horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Board", key="back-to-board", icon=":material/arrow_back:", type="tertiary",
                      on_click=tasking_state.show, args=("board",))  # fmt: skip
            markup.show(tasking_words.head(each, due.get(this)))
        if base != each.tasking.revision:
            _changed(each)
        markup.show(tasking_words.dosage_bar(each))
        with st.container(key="tasking-actions", horizontal=True, gap="small"):
            with st.popover(
                "Log what was done", icon=":material/edit_note:", type="primary", key=tasking_state.key("log-open")
            ):
                _log(around, each, base, board.today)
            with st.popover("Move on", icon=":material/arrow_forward:", key=tasking_state.key("move-open")):
                _move(around, each, base)
            st.button("Evaluate", key="evaluate-open", icon=":material/balance:", on_click=tasking_state.show,
                      args=("evaluate", this))  # fmt: skip
        markup.show(tasking_words.facts(each))
        markup.show(tasking_words.outcomes(each))
        _evaluations(around, this)
        with st.expander("Change it", key="tasking-change"):
            _change(around, each, base)
        with st.expander("Who changed it and when", key="tasking-history"):
            revisions = pipeline.tasking_history(around.opened, this, around.access)
            markup.show(tasking_words.history(revisions, around.settings.zone))


def _changed(each: Followed) -> None:
    st.warning(
        f"{each.tasking.made_by} changed this tasking while it was open here. What you type is kept; to save it on top "
        "of their version, take theirs over first.",
        icon=":material/group:",
    )
    st.button("Take over their version", key="take-over", on_click=_take_over, args=(each.tasking.revision,))


def _take_over(revision: int) -> None:
    tasking_state.rebase(revision)


def _log(around: Frame, each: Followed, base: int, today: date) -> None:
    named, this = tasking_state.key, each.tasking.id
    tasking = each.value
    first = min(max(tasking.starts_on, min(today, tasking.ends_on)), today)
    with st.form(named(f"log-{this}"), border=False):
        by = person.ask_person(key=named(f"log-{this}"))
        on = st.date_input("Day", first, key=named(f"log-on-{this}"), format="YYYY-MM-DD")
        visits_at, minutes_at = st.columns(2, gap="small")
        with visits_at:
            visits = st.number_input(
                "Visits", value=int(tasking.visits_per_day), step=1, key=named(f"log-visits-{this}")
            )
        with minutes_at:
            minutes = st.number_input(
                "Minutes in all", value=int(tasking.visits_per_day * tasking.minutes_per_visit), step=5,
                key=named(f"log-minutes-{this}"),
            )  # fmt: skip
        done = st.text_area("What was done", key=named(f"log-done-{this}"), height=68)
        seen = st.text_area(
            "What came of it", key=named(f"log-seen-{this}"), height=68, help="About the place; never about a person."
        )
        begun = State.RUNNING if tasking.state in {State.PROPOSED, State.AGREED} else tasking.state
        state = _state_field(begun, named(f"log-state-{this}"), "It is now")
        pressed = submit("Log it", key=named(f"log-{this}"))
        if pressed is None:
            return
    with pressed:
        outcome = Outcome(this, on if isinstance(on, date) else today, int(visits), float(minutes), done, seen)
        try:
            pipeline.log_outcome(around.opened, outcome, around.access, by=by, based_on=base, state=state, today=today)
        except Conflict as error:
            _refused(error, is_shown=base != each.tasking.revision)
            return
        tasking_state.show("board", this)
        last_act.tell(
            tasking_state.TOLD, f"Logged: {tasking_text.duration(outcome.minutes)} on {words.day(outcome.on)}."
        )
        st.rerun()


def _state_field(state: State, key: str, label: str) -> State:
    offered = [each for each in State if each is not State.DROPPED or state is State.DROPPED]
    return State(
        st.selectbox(label, offered, offered.index(state), lambda each: each.capitalize(), key=key)
    )  # fmt: skip


def _move(around: Frame, each: Followed, base: int) -> None:
    named, this = tasking_state.key, each.tasking.id
    with st.form(named(f"move-{this}"), border=False):
        by = person.ask_person(key=named(f"move-{this}"))
        order = list(State)
        following = order[min(order.index(each.value.state) + 1, order.index(State.DONE))]
        if each.value.state is State.DROPPED:
            following = State.PROPOSED
        state = State(
            st.selectbox(
                "To", order, order.index(following), lambda one: one.capitalize(), key=named(f"move-to-{this}")
            )
        )
        why = st.text_input("Why, where it is dropped", each.value.why_dropped, key=named(f"move-why-{this}"))
        pressed = submit("Move it", key=named(f"move-{this}"))
        if pressed is None:
            return
    with pressed:
        moved = replace(each.value, state=state, why_dropped=why if state is State.DROPPED else "")
        _save(around, each, moved, base, by, f"Moved: it is {state.value} now.")


def _change(around: Frame, each: Followed, base: int) -> None:
    this = each.tasking.id
    with guarded():
        tasking_form.fields(
            around, tasking_form.drafted(each.value), each.value, f"change-{this}",
            lambda changed, by: _save(around, each, changed, base, by, "Saved."),
        )  # fmt: skip


def _save(around: Frame, each: Followed, value: Tasking, base: int, by: str, said: str) -> None:
    try:
        pipeline.save_tasking(around.opened, value, around.access, by=by, id=each.tasking.id, based_on=base)
    except Conflict as error:
        _refused(error, is_shown=base != each.tasking.revision)
        return
    tasking_state.show("board", each.tasking.id)
    last_act.tell(tasking_state.TOLD, said)
    st.rerun()


def _refused(error: Conflict, *, is_shown: bool) -> None:
    """Say that nothing was saved; a page that does not show the other version yet is drawn anew, for it to be taken."""
    if is_shown:
        raise error
    last_act.tell(tasking_state.TOLD, words.opening(words.refused(error)), "none")
    st.rerun()


def _evaluations(around: Frame, id: str) -> None:
    kept = pipeline.evaluations(around.opened, around.access, id)
    for each in kept:
        said = "".join(f"<li>{escape(one)}</li>" for one in each.value.sentences)
        markup.show(
            f'<div class="ilp-head"><h3 class="ilp-sub">Evaluated {words.day(each.made_at.date())} by '
            f'{escape(each.made_by)}</h3><ul class="ilp-reasons">{said}</ul></div>'
        )

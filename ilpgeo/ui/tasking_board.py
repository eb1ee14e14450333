"""The board: every tasking by state, and all of them on the map."""

from __future__ import annotations

import streamlit as st

from ilpgeo.core import wording as words
from ilpgeo.core.taskings import Board, DueTasking, Followed, State
from ilpgeo.core.types import Released
from ilpgeo.cycle.due import due_taskings
from ilpgeo.maps.click import read_click
from ilpgeo.ui import markup, place_map, tasking_state, tasking_words
from ilpgeo.ui.frame import Frame

_SEEN = "ilpgeo-board-click"
MOST_IN_COLUMN = 12


def board(around: Frame, released: Released[Board]) -> None:
    """Draw the map of all taskings and a column for each state."""
    from ilpgeo.maps.places import tasking_layer

    shown = released.value
    if not shown.taskings:
        _first_steps()
        return
    due = {each.followed.tasking.id: each for each in due_taskings(shown.taskings, shown.today)}
    left, right = st.columns([36, 64], gap="small")
    with left, st.container(key="tasking-map"):
        layers = [place_map.ground(around), tasking_layer(released, around.theme, within=place_map.looked_at(around))]
        place_map.drawn_map(around, layers, key="board-map", clicked=clicked)
    with right, st.container(key="tasking-columns"):
        for column, state in zip(st.columns(4, gap="small"), tasking_words.COLUMNS, strict=True):
            with column:
                _column(state, shown.in_state(state), due)
    dropped = shown.in_state(State.DROPPED)
    if dropped:
        with st.expander(words.plural(len(dropped), "dropped tasking"), key="tasking-dropped"):
            _cards(dropped, due)


def clicked(map_key: str) -> None:
    """Open the tasking that was clicked on a map."""
    click = read_click(st.session_state.get(map_key))
    if click is None or click.kind != "tasking" or click.serial == st.session_state.get(_SEEN):
        return
    st.session_state[_SEEN] = click.serial
    tasking_state.show("board", click.id)


def _column(state: State, taskings: tuple[Followed, ...], due: dict[str, DueTasking]) -> None:
    none = "" if taskings else '<p class="ilp-fine">none</p>'
    title = f'<h2 class="ilp-h">{state.capitalize()} <span class="ilp-muted">{len(taskings)}</span></h2>'
    markup.show(f'<div class="ilp-head">{title}{none}</div>')
    order = sorted(taskings, key=lambda each: (each.tasking.id not in due, each.value.ends_on))
    if state is State.DONE:
        order = sorted(taskings, key=lambda each: each.value.ends_on, reverse=True)
    _cards(tuple(order[:MOST_IN_COLUMN]), due)
    if len(order) > MOST_IN_COLUMN:
        with st.expander(f"{len(order) - MOST_IN_COLUMN} more", key=f"tasking-more-{state}"):
            _cards(tuple(order[MOST_IN_COLUMN:]), due)


def _cards(taskings: tuple[Followed, ...], due: dict[str, DueTasking]) -> None:
    for each in taskings:
        with st.container(key=f"face-task-{each.tasking.id}", gap=None):
            markup.show(tasking_words.card(each, due.get(each.tasking.id)))
            st.button(
                f"Open {each.value.place.name}", key=f"see-task-{each.tasking.id}", on_click=tasking_state.show,
                args=("board", each.tasking.id),
            )  # fmt: skip


def _first_steps() -> None:
    with st.container(key="empty"):
        markup.show(
            '<div class="ilp-empty"><h2>No tasking yet</h2><p>On <b>Priorities</b>, open an area and press '
            "<b>Task</b>: place, days and what is known of it are filled in. Or choose a place on the map here.</p>"
            "</div>"
        )
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.button("New tasking", key="first-tasking", type="primary", on_click=tasking_state.show, args=("new",))

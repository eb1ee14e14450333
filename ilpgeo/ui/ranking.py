"""The ranked list: cards to choose from, the chosen one open."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.gaps import ListedGap
from ilpgeo.core.types import Areas, Briefing, Priority, Released
from ilpgeo.ui import cards, markup, nav, scope, state, strategy
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_card import Outlook, model_card
from ilpgeo.ui.take_away import take_away
from ilpgeo.ui.task_this import task_this

_SHOWN = "ilpgeo-cards-shown"
_FOLLOWED = "ilpgeo-card-followed"
_STEP = 14
N_GAPS = 3


def select(area: str) -> None:
    """Make `area` the selected one."""
    state.put(replace(state.current(), area=area))


def press(at: str, area: str) -> None:
    """Follow a press on a card; of several that come together, in a run that had to wait, the last one counts.

    Streamlit calls the callbacks of such presses with the last press first.
    """
    followed = st.session_state.get(_FOLLOWED)
    if followed not in {None, at} and st.session_state.get(f"pick-{followed}"):
        return
    st.session_state[_FOLLOWED] = at
    select(area)


def forget_presses() -> None:
    """Start a run: what was pressed before it is followed and no longer stands against what is pressed next."""
    st.session_state.pop(_FOLLOWED, None)


def chosen(briefing: Briefing, area: str) -> Priority | None:
    """Return the selected area's priority; without a selection, or with a stale one, the first of the ranking."""
    found = next((each for each in briefing.priorities if each.id == area), None)
    return found or next((each for each in briefing.priorities if each.rank is not None), None)


def ranking(
    frame: Frame,
    released: Released[Briefing],
    selected: Priority | None,
    outlook: Outlook | None,
    gaps: tuple[ListedGap, ...] = (),
) -> None:
    """Draw the cards of the ranked areas, at most seven before a "more"."""
    briefing = released.value
    ranked = [each for each in briefing.priorities if each.rank is not None]
    n_shown = st.session_state.setdefault(_SHOWN, cards.N_AT_FIRST)
    shown = ranked[:n_shown]
    with st.container(key="list-head", horizontal=True, vertical_alignment="center", gap="small"):
        counted = words.areas(len(ranked), briefing.ranked_type)
        markup.show(f'<h2 class="ilp-list">{escape(counted)}</h2>')
        with st.popover("Tier rule", type="tertiary", key="tier-rule"):
            markup.show(f'<p class="ilp-prose">{escape(briefing.tier_rule)}</p>')
        strategy.control(frame, briefing, selected)
        take_away(frame, released, selected)
    with st.container(key="cards", gap=None):
        places: dict[str, _Place] = {}
        if selected is not None and selected not in shown:
            places[selected.id] = _card(frame, briefing, selected, is_open=True, at="selected")
        for at, priority in enumerate(shown):
            places[priority.id] = _card(frame, briefing, priority, is_open=priority is selected, at=str(at))
        left = len(ranked) - n_shown
        if left > 0:
            st.button(f"Show {min(left, _STEP)} more of {left}", key="more", width="stretch", on_click=_more)
    # What lay open in the run before is gone by now: two cards never lie open at once, so that no button slips from
    # under the pointer.
    if selected is not None:
        _fill(frame, briefing, selected, outlook, places[selected.id], gaps)


def _more() -> None:
    st.session_state[_SHOWN] += _STEP


class _Place(NamedTuple):
    """Where a card opens to: what can be tasked, its details, the way into the area; the card's number in the list."""

    tasks: DeltaGenerator
    details: DeltaGenerator
    way_in: DeltaGenerator
    at: str


def _card(frame: Frame, briefing: Briefing, priority: Priority, *, is_open: bool, at: str) -> _Place:
    comparison = state.current().comparison
    with st.container(key=f"{'open' if is_open else 'card'}-{at}", gap=None):
        with st.container(key=f"face-{at}", gap=None):
            markup.show(cards.card(priority, briefing, comparison, frame.theme, is_open=is_open))
            st.button(cards.tier_word(priority), key=f"pick-{at}", on_click=press, args=(at, priority.id))
        return _Place(st.empty(), st.empty(), st.empty(), at)


def _fill(
    frame: Frame,
    briefing: Briefing,
    priority: Priority,
    outlook: Outlook | None,
    place: _Place,
    gaps: tuple[ListedGap, ...],
) -> None:
    with place.details.container(gap=None):
        spots = "" if outlook is None else cards.hotspot_list(outlook.hotspots.value, frame.settings.small_count)
        markup.show(cards.details(priority, briefing) + spots)
        if outlook is not None:
            model_card(frame, outlook)
        _gaps(frame, priority, gaps)
    task_this(frame, briefing, priority, outlook, place.tasks)
    inside = scope.opened(frame.areas, briefing.query, priority.id)
    if inside is None:
        return
    kind = words.many(inside.area_type)
    place.way_in.button(
        f"Open {priority.name}: its {kind}", key=f"inside-{place.at}", icon=":material/arrow_downward:",
        width="stretch", on_click=_open, args=(frame.areas, priority.id),
    )  # fmt: skip


def _gaps(frame: Frame, priority: Priority, gaps: tuple[ListedGap, ...]) -> None:
    """Draw a way to each gap that touches the area: an absence is no safety."""
    for at, each in enumerate(pipeline.gaps_of_area(frame.opened, priority.id, gaps)[:N_GAPS]):
        with st.container(key=f"gap-here-{at}"):
            st.page_link(
                nav.HERE / "screens" / "gaps.py", icon=":material/help:", query_params={"gap": each.id},
                label=f"Gap: {each.gap.kind}, {each.gap.state}{', overdue' if each.is_overdue else ''}",
            )  # fmt: skip


def _open(areas: Areas, area: str) -> None:
    """Go into an area with the question as it stands now, not as it did when the button was drawn."""
    inside = scope.opened(areas, state.current().query, area)
    if inside is not None:
        state.put(state.current().asking(inside))

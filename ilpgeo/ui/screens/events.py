"""Events: what is usual at a place at its times, what to plan for, and how it went."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.event import Event, EventPicture
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.types import Released
from ilpgeo.ui import cache, event_form, event_taskings, event_view, last_act, markup, place_map
from ilpgeo.ui.bound import bound_to
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame, frame

STYLES = [Path(__file__).parents[1] / name for name in ("model_page.css", "assessment.css", "events.css")]
_MAP, _PICKED = "event", "ilpgeo-event-picked"


def _choice(known: tuple[Recorded[Event], ...]) -> Recorded[Event] | None:
    """Draw the list of events; return the one chosen, None for a new one: at first the next, else the one just held."""
    labels = {"": "A new event", **{each.id: f"{each.value.name}, {event_view.when(each.value)}" for each in known}}
    if st.session_state.get(event_form.CHOSEN) not in labels:
        st.session_state[event_form.CHOSEN] = known[0].id if known else ""
    st.selectbox(
        "Event", list(labels), format_func=lambda each: labels[each], label_visibility="collapsed",
        **bound_to("event-choice", event_form.CHOSEN, list(labels)),
    )  # fmt: skip
    return next((each for each in known if each.id == st.session_state[event_form.CHOSEN]), None)


def _begin() -> None:
    last_act.forget()
    st.session_state[event_form.CHOSEN] = ""


def _clicked(key: str) -> None:
    at = place_map.clicked_point(_MAP, key)
    if at is not None:
        st.session_state[event_form.LON], st.session_state[event_form.LAT] = at
        st.session_state[event_form.CHOSEN] = ""
        st.session_state[_PICKED] = True


def _map(around: Frame, event: Event | None, picture: Released[EventPicture] | None, *, is_placed: bool) -> None:
    from ilpgeo.maps.event_map import event_layer

    layers = [place_map.ground(around, everywhere=True)]
    if event is not None and picture is not None:
        place = pipeline.event_place(around.opened, event, around.access)
        layers.append(event_layer(event, place, picture, around.settings.crs, around.theme, has_view=is_placed))
    place_map.drawn_map(around, layers, key="events-map", clicked=_clicked)


def _start(around: Frame) -> None:
    """Put a new event where most happens in the area selected among the priorities, or ranked first, for a start."""
    if event_form.LAT not in st.session_state:
        ranked = cache.brief(around.key, around.opened, around.view.query, around.access, around.view.as_of).value
        area = around.view.area or ranked.priorities[0].id
        lon, lat = pipeline.busiest_of(around.opened, area, around.access)
        st.session_state[event_form.LAT], st.session_state[event_form.LON] = lat, lon


def _screen() -> None:
    around = frame()
    if around is None:
        return
    for style in STYLES:
        st.html(style)
    _start(around)
    moment = around.settings.moment()
    head = st.container(key="events-head")
    left, right = st.columns([6, 5], gap="small")
    picture: Released[EventPicture] | None = None
    with right, st.container(key="event-side"):
        last_act.show(event_form.TOLD)
        chosen = _choice(pipeline.events(around.opened, around.access))
        event = event_form.new_event(around, around.settings.today()) if chosen is None else chosen.value
        if chosen is not None:
            markup.show(
                f"<p class='ilp-prose'>{event_view.when(chosen.value)}, {chosen.value.radius_m:,g} m around.</p>"
            )
            event_form.following(around, chosen, moment)
            st.button("New event", key="event-begin-new", icon=":material/add:", on_click=_begin)
    if event is not None:
        with guarded():
            picture = pipeline.event_picture(around.opened, event, around.access)
    with head:
        said = "Choose a place and a time" if picture is None else event_view.sentence(picture.value)
        markup.show(f'<header class="ilp-lead"><h1>{said}</h1></header>')
    if chosen is not None and picture is not None:
        with right, st.container(key="event-taskings"), guarded():
            event_taskings.taskings(around, chosen, picture.value)
    with left, st.container(key="event-map"), guarded():
        _map(around, event, picture, is_placed=chosen is not None or _PICKED in st.session_state)
    if picture is not None:
        wide, narrow = st.columns([7, 3], gap="small")
        with wide, st.container(key="event-table"):
            markup.show(event_view.table(picture.value, around.settings.small_count))
        with narrow, st.container(key="event-places"):
            markup.show(event_view.places(picture.value))


with guarded():
    _screen()

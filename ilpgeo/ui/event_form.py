"""An event recorded: place, radius, window, owner, plan; and its review when it is over."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, time

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.errors import Conflict, InvalidInput
from ilpgeo.core.event import Event
from ilpgeo.core.recorded import Recorded
from ilpgeo.ui import last_act, markup
from ilpgeo.ui.bound import bound_to
from ilpgeo.ui.errors import message_of
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.person import ask_person
from ilpgeo.ui.submit import submit

LON, LAT = "ilpgeo-event-lon", "ilpgeo-event-lat"
TOLD, CHOSEN = "events", "ilpgeo-event-chosen"
_SEEN = "ilpgeo-event-seen"


def new_event(around: Frame, today: date) -> Event | None:
    """Draw the form of a new event and record it when asked; return what it holds so far, where it can be."""
    markup.show('<h2 class="ilp-h">A new event</h2><p class="ilp-fine">Click the map, or type the place.</p>')
    with st.container(key="event-new"):
        name = st.text_input("Name", key="event-name")
        lat, lon, radius = st.columns(3)
        at_lat = lat.number_input("Latitude", format="%.5f", step=0.001, **bound_to("event-lat", LAT))
        at_lon = lon.number_input("Longitude", format="%.5f", step=0.001, **bound_to("event-lon", LON))
        radius_m = radius.number_input("Radius (m)", value=1000.0, step=50.0, format="%g", key="event-radius")
        days = st.columns(4)
        first = days[0].date_input("From", today, key="event-first", format="YYYY-MM-DD")
        begin = days[1].time_input("at", time(18), key="event-begin")
        last = days[2].date_input("To", today, key="event-last", format="YYYY-MM-DD")
        finish = days[3].time_input("at ", time(23), key="event-finish")
        owner = ask_person(key="event", label="Owner")
        plan = st.text_area("Plan", key="event-plan", height=80, placeholder="Who stands where, from when to when")
        place = st.container()
    lon_at, lat_at = (math.nan if each is None else float(each) for each in (at_lon, at_lat))
    event: Event | None = None
    try:
        event = Event(
            name or "(no name yet)", lon_at, lat_at, radius_m, datetime.combine(first, begin),
            datetime.combine(last, finish), owner or "(no owner yet)", plan,
        )  # fmt: skip
    except InvalidInput as error:
        message_of(error).show()
    with place:
        pressed = submit("Record the event", key="event-save", icon=":material/save:", about=event, in_form=False)
    if pressed is not None and event is not None:
        with pressed:
            made = pipeline.save_event(around.opened, replace(event, name=name, owner=owner), around.access, owner)
            last_act.tell(TOLD, f"Recorded: {name}.")
            st.session_state[CHOSEN] = made.id
            st.rerun()
    return event


def following(around: Frame, shown: Recorded[Event], moment: datetime) -> None:
    """Draw the plan of an event, and its review once it is over; record changes of either."""
    value, is_over = shown.value, shown.value.is_over(moment)
    seen = st.session_state.setdefault(_SEEN, {})
    based_on = seen.setdefault(shown.id, shown.revision)
    with st.form(f"event-{shown.id}", border=False):
        plan = st.text_area("Plan", value.plan, height=90, key=f"event-{shown.id}-plan")
        review = value.review
        if is_over:
            review = st.text_area(
                "Review", value.review, height=90, key=f"event-{shown.id}-review",
                placeholder="What came of it, what to do differently next time",
            )  # fmt: skip
        by = ask_person(key=f"event-{shown.id}")
        pressed = submit("Save", key=f"event-{shown.id}", icon=":material/save:")
        if pressed is None:
            return
    with pressed:
        try:
            made = pipeline.save_event(
                around.opened, replace(value, plan=plan, review=review), around.access, by, id=shown.id,
                based_on=based_on,
            )  # fmt: skip
        except Conflict:
            seen[shown.id] = shown.revision
            raise
        seen[shown.id] = made.revision
        last_act.tell(TOLD, f"{value.name}: saved as version {made.revision}.")
        st.rerun()

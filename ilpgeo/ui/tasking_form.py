"""The form of a tasking, new or changed: what is wrong is told, what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.taskings import Place, State, Tasking
from ilpgeo.core.types import Level
from ilpgeo.reports.tasking_text import DAYS
from ilpgeo.ui import person, tasking_state
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.submit import submit
from ilpgeo.ui.tasking_state import Draft

_HOURS = list(range(25))


def fields(
    around: Frame, draft: Draft, known: Tasking | None, key: str, save: Callable[[Tasking, str], None]
) -> None:  # fmt: skip
    """Draw the fields and the button; when it is pressed, save, and say above it what is wrong.

    Parameters
    ----------
    draft
        The place and what a new tasking starts with.
    known
        The tasking that is changed; None for a new one.
    save
        Called with the tasking and who saves it.
    """
    named = tasking_state.key
    today = around.view.as_of or around.settings.today()
    window = (known.starts_on, known.ends_on) if known else tasking_state.default_window(around.now, today, draft)
    hours = (known.from_hour, known.until_hour) if known else draft.hours
    with st.form(named(f"{key}-form"), border=False):
        place = draft.place
        name = st.text_input(
            "Place", place.name if place else "", key=named(f"{key}-place-{_of(place)}"),
            placeholder="Choose it on the map", disabled=place is None,
        )  # fmt: skip
        aim = st.text_area(
            "Aim", known.aim if known else "", key=named(f"{key}-aim"), height=68,
            placeholder="What is to be different afterwards", help="Something that can be seen or counted.",
        )  # fmt: skip
        owner_at, level_at = st.columns(2, gap="small")
        with owner_at:
            owner = st.text_input(
                "Owner", known.owner if known else "", key=named(f"{key}-owner"),
                placeholder="Who answers for it",
            )  # fmt: skip
        with level_at:
            level = _level(around, known, named(f"{key}-level"))
        starts_on, ends_on, from_hour, until_hour = _when(window, hours, key)
        weekdays = st.pills(
            "Days of the week", list(range(7)), selection_mode="multi", format_func=DAYS.__getitem__,
            default=list(known.weekdays if known else range(7)), key=named(f"{key}-weekdays"),
        )  # fmt: skip
        visits, minutes = _dosage(known, key)
        against_at, person_at = st.columns(2, gap="small")
        with against_at:
            first = [each for each in (known.offences if known else draft.offences) if each in around.offences]
            offences = st.multiselect(
                "Against", around.offences, first, key=named(f"{key}-offences"), placeholder="All offences"
            )
        with person_at:
            by = person.ask_person(key=named(key))
        pressed = submit("Save the tasking", key=named(f"{key}-form"), about=draft.place, icon=":material/save:")
        if pressed is None:
            return
    with pressed:
        if place is None:
            raise InvalidInput("tasking: choose a place on the map first; what you typed stays here")
        made = Tasking(
            place=Place(name, place.area, place.outline), level=level, starts_on=starts_on, ends_on=ends_on,
            owner=owner, aim=aim, from_hour=from_hour, until_hour=until_hour, weekdays=tuple(sorted(weekdays)),
            visits_per_day=float(visits), minutes_per_visit=float(minutes), offences=tuple(offences),
            state=known.state if known else State.PROPOSED, why_dropped=known.why_dropped if known else "",
            origin=known.origin if known else draft.origin, chosen_on=known.chosen_on if known else draft.chosen_on,
            evidence=known.evidence if known else draft.evidence, is_example=bool(known and known.is_example),
            event=known.event if known else draft.event,
        )  # fmt: skip
        save(made, by)


def _of(place: Place | None) -> str:
    return f"{abs(hash(place)):x}" if place else "none"


def _level(around: Frame, known: Tasking | None, key: str) -> Level:
    offered = [level for level in Level if level in around.access.levels and around.areas.types_at(level)]
    first = known.level if known else around.view.query.level
    at = offered.index(first) if first in offered else 0
    return Level(st.selectbox("Level", offered, at, around.settings.label, key=key))


def _when(window: tuple[date, date], hours: tuple[int, int], key: str) -> tuple[date, date, int, int]:
    named = tasking_state.key
    first, last, begin, end = st.columns([3, 3, 2, 2], gap="small")
    with first:
        starts_on = st.date_input("First day", window[0], key=named(f"{key}-starts"), format="YYYY-MM-DD")
    with last:
        ends_on = st.date_input("Last day", window[1], key=named(f"{key}-ends"), format="YYYY-MM-DD")
    with begin:
        from_hour = st.selectbox("From", _HOURS[:-1], hours[0], lambda hour: f"{hour:02d}:00", key=named(f"{key}-from"))
    with end:
        until_hour = st.selectbox(
            "Until", _HOURS[1:], hours[1] - 1, lambda hour: f"{hour:02d}:00", key=named(f"{key}-until"),
            help="Before From: past midnight.",
        )  # fmt: skip
    if not isinstance(starts_on, date) or not isinstance(ends_on, date):
        raise InvalidInput("tasking: a first and a last day are needed")
    return starts_on, ends_on, int(from_hour), int(until_hour)


def _dosage(known: Tasking | None, key: str) -> tuple[float, float]:
    named = tasking_state.key
    visits_at, minutes_at = st.columns(2, gap="small")
    with visits_at:
        visits = st.number_input(
            "Visits a day", value=float(known.visits_per_day if known else 4.0), step=1.0, format="%g",
            key=named(f"{key}-visits"), help="About one every two hours that count (Koper 1995).",
        )  # fmt: skip
    with minutes_at:
        minutes = st.number_input(
            "Minutes a visit", value=float(known.minutes_per_visit if known else 15.0), step=1.0, format="%g",
            key=named(f"{key}-minutes"), help="10 to 16 minutes: longer stops add little (Koper 1995).",
        )  # fmt: skip
    return float(visits), float(minutes)


def drafted(known: Tasking) -> Draft:
    """Return the draft that a known tasking's form starts with."""
    return Draft(known.place, known.origin, known.chosen_on, known.period, known.offences)

"""The patrol plan: what there is to allocate, the stops on the map, each shift's list."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.plans import Patrols, Plan, Shift, Stop
from ilpgeo.core.types import Query, Released
from ilpgeo.ui import cache, markup, place_map, question_fields, tasking_state, working
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.submit import submit

if TYPE_CHECKING:
    from ilpgeo.core.publications import ModelCard

_WEEKS = 8
_ASKED, _TESTED = "ilpgeo-plan-asked", "ilpgeo-plan-tested"
_SHIFTS = MappingProxyType({
    "three": ((6, 14, 22), "Three: 06, 14, 22"),
    "two": ((6, 18), "Two: 06, 18"),
    "four": ((0, 6, 12, 18), "Four: 00, 06, 12, 18"),
})  # fmt: skip
N_NAMED = 6


def plan(around: Frame) -> None:
    """Draw the fields, the plan on the map, and the list of the shift that is open."""
    left, middle, right = st.columns([24, 42, 34], gap="small")
    asked = None
    with left, st.container(key="tasking-design"), guarded():
        asked = _fields(around)
    if asked is not None:
        st.session_state[_ASKED] = asked
        st.session_state.pop(_TESTED, None)
    known: tuple[Patrols, Query] | None = st.session_state.get(_ASKED)
    found = None
    with right, st.container(key="tasking-sheet"), guarded():
        if known is None:
            markup.show(_METHOD)
        else:
            found = _found(around, *known)
            if found is not None:
                shift = _told(found)
    with middle, st.container(key="tasking-map"), guarded():
        layers = [place_map.ground(around)]
        if found is not None:
            from ilpgeo.maps.plans import plan_layer

            layers.append(plan_layer(found, shift, around.theme))
        place_map.drawn_map(around, layers, key="plan-map", clicked=lambda _: None)


_METHOD = (
    '<div class="ilp-head"><h2 class="ilp-h">What the plan does</h2><p class="ilp-prose">Short stops of 10 to 16 '
    "minutes, about every two hours, do most at a hot spot (Koper 1995). The plan lays the stops that your patrols can "
    "make over the places and hours where most harm is expected, in a short order that nobody can foretell, and says "
    "what stays uncovered.</p></div>"
)


def _fields(around: Frame) -> tuple[Patrols, Query] | None:
    """Draw what there is to allocate; return it when a plan is asked for."""
    named = tasking_state.key
    with st.form(named("plan-form"), border=False):
        areas = question_fields.where(around, around.view.query.areas, lambda name: named(f"plan-{name}"))
        offences = question_fields.offences(around, around.view.query.offences, lambda name: named(f"plan-{name}"))
        on_at, days_at = st.columns([3, 2], gap="small")
        with on_at:
            on = st.date_input("First day", around.now, key=named("plan-on"), format="YYYY-MM-DD")
        with days_at:
            days = st.number_input("Days", value=1, step=1, key=named("plan-days"))
        shifts = st.selectbox("Shifts begin", list(_SHIFTS), 0, lambda each: _SHIFTS[each][1], key=named("plan-shifts"))
        units_at, free_at = st.columns(2, gap="small")
        with units_at:
            units = st.number_input("Patrols a shift", value=4, step=1, key=named("plan-units"))
            stop = st.number_input("Minutes a stop", value=15, step=1, key=named("plan-stop"))
        with free_at:
            free = st.number_input("Free hours each", value=3.0, step=0.5, format="%g", key=named("plan-free"))
            travel = st.number_input("Minutes between", value=10, step=1, key=named("plan-travel"))
        seed = st.number_input(
            "Random order, number", value=0, step=1, key=named("plan-seed"),
            help="Order and minutes of the stops are drawn at random, so that nobody can foretell them. The same "
            "number draws the same plan again; another number, another plan.",
        )  # fmt: skip
        pressed = submit("Make the plan", key=named("plan-form"), icon=":material/route:", is_wide=True)
        if pressed is None:
            return None
    with pressed:
        patrols = Patrols(
            on if isinstance(on, date) else around.now, int(days), _SHIFTS[shifts][0], int(units), float(free),
            float(stop), float(travel), seed=int(seed),
        )  # fmt: skip
        return patrols, replace(around.view.query, areas=areas, offences=offences, weights=None)
    return None


def _found(around: Frame, patrols: Patrols, query: Query) -> Released[Plan] | None:
    card: ModelCard = cache.model_card(
        around.key, around.records, around.opened, query, around.access, around.settings.today()
    ).value
    forecaster = pipeline.forecaster_of(card)
    weeks = _WEEKS if st.session_state.get(_TESTED) else 0
    found = working.worked_out(
        cache.plans(),
        (around.key, patrols, query, repr(forecaster), around.access, weeks),
        lambda progress: pipeline.plan_patrols(
            around.opened, patrols, query, around.access, forecaster, weeks=weeks, progress=progress
        ),
        "Testing such plans on past weeks" if weeks else "Laying the stops over places and hours",
        key="plan-work",
    )
    return found  # noqa: RET504  (named for the reader)


def _told(released: Released[Plan]) -> Shift:
    """Draw what the plan covers, the list of one shift, what stays uncovered; return that shift."""
    found = released.value
    share = found.covered / found.looked_at if found.looked_at else 0.0
    n = sum(len(each.stops) for each in found.shifts)
    names = {spot.id: spot.name for spot in found.spots}
    markup.show(
        f'<div class="ilp-head"><h2 class="ilp-h">{words.plural(n, "stop")}, {words.span(found.window)}</h2>'
        f'<p class="ilp-prose">They cover <b>{words.share(share)}</b> of the harm expected in all hours at the '
        f"{words.plural(len(found.spots), 'place')} looked at, "
        f"{words.share(found.covered / found.total if found.total else 0.0)} of all.</p></div>"
    )
    at = int(
        st.selectbox(
            "Shift", list(range(len(found.shifts))), 0, lambda one: _shift_name(found.shifts[one]),
            key=tasking_state.key("plan-shift"), label_visibility="collapsed",
        )
    )  # fmt: skip
    shift = found.shifts[at]
    markup.show(_list(shift, names))
    missed = [names[spot] for spot in found.uncovered]
    rest = f" and {len(missed) - N_NAMED} more" if len(missed) > N_NAMED else ""
    said = f"Never visited: {', '.join(missed[:N_NAMED])}{rest}." if missed else "Every place is visited."
    notes = " ".join(f"{note}." for note in (*released.notes, found.note) if note)
    markup.show(f'<p class="ilp-fine">{escape(said)}</p><p class="ilp-fine">{escape(notes)}</p>')
    if found.tested is not None:
        tested = found.tested
        markup.show(
            f'<p class="ilp-answer">On {tested.weeks} past weeks such plans held {words.share(tested.plan)} of the '
            f"incidents (95 % interval {words.share(tested.low)} to {words.share(tested.high)}); by the prior count "
            f"{words.share(tested.prior)}, at random {words.share(tested.random)}.</p>"
            f'<p class="ilp-fine">{words.plural(tested.n, "incident")} whose hour is known. Held means: inside a place '
            "within the two hours of its visit. It is not prevented.</p>"
        )
    else:
        st.button(
            f"Test it on {_WEEKS} past weeks", key="plan-test", icon=":material/science:",
            on_click=lambda: st.session_state.update({_TESTED: True}),
        )  # fmt: skip
    return shift


def _shift_name(shift: Shift) -> str:
    last = shift.on + timedelta(days=1) if shift.until_hour <= shift.from_hour else shift.on
    until = f"{shift.until_hour:02d}:00" + (f" {last:%a}" if last != shift.on else "")
    stops = words.plural(len(shift.stops), "stop")
    return f"{shift.on:%a} {words.day(shift.on)}, {shift.from_hour:02d}:00\u2013{until}: {stops}"


def _list(shift: Shift, names: dict[str, str]) -> str:
    if not shift.stops:
        return '<p class="ilp-fine">No stop in this shift: its hours expect less than the others.</p>'
    tours: dict[int, list[Stop]] = defaultdict(list)
    for stop in shift.stops:
        tours[stop.unit].append(stop)
    parts = []
    for unit in sorted(tours):
        rows = "".join(f"<li><b>{stop.clock}</b> {escape(names[stop.spot])}</li>" for stop in tours[unit])
        parts.append(f'<h3 class="ilp-sub">Patrol {unit}</h3><ol class="ilp-log">{rows}</ol>')
    km = f'<p class="ilp-fine">{shift.route_km:.1f} km between the stops of each two hours, in straight lines.</p>'
    return f'<div class="ilp-head ilp-tours">{"".join(parts)}{km}</div>'

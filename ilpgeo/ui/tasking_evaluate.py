"""Whether a tasking worked: what is compared with what, chosen on the map, and the answer in words and figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.evaluations import Design, Evaluated, Evaluation
from ilpgeo.core.taskings import Board, Followed
from ilpgeo.core.types import Period, Released
from ilpgeo.cycle.wdd_words import told
from ilpgeo.ui import last_act, markup, person, place_map, tasking_compared, tasking_state
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.submit import submit
from ilpgeo.ui.tasking_compared import compared

_ANSWER = "ilpgeo-evaluated"
_LONGEST_DAYS = 91


def evaluate(around: Frame, released: Released[Board]) -> None:
    """Draw the design on the left, its places on the map, the answer on the right."""
    taskings = released.value.taskings
    if not taskings:
        markup.show(
            '<div class="ilp-empty"><h2>Nothing to evaluate yet</h2><p>Task a place first; when it is done and '
            "the data of those days are in, compare it here with a place like it.</p></div>"
        )
        return
    left, middle, right = st.columns([27, 41, 32], gap="small")
    with left, st.container(key="tasking-design"):
        each = _tasking(around, taskings)
        with guarded():
            _ask(around, each)
    answer = _answer(each)
    with middle, st.container(key="tasking-map"):
        tasking_compared.chooser(each)
        _map(around, each, answer)
    with right, st.container(key="tasking-sheet"):
        if answer is None:
            markup.show(_METHOD)
        else:
            _told(around, each, answer)


_METHOD = (
    '<div class="ilp-head"><h2 class="ilp-h">How it is judged</h2></div><p class="ilp-prose">The place that was tasked '
    "is set beside places like it where nothing was done: how much more did it change? The answer comes with the "
    "interval within which chance alone would leave it, and beside the place's own longer run, because a place that is "
    'tasked at its peak comes down by itself.</p><p class="ilp-prose">Choose what to compare with <b>before</b> you '
    "look at the days after: on the map, or let it propose places with about as many incidents before.</p>"
)


def _tasking(around: Frame, taskings: tuple[Followed, ...]) -> Followed:
    ids = [each.tasking.id for each in taskings]
    by_id = dict(zip(ids, taskings, strict=True))
    wanted = tasking_state.current().tasking
    at = ids.index(wanted) if wanted in ids else _first(around, taskings)

    def named(id: str) -> str:
        each = by_id[id].value
        return f"{each.place.name}, {words.span(each.period)}"

    chosen = str(st.selectbox("Tasking", ids, at, named, key=tasking_state.key("evaluate-tasking")))
    if chosen != wanted:
        tasking_state.put(replace(tasking_state.current(), tasking=chosen))
    return by_id[chosen]


def _first(around: Frame, taskings: tuple[Followed, ...]) -> int:
    """Return where the newest tasking stands whose days the data hold; the newest of all where none has any."""
    held = [at for at, each in enumerate(taskings) if each.value.ends_on < around.now]
    return max(held or range(len(taskings)), key=lambda at: (taskings[at].value.ends_on, at))


def _days(around: Frame, each: Followed) -> tuple[Period, Period]:
    """Return the days to start from: the tasking's own as far as there are data, and as many before."""
    last = around.now - timedelta(days=1)
    after = each.value.period
    if after.start <= last:
        after = Period(after.start, min(after.end, last))
    days = min(after.days, _LONGEST_DAYS)
    if around.is_monthly:
        after = after.whole_months()
        return after.previous(), after
    return Period.ending(after.start - timedelta(days=1), days), after


def _ask(around: Frame, each: Followed) -> None:
    """Draw the fields of the design, and work out the answer when it is asked for."""
    named, this = tasking_state.key, each.tasking.id
    before, after = _days(around, each)
    before_days = _period("Before", before, f"before-{this}")
    after_days = _period("After", after, f"after-{this}")
    tasking_compared.lists(around, each, before_days)
    chosen = compared(this)
    ring_at, size_at = st.columns(2, gap="small", vertical_alignment="bottom")
    with ring_at:
        ring = st.number_input(
            "Ring, m", value=0, step=100, key=named(f"ring-{this}"), disabled=bool(chosen.displacement),
            help="Width of the ground around both places that incidents may have moved to; 0 for none. Places chosen "
            "for it on the map take its place.",
        )  # fmt: skip
    with size_at:
        by_area = st.checkbox(
            "Per km\u00b2", key=named(f"by-area-{this}"),
            help="Set counts against the size of the ground, where the comparison is much larger or smaller.",
        )  # fmt: skip
    offences = st.multiselect(
        "Against", around.offences, [one for one in each.value.offences if one in around.offences],
        key=named(f"evaluate-offences-{this}"), placeholder="All offences",
    )  # fmt: skip
    asked = submit("Evaluate", key="evaluate", about=this, icon=":material/balance:", is_wide=True, in_form=False)
    if asked is None:
        return
    with asked:
        st.session_state.pop(_ANSWER, None)
        if before_days is None or after_days is None:
            raise InvalidInput("evaluation: a first and a last day are needed, before and after")
        design = Design(
            each.value.place, chosen.comparison, before_days, after_days, 0.0 if chosen.displacement else float(ring),
            chosen.displacement, tuple(offences), by_area, each.value.chosen_on,
        )  # fmt: skip
        st.session_state[_ANSWER] = (this, pipeline.evaluate(around.opened, design, around.access))


def _period(label: str, start: Period, key: str) -> Period | None:
    first_at, last_at = st.columns(2, gap="small")
    with first_at:
        first = st.date_input(
            f"{label}: first day", start.start, key=tasking_state.key(f"{key}-a"), format="YYYY-MM-DD"
        )
    with last_at:
        last = st.date_input("last day", start.end, key=tasking_state.key(f"{key}-b"), format="YYYY-MM-DD")
    if last < first:
        st.warning(f"{label}: it ends on {last}, before it starts on {first}; change one of them.")
        return None
    return Period(first, last)


def _answer(each: Followed) -> Released[Evaluated] | None:
    """Return the answer that stands for a tasking while the places are the same."""
    known: tuple[str, Released[Evaluated]] | None = st.session_state.get(_ANSWER)
    if known is None or known[0] != each.tasking.id:
        return None
    chosen, asked = compared(each.tasking.id), known[1].value.design
    is_same = (asked.comparison, asked.displacement) == (chosen.comparison, chosen.displacement)
    return known[1] if is_same else None


def _map(around: Frame, each: Followed, answer: Released[Evaluated] | None) -> None:
    from ilpgeo.maps.places import evaluation_layer

    if answer is not None:
        layers = [place_map.ground(around), evaluation_layer(answer, around.theme)]
    else:
        layers = tasking_compared.layers(around, each)
    place_map.drawn_map(
        around, layers, key="compare-map", clicked=lambda key: tasking_compared.clicked(around, each, key)
    )


def _told(around: Frame, each: Followed, released: Released[Evaluated]) -> None:
    found = released.value
    said = told(found)
    rest = "".join(f"<li>{escape(one)}</li>" for one in (*said[1:], *released.notes))
    sure = "ilp-apart" if found.figure.is_told_apart else "ilp-chance"
    markup.show(
        f'<div class="ilp-head"><h2 class="ilp-h">Did it work?</h2><p class="ilp-answer {sure}">'
        f'{escape(said[0])}.</p>{_table(found)}<ul class="ilp-reasons">{rest}</ul></div>'
    )
    with st.form(tasking_state.key("keep"), border=False):
        by = person.ask_person(key=tasking_state.key("keep"))
        pressed = submit(
            "Keep it with the tasking", key=tasking_state.key("keep"), about=found.design, icon=":material/save:",
            is_main=False,
        )  # fmt: skip
        if pressed is None:
            return
    with pressed:
        kept = Evaluation(each.tasking.id, found.design, found.figure, said, found.version)
        pipeline.keep_evaluation(around.opened, kept, around.access, by=by)
        tasking_state.show("board", each.tasking.id)
        last_act.tell(tasking_state.TOLD, "Kept with the tasking.")
        st.rerun()


def _table(found: Evaluated) -> str:
    def n(count: int | None) -> str:
        return "withheld" if count is None else words.number(count)

    rows = "".join(
        f'<tr><th scope="row">{escape(found.design.called(side.role))}</th>'
        f"<td>{n(side.before)}</td><td>{n(side.after)}</td></tr>"
        for side in found.sides
    )
    return (
        f'<table class="ilp-rates"><caption>Incidents {words.span(found.design.before)}, and '
        f'{words.span(found.design.after)}</caption><thead><tr><th scope="col"></th><th scope="col">before</th>'
        f'<th scope="col">after</th></tr></thead><tbody>{rows}</tbody></table>'
    )

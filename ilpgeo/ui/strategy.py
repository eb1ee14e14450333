"""The control strategy beside the ranking: what stands, taking it back, setting a priority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.strategy import HEAVIEST, Emphasis
from ilpgeo.core.types import Briefing, Level, Priority
from ilpgeo.ui import last_act, markup
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.person import ask_person
from ilpgeo.ui.submit import submit

USUAL_DAYS = 90
_TOLD = "strategy"
Place = tuple[Level, str]


def control(frame: Frame, briefing: Briefing, selected: Priority | None) -> None:
    """Draw the popover of the control strategy, its label the number of priorities that hold."""
    today = pipeline.strategy_day(frame.opened, frame.view.as_of)
    standing = [each for each in pipeline.control_strategy(frame.opened) if each.value.holds_on(today)]
    label = f"{words.plural(len(standing), 'priority', 'priorities')} set" if standing else "Set a priority"
    with st.popover(label, type="tertiary", key="strategy"):
        last_act.show(_TOLD)
        markup.show(listed(briefing.strategy))
        with guarded():
            for each in standing:
                _ending(frame, each, today)
            _setting(frame, selected, today)


def listed(strategy: Sequence[str]) -> str:
    """Return the control strategy in force as markup, with the rule it follows."""
    lines = "".join(f"<li>{escape(each)}</li>" for each in strategy)
    some = f"<ul class='ilp-reasons'>{lines}</ul>" if lines else "<p class='ilp-fine'>No priority is set.</p>"
    return (
        f"<h3 class='ilp-strategy'>Control strategy</h3>{some}<p class='ilp-fine'>A priority multiplies the harm "
        "weight of an offence group, at its level and below. Where several speak of an area, the closest counts, "
        "alone.</p>"
    )


def _ending(frame: Frame, standing: Recorded[Emphasis], today: date) -> None:
    value = standing.value
    with st.form(f"strategy-end-{standing.id}", border=False):
        by = ask_person(key=f"strategy-end-{standing.id}", label=f"Take back {value.offence} \u00d7 {value.weight:g}")
        pressed = submit("Take it back", key=f"strategy-end-{standing.id}", icon=":material/undo:", is_main=False)
        if pressed is None:
            return
    with pressed:
        pipeline.end_priority(frame.opened, standing, frame.access, by, today)
        last_act.tell(_TOLD, f"{value.offence} \u00d7 {value.weight:g} no longer counts.")
        st.rerun()


def places(frame: Frame, selected: Priority | None) -> dict[Place, str]:
    """Return where a priority may be set, in words: each level as a whole, and the selected area's own line."""
    areas = frame.areas
    levels = [level for level in reversed(Level) if level in frame.access.levels and areas.types_at(level)]
    offered: dict[Place, str] = {
        (level, ""): f"Everywhere, set by the {level} level" for level in levels if not frame.access.areas
    }
    if selected is not None:
        for at in areas.line(areas.at(selected.id)):
            level = areas.levels[int(areas.type[at])]
            if level in levels:
                offered[level, areas.id[at]] = f"{areas.name[at]} ({level})"
    return offered


def _setting(frame: Frame, selected: Priority | None, today: date) -> None:
    offered = places(frame, selected)
    with st.form("strategy-set", border=False):
        left, right = st.columns([3, 2])
        offence = left.selectbox("Offence group", frame.offences, key="strategy-offence")
        weight = right.number_input(
            "Weight",
            value=2.0,
            step=0.5,
            format="%g",
            key="strategy-weight",
            help=f"1 changes nothing; 0 to {HEAVIEST:g}.",
        )
        place = st.selectbox(
            "Where", list(offered), key="strategy-place", format_func=lambda each: offered.get(each, each[0])
        )
        reason = st.text_input("Why", key="strategy-reason", placeholder="The assessment or decision behind it")
        days = st.columns(2)
        start = days[0].date_input("First day", today, key="strategy-start", format="YYYY-MM-DD")
        expires = days[1].date_input(
            "Last day", today + timedelta(days=USUAL_DAYS), key="strategy-expires", format="YYYY-MM-DD"
        )
        by = ask_person(key="strategy-set", label="Owner")
        pressed = submit("Set it", key="strategy-set", icon=":material/flag:")
        if pressed is None:
            return
    level, area = place
    with pressed:
        entry = Emphasis(offence, float(weight), by, reason, level, start, expires, area)
        pipeline.set_priority(frame.opened, entry, frame.access, by)
        last_act.tell(_TOLD, f"{offence} \u00d7 {weight:g} is set: the ranking follows.")
        st.rerun()

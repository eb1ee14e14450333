"""One small control that makes what is on the screen into a file, when it is asked for and not before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.sources import agencies
from ilpgeo.core.types import Briefing, Priority, Released
from ilpgeo.reports.formats import FORMATS, file_name
from ilpgeo.ui import cache, released, state
from ilpgeo.ui.bound import bound
from ilpgeo.ui.frame import Frame

_RANKING, _AREA = "ranking", "area"


def take_away(around: Frame, shown: Released[Briefing], selected: Priority | None) -> None:
    """Draw the control: of what, in which form, and the button that makes it."""
    briefing = shown.value
    with st.popover("Take away", type="tertiary", key="take-away"):
        subjects = {_RANKING: _ranking_name(around, briefing)}
        if selected is not None:
            subjects[_AREA] = selected.name
        of = st.radio("A briefing of", list(subjects), key="take-of", format_func=lambda each: subjects[each])
        ending = st.selectbox(
            "in this form", list(FORMATS), key="take-as", format_func=lambda each: FORMATS[each].title
        )
        _made_for(around)
        area = selected.id if of == _AREA and selected is not None else ""
        stamp = pipeline.marking(around.opened)
        released.download_made(
            shown,
            _maker(around, area, ending),
            "Make it",
            file_name(subjects[of], briefing.query.period.end, ending),
            FORMATS[ending].media_type,
            key="take-make",
            is_main=True,
        )
        st.caption(
            f"{stamp.shown}; expires {words.day(stamp.expires_on)}; data version {briefing.version}. "
            "Small counts are withheld as on the screen."
        )


def _set_made_for(agency: str | None) -> None:
    view = state.current()
    state.put(replace(view, query=replace(view.query, made_for=agency or "")))


def _made_for(around: Frame) -> None:
    """Draw the choice of the agency it is made for; the screen then shows what that agency may see."""
    now = around.view.query.made_for
    known = agencies(tuple(each.source for each in pipeline.registered(around.opened)))
    others = [each for each in known if each.casefold() != around.access.agency.casefold()]
    if not others and not now:
        return
    offered = ["", *others, *([now] if now not in {"", *others} else [])]
    st.selectbox(
        "made for", offered, format_func=lambda each: each or "everyone who reads here",
        **bound("made-for", now, _set_made_for, options=offered),
        help="Sources that are not given to that agency are left out, on the screen too, and how many is said.",
    )  # fmt: skip


def _ranking_name(around: Frame, briefing: Briefing) -> str:
    inside = [around.areas.name[around.areas.at(each)] for each in briefing.query.areas]
    place = words.listed(inside) if inside else around.settings.name
    return f"{words.opening(words.many(briefing.ranked_type))} of {place}"


def _maker(around: Frame, area: str, ending: str) -> Callable[[Released[Briefing]], bytes]:
    """Return what makes the file; the file is kept, so that asking again, or a neighbour's asking, costs nothing."""
    query, scope = around.view.query, around.view.query.areas
    about = area or (scope[0] if len(scope) == 1 else "")
    asked = replace(query, areas=()) if about else query
    stamp = pipeline.marking(around.opened)
    kept = cache.products()
    key = (around.key, around.records, asked, about, around.access, around.view.as_of, stamp, ending)

    def make(_: Released[Briefing]) -> bytes:
        made = kept.get(key)
        if made is None:
            product = pipeline.product(around.opened, asked, around.access, stamp, about, around.view.as_of)
            made = kept.put(key, FORMATS[ending].make(product))
        return made

    return make

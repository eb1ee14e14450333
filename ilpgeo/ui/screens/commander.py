"""The commander's screen: where, how sure, why, compared with what."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.gaps import ListedGap
from ilpgeo.core.types import Briefing, Priority, Released, Tier
from ilpgeo.reports import sentences
from ilpgeo.ui import bar, cache, headline, markup, nav, pictures, state
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame, frame
from ilpgeo.ui.mapview import mapview
from ilpgeo.ui.model_card import Outlook
from ilpgeo.ui.other_levels import other_levels
from ilpgeo.ui.pulse import pulse
from ilpgeo.ui.ranking import chosen, forget_presses, ranking

MOST_HOTSPOTS = 10
TOP_SHARE = 0.1  # of one area's ground; the usual 2 % of a neighbourhood is a single cell
MAP_HEIGHT_PX = 460


def _outlook(around: Frame, briefing: Briefing, selected: Priority | None) -> Outlook | None:
    """Return the forecast inside an area that was picked; the area opened by itself at first stays plain."""
    if selected is None or selected.tier is Tier.NO_DATA or selected.id != state.current().area:
        return None
    query = replace(briefing.query, areas=(selected.id,))
    card = cache.model_card(around.key, around.records, around.opened, query, around.access, around.settings.today())
    spots = cache.forecast(
        around.key, around.opened, card.value, query, around.access, around.view.as_of,
        top_share=TOP_SHARE, most=MOST_HOTSPOTS,
    )  # fmt: skip
    return Outlook(card, spots, query)


def _gaps(around: Frame) -> tuple[ListedGap, ...]:
    if not around.records:
        return ()
    return cache.known_gaps(around.key, around.records, around.opened, around.access, around.settings.today()).value


def _alert(around: Frame) -> None:
    """Draw the alert that series go on across the areas below this level, where they do."""
    level = around.view.query.level
    area_type = pipeline.alert_type(around.opened, level)
    if not area_type:
        return
    told = cache.links(around.key, around.opened, around.access, area_type, around.view.query.period).value
    found = [each for each in told.links if each.level is level]
    if found:
        label = f"{words.plural(len(found), 'pair')} of areas share crime series: an alert to this level"
        st.page_link(nav.HERE / "screens" / "links.py", icon=":material/share:", label=label)


def _pictures(around: Frame, briefing: Briefing, selected: Priority) -> None:
    of = cache.picture(around.key, around.opened, briefing.query, selected.id, around.access, around.view.as_of).value
    week = pictures.week(of.week, of.week_note, around.theme)
    panels = (
        ("Trend", pictures.trend(of.trend), sentences.trend(of.trend)),
        ("Time of week", week, sentences.week(of.week, of.week_note)),
        ("Offences", pictures.mix(of.mix), words.span(briefing.query.period)),
    )
    with st.container(key="pictures"):
        for column, (title, drawing, caption) in zip(st.columns(3, gap="small"), panels, strict=True):
            with column:
                markup.show(pictures.framed(title, of.name, drawing, caption))


@st.fragment
def _body(around: Frame, released: Released[Briefing]) -> None:
    forget_presses()
    if state.current().query != around.view.query:
        st.rerun()
    with guarded():
        briefing = released.value
        selected = chosen(briefing, state.current().area)
        gaps = _gaps(around)
        outlook = _outlook(around, briefing, selected)
        left, right = st.columns([2, 1], gap="small")
        with left, st.container(key="map"), guarded():
            mapview(around, released, selected, None if outlook is None else outlook.hotspots, MAP_HEIGHT_PX,
                    pipeline.gap_marks(around.opened, gaps) if gaps else None)  # fmt: skip
        with right, st.container(key="side"):
            ranking(around, released, selected, outlook, gaps)
        if selected is not None:
            _pictures(around, briefing, selected)
    state.save()


def _footer(around: Frame, released: Released[Briefing]) -> None:
    with st.container(key="footer"):
        counted, ranked, origin = st.columns(3, gap="medium")
        with counted:
            markup.show(headline.account(released.value, around.settings))
            _alert(around)
            waiting = [each for each in _gaps(around) if each.gap.state.is_waiting]
            if waiting:
                st.page_link(
                    nav.HERE / "screens" / "gaps.py", icon=":material/help:",
                    label=f"{words.plural(len(waiting), 'intelligence gap')} {'waits' if len(waiting) == 1 else 'wait'}"
                )  # fmt: skip
        with ranked:
            markup.show(headline.method(released.value, around.settings))
        with origin:
            markup.show(headline.origin(released.value, around.settings, around.areas.derived, released.notes))


def _screen() -> None:
    around = frame()
    if around is None:
        return
    released: Released[Briefing] | None = None
    place = st.container(key="top", gap="small")
    with guarded():
        released = cache.brief(around.key, around.opened, around.view.query, around.access, around.view.as_of)
    if released is not None:
        _body(around, released)  # before the bar above it: the map is what is waited for
    with place:
        bar.bar(around, None if released is None else released.value)
        with st.container(key="lead", gap=None):
            bar.crumbs(around)
            if released is not None:
                markup.show(headline.lead(released.value, around.view.comparison))
    if released is None:
        state.save()
        return
    _footer(around, released)
    with guarded():
        other_levels(around)
    first = chosen(released.value, "")
    pulse(around, "" if first is None else first.id)


with guarded():
    _screen()

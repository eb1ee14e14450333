"""The commander's screen: where, how sure, why, compared with what."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo.core.types import Briefing, HotspotSet, Priority, Released, Tier
from ilpgeo.models.registry import model_class
from ilpgeo.ui import bar, cache, headline, pictures, state, words
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame, frame
from ilpgeo.ui.mapview import mapview
from ilpgeo.ui.ranking import chosen, ranking

HOTSPOT_MODEL = "kde"
MAP_HEIGHT_PX = 460


def _hotspots(around: Frame, briefing: Briefing, selected: Priority | None) -> Released[HotspotSet] | None:
    if selected is None or selected.tier is Tier.NO_DATA:
        return None
    query = replace(briefing.query, areas=(selected.id,))
    return cache.hotspots(around.key, around.opened, model_class(HOTSPOT_MODEL)(), query, around.access, around.view.as_of)


def _pictures(around: Frame, briefing: Briefing, selected: Priority) -> None:
    shown = cache.picture(
        around.key, around.opened, briefing.query, selected.id, around.access, around.view.as_of
    ).value
    with st.container(key="pictures"):
        trend, week, mix = st.columns(3, gap="medium")
        trend.html(pictures.framed("Trend", shown.name, pictures.trend(shown.trend), pictures.trend_words(shown.trend)))
        week.html(
            pictures.framed("Time of week", shown.name, pictures.week(shown.week, shown.week_note, around.theme),
                            pictures.week_caption(shown.week, shown.week_note))
        )  # fmt: skip
        mix.html(pictures.framed("Offences", shown.name, pictures.mix(shown.mix), words.span(briefing.query.period)))


@st.fragment
def _body(around: Frame, released: Released[Briefing]) -> None:
    if state.current().query != around.view.query:
        st.rerun()
    with guarded():
        briefing = released.value
        selected = chosen(briefing, state.current().area)
        spots = _hotspots(around, briefing, selected)
        title = model_class(HOTSPOT_MODEL).title
        left, right = st.columns([2, 1], gap="small")
        with left, st.container(key="map"):
            mapview(around, released, selected, spots, MAP_HEIGHT_PX)
        with right, st.container(key="side"):
            ranking(around, briefing, selected, spots.value if spots else None, title)
        if selected is not None:
            _pictures(around, briefing, selected)
    state.save()


def _footer(around: Frame, released: Released[Briefing]) -> None:
    with st.container(key="footer"):
        counted, ranked, origin = st.columns(3, gap="medium")
        counted.html(headline.account(released.value, around.settings))
        ranked.html(headline.method(released.value, around.settings))
        origin.html(headline.origin(released.value, around.settings, around.areas.derived, released.notes))


def _screen() -> None:
    around = frame()
    if around is None:
        return
    released: Released[Briefing] | None = None
    place = st.container(key="top", gap="small")
    with guarded():
        released = cache.brief(around.key, around.opened, around.view.query, around.access, around.view.as_of)
    with place:
        bar.bar(around, None if released is None else released.value)
        with st.container(key="lead", gap=None):
            bar.crumbs(around)
            if released is not None:
                st.html(headline.lead(released.value, around.view.comparison))
    if released is None:
        state.save()
        return
    _body(around, released)
    _footer(around, released)


with guarded():
    _screen()

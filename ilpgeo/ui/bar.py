"""The slim bar over the map: level, area type, offences, period, comparison, age and quality of the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.grading import GradeWeights
from ilpgeo.core.types import Areas, Briefing, Level, Period, Query
from ilpgeo.ui import cache, grading, headline, markup, periods, scope, state
from ilpgeo.ui.bound import bound
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.view import Comparison

ALL = "All offences"


def bar(frame: Frame, briefing: Briefing | None) -> None:
    """Draw the bar; without a briefing the quality light is left out."""
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
        levels(frame)
        _offences(frame)
        _sources(frame)
        period(frame)
        comparison(frame)
        if briefing is not None:
            light = briefing.quality.light
            label = headline.freshness(frame.now, frame.settings.today(), light)
            with (
                st.container(key=f"quality-{light}", width="content"),
                st.popover(label, type="tertiary", key="quality"),
            ):
                markup.show(headline.quality(briefing.quality))


def crumbs(frame: Frame) -> None:
    """Draw the way from everywhere to the scope; every station but the last is a button."""
    way = scope.crumbs(frame.areas, frame.view.query.areas, frame.settings.name)
    with st.container(key="crumbs", horizontal=True, vertical_alignment="center", gap=None):
        for at, crumb in enumerate(way):
            if at:
                markup.show('<span class="ilp-step" aria-hidden="true">\u203a</span>', width="content")
            if at == len(way) - 1:
                markup.show(f'<span class="ilp-here" aria-current="page">{escape(crumb.name)}</span>', width="content")
            else:
                st.button(
                    crumb.name, key=f"crumb-{at}", type="tertiary", on_click=_to_crumb, args=(frame.areas, crumb),
                )  # fmt: skip


def _ask(query: Query) -> None:
    state.put(state.current().asking(query))


def _to_crumb(areas: Areas, crumb: scope.Crumb) -> None:
    _ask(scope.crumbed(areas, state.current().query, crumb))


def _rank(areas: Areas, area_type: str) -> None:
    _ask(scope.ranking(areas, state.current().query, area_type))


def levels(frame: Frame) -> None:
    """Draw the choice of the level and, where it has several, of the area type."""
    query, areas = frame.view.query, frame.areas
    levels = [level for level in Level if areas.types_at(level)]
    st.segmented_control(
        "Level", levels, required=True, label_visibility="collapsed", format_func=frame.settings.label,
        **bound("level", query.level, lambda level: _rank(areas, areas.types_at(Level(level))[0]), start="default"),
    )  # fmt: skip
    types = areas.types_at(query.level)
    if len(types) > 1:
        st.selectbox(
            "Area type", types, label_visibility="collapsed", width=130, format_func=words.opening,
            **bound("area-type", query.area_type, partial(_rank, areas), options=types),
        )  # fmt: skip


def _set_offences(chosen: Sequence[str]) -> None:
    _ask(replace(state.current().query, offences=tuple(chosen)))


def _offences(frame: Frame) -> None:
    chosen = frame.view.query.offences
    label = ALL if not chosen else chosen[0] if len(chosen) == 1 else f"{len(chosen)} offences"
    with st.popover(label, key="offence-popover"):
        st.pills(
            "Offences (none chosen: all)", frame.offences, selection_mode="multi",
            **bound("offences", list(chosen), _set_offences, start="default"),
        )  # fmt: skip


def _set_sources(chosen: Sequence[str]) -> None:
    _ask(replace(state.current().query, sources=tuple(chosen)))


def _sources(frame: Frame) -> None:
    """Draw the choice of sources, one by one or by how they are graded; a single source is no choice."""
    held = cache.sources(cache.files(frame.key, frame.opened))
    if len(held) < 2:
        return
    chosen, weights = frame.view.query.sources, frame.view.query.weights
    label = f"{len(chosen)} of {len(held)} sources" if chosen else "All sources"
    with st.popover(f"{label}, weighted" if weights else label, key="source-popover"):
        register = pipeline.registered(frame.opened)
        by_trust = grading.by_trust(register, held)
        trust = next((name for name, fit in by_trust.items() if fit == chosen), None)
        st.pills(
            "By their grading", list(by_trust),
            **bound("trust", trust, lambda name: _set_sources(by_trust.get(name, ())), start="default"),
            help="Counts, ranks and forecasts are then made of these sources alone.",
        )  # fmt: skip
        st.pills(
            "Sources (none chosen: all)", held, selection_mode="multi",
            **bound("sources", list(chosen), _set_sources, start="default"),
        )  # fmt: skip
        _weights(frame, grading.weights_in_words(register, chosen or held, weights))


def _set_weights(agreed: GradeWeights, is_weighted: bool) -> None:
    _ask(replace(state.current().query, weights=agreed if is_weighted else None))


def _weights(frame: Frame, of_each: str) -> None:
    """Draw the switch that weighs the order by grading; what the link asks for stands before what was agreed."""
    agreed = pipeline.grade_weights(frame.opened)
    weights = frame.view.query.weights or (agreed.value if agreed else None)
    if weights is None or weights.is_plain:
        st.caption("Weights by grading: none are agreed. An analyst sets them on the page Sources.")
        return
    st.toggle(
        "Weigh the order by grading",
        **bound("weighted", frame.view.query.weights is not None, partial(_set_weights, weights)),
        help=f"{words.opening(weights.words)}. Ranks, tiers and hotspots move; no number of incidents is weighted.",
    )  # fmt: skip
    if of_each:
        st.caption(of_each)


def _set_preset(choices: tuple[periods.Preset, ...], label: str | None) -> None:
    for preset in choices:
        if preset.label == label:
            _ask(state.current().query.during(preset.period))


def _set_days(days: Sequence[date], *, is_monthly: bool) -> None:
    _ask(state.current().query.during(periods.rounded(Period(days[0], days[1]), is_monthly=is_monthly)))


def _are_both(days: Sequence[date]) -> bool:
    return len(days) == 2


def period(frame: Frame) -> None:
    """Draw the choice of the period."""
    period = frame.view.query.period
    preset = periods.named(period, frame.presets)
    label = words.span(period) if preset is None else f"{preset.label} \u00b7 {words.span(period)}"
    last = periods.last_day(frame.now)
    with st.popover(label, key="period-popover"):
        st.pills(
            "Period", [each.label for each in frame.presets],
            **bound("preset", preset.label if preset else None, partial(_set_preset, frame.presets), start="default"),
        )  # fmt: skip
        st.date_input(
            "Whole months from, to" if frame.is_monthly else "Days from, to (both counted)",
            min_value=frame.settings.start, max_value=periods.latest(last, period), format="YYYY-MM-DD",
            **bound("days", (period.start, period.end), partial(_set_days, is_monthly=frame.is_monthly), _are_both),
        )  # fmt: skip
        if frame.is_monthly:
            st.caption("A source knows its times to the month only, so periods are whole months.")


def _set_comparison(chosen: str) -> None:
    state.put(replace(state.current(), comparison=Comparison(chosen)))


def comparison(frame: Frame) -> None:
    """Draw the choice of what the period is compared with."""
    names = {Comparison.PREVIOUS: "vs period before", Comparison.YEAR: "vs last year"}
    st.selectbox(
        "Compared with", list(Comparison), label_visibility="collapsed", width=160,
        format_func=lambda each: names[each],
        **bound("comparison", frame.view.comparison, _set_comparison, options=list(Comparison)),
        help=f"Compared with {words.span(frame.view.baseline)}",
    )  # fmt: skip

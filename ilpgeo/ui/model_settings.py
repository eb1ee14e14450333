"""The left of the models page: which model, with which settings, asked of what."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.params import Param, params_of
from ilpgeo.core.types import Model, Period, Query
from ilpgeo.ui import forms, markup, model_state, model_words, periods, scope, words
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_view import AHEAD, CELL, ModelView

OWN_DAYS = "Own days"


def choice(around: Frame) -> None:
    """Draw the models by the question they answer; those that cannot be used are grey and say why."""
    chosen = model_state.current().model
    with st.container(key="model-choice", gap=None):
        markup.show(f'<p class="ilp-question">{escape(model_words.PURPOSES[chosen.purpose])}</p>')
        with st.popover(chosen.title, key=model_state.key("model-popover"), width="stretch"):
            groups = model_words.by_purpose(pipeline.model_classes())
            tabs = st.tabs([model_words.TABS[each] for each in groups], default=model_words.TABS[chosen.purpose])
            for tab, (purpose, members) in zip(tabs, groups.items(), strict=True):
                with tab:
                    markup.show(f'<h2 class="ilp-h">{escape(model_words.PURPOSES[purpose])}</h2>')
                    for model in members:
                        _offer(around, model, is_chosen=model.name == chosen.name)
        markup.show(f'<p class="ilp-fine">{escape(chosen.summary)}</p>')


def _offer(around: Frame, model: type[Model], *, is_chosen: bool) -> None:
    missing = pipeline.lacking(around.opened, model)
    mark = ' <span class="ilp-chosen">shown now</span>' if is_chosen else ""
    why = f'<span class="ilp-lack">{escape(model_words.needed(missing))}</span>' if missing else ""
    state = " ilp-off" if missing else " ilp-on" if is_chosen else ""
    with st.container(key=f"offer-{model.name}", gap=None):
        markup.show(
            f'<div class="ilp-offer{state}"><strong>{escape(model.title)}</strong>{mark}'
            f"<span>{escape(model.summary)}</span>{why}</div>"
        )
        st.button(
            f"Use {model.title}", key=f"use-{model.name}", disabled=bool(missing) or is_chosen,
            on_click=model_state.choose, args=(model,),
        )  # fmt: skip


def settings(around: Frame) -> ModelView | None:
    """Draw every field and return the view they make; None after a fault was shown."""
    start, shown = model_state.start(), model_state.current()
    key = model_state.key
    values = {param.name: getattr(start.model, param.name) for param in params_of(start.model)}
    with st.container(key="model-form", gap="small"):
        model = forms.form(type(start.model), key(f"set-{start.model.name}"), values)
        cell_m = float(forms.field(_cell(around), start.cell_m, key("cell")))
        if model is not None and model != type(model)():
            st.button(
                "Back to the model's own settings", key="model-reset", type="tertiary", on_click=model_state.reset
            )
    with st.container(key="model-question", gap="small"):
        areas = _where(around, start.query)
        offences = tuple(
            st.multiselect(
                "Offences", around.offences, list(start.query.offences), key=key("model-offences"),
                placeholder="All offences",
            )
        )  # fmt: skip
        period = _period(around, start)
        ahead_days = _ahead(around, start.ahead_days)
    if model is None:
        return None
    return replace(
        shown,
        model=model,
        cell_m=cell_m,
        ahead_days=ahead_days,
        query=replace(start.query, areas=areas, offences=offences, period=period),
    )


def _cell(around: Frame) -> Param:
    return replace(CELL, default=float(around.settings.cell_m))


def _where(around: Frame, start: Query) -> tuple[str, ...]:
    areas = around.areas
    offered = [
        areas.id[at]
        for name in reversed(areas.types)
        if 1 < len(areas.of_type(name)) <= scope.MOST_AT_FIRST
        for at in sorted(areas.of_type(name), key=lambda at: areas.name[at])
    ]
    options = ["", *offered, *(area for area in start.areas if area not in offered)]

    def named(area: str) -> str:
        if not area:
            return f"All of {around.settings.name}"
        at = areas.at(area)
        return f"{areas.name[at]} \u00b7 {areas.types[int(areas.type[at])]}"

    first = options.index(start.areas[0]) if start.areas else 0
    chosen = st.selectbox("Where", options, first, named, key=model_state.key("model-where"))
    return (chosen,) if chosen else ()


def _period(around: Frame, start: ModelView) -> Period:
    labels = [each.label for each in around.presets]
    named = periods.named(start.query.period, around.presets)
    chosen = st.selectbox(
        "Learn from", [*labels, OWN_DAYS], labels.index(named.label) if named else len(labels),
        key=model_state.key("model-period"),
        format_func=lambda label: _spelt(label, around),
    )  # fmt: skip
    if chosen != OWN_DAYS:
        return around.presets[labels.index(chosen)].period
    last = periods.last_day(around.now)
    days = st.date_input(
        "Whole months from, to" if around.is_monthly else "Days from, to (both counted)",
        (start.query.period.start, start.query.period.end), around.settings.start,
        periods.latest(last, start.query.period), key=model_state.key("model-days"), format="YYYY-MM-DD",
    )  # fmt: skip
    if not isinstance(days, tuple) or len(days) < 2:
        return model_state.current().query.period
    return periods.rounded(Period(days[0], days[1]), is_monthly=around.is_monthly)


def _ahead(around: Frame, start: int) -> int:
    offered = [days for days in AHEAD.offered if days >= AHEAD.default or not around.is_monthly]

    def named(days: int) -> str:
        if around.is_monthly:
            return f"Next {words.plural(max(1, round(days / 30.4375)), 'month')}"
        return "Next day" if days == 1 else f"Next {days} days"

    chosen = start if start in offered else AHEAD.default
    return int(
        st.selectbox(
            "Look ahead", offered, offered.index(chosen), named, key=model_state.key("model-ahead"),
            help="The days that expected incidents are for; clusters and tests of chance look back only.",
        )
    )  # fmt: skip


def _spelt(label: str, around: Frame) -> str:
    preset = next((each for each in around.presets if each.label == label), None)
    return label if preset is None else f"{label} \u00b7 {words.span(preset.period)}"

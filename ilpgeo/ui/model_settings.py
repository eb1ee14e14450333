"""The left of the models page: which model, with which settings, asked of what."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.params import params_of
from ilpgeo.core.query import nearest_months
from ilpgeo.core.types import Model
from ilpgeo.ui import forms, markup, model_state, model_words, question_fields
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_view import AHEAD, ModelView


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
        cell_m = float(forms.field(question_fields.cell(around), start.cell_m, key("cell")))
        if model is not None and model != type(model)():
            st.button(
                "Back to the model's own settings", key="model-reset", type="tertiary", on_click=model_state.reset
            )
    with st.container(key="model-question", gap="small"):
        areas = question_fields.where(around, start.query.areas, _named)
        offences = question_fields.offences(around, start.query.offences, _named)
        period = question_fields.period(around, start.query.period, shown.query.period, _named)
        looks_ahead = "RiskSurface" in pipeline.answers_of(type(start.model))
        ahead_days = _ahead(around, start.ahead_days) if looks_ahead else start.ahead_days
    if model is None:
        return None
    return replace(
        shown,
        model=model,
        cell_m=cell_m,
        ahead_days=ahead_days,
        query=replace(start.query, areas=areas, offences=offences, period=period),
    )


def _named(name: str) -> str:
    return model_state.key(f"model-{name}")


def _ahead(around: Frame, start: int) -> int:
    offered = [days for days in AHEAD.offered if days >= AHEAD.default or not around.is_monthly]

    def named(days: int) -> str:
        if around.is_monthly:
            return f"Next {words.plural(nearest_months(days), 'month')}"
        return "Next day" if days == 1 else f"Next {days} days"

    chosen = start if start in offered else AHEAD.default
    return int(
        st.selectbox(
            "Look ahead", offered, offered.index(chosen), named, key=model_state.key("model-ahead"),
            help="The days that expected incidents are for.",
        )
    )  # fmt: skip

"""The lab's two models: chosen, set, named."""

from __future__ import annotations

from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.params import params_of
from ilpgeo.core.types import Model
from ilpgeo.ui import forms, lab_state, markup
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.lab_view import LabView

SIDES = ("a", "b")


def offered(around: Frame) -> list[type[Model]]:
    """Return the models that can be looked at here: those that draw a map and lack nothing."""
    return [
        model
        for model in pipeline.model_classes()
        if pipeline.answers_of(model) - {"Diagnostic"} and not pipeline.lacking(around.opened, model)
    ]


def forecasts(around: Frame) -> list[type[Model]]:
    """Return those of them that say how many incidents they expect: what can be tested."""
    return [model for model in offered(around) if pipeline.is_forecast(model)]


def tested(shown: LabView) -> list[Model]:
    """Return the models of both sides that can be tested."""
    return [model for model in (shown.a, shown.b) if pipeline.is_forecast(type(model))]


def settings(around: Frame, side: str) -> None:
    """Draw one side's model and its settings; what they make becomes the page's view."""
    start = lab_state.start().model(side)
    titles = {model.name: model.title for model in offered(around)}
    key = lab_state.key(f"lab-model-{side}")
    with st.container(key=f"lab-side-{side}", gap="small"):
        st.selectbox(
            f"Model {side.upper()}", list(titles), list(titles).index(start.name), titles.__getitem__, key=key,
            on_change=_chosen, args=(side, key),
        )  # fmt: skip
        markup.show(f'<p class="ilp-fine">{escape(start.summary)}</p>')
        values = {param.name: getattr(start, param.name) for param in params_of(start)}
        model = forms.form(type(start), lab_state.key(f"lab-set-{side}-{start.name}"), values)
        if model is None:
            return
        lab_state.put(lab_state.current().with_model(side, model))
        if model != type(model)():
            st.button(
                "Back to its own settings", key=f"lab-reset-{side}", type="tertiary", on_click=lab_state.reset,
                args=(side,),
            )  # fmt: skip


def _chosen(side: str, key: str) -> None:
    lab_state.choose(side, st.session_state[key])


def one_of(shown: LabView) -> str:
    """Draw the choice between the two models and return the side chosen."""
    start = lab_state.start().of
    chosen = st.radio(
        "Which model", SIDES, SIDES.index(start), lambda side: _lettered(shown, side),
        key=lab_state.key("lab-of"), help="Models and their settings are chosen under Tune",
    )  # fmt: skip
    return str(chosen)


def _lettered(shown: LabView, side: str) -> str:
    # Both may be the same model with the same settings, and options that read alike are taken for one another.
    return f"{side.upper()}: {pipeline.titled(shown.model(side))}"

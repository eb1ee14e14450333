"""The models page: choose a model, move its settings, watch the map follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.types import Diagnostic, Level, Query, RiskSurface
from ilpgeo.ui import cache, markup, model_evidence, model_settings, model_state, model_words, questions
from ilpgeo.ui.errors import guarded, not_followed
from ilpgeo.ui.frame import Frame, frame
from ilpgeo.ui.model_findings import findings
from ilpgeo.ui.model_map import model_map
from ilpgeo.ui.model_view import ModelView, from_address
from ilpgeo.ui.view import Known

FIRST_MODEL = "kde"
MAP_HEIGHT_PX = 520
_BEFORE = "ilpgeo-model-before"
STYLE = Path(__file__).parents[1] / "model_page.css"


def _first(around: Frame) -> ModelView:
    """Return the view of a person who comes without a link: the longest period, for models learn from the past."""
    usable = [model for model in pipeline.model_classes() if not pipeline.lacking(around.opened, model)]
    model = next((each for each in usable if each.name == FIRST_MODEL), usable[0])
    period = max((preset.period for preset in around.presets), key=lambda period: period.days)
    level = next(level for level in Level if level in around.access.levels and around.areas.types_at(level))
    return ModelView(model(), float(around.settings.cell_m), Query(level, period))


def _load(around: Frame) -> None:
    offences, sources = around.offences, cache.sources(cache.files(around.key, around.opened))
    missing = {model: pipeline.lacking(around.opened, model) for model in pipeline.model_classes()}
    usable = [model for model, lacks in missing.items() if not lacks]
    barred = {model.name: f"{model.title}. {model_words.needed(lacks)}" for model, lacks in missing.items() if lacks}

    known = Known(around.areas, offences, sources, around.now)

    def read(address: Mapping[str, Sequence[str]]) -> tuple[ModelView, tuple[str, ...]]:
        return from_address(address, _first(around), known, usable, barred)

    not_followed(model_state.load(read))


def _picture(around: Frame, shown: ModelView, explored: pipeline.Explored | None) -> None:
    """Draw the map; for a diagnostic, which has none, its findings."""
    if explored is not None and isinstance(explored.answer.value, Diagnostic):
        with st.container(key="model-sheet"):
            findings(around, shown, explored.answer, key="model")
        return
    with st.container(key="model-map"):
        model_map(around, shown, explored, MAP_HEIGHT_PX)


@st.fragment
def _body(around: Frame) -> None:
    left, middle, right = st.columns([21, 50, 29], gap="small")
    with left, st.container(key="model-left"):
        model_settings.choice(around)
        view = model_settings.settings(around)
    if view is not None:
        model_state.put(view)
    model_state.act()
    shown = model_state.current()
    explored = None
    with middle, st.container(key="model-middle", gap=None):
        head = st.container(key="model-head", gap=None)
        with head, guarded():
            explored = questions.explored(around, shown, key="model")
        if explored is not None:
            window = explored.window if isinstance(explored.answer.value, RiskSurface) else None
            place = (
                around.areas.name[around.areas.at(shown.query.areas[0])] if shown.query.areas else around.settings.name
            )
            with head:
                markup.show(model_evidence.basis(explored.hotspots.value, place, window))
        _picture(around, shown, explored)
    with right, st.container(key="model-right"), guarded():
        if explored is not None:
            model_evidence.evidence(around, shown, explored)
        else:
            markup.show(model_evidence.method(shown))
    model_state.save()


def _screen() -> None:
    around = frame()
    if around is None:
        return
    _load(around)
    st.html(STYLE)
    _body(around)


with guarded():
    _screen()

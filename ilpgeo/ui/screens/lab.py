"""The lab: two models on one question, tuned, tested and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.types import Level, Query
from ilpgeo.ui import cache, lab_bar, lab_models, lab_state, lab_steady, lab_sweep, lab_test, lab_top, lab_tune
from ilpgeo.ui.errors import guarded, not_followed
from ilpgeo.ui.frame import Frame, frame
from ilpgeo.ui.lab_view import LabView, from_address
from ilpgeo.ui.view import Known

FIRST_MODELS = ("kde", "blend")
STYLES = [Path(__file__).parents[1] / name for name in ("model_page.css", "lab_page.css")]
DRAWN: Mapping[str, Callable[[Frame], None]] = {
    "tune": lab_tune.tune,
    "test": lab_test.test,
    "sweep": lab_sweep.sweep,
    "steady": lab_steady.steady,
    "top": lab_top.top,
}


def _first(around: Frame) -> LabView:
    """Return the view of a person who comes without a link: the longest period, for models learn from the past."""
    period = max((preset.period for preset in around.presets), key=lambda period: period.days)
    level = next(level for level in Level if level in around.access.levels and around.areas.types_at(level))
    a, b = (pipeline.build_model(name, {}) for name in FIRST_MODELS)
    horizon = "1m" if around.is_monthly else "7d"
    windows = 12 if around.is_monthly else 26
    cell_m = float(around.settings.cell_m)
    return LabView(a, b, cell_m, Query(level, period), horizon=horizon, windows=windows)


def _load(around: Frame) -> None:
    offences, sources = around.offences, cache.sources(cache.files(around.key, around.opened))

    def read(address: Mapping[str, Sequence[str]]) -> tuple[LabView, tuple[str, ...]]:
        known = Known(around.areas, offences, sources, around.now)
        return from_address(address, _first(around), known, lab_models.offered(around))

    not_followed(lab_state.load(read))


@st.fragment
def _body(around: Frame) -> None:
    lab_bar.bar(around)
    part = lab_bar.part()
    with st.container(key="lab-body"), guarded():
        DRAWN[part](around)
    lab_state.act()  # where a field was refused before the part could
    lab_state.save()


def _screen() -> None:
    around = frame()
    if around is None:
        return
    _load(around)
    for style in STYLES:
        st.html(style)
    _body(around)


with guarded():
    _screen()

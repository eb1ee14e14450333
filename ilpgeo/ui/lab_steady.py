"""Sensitivity: how far the result depends on cell size, the corner of the grid and the bandwidth."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput
from ilpgeo.ui import cache, lab_models, lab_results, lab_run, lab_state, markup
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.lab_test import windows

TERMS = ("Window", "Caught", "95 % interval", "Beside the prior count")


def steady(around: Frame) -> None:
    """Draw which model is tried on other grids and, once it was, how steady it is."""
    left, right = st.columns([23, 77], gap="small")
    with left, st.container(key="lab-left"):
        shown = lab_state.current()
        lab_state.put(replace(shown, of=lab_models.one_of(shown)))
        windows()
    lab_state.act()
    shown = lab_state.current()
    model = shown.model(shown.of)
    with right, st.container(key="lab-sheet"), guarded():
        if not pipeline.is_forecast(type(model)):
            raise InvalidInput(f"{model.title} does not say how many incidents to expect; choose another under Tune")
        recipe = shown.recipe([model])
        result = lab_run.run(
            cache.spreads(),
            (around.key, str(recipe), around.access),
            lambda progress: pipeline.sensitivity(around.opened, recipe, around.access, progress),
            key="lab-steady",
            label="Try other grids",
            said=f"Trying {model.title} on other cells",
        )
        if result is None:
            markup.show(
                '<p class="ilp-prose">Nothing in the data says how large a cell must be or where the first one starts. '
                "The same test is run on five cell sizes, on nine corners of the grid (thirds of a cell east and "
                "north) and, where the model has one, on five bandwidths. A result that holds is the town's; one that "
                "moves is the grid's.</p>"
            )
            return
        lab_results.results(around, result.explained, "lab-steady")
        lab_results.glossary(TERMS)
        lab_results.downloads(around, result.explained, result.recipe, "lab-steady", more=" --spread")

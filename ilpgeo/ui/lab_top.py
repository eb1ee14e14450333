"""Top ten: what the choice of a model does to the areas a commander sees first."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.types import Query
from ilpgeo.ui import cache, lab_models, lab_results, lab_state, markup, scope, working
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame


def top(around: Frame) -> None:
    """Draw the briefing's order of areas beside each model's."""
    lab_state.act()
    shown = lab_state.current()
    models = lab_models.tested(shown)
    with st.container(key="lab-sheet"), guarded():
        if not models:
            raise InvalidInput("Neither model says how many incidents to expect; choose another under Tune")
        query = _ranked(around, shown.query)
        answer = working.worked_out(
            cache.top_tens(),
            (around.key, repr(models), query, shown.cell_m, around.access),
            lambda progress: pipeline.top_ten(
                around.opened, models, query, around.access, cell_m=shown.cell_m, progress=progress
            ),
            "Ranking areas by each model",
            key="lab-top",
        )
        if answer is None:
            return
        lab_results.results(around, answer, "lab-top")
        markup.show(
            '<p class="ilp-fine">Rank 1 is the first. As the briefing does, the models look as far ahead here as the '
            "period learnt from is long. A model adds up what it expects in the cells of an area. "
            "Areas with too few incidents are left out.</p>"
        )
        lab_results.downloads(around, answer, shown.recipe(models), "lab-top", is_test=False)


def _ranked(around: Frame, query: Query) -> Query:
    """Return the question as the commander's screen asks it: of the finest areas that fit one list."""
    kind = scope.first_type(around.areas)
    return replace(query, level=scope.level_of(around.areas, kind), area_type=kind)

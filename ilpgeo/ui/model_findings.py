"""What explains an answer: its sentences, its charts, the checks that go with the model, one cell's history."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import numpy as np
import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.params import build, params_of
from ilpgeo.core.types import Answer, Diagnostic, Model, Released, Significance
from ilpgeo.maps.cells import kind_colours
from ilpgeo.maps.palette import Theme
from ilpgeo.pipeline import Explored
from ilpgeo.reports.tables import explained, tables_csv
from ilpgeo.ui import charts, markup, model_state, released
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_view import ModelView
from ilpgeo.ui.questions import explored

_ASKED = "ilpgeo-checks-asked"
_NO_PATTERN = "Neither often nor lately more, or fewer, incidents than chance would place here."


def findings(around: Frame, shown: ModelView, answer: Released[Answer], *, key: str) -> None:
    """Draw what was found in words, then the charts it rests on, and offer the tables."""
    found = explained(answer)
    if found is None:
        return
    with st.container(key=f"{key}-findings", gap="small"):
        markup.show(sentences(found))
        for table in found.tables:
            markup.show(charts.chart(table, around.theme))
        if found.tables:
            name = f"{shown.model.name}-{key}.csv"
            released.download_made(answer, _csv, "Download the tables (CSV)", name, "text/csv", key=f"{key}-tables")


def _csv(answer: Released[Answer]) -> bytes:
    return tables_csv(answer).encode("utf-8-sig")


def sentences(found: Diagnostic) -> str:
    """Return the findings as markup; what to do where there is too little to say anything."""
    if not found.findings:
        return (
            '<p class="ilp-prose">Too few incidents to say anything. Choose a longer period, a larger area or more '
            "offences.</p>"
        )
    said = "".join(f"<li>{escape(words.spoken(each))}.</li>" for each in found.findings)
    return f'<ul class="ilp-said">{said}</ul>'


def checks(around: Frame, shown: ModelView) -> None:
    """Offer the diagnostics that go with the model; each is worked out when asked for and follows the question."""
    asked: set[str] = st.session_state.setdefault(_ASKED, set())
    for model in pipeline.diagnostics_beside(shown.model.name):
        with st.container(key=f"check-{model.name}", gap="small"):
            markup.show(f'<h3 class="ilp-h">{escape(model.title)}</h3><p class="ilp-fine">{escape(model.summary)}</p>')
            if model.name not in asked:
                st.button("Work it out", key=f"ask-{model.name}", on_click=asked.add, args=(model.name,))
                continue
            answer = explored(around, _fitted(shown, model), key=f"check-{model.name}")
            if answer is not None:
                findings(around, shown, answer.answer, key=f"check-{model.name}")


def _fitted(shown: ModelView, model: type[Model]) -> ModelView:
    """Return the view with a diagnostic in place of the model, its settings those that both have."""
    own = {param.name for param in params_of(model)}
    shared = {param.name: getattr(shown.model, param.name) for param in params_of(shown.model) if param.name in own}
    return replace(shown, model=build(model, shared), spot="")


def cell_history(answer: Significance, cell: int, theme: Theme) -> str:
    """Return one cell's class in words and its history as a strip: a bar per step, warm above the mean, cool below."""
    row, column = divmod(cell, answer.grid.nx)
    if answer.history is None or answer.kind is None:
        return ""
    z = answer.history[:, row, column].astype(np.float64)
    if not np.isfinite(z).all():
        return '<p class="ilp-fine">This cell rests on too few incidents to be shown.</p>'
    code = int(answer.kind[row, column])
    kind = answer.kinds[code] if code >= 0 else None
    colour = kind_colours(answer.kinds, theme)[code] if kind else "none"
    name = words.opening(kind.name) if kind else "No pattern"
    meaning = kind.meaning if kind else _NO_PATTERN
    head = (
        f'<p class="ilp-cell"><i style="background:{colour}"></i><strong>{escape(name)}</strong> '
        f"<span>{escape(meaning)}</span></p>"
    )
    return head + charts.strip(z, answer.steps, theme)


def chosen_cell(explored_now: Explored) -> int | None:
    """Return the cell that was last pointed at on this answer's map, where its history can be shown."""
    answer = explored_now.answer.value
    point = model_state.pointed()
    if not isinstance(answer, Significance) or answer.history is None or point is None:
        return None
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, answer.grid.crs, always_xy=True).transform(*point)
    cell = int(answer.grid.cell_of(np.array([x]), np.array([y]))[0])
    return cell if cell >= 0 else None

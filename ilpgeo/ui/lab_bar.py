"""Over the lab: the question both models are asked, once for the whole page, and its parts."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo.ui import forms, lab_state, question_fields
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.lab_view import PARTS


def bar(around: Frame) -> None:
    """Draw where, which offences, which days and which cells; the parts of the page below."""
    start, shown = lab_state.start(), lab_state.current()
    with st.container(key="lab-bar"):
        where, offences, period, cell = st.columns([24, 28, 30, 18], gap="small")
    with where:
        areas = question_fields.where(around, start.query.areas, _named)
    with offences:
        chosen = question_fields.offences(around, start.query.offences, _named)
    with period:
        days = question_fields.period(around, start.query.period, shown.query.period, _named)
    with cell:
        cell_m = float(forms.field(question_fields.cell(around), start.cell_m, _named("cell")))
    query = replace(start.query, areas=areas, offences=chosen, period=days)
    lab_state.put(replace(shown, query=query, cell_m=cell_m))


def part() -> str:
    """Draw the parts of the page and return the one that is open."""
    chosen = str(
        st.segmented_control(
            "Part of the lab", list(PARTS), default=lab_state.start().part, required=True,
            format_func=PARTS.__getitem__,            key=_named("part"), label_visibility="collapsed",
        )
    )  # fmt: skip
    lab_state.put(replace(lab_state.current(), part=chosen))
    return chosen


def _named(name: str) -> str:
    return lab_state.key(f"lab-{name}")

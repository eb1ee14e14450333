"""Over the lab: the question both models are asked, once for the whole page, and its parts."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import streamlit as st

from ilpgeo.ui import forms, lab_state, question_fields, submit
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.lab_view import PARTS

HORIZONS = MappingProxyType({
    "1d": "1 day", "3d": "3 days", "7d": "1 week", "14d": "2 weeks", "28d": "4 weeks", "1m": "1 month",
    "2m": "2 months", "3m": "3 months",
})  # fmt: skip


def bar(around: Frame) -> None:
    """Draw where, which offences, which days and which cells; the parts of the page below."""
    start, shown = lab_state.start(), lab_state.current()
    with st.container(key="lab-bar"):
        where, offences, period, ahead, cell = st.columns([23, 26, 25, 12, 14], gap="small")
    with where:
        areas = question_fields.where(around, start.query.areas, _named)
    with offences:
        chosen = question_fields.offences(around, start.query.offences, _named)
    with period:
        days = question_fields.period(around, start.query.period, shown.query.period, _named)
    with ahead:
        horizon = _ahead(around, start.horizon)
    with cell:
        cell_m = float(forms.field(question_fields.cell(around), start.cell_m, _named("cell")))
    query = replace(start.query, areas=areas, offences=chosen, period=days)
    lab_state.put(replace(shown, query=query, cell_m=cell_m, horizon=horizon))


def _ahead(around: Frame, start: str) -> str:
    offered = [each for each in HORIZONS if not around.is_monthly or each.endswith("m")]
    if start not in offered and not around.is_monthly:
        offered.append(start)
    return str(
        st.selectbox(
            "Look ahead", offered, offered.index(start) if start in offered else 0,
            lambda each: HORIZONS.get(each, f"{each[:-1]} days"), key=_named("horizon"),
            help="What the maps expect, and how long each window of a test is. The order of models differs between a "
            "week and three months.",
        )
    )  # fmt: skip


def part() -> str:
    """Draw the parts of the page and return the one that is open: until its fields are read, the one that is left."""
    st.segmented_control(
        "Part of the lab", list(PARTS), default=lab_state.start().part, required=True, format_func=PARTS.__getitem__,
        key=_named("part"), label_visibility="collapsed", on_change=_turn, args=(_named("part"),),
    )  # fmt: skip
    return lab_state.current().part


def _turn(key: str) -> None:
    submit.forget()
    lab_state.turn_to(st.session_state[key])


def _named(name: str) -> str:
    return lab_state.key(f"lab-{name}")

"""Tune: two models on one question, their maps side by side, and where one expects more than the other."""

from __future__ import annotations

from collections.abc import Hashable
from html import escape

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.types import Answer, Contrast, Released, RiskSurface
from ilpgeo.pipeline import Explored
from ilpgeo.ui import cache, lab_maps, lab_models, lab_results, lab_state, markup, model_evidence, questions
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.lab_view import LabView

_BEFORE = "ilpgeo-lab-before"


def tune(around: Frame) -> None:
    """Draw the settings of both models, their maps and the difference."""
    left, right = st.columns([23, 77], gap="small")
    with left, st.container(key="lab-left"):
        for side in lab_models.SIDES:
            lab_models.settings(around, side)
    lab_state.act()
    shown = lab_state.current()
    found: dict[str, Explored | None] = {}
    with right:
        places = st.columns(2, gap="small")
        for side, place in zip(lab_models.SIDES, places, strict=True):
            with place:
                found[side] = _side(around, shown, side)
        below, beside = st.columns(2, gap="small")
        with below:
            difference = _difference(around, shown, found)
        with beside, st.container(key="lab-facts"):
            _facts(around, shown, found, difference)


def _side(around: Frame, shown: LabView, side: str) -> Explored | None:
    view, explored, drawn = shown.side(side), None, None
    before: dict[str, tuple[Hashable, Explored]] = st.session_state.setdefault(_BEFORE, {})
    with st.container(key=f"lab-head-{side}", gap=None):
        working, head = st.container(), st.container()  # each in its place: what is over goes without a trace
    with working, guarded():
        explored = questions.explored(around, view, key=f"lab-{side}")
        drawn = explored
        if explored is not None:
            before[side] = ((around.key, around.access), explored)
        elif side in before and before[side][0] == (around.key, around.access):
            drawn = before[side][1]
    with head:
        markup.show(heading(shown, side, explored, is_old=drawn is not explored))
    lab_maps.answer_map(around, view, drawn, side)
    return explored


def heading(shown: LabView, side: str, explored: Explored | None, *, is_old: bool = False) -> str:
    """Return which model a map shows, with which settings, and what it rests on, as markup.

    Parameters
    ----------
    is_old
        The map still shows the answer before.
    """
    said = "the map still shows the answer before" if is_old else ""
    if explored is not None:
        total = explored.hotspots.value.total
        said = "too few incidents to say how many" if total is None else words.plural(total, "incident")
        if isinstance(explored.answer.value, RiskSurface):
            said += f"; expected in {words.span(explored.window)}"
    name = escape(pipeline.titled(shown.model(side)))
    return f'<p class="ilp-lab-head"><b>{side.upper()}</b> <strong>{name}</strong> <span>{escape(said)}</span></p>'


def _difference(around: Frame, shown: LabView, found: dict[str, Explored | None]) -> Released[Answer] | None:
    first, second = found["a"], found["b"]
    difference = None
    markup.show(
        '<p class="ilp-lab-head"><b>A \u2212 B</b> <strong>Difference</strong> '
        "<span>warm: A expects more; cool: B does</span></p>"
    )
    with guarded():
        if first is not None and second is not None:
            names = (f"A, {shown.a.title}", f"B, {shown.b.title}")
            kept = cache.differences()
            question = (id(first), id(second), names)
            difference = kept.get(question) or kept.put(
                question, pipeline.difference(around.opened, first, second, names)
            )
    lab_maps.difference_map(around, shown.side("a"), first, difference)
    return difference


def _facts(
    around: Frame, shown: LabView, found: dict[str, Explored | None], difference: Released[Answer] | None
) -> None:
    agreed = ""
    if difference is not None and isinstance(difference.value, Contrast) and difference.value.beside is not None:
        agreed = lab_results.said(difference.value.beside)
    lines = [line for side in lab_models.SIDES if (each := found[side]) is not None for line in _told(side, each)]
    lines.append("Move one map and the others follow. An empty cell is not a safe cell: it may be withheld")
    lines.append(escape(around.settings.attribution))
    fine = "".join(f'<p class="ilp-fine">{line.rstrip(".")}.</p>' for line in lines if line)
    markup.show(f'<h2 class="ilp-h">Both beside each other</h2>{agreed}{fine}')
    answers = {side.upper(): each.answer for side, each in found.items() if each is not None}
    if difference is not None:
        answers["A \u2212 B"] = difference
    lab_results.cells(answers, "lab-tune")
    lab_results.recipe_alone(around, shown.recipe(lab_models.tested(shown)), "lab-tune")


def _told(side: str, explored: Explored) -> list[str]:
    """Return one side's first hotspots and what is withheld of it, as markup."""
    spots = explored.hotspots.value.hotspots[:3]
    names = "; ".join(f"{each.rank} {each.name} ({words.number(each.n)})" for each in spots)
    first = names or model_evidence.nothing(explored.hotspots.value)
    notes = dict.fromkeys((*explored.answer.notes, *explored.hotspots.notes))
    told = [f"<b>{side.upper()}, first hotspots</b> (incidents): {escape(first)}"]
    return told + [f"<b>{side.upper()}</b>: {escape('; '.join(notes))}"] * bool(notes)

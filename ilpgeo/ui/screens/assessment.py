"""The threat assessment: what threatens this level, how sure that is, where it is heading, and who stands for it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.assessment import Assessment
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.types import Query, Released
from ilpgeo.reports import sentences
from ilpgeo.ui import assessment_form, assessment_view, bar, cache, last_act, markup, matrix, state
from ilpgeo.ui.bound import bound
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame, frame
from ilpgeo.ui.view import Comparison

STYLES = [Path(__file__).parents[1] / name for name in ("model_page.css", "assessment.css")]


def _version(query: Query, versions: tuple[Recorded[Assessment], ...]) -> Recorded[Assessment] | None:
    """Draw the choice of a version; return the recorded one chosen, None for the picture worked out now."""
    chosen = assessment_form.shown(query, versions)
    labels = {0: "Now, from the data", **{each.revision: assessment_view.version_label(each) for each in versions}}
    st.selectbox(
        "Version", list(labels), format_func=lambda each: labels[each], width=420, label_visibility="collapsed",
        help=f"What is recorded for this level and area: {assessment_view.summary(versions)}",
        **bound("assessment-version", chosen, partial(assessment_form.show, query), options=list(labels)),
    )  # fmt: skip
    return next((each for each in versions if each.revision == chosen), None)


def _matrix(around: Frame, assessment: Assessment) -> None:
    is_year = around.view.comparison is Comparison.YEAR
    compared = sentences.against(assessment.period, is_year=is_year)
    drawings = "".join(
        matrix.matrix(assessment.threats, compared, is_year=is_year, is_narrow=is_narrow) for is_narrow in (False, True)
    )  # the style sheet shows the one that fits
    markup.show(f'<figure class="ilp-figure"><h2>Harm and change</h2>{drawings}</figure>')


def _body(around: Frame, made: Released[Assessment], versions: tuple[Recorded[Assessment], ...]) -> None:
    revision = assessment_form.shown(around.view.query, versions)
    chosen = next((each for each in versions if each.revision == revision), None)
    if chosen is not None:
        made = pipeline.reopen(around.opened, chosen)
    left, right = st.columns([11, 9], gap="small")
    with left, st.container(key="assessment-matrix"), guarded():
        _matrix(around, made.value)
    with right, st.container(key="assessment-words"), guarded():
        markup.show(assessment_view.findings(made.value, chosen))
    with st.container(key="assessment-table"), guarded():
        markup.show(assessment_view.table(made.value))
    with st.container(key="assessment-record"), guarded():
        if chosen is None:
            assessment_form.recording(around, made, versions, around.settings.today())
        else:
            assessment_form.signing(around, chosen)


def _screen() -> None:
    around = frame()
    if around is None:
        return
    for style in STYLES:
        st.html(style)
    query = around.view.query
    with st.container(key="top", gap="small"):
        with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="small"):
            bar.levels(around)
            bar.period(around)
            bar.comparison(around)
            versions = cache.assessments(around.key, around.records, around.opened, query, around.access)
            chosen = _version(query, versions)
        bar.crumbs(around)
        last_act.show(assessment_form.told(query))
    made: Released[Assessment] | None = None
    with guarded():
        if chosen is None:
            made = cache.assess(around.key, around.records, around.opened, query, around.access, around.view.as_of)
        else:
            made = pipeline.reopen(around.opened, chosen)
    if made is not None:
        newest = versions[0] if versions else None
        markup.show(assessment_view.lead(made.value, assessment_view.standing(chosen, newest, around.settings.today())))
        _body(around, made, versions)
    state.save()


with guarded():
    _screen()

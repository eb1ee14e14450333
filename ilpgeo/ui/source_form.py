"""The form for an entry in the register of sources."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.grading import GradeWeights, Trust
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.sources import SCALES, Grading, Registered, Scale, Source
from ilpgeo.core.types import Access, Level
from ilpgeo.ui import last_act, person
from ilpgeo.ui.submit import submit

TOLD = "sources"
_NEW = Source("-", "-", "-", "-")


def grade_weights(opened: pipeline.Opened, before: Recorded[GradeWeights] | None, access: Access) -> None:
    """Draw the form for how much each grade weighs."""
    start = before.value if before else GradeWeights()
    revision = before.revision if before else 0
    key = f"grade-weights-{revision}"
    with st.form(f"{key}-form", border=False):
        given = [
            column.number_input(
                words.opening(trust), value=start.of(trust), step=0.05, format="%g", key=f"{key}-{trust.name}"
            )
            for trust, column in zip(Trust, st.columns(len(Trust), gap="small"), strict=True)
        ]
        by = person.ask_person(key=key)
        pressed = submit("Agree on these weights", key=f"{key}-form", icon=":material/save:")
        if pressed is None:
            return
    with pressed:
        pipeline.save_grade_weights(opened, GradeWeights(*given), access, by, revision)
        last_act.tell(TOLD, "Saved: weights by grading.")
        st.rerun()


def entry(opened: pipeline.Opened, name: str, before: Registered | None, access: Access) -> None:
    """Draw the form for a source's entry; without a name, for one that has brought no file yet."""
    start = before.source if before else _NEW
    revision = before.revision if before else 0
    key = f"source-{name}-{revision}"
    is_new = before is None
    scale = st.segmented_control(
        "Scale of the grading", list(Scale), default=start.grading.scale, key=f"{key}-scale", required=True
    )
    with st.form(f"{key}-form", border=False):
        typed = name or st.text_input("Name, as its files will carry it", key=f"{key}-name")
        left, right = st.columns(2, gap="small")
        agency = left.text_input("Agency", "" if is_new else start.agency, key=f"{key}-agency")
        owner = right.text_input("Owner", "" if is_new else start.owner, key=f"{key}-owner",
                                 placeholder="Who answers for it: person or post")  # fmt: skip
        basis = st.text_input("Legal basis", "" if is_new else start.legal_basis, key=f"{key}-basis")
        grade = _grading(Scale(scale), start.grading, key)
        left, right = st.columns(2, gap="small")
        levels = list(Level)
        reach = left.selectbox(
            "May be shown up to", levels, levels.index(start.reach), opened.workspace.settings.label,
            key=f"{key}-reach", help="Pictures of a higher level are made without it, and say so.",
        )  # fmt: skip
        shared = right.text_input("Given to (agencies, separated by ;)", "; ".join(start.shared_with),
                                  key=f"{key}-shared")  # fmt: skip
        note = st.text_input("Conditions", start.handling_note, key=f"{key}-note")
        refresh = left.number_input(
            "New data every so many days (0: complete)", value=start.refresh_days, step=1, key=f"{key}-refresh"
        )
        kept = right.number_input(
            "Kept for so many days (0: not limited)", value=start.retention_days, step=1, key=f"{key}-kept"
        )
        by = person.ask_person(key=key)
        pressed = submit("Save", key=f"{key}-form", about=scale, icon=":material/save:")
        if pressed is None:
            return
    with pressed:
        agencies = tuple(each.strip() for each in shared.split(";") if each.strip())
        made = pipeline.register_source(
            opened,
            Source(typed.strip(), agency.strip(), owner.strip(), basis.strip(), grade, reach, agencies, note.strip(),
                   int(refresh), int(kept)),
            access, by, revision,
        )  # fmt: skip
        last_act.tell(TOLD, f"Saved: {made.source.name}.")
        st.query_params["source"] = made.source.name
        st.rerun()


def _grading(scale: Scale, start: Grading, key: str) -> Grading:
    """Draw the marks of a scale, each with the scale's own words."""
    words = SCALES[scale]
    parts = (
        ("Source", words.reliability, start.reliability),
        ("Information", words.information, start.information),
        ("Handling", words.handling, start.handling),
    )
    marks = [
        _mark(column, label, known, chosen if start.scale is scale else "", f"{key}-{scale}-{label}")
        for column, (label, known, chosen) in zip(st.columns(3, gap="small"), parts, strict=True)
    ]
    return Grading(scale, *marks)


def _mark(column: DeltaGenerator, label: str, known: Mapping[str, str], chosen: str, key: str) -> str:
    """Draw the choice of one mark; a scale that has no such part has no choice."""
    if not known:
        return ""
    choices = ["", *known]

    def told(mark: str) -> str:
        return f"{mark}: {known[mark]}" if mark else "not graded"

    return str(column.selectbox(label, choices, choices.index(chosen), told, key=key))

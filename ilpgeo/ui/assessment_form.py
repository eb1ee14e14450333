"""Recording an assessment: comments, when the next is due, the name under it; and signing a version off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.assessment import Assessment
from ilpgeo.core.errors import Conflict
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.types import Query, Released
from ilpgeo.ui import last_act, markup
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.person import ask_person
from ilpgeo.ui.submit import submit

_SEEN, _SHOWN = "ilpgeo-assessment-seen", "ilpgeo-assessment-shown"


def recording(around: Frame, made: Released[Assessment], versions: Sequence[Recorded[Assessment]], today: date) -> None:
    """Draw the form that records what is shown as a new version."""
    value = made.value
    series = f"{value.level}-{value.area_type}-{'-'.join(value.areas)}"
    seen = st.session_state.setdefault(_SEEN, {})
    newest = versions[0].revision if versions else 0
    based_on = seen.setdefault(series, newest)
    kept = versions[0].value.comments if versions else {}
    with st.form(f"assess-{series}", border=False):
        markup.show('<h2 class="ilp-h">Record it</h2>')
        whole = st.text_area(
            "The analyst's assessment", kept.get("", ""), height=110, key=f"assess-{series}-whole",
            placeholder="What lies behind the numbers, what is not in them, what to do about it",
        )  # fmt: skip
        comments = {"": whole}
        with st.expander("Comments on single groups"):
            for each in value.threats:
                comments[each.offence] = st.text_input(
                    each.offence, kept.get(each.offence, ""), key=f"assess-{series}-{each.offence}"
                )
        left, right = st.columns(2)
        with left:
            by = ask_person(key=f"assess-{series}")
        with right:
            due = st.date_input(
                "The next one is due", pipeline.usual_due(value.level, value.period, today), format="YYYY-MM-DD",
                key=f"assess-{series}-due",
            )  # fmt: skip
        pressed = submit("Record as a draft", key=f"assess-{series}", icon=":material/save:")
        if pressed is None:
            return
    with pressed:
        try:
            version = pipeline.record_assessment(
                around.opened, made, around.access, by, comments=comments,
                due=due if isinstance(due, date) else None, based_on=based_on,
            )  # fmt: skip
        except Conflict:
            seen[series] = newest
            raise
        seen[series] = version.revision
        query = around.view.query
        last_act.tell(told(query), f"Recorded as version {version.revision}, a draft until somebody signs it off.")
        show(query, version.revision)
        st.rerun()


def signing(around: Frame, version: Recorded[Assessment]) -> None:
    """Draw the form that signs a version off; say who did where somebody has."""
    if version.value.is_signed:
        markup.show(
            f'<p class="ilp-prose">Signed off by {words.opening(version.value.signed_by)} on '
            f"{words.day(version.made_at.date())}: numbers, words and data version stay as they are. A newer picture "
            "is recorded as another version.</p>"
        )
        return
    with st.form(f"sign-{version.id}", border=False):
        markup.show('<h2 class="ilp-h">Sign it off</h2>')
        by = ask_person(key=f"sign-{version.id}", label="Signed off by")
        if by and by == version.made_by:
            st.caption("The person who wrote it: a second pair of eyes is better.")
        pressed = submit("Sign off", key=f"sign-{version.id}", icon=":material/verified:")
        if pressed is None:
            return
    with pressed:
        signed = pipeline.sign_assessment(around.opened, version, around.access, by)
        seen = st.session_state.setdefault(_SEEN, {})
        value = version.value
        seen[f"{value.level}-{value.area_type}-{'-'.join(value.areas)}"] = signed.revision
        last_act.tell(told(around.view.query), f"Signed off as version {signed.revision}.")
        show(around.view.query, signed.revision)
        st.rerun()


def told(query: Query) -> str:
    """Return the part of the page where it is told what became of the assessments of a level and scope."""
    return f"assessment of {_series(query)}"


def show(query: Query, revision: int) -> None:
    """Show a version of this level and scope from the next run on; 0 is the picture worked out now."""
    st.session_state.setdefault(_SHOWN, {})[_series(query)] = revision


def shown(query: Query, versions: Sequence[Recorded[Assessment]]) -> int:
    """Return the version to show; 0 is the picture worked out now."""
    revision = int(st.session_state.get(_SHOWN, {}).get(_series(query), 0))
    return revision if any(each.revision == revision for each in versions) else 0


def _series(query: Query) -> str:
    return f"{query.level}-{query.area_type}-{'-'.join(query.areas)}"

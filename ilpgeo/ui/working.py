"""A job on the page: how far it is, and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

from ilpgeo.core.protocols import Progress
from ilpgeo.ui import again
from ilpgeo.ui.jobs import Job, Kept

T = TypeVar("T")
PATIENCE_S = 1.0
POLL_S = 0.5
_RUNNING, _STOPPED = "ilpgeo-job-running", "ilpgeo-job-stopped"


def worked_out(
    kept: Kept[T],
    question: Hashable,
    work: Callable[[Progress], T],
    said: str,
    *,
    key: str,
    again: str = "Work it out",
) -> T | None:
    """Return the answer to a question: kept, or worked out now; None while it lasts, and where the person stopped it.

    What takes longer than a second goes on beside the page, which stays usable: a bar shows how far it is, a button
    stops it, and the page is drawn again when the answer is there. A new question of the same `key` stops the one
    before.

    Parameters
    ----------
    said
        What is being done, in words.
    key
        The place on the page; unique there.
    again
        The words of the button that takes up what was stopped.
    """
    answer = kept.get(question)
    running: dict[str, tuple[Hashable, Job[T]]] = st.session_state.setdefault(_RUNNING, {})
    asked, job = running.get(key, (None, None))
    if job is not None and (answer is not None or asked != question):
        job.cancel()
        running.pop(key)
        job = None
    if answer is not None:
        return answer
    if st.session_state.get(f"{_STOPPED}-{key}") == question:
        st.info("Stopped. Change a setting, or take it up again.", icon=":material/stop_circle:")
        st.button(again, key=f"{key}-again", on_click=_start_again, args=(key,))
        return None
    if job is None:
        job = Job(work)
        running[key] = (question, job)
        job.wait(PATIENCE_S)
    if job.wait(0.0):
        running.pop(key, None)
        return kept.put(question, job.result())
    _watch(job, question, said, key)
    return None


@st.fragment(run_every=POLL_S)
def _watch(job: Job[T], question: Hashable, said: str, key: str) -> None:
    if job.wait(0.0) or st.session_state.get(f"{_STOPPED}-{key}") == question:
        again.draw_again()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(job.share, f"{said}, {job.share:.0%}" if job.share else said)
        st.button("Stop", key=f"{key}-stop", on_click=_stop, args=(key, question, job), icon=":material/stop_circle:")


def _stop(key: str, question: Hashable, job: Job[T]) -> None:
    job.cancel()
    st.session_state[f"{_STOPPED}-{key}"] = question
    st.session_state[_RUNNING].pop(key, None)


def _start_again(key: str) -> None:
    st.session_state.pop(f"{_STOPPED}-{key}", None)

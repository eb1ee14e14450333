"""A job on the page: how far it is, and a way to stop it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

from ilpgeo.core.protocols import Progress
from ilpgeo.ui.jobs import Job, Kept

T = TypeVar("T")
PATIENCE_S = 1.0
_POLL_S = 0.25
_RUNNING, _STOPPED = "ilpgeo-job-running", "ilpgeo-job-stopped"


def worked_out(kept: Kept[T], question: Hashable, work: Callable[[Progress], T], said: str, *, key: str) -> T | None:
    """Return the answer to a question: kept, or worked out now; None where the person stopped it.

    What takes longer than a second shows how far it is, with a button that stops it; a new question of the same `key`
    stops the one before.

    Parameters
    ----------
    said
        What is being done, in words.
    key
        The place on the page; unique there.
    """
    answer = kept.get(question)
    if answer is not None:
        return answer
    running: dict[str, tuple[Hashable, Job[T]]] = st.session_state.setdefault(_RUNNING, {})
    if st.session_state.get(f"{_STOPPED}-{key}") == question:
        st.info("Stopped. Change a setting, or work it out after all.", icon=":material/stop_circle:")
        st.button("Work it out", key=f"{key}-again", on_click=_start_again, args=(key,))
        return None
    before = running.get(key)
    if before is not None and before[0] != question:
        before[1].cancel()
        before = None
    job = before[1] if before is not None else Job(work)
    running[key] = (question, job)
    if not job.wait(PATIENCE_S):
        _watch(job, question, said, key)
    running.pop(key, None)
    return kept.put(question, job.result())


def _watch(job: Job[T], question: Hashable, said: str, key: str) -> None:
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center", gap="small"):
        bar = st.progress(job.share, said)
        st.button("Stop", key=f"{key}-stop", on_click=_stop, args=(key, question, job), icon=":material/stop_circle:")
    while not job.wait(_POLL_S):
        bar.progress(job.share, f"{said}, {job.share:.0%}")
    place.empty()


def _stop(key: str, question: Hashable, job: Job[T]) -> None:
    job.cancel()
    st.session_state[f"{_STOPPED}-{key}"] = question
    st.session_state[_RUNNING].pop(key, None)


def _start_again(key: str) -> None:
    st.session_state.pop(f"{_STOPPED}-{key}", None)

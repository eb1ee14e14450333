"""Work that the lab does when it is asked to: not before the button, with progress, and stopped at will."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st

from ilpgeo.core.protocols import Progress
from ilpgeo.ui import working
from ilpgeo.ui.jobs import Kept

T = TypeVar("T")


def run(
    kept: Kept[T],
    question: Hashable,
    work: Callable[[Progress], T],
    *,
    key: str,
    label: str,
    said: str,
    again: str = "",
) -> T | None:
    """Return the result: kept, or worked out after the button was pressed; None before, and when it was stopped.

    Parameters
    ----------
    key
        The place on the page; unique there.
    label, said, again
        The button's words; what is being done, in words; the words of the button that takes up what was stopped,
        those of the first button where there are none.
    """
    result = kept.get(question)
    if result is not None:
        return result
    if st.session_state.get(_asked(key)) != question:
        st.button(label, key=f"{key}-run", type="primary", on_click=_ask, args=(key, question))
        return None
    return working.worked_out(kept, question, work, said, key=key, again=again or label)


def _asked(key: str) -> str:
    return f"ilpgeo-lab-asked-{key}"


def _ask(key: str, question: Hashable) -> None:
    st.session_state[_asked(key)] = question

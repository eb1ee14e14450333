"""What an act has just done, in a sentence that stands until the next act, or for a while.

A page is drawn anew whenever data or records come, of whomever; a sentence said once only would go with the first of
these, read or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

import streamlit as st

from ilpgeo.ui import markup

STANDS_S = 10.0
_TOLD = "ilpgeo-last-act"
_DRAWN_AS = {"good": st.success, "partly": st.warning, "none": st.info, "refused": st.error}
_ICONS = {"good": ":material/check_circle:", "none": ":material/info:"}


@dataclass(frozen=True, slots=True)
class _Told:
    about: str
    sentences: tuple[tuple[str, str], ...]
    at_s: float


def tell(about: str, sentence: str, kind: str = "good") -> None:
    """Have a sentence stand on a part of the page from the next run on, in place of what was told before.

    Parameters
    ----------
    about
        The part of the page, the same as in `show`.
    kind
        How it went: good, partly, none (nothing was done) or refused.
    """
    tell_all(about, (kind, sentence))


def tell_all(about: str, *sentences: tuple[str, str]) -> None:
    """Have several sentences stand, each with its kind before it."""
    st.session_state[_TOLD] = _Told(about, sentences, monotonic())


def show(about: str) -> None:
    """Draw what stands on this part of the page; its place is taken either way, so what is below keeps its own."""
    told: _Told | None = st.session_state.get(_TOLD)
    with st.container():
        if told is None or told.about != about:
            return
        if monotonic() - told.at_s > STANDS_S:
            forget()
            return
        for kind, sentence in told.sentences:
            _DRAWN_AS[kind](markup.literal(sentence), icon=_ICONS.get(kind))


def forget() -> None:
    """Forget what was told, for the person acts again."""
    st.session_state.pop(_TOLD, None)

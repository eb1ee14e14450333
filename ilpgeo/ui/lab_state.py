"""The lab's state: one view in the session, the same in the address line."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.types import Model
from ilpgeo.ui.held import Held
from ilpgeo.ui.lab_view import LabView, to_address

_TUNED = "ilpgeo-lab-tuned"
_HELD: Held[LabView] = Held("lab", to_address)
load, current, start, key, put, act, save = (
    _HELD.load, _HELD.current, _HELD.start, _HELD.key, _HELD.put, _HELD.act, _HELD.save,
)  # fmt: skip


def choose(side: str, name: str) -> None:
    """Change one side to another model, with the settings it had there when last looked at."""
    tuned: dict[str, Model] = st.session_state.setdefault(_TUNED, {})

    def chosen(shown: LabView) -> LabView:
        before = shown.model(side)
        tuned[f"{side} {before.name}"] = before
        changed = shown.with_model(side, tuned.get(f"{side} {name}") or pipeline.build_model(name, {}))
        return replace(changed, axes=()) if side == shown.of else changed

    _HELD.ask(chosen, is_opening=False)


def turn_to(part: str) -> None:
    """Open another part of the page; what the fields of this one hold goes along."""
    _HELD.ask(lambda shown: replace(shown, part=part), is_opening=False)


def use(side: str, model: Model) -> None:
    """Give one side a model with its settings, and show it on the map."""
    _HELD.ask(lambda shown: replace(shown.with_model(side, model), part="tune"))


def reset(side: str) -> None:
    """Give one side's model its own settings back."""
    _HELD.ask(lambda shown: shown.with_model(side, type(shown.model(side))()))

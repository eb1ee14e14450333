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
load, start_anew, current, start, key, put, save = (
    _HELD.load, _HELD.start_anew, _HELD.current, _HELD.start, _HELD.key, _HELD.put, _HELD.save,
)  # fmt: skip


def choose(side: str, name: str) -> None:
    """Change one side to another model, with the settings it had there when last looked at."""
    tuned: dict[str, Model] = st.session_state.setdefault(_TUNED, {})
    shown = current()
    before = shown.model(side)
    tuned[f"{side} {before.name}"] = before
    changed = shown.with_model(side, tuned.get(f"{side} {name}") or pipeline.build_model(name, {}))
    start_anew(replace(changed, axes=()) if side == shown.of else changed)


def use(side: str, model: Model) -> None:
    """Give one side a model with its settings, and show it on the map."""
    start_anew(replace(current().with_model(side, model), part="tune"))


def reset(side: str) -> None:
    """Give one side's model its own settings back."""
    start_anew(current().with_model(side, type(current().model(side))()))

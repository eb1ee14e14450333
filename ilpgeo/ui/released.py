"""The one door for downloads: only what passed the release gate goes through."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.recipes import Recipe
from ilpgeo.core.types import Released

if TYPE_CHECKING:
    from ilpgeo.pipeline import QuarantineFile

T = TypeVar("T")


def _passed(released: Released[T]) -> T:
    if not isinstance(released, Released):
        raise InvalidInput(f"{type(released).__name__} did not pass the release gate and is not shown")
    return released.value


def download_made(
    released: Released[T], make: Callable[[Released[T]], bytes], label: str, file: str, mime: str, *, key: str,
    is_main: bool = False,
) -> None:  # fmt: skip
    """Offer a document that is made from a released value when it is asked for, not before.

    Parameters
    ----------
    is_main
        Whether it is what its surroundings are there for.
    """
    _passed(released)
    st.download_button(
        label, lambda: make(released), file, mime, key=key, on_click="ignore", width="stretch",
        type="primary" if is_main else "tertiary",
    )  # fmt: skip


def download_recipe(recipe: Recipe, label: str, file: str, *, key: str) -> None:
    """Offer a recipe: what was asked, no count of any place, so it passes no release gate."""
    if not isinstance(recipe, Recipe):
        raise InvalidInput(f"{type(recipe).__name__} is no recipe and is not handed out")
    st.download_button(label, recipe.text(), file, "application/toml", key=key, on_click="ignore", type="tertiary")


def download_quarantine(rows: QuarantineFile, label: str, *, key: str) -> None:
    """Offer rejected rows, raw, to those who manage data; raise NotAllowed for all others.

    They are a source's own rows on their way back to it, not counts of places, so they pass no release gate.
    """
    from ilpgeo.pipeline import QuarantineFile

    if not isinstance(rows, QuarantineFile):
        raise InvalidInput(f"{type(rows).__name__} is no quarantine and is not handed out")
    rows.access.require_data_management()
    st.download_button(
        label, rows.read, rows.name, "text/csv", key=key, on_click="ignore", icon=":material/download:"
    )  # fmt: skip

"""The one door for tables and downloads: only what passed the release gate goes through."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.recipes import Recipe
from ilpgeo.core.types import Released
from ilpgeo.reports.text import csv_text

if TYPE_CHECKING:
    from ilpgeo.pipeline import QuarantineFile

T = TypeVar("T")
Row = dict[str, Any]


def _passed(released: Released[T]) -> T:
    if not isinstance(released, Released):
        raise InvalidInput(f"{type(released).__name__} did not pass the release gate and is not shown")
    return released.value


def table(released: Released[T], rows: Callable[[T], Sequence[Row]], *, height_px: int | None = None) -> None:
    """Show a released value as a table.

    Parameters
    ----------
    rows
        Turns the value into rows: column name to value.
    height_px
        None shows every row.
    """
    shown = list(rows(_passed(released)))
    st.dataframe(shown, hide_index=True, height="content" if height_px is None else height_px)


def download_csv(released: Released[T], rows: Callable[[T], Sequence[Row]], label: str, file: str) -> None:
    """Offer a released value as a CSV file that a spreadsheet opens as text, never as a formula."""
    text = csv_text(list(rows(_passed(released))))
    st.download_button(label, text.encode("utf-8-sig"), file, "text/csv", on_click="ignore")


def download_json(released: Released[T], label: str, file: str) -> None:
    """Offer a released dataclass as a JSON file."""
    text = json.dumps(_jsonable(_passed(released)), ensure_ascii=False, indent=1)
    st.download_button(label, text.encode(), file, "application/json", on_click="ignore")


def download_file(released: Released[bytes], label: str, file: str, mime: str) -> None:
    """Offer a released document, ready made."""
    st.download_button(label, _passed(released), file, mime, on_click="ignore")


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


def _jsonable(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _jsonable(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, dict):
        return {str(name): _jsonable(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_jsonable(each) for each in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return str(value)

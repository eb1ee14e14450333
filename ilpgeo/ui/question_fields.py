"""The fields of a question an analyst asks: where, which offences, which days to learn from, on which cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from ilpgeo.core import wording as words
from ilpgeo.core.params import Param
from ilpgeo.core.types import Period
from ilpgeo.ui import periods, scope
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_view import CELL

OWN_DAYS = "Own days"
Key = Callable[[str], str]


def cell(around: Frame) -> Param:
    """Return the field of the cell size; its default is the workspace's."""
    return replace(CELL, default=float(around.settings.cell_m))


def where(around: Frame, start: tuple[str, ...], key: Key) -> tuple[str, ...]:
    """Draw the areas to look in and return the one chosen, none for everywhere.

    Parameters
    ----------
    key
        Makes a field's name unique on the page and to this opening of it.
    """
    areas = around.areas
    offered = [
        areas.id[at]
        for name in reversed(areas.types)
        if 1 < len(areas.of_type(name)) <= scope.MOST_AT_FIRST
        for at in sorted(areas.of_type(name), key=lambda at: areas.name[at])
    ]
    options = ["", *offered, *(area for area in start if area not in offered)]

    def named(area: str) -> str:
        if not area:
            return f"All of {around.settings.name}"
        at = areas.at(area)
        return f"{areas.name[at]} \u00b7 {areas.types[int(areas.type[at])]}"

    first = options.index(start[0]) if start else 0
    chosen = st.selectbox("Where", options, first, named, key=key("where"))
    return (chosen,) if chosen else ()


def offences(around: Frame, start: tuple[str, ...], key: Key) -> tuple[str, ...]:
    """Draw the offence groups and return those chosen, none for all."""
    return tuple(
        st.multiselect("Offences", around.offences, list(start), key=key("offences"), placeholder="All offences")
    )


def period(around: Frame, start: Period, now: Period, key: Key) -> Period:
    """Draw the periods to learn from and return the one chosen.

    Parameters
    ----------
    start
        What the field starts with.
    now
        What stands while own days are half chosen.
    """
    labels = [each.label for each in around.presets]
    named = periods.named(start, around.presets)
    chosen = st.selectbox(
        "Learn from", [*labels, OWN_DAYS], labels.index(named.label) if named else len(labels), key=key("period"),
        format_func=lambda label: _spelt(label, around),
    )  # fmt: skip
    if chosen != OWN_DAYS:
        return around.presets[labels.index(chosen)].period
    last = periods.last_day(around.now)
    days = st.date_input(
        "Whole months from, to" if around.is_monthly else "Days from, to (both counted)",
        (start.start, start.end), around.settings.start, periods.latest(last, start), key=key("days"),
        format="YYYY-MM-DD",
    )  # fmt: skip
    if not isinstance(days, tuple) or len(days) < 2:
        return now
    return periods.rounded(Period(days[0], days[1]), is_monthly=around.is_monthly)


def _spelt(label: str, around: Frame) -> str:
    preset = next((each for each in around.presets if each.label == label), None)
    return label if preset is None else f"{label} \u00b7 {words.span(preset.period)}"

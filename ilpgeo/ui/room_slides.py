"""The slides of a playlist as rows of fields: what a kind of slide does not need is not asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import rooms
from ilpgeo.core import wording as words
from ilpgeo.core.rooms import Slide
from ilpgeo.core.types import Areas
from ilpgeo.ui import room_draft
from ilpgeo.ui.display.kinds import KINDS
from ilpgeo.ui.room_draft import Draft, key

PERIODS = {0: "Usual", 7: "7 days", 28: "28 days", 91: "91 days", 365: "365 days"}
_MOST_OF_A_TYPE = 500
_EVERYWHERE, _EVERY = "Everywhere", "Every offence"


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen for a slide: area ids by their names, area types, offences."""

    areas: dict[str, str]
    types: tuple[str, ...]
    offences: tuple[str, ...]

    @classmethod
    def of(cls, opened: pipeline.Opened, offences: tuple[str, ...]) -> Choices:
        """Return the choices of a workspace; area types with too many areas for a list are left out of the places."""
        areas = opened.areas
        named = {"": _EVERYWHERE} | _named(areas)
        return cls(named, tuple(areas.types), ("", *offences))


def _named(areas: Areas) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in reversed(areas.types):
        positions = areas.of_type(kind)
        if len(positions) <= _MOST_OF_A_TYPE:
            found |= {areas.id[at]: f"{areas.name[at]} ({kind})" for at in positions}
    return found


def slides(draft: Draft, choices: Choices) -> None:
    """Draw the rows and the way to a new one."""
    for place, (number, slide) in enumerate(draft.slides, start=1):
        with st.container(key=f"room-row-{number}", gap="small"):
            _row(draft, number, slide, place, choices)
    if len(draft.slides) < rooms.SLIDES_MOST:
        st.button("Add a slide", key="room-add", icon=":material/add:", on_click=room_draft.add, args=(Slide("level"),))


def _row(draft: Draft, number: int, slide: Slide, place: int, choices: Choices) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"room-head-{number}"):
        kind = st.selectbox(
            f"Slide {place}", [*KINDS], _at([*KINDS], slide.kind), lambda name: KINDS[name].title,
            key=key(number, "kind"),
        )  # fmt: skip
        st.number_input(
            "Seconds",
            value=slide.seconds,
            step=5,
            key=key(number, "seconds"),
            width=120,
            help=f"{rooms.SECONDS_LEAST} to {rooms.SECONDS_MOST}.",
        )
        for icon, by, says, is_off in (
            ("arrow_upward", -1, "Earlier", place == 1),
            ("arrow_downward", 1, "Later", place == len(draft.slides)),
        ):
            st.button(
                "", key=f"room-{icon}-{number}", icon=f":material/{icon}:", help=says, type="tertiary",
                disabled=is_off, on_click=room_draft.move, args=(number, by),
            )  # fmt: skip
        st.button(
            "", key=f"room-out-{number}", icon=":material/delete:", help="Take this slide out", type="tertiary",
            on_click=room_draft.remove, args=(number,),
        )  # fmt: skip
    asked = KINDS[kind].fields
    if "title" in asked:
        _words(number, slide)
    elif asked:
        _scope(number, slide, choices, asked)


def _words(number: int, slide: Slide) -> None:
    st.text_input("Title", slide.title, key=key(number, "title"))
    st.text_area("Text", slide.text, height=90, key=key(number, "text"))
    _until(number, slide)


def _scope(number: int, slide: Slide, choices: Choices, asked: frozenset[str]) -> None:
    with st.container(horizontal=True, gap="small", key=f"room-scope-{number}"):
        if "area_type" in asked:
            types = list(choices.types)
            chosen = slide.area_type or types[0]
            st.selectbox(
                "Ranked", types, _at(types, chosen), lambda name: words.opening(words.many(name)),
                key=key(number, "area_type"),
            )  # fmt: skip
        if "area" in asked:
            ids = list(choices.areas)
            st.selectbox("Within", ids, _at(ids, slide.area), choices.areas.__getitem__, key=key(number, "area"))
        if "offence" in asked:
            offences = list(choices.offences)
            st.selectbox(
                "Offence", offences, _at(offences, slide.offence), lambda name: name or _EVERY,
                key=key(number, "offence"),
            )  # fmt: skip
        if "days" in asked:
            days = sorted({*PERIODS, slide.days})
            st.selectbox(
                "Period", days, _at(days, slide.days), lambda n: PERIODS.get(n, f"{n} days"), key=key(number, "days"),
                width=130,
            )  # fmt: skip


def _until(number: int, slide: Slide) -> None:
    st.date_input(
        "Last day it is shown (may stay empty)", slide.until, format="YYYY-MM-DD", key=key(number, "until"),
        max_value=None if slide.until is None else slide.until + timedelta(days=3660),
    )  # fmt: skip


def _at(options: list[str] | list[int], value: str | int) -> int:
    """Return where a value stands among the options; the first where the workspace has it no more."""
    return options.index(value) if value in options else 0  # type: ignore[arg-type]

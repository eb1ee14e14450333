"""What a tasked place is compared with and where its incidents may have moved, chosen on the map or proposed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.evaluations import Role
from ilpgeo.core.taskings import Followed, Place
from ilpgeo.core.types import Period
from ilpgeo.ui import markup, place_map, tasking_state
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.submit import submit

if TYPE_CHECKING:
    from folium import FeatureGroup

_MAP, _CHOSEN, _ROLE = "compare", "ilpgeo-compared", "compare-role-choice"
_WORDS = {Role.TREATED: "Tasked", Role.COMPARISON: "To compare with", Role.DISPLACEMENT: "May have moved to"}
_CHOSEN_ROLES = (Role.COMPARISON, Role.DISPLACEMENT)


@dataclass(frozen=True, slots=True)
class Compared:
    """The places chosen for one tasking: to compare with, and those its incidents may have moved to."""

    comparison: tuple[Place, ...] = ()
    displacement: tuple[Place, ...] = ()

    def places(self, role: Role) -> tuple[Place, ...]:
        """Return the places of one role."""
        return self.displacement if role is Role.DISPLACEMENT else self.comparison

    def given(self, role: Role, places: tuple[Place, ...]) -> Compared:
        """Return the same with other places in one role."""
        return replace(self, displacement=places) if role is Role.DISPLACEMENT else replace(self, comparison=places)


def compared(id: str) -> Compared:
    """Return what is chosen for a tasking so far."""
    known: dict[str, Compared] = st.session_state.setdefault(_CHOSEN, {})
    return known.get(id, Compared())


def _choose(id: str, made: Compared) -> None:
    st.session_state.setdefault(_CHOSEN, {})[id] = made


def lists(around: Frame, each: Followed, before: Period | None) -> None:
    """Draw the places chosen, each with a button to leave it out, and the button that proposes comparisons."""
    this = each.tasking.id
    _list(this, Role.COMPARISON, "Compared with", "Nothing yet: click on the map, or let it propose.")
    asked = submit(
        "Propose places like it", key="propose", about=this, icon=":material/search:", is_main=False, is_wide=True,
        in_form=False,
    )  # fmt: skip
    if asked is not None:
        with asked:
            if before is None:
                raise InvalidInput("evaluation: places like it need a first and a last day before")
            with st.spinner("Looking for places with about as many incidents before"):
                proposed = pipeline.propose_comparisons(around.opened, each.value.place, before, around.access)
            _choose(this, compared(this).given(Role.COMPARISON, proposed))
            st.rerun()
    _list(this, Role.DISPLACEMENT, "May have moved to", "The ring below, or places clicked on the map.")


def _list(id: str, role: Role, title: str, nothing: str) -> None:
    places = compared(id).places(role)
    none = "" if places else f'<p class="ilp-fine">{nothing}</p>'
    markup.show(f'<div class="ilp-head"><h3 class="ilp-sub">{title}</h3>{none}</div>')
    for at, place in enumerate(places):
        with st.container(key=f"compared-{role.name}-{at}", horizontal=True, vertical_alignment="center", gap=None):
            markup.show(f'<p class="ilp-fine">{escape(place.name)}</p>')
            st.button(
                "", key=f"not-{role.name}-{abs(hash(place)):x}", icon=":material/close:", type="tertiary",
                help=f"Leave out {place.name}", on_click=_leave_out, args=(id, role, place),
            )  # fmt: skip


def _leave_out(id: str, role: Role, place: Place) -> None:
    known = compared(id)
    _choose(id, known.given(role, tuple(each for each in known.places(role) if each != place)))


def chooser(each: Followed) -> None:
    """Draw how a click is taken and what the place clicked is for."""
    sketch = place_map.chooser(_MAP)
    with st.container(key="compare-role", horizontal=True, vertical_alignment="center", gap="small"):
        role = Role(
            st.segmented_control(
                "The place clicked is", _CHOSEN_ROLES, default=Role.COMPARISON, required=True,
                format_func=_WORDS.__getitem__, key=_ROLE, label_visibility="collapsed", on_change=_start_outline_anew,
            )
        )  # fmt: skip
        is_more = bool(compared(each.tasking.id).places(role)) and not sketch.corners
        said = "Another click adds a place." if is_more else place_map.hint(sketch)
        markup.show(f'<p class="ilp-fine ilp-hint">{escape(said)}</p>')


def _start_outline_anew() -> None:
    tasking_state.sketch_is(_MAP, replace(tasking_state.sketch(_MAP), corners=()))


def layers(around: Frame, each: Followed) -> list[FeatureGroup]:
    """Return the ranked areas and, over them, the tasked place and all that is chosen."""
    from ilpgeo.maps.places import Drawn, sketch_layer

    chosen = compared(each.tasking.id)
    named = [(Role.TREATED, "T", each.value.place)]
    named += [(Role.COMPARISON, str(at), place) for at, place in enumerate(chosen.comparison, start=1)]
    named += [(Role.DISPLACEMENT, f"m{at}", place) for at, place in enumerate(chosen.displacement, start=1)]
    drawn = [
        Drawn(f"{role.name}-{number}", shape, role.value, f"{_WORDS[role]}: {place.name}", number)
        for role, number, place in named
        if (shape := pipeline.polygon_of(around.areas, place)) is not None
    ]
    corners = tuple(pipeline.metres(around.opened, tasking_state.sketch(_MAP).corners))
    return [place_map.ranked(around, ""), sketch_layer(drawn, corners, around.settings.crs, around.theme)]


def clicked(around: Frame, each: Followed, map_key: str) -> None:
    """Add the place a click has chosen to the role clicks are for."""
    place = place_map.clicked_place(around, _MAP, map_key)
    role = Role(st.session_state.get(_ROLE) or Role.COMPARISON)
    chosen = compared(each.tasking.id)
    known = chosen.places(role)
    if place is None or place in known:
        return
    sketch = tasking_state.sketch(_MAP)
    if sketch.mode == tasking_state.OUTLINE and len(sketch.corners) > 3 and known:
        known = known[:-1]  # the same outline with one corner more
    _choose(each.tasking.id, chosen.given(role, (*known, place)))

"""Briefing rooms: what the display on each wall turns through."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.rooms import Playlist
from ilpgeo.ui import last_act, markup, nav, room_draft
from ilpgeo.ui.bound import bound_to
from ilpgeo.ui.display.usual import usual_playlist
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame, frame
from ilpgeo.ui.person import ask_person
from ilpgeo.ui.room_slides import Choices, slides
from ilpgeo.ui.submit import submit

NEW = "New room"
_CHOSEN, _TOLD = "ilpgeo-room", "rooms"


def _lead(found: tuple[Recorded[Playlist], ...]) -> None:
    many = words.plural(len(found), "room has", "rooms have") if found else "No room has"
    markup.show(
        '<header class="ilp-lead"><h1>Briefing rooms</h1><span class="ilp-facts">What the display on a wall turns '
        f"through. {many} a playlist of its own; any other name shows the usual one.</span></header>"
    )
    last_act.show(_TOLD)


def _choose(found: tuple[Recorded[Playlist], ...]) -> Recorded[Playlist] | None:
    names = [NEW, *(each.value.room for each in found)]
    if st.session_state.get(_CHOSEN) not in names:
        st.session_state[_CHOSEN] = NEW
    name = st.selectbox("Room", names, **bound_to("room-chosen", _CHOSEN, names))
    return next((each for each in found if each.value.room == name), None)


def _draft(around: Frame, chosen: Recorded[Playlist] | None) -> room_draft.Draft:
    room = chosen.value.room if chosen else ""
    draft = room_draft.current(room)
    if draft is None:
        usual = usual_playlist(around.key, around.opened, around.access, around.settings.today()).slides
        draft = room_draft.begin(room, chosen.revision if chosen else 0, chosen.value.slides if chosen else usual)
    return draft


def _save(around: Frame, draft: room_draft.Draft, name: str, by: str) -> None:
    made = pipeline.save_playlist(around.opened, name, room_draft.as_edited(draft), around.access, by, draft.based_on)
    room_draft.forget()
    st.session_state[_CHOSEN] = made.value.room
    last_act.tell(_TOLD, f"Saved. The wall of {made.value.room} shows it within ten seconds.")
    st.rerun()


def _remove(around: Frame, chosen: Recorded[Playlist], by: str) -> None:
    pipeline.remove_playlist(around.opened, chosen.value.room, around.access, by)
    room_draft.forget()
    last_act.tell(_TOLD, f"Removed. {chosen.value.room} shows the usual playlist from now on.")
    st.rerun()


def _editor(around: Frame, chosen: Recorded[Playlist] | None) -> None:
    draft = _draft(around, chosen)
    name = chosen.value.room if chosen else st.text_input(
        "Name of the room", key="room-name", placeholder="Operations room, 2nd floor"
    )  # fmt: skip
    slides(draft, Choices.of(around.opened, around.offences))
    with st.container(key="room-save", horizontal=True, vertical_alignment="bottom", gap="small"):
        by = ask_person(key="room")
        pressed = submit("Save", key="room-save-button", about=draft.room, icon=":material/save:", in_form=False)
        if pressed is not None:
            with pressed:
                _save(around, draft, name, by)
        if chosen is not None:
            st.button("Back to what is saved", key="room-back", type="tertiary", on_click=room_draft.forget)
            with st.popover("Remove", type="tertiary", key="room-remove"):
                markup.show('<p class="ilp-prose">The wall then shows the usual playlist. What was saved is kept.</p>')
                pressed = submit("Remove the playlist", key="room-remove-button", is_main=False, in_form=False)
                if pressed is not None:
                    with pressed:
                        _remove(around, chosen, by)


def _preview(chosen: Recorded[Playlist] | None) -> None:
    room = chosen.value.room if chosen else ""
    address = f"display?room={quote(room)}" if room else "display"
    title = f"The wall of {room}" if room else "The usual playlist"
    saved = (
        f"Saved by {chosen.made_by}, {words.day(chosen.made_at.date())}" if chosen else "Shown where nothing is saved"
    )
    markup.show(
        f'<div class="ilp-head"><h2 class="ilp-h">{escape(title)}</h2><p class="ilp-fine">{escape(saved)}. Address: '
        f"<code>/{escape(address)}</code></p></div>"
    )
    with st.container(key="room-preview"):
        st.iframe(f"/{address}", height=420)
    st.link_button("Open the display", f"/{address}", icon=":material/open_in_new:")


def _screen() -> None:
    around = frame()
    if around is None:
        return
    st.html(nav.HERE / "rooms.css")
    found = pipeline.playlists(around.opened)
    _lead(found)
    left, right = st.columns([1, 1], gap="small")
    with left, st.container(key="room-sheet"), guarded():
        chosen = _choose(found)
        _editor(around, chosen)
    with right, st.container(key="room-wall"), guarded():
        _preview(chosen)


with guarded():
    _screen()

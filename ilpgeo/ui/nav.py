"""The pages there are, and the frame around each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ilpgeo import __version__
from ilpgeo.ui import again, preload, presses, reader, submit, warm

HERE = Path(__file__).parent
ICON = str(HERE / "icon.svg")
ABOUT = f"ilpgeo {__version__}: hotspot analytics for intelligence-led policing. It scores places, never persons."
LOGO = str(HERE / "logo.svg")
WALL = "display"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its file among the screens, its word in the top bar (where listed), its address (empty: the first)."""

    file: str
    title: str
    url_path: str
    is_listed: bool = True


PAGES = (
    Entry("commander.py", "Priorities", ""),
    Entry("assessment.py", "Assessment", "assessment"),
    Entry("tasking.py", "Tasking", "tasking"),
    Entry("gaps.py", "Gaps", "gaps"),
    Entry("events.py", "Events", "events"),
    Entry("links.py", "Links", "links"),
    Entry("sources.py", "Sources", "sources"),
    Entry("models.py", "Models", "models"),
    Entry("lab.py", "Lab", "lab"),
    Entry("data.py", "Data", "data"),
    Entry("rooms.py", "Rooms", "rooms"),
    Entry("display.py", "Display", WALL, is_listed=False),
)


def _page(entry: Entry) -> StreamlitPage:
    return st.Page(
        HERE / "screens" / entry.file, title=entry.title, url_path=entry.url_path or None,
        default=not entry.url_path, visibility="visible" if entry.is_listed else "hidden",
    )  # fmt: skip


def go_to(title: str) -> NoReturn:
    """Open another page, by its word in the top bar; what is typed on this one stays in the session.

    The parts that this page draws by themselves are let go of first: a late word from one of them, such as its map's,
    would be answered after the other page's run, as a question of this page, and leave the other page blank.
    """
    surroundings = get_script_run_ctx()
    if surroundings is not None:
        surroundings.fragment_storage.clear()
    st.switch_page(_page(next(entry for entry in PAGES if entry.title == title)))


def run() -> None:
    """Draw the top bar and run the page the address names."""
    preload.wait()
    page = st.navigation([_page(entry) for entry in PAGES], position="top")
    st.html(HERE / "style.css")
    kind = "dark" if st.context.theme.type == "dark" else "light"
    st.html(f"<style>:root {{ color-scheme: {kind}; }}</style>")  # what opens over the page stands outside the app
    st.logo(LOGO, size="small")
    if page.url_path != WALL:
        reader.said_on_every_page()
    presses.take_whole()
    again.begin()
    with submit.one_run():
        page.run()
    warm.compile_beside()

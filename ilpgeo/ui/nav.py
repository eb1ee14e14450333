"""The pages there are, and the frame around each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ilpgeo import __version__
from ilpgeo.ui import preload

HERE = Path(__file__).parent
ICON = str(HERE / "icon.svg")
ABOUT = f"ilpgeo {__version__}: hotspot analytics for intelligence-led policing. It scores places, never persons."
LOGO = str(HERE / "logo.svg")


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
    Entry("gaps.py", "Gaps", "gaps"),
    Entry("events.py", "Events", "events"),
    Entry("models.py", "Models", "models"),
    Entry("lab.py", "Lab", "lab"),
    Entry("data.py", "Data", "data"),
    Entry("rooms.py", "Rooms", "rooms"),
    Entry("display.py", "Display", "display", is_listed=False),
)


def run() -> None:
    """Draw the top bar and run the page the address names."""
    preload.wait()
    pages = [
        st.Page(
            HERE / "screens" / entry.file, title=entry.title, url_path=entry.url_path or None,
            default=not entry.url_path, visibility="visible" if entry.is_listed else "hidden",
        )
        for entry in PAGES
    ]  # fmt: skip
    page = st.navigation(pages, position="top")
    st.html(HERE / "style.css")
    st.logo(LOGO, size="small")
    page.run()

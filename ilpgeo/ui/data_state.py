"""What the data page remembers between clicks: the file looked at, the report that is open."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

TOLD = "data"
_DESK = "ilpgeo-data"


@dataclass(frozen=True, slots=True)
class Showing:
    """What the page shows.

    Attributes
    ----------
    upload
        Number of the upload in turn: a new one empties the chooser.
    path
        A path on the server to look at, empty for none.
    file_id
        The file whose report is open, empty for the newest.
    is_naming_offences
        Whether the offences table is open.
    """

    upload: int = 0
    path: str = ""
    file_id: str = ""
    is_naming_offences: bool = False


def showing() -> Showing:
    """Return what the page shows."""
    shown: Showing = st.session_state.get(_DESK, Showing())
    return shown


def show(shown: Showing) -> None:
    """Show this from the next run on."""
    st.session_state[_DESK] = shown


def open_report(file_id: str) -> None:
    """Open a file's report; whatever was being looked at is let go."""
    now = showing()
    show(replace(now, upload=now.upload + 1, path="", file_id=file_id, is_naming_offences=False))


def open_offences() -> None:
    """Open the offences table."""
    show(replace(showing(), is_naming_offences=True))

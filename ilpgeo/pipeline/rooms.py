"""Briefing rooms: which playlist a room's display turns through."""

from __future__ import annotations

from ilpgeo.core.rooms import Playlist
from ilpgeo.pipeline.opened import Opened


def playlist_of(opened: Opened, room: str) -> Playlist | None:
    """Return a room's playlist; None where it has none."""
    return None

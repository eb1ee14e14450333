"""Briefing rooms: the playlists people recorded, and recording one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from ilpgeo.core.errors import InvalidInput, NotAllowed, NotFound
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.rooms import Playlist, Slide, room_key
from ilpgeo.core.types import Access
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.recorded import journal_of, records_stamp


def playlists(opened: Opened) -> tuple[Recorded[Playlist], ...]:
    """Return the playlists that stand, in the order they were begun."""
    return tuple(each for each in _playlists(opened, records_stamp(opened)) if not each.value.is_removed)


def playlist_of(opened: Opened, room: str) -> Playlist | None:
    """Return a room's playlist; None where it has none."""
    found = (each.value for each in playlists(opened) if room_key(each.value.room) == room_key(room))
    return next(found, None)


def save_playlist(
    opened: Opened, room: str, slides: Iterable[Slide], access: Access, by: str, based_on: int = 0
) -> Recorded[Playlist]:
    """Record a room's playlist and return it.

    Parameters
    ----------
    based_on
        The revision the person started from; 0 for a room without a playlist.

    Raises
    ------
    InvalidInput
        Listing every fault; also for an area, type or offence the workspace does not have.
    Conflict
        When somebody else saved the room's playlist meanwhile.
    NotAllowed
        When the role does not decide what others see.
    """
    _require_deciding(access)
    playlist = Playlist.of(room, slides)
    _require_known(opened, playlist)
    return _record(opened, playlist, by, based_on)


def remove_playlist(opened: Opened, room: str, access: Access, by: str) -> None:
    """Record that a room has no playlist of its own any more; raise NotFound where it has none."""
    _require_deciding(access)
    found = next((each for each in playlists(opened) if room_key(each.value.room) == room_key(room)), None)
    if found is None:
        raise NotFound(f"the room {room!r} has no playlist")
    _record(opened, replace(found.value, is_removed=True), by, found.revision)


@lru_cache(maxsize=4)
def _playlists(opened: Opened, stamp: str) -> tuple[Recorded[Playlist], ...]:
    return journal_of(opened).newest(Playlist) if stamp else ()


def _record(opened: Opened, playlist: Playlist, by: str, based_on: int) -> Recorded[Playlist]:
    # the room's name makes the id, so that of two who begin the same room at once one is told
    document = hashlib.sha256(room_key(playlist.room).encode()).hexdigest()[:12]
    if not based_on:
        removed = (
            each for each in _playlists(opened, records_stamp(opened)) if each.id == document and each.value.is_removed
        )
        based_on = next((each.revision for each in removed), 0)
    return journal_of(opened).save(playlist, by=by, id=document, based_on=based_on)


def _require_deciding(access: Access) -> None:
    if not access.publishes:
        raise NotAllowed(f"the role {access.role} does not decide what a wall shows; ask an analyst")


def _require_known(opened: Opened, playlist: Playlist) -> None:
    """Raise InvalidInput for what the workspace does not have."""
    areas, faults = opened.areas, []
    for number, slide in enumerate(playlist.slides, start=1):
        if slide.area_type and slide.area_type not in areas.types:
            faults.append(f"slide {number}: there is no kind of area {slide.area_type!r}")
        if slide.area and slide.area not in areas.position:
            faults.append(f"slide {number}: there is no area {slide.area!r}")
    if faults:
        raise InvalidInput("playlist: " + "; ".join(faults), faults)

"""What a room's display shows now: made once for each state of the data and the records, whoever asks."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.errors import IlpgeoError, NotAllowed, NotFound
from ilpgeo.core.rooms import Playlist
from ilpgeo.core.settings import Settings
from ilpgeo.core.types import Access
from ilpgeo.ui import cache
from ilpgeo.ui.access import NOT_NAMED
from ilpgeo.ui.display.files import build
from ilpgeo.ui.display.kinds import KINDS
from ilpgeo.ui.display.scene import Scene, message
from ilpgeo.ui.display.usual import usual_playlist

log = logging.getLogger("ilpgeo.ui")


@dataclass(frozen=True, slots=True)
class Show:
    """A room's show, ready to be sent.

    Attributes
    ----------
    stamp
        The same as long as the show is the same.
    body, packed
        JSON in UTF-8, plain and compressed.
    """

    stamp: str
    body: bytes
    packed: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What a show is made from.

    Attributes
    ----------
    opened
        None where there is no workspace yet.
    playlist
        The room's own; None: the usual one.
    stamp
        Another one as soon as anything the show rests on is another.
    """

    key: cache.Key
    opened: pipeline.Opened | None
    records: str
    today: date
    playlist: Playlist | None
    stamp: str


def moment(room: str) -> Moment:
    """Return what a room's show rests on now; cheap, for every display asks every few seconds."""
    try:
        key, opened = cache.workspace()
    except NotFound:
        nowhere = cache.Key(str(cache.folder()), "", "")
        return Moment(nowhere, None, "", datetime.now(UTC).date(), None, build())
    today = opened.workspace.settings.today()
    records = cache.records(opened)
    playlist = pipeline.playlist_of(opened, room) if room else None
    parts = (build(), key.tables, key.version, records, today.isoformat(), repr(playlist))
    stamp = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
    return Moment(key, opened, records, today, playlist, stamp)


def wall_access(settings: Settings) -> Access:
    """Return the access of a display: it brings nothing in, publishes nothing, and is read by the workspace's agency.

    Nobody signs in at a display: where a sign-in should name the readers' agency and the workspace names none, it is
    given nothing.
    """
    agency = settings.agency.strip() or (NOT_NAMED if settings.agency_header else "")
    return Access(role="display", manages_data=False, publishes=False, agency=agency)


def make(at: Moment) -> Show:
    """Return the show; a slide that cannot be drawn says why and keeps no other from being shown."""
    title, foot, origin, slides = "", "", "", []
    if at.opened is None:
        slides = [_said("No workspace yet", "Make one with: ilpgeo demo")]
    elif not cache.files(at.key, at.opened):
        slides = [_said("No incidents yet", "Bring a file in on the Data page.")]
    else:
        wall = wall_access(at.opened.workspace.settings)
        playlist = at.playlist or usual_playlist(at.key, at.opened, wall, at.today)
        title, foot = playlist.room, _foot(at, at.opened, wall)
        origin = at.opened.workspace.settings.attribution
        slides = [
            {"seconds": each.seconds, "html": _drawn(Scene(each, at.key, at.records, at.opened, wall, at.today))}
            for each in playlist.slides
            if each.is_shown(at.today)
        ] or [_said("Nothing to show today", "Every slide of this room has run out. The Rooms page has its playlist.")]
    content = {"build": build(), "room": title, "foot": foot, "origin": origin, "slides": slides}
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Show(at.stamp, body, gzip.compress(body, 6, mtime=0))


def _said(title: str, text: str) -> dict[str, int | str]:
    return {"seconds": 20, "html": message(title, text)}


def _drawn(scene: Scene) -> str:
    kind = KINDS.get(scene.slide.kind)
    if kind is None:
        return message("This slide is not known here", "Its kind is newer or older than this version of ilpgeo.")
    try:
        return kind.draw(scene)
    except IlpgeoError as error:
        return message(f"{kind.title}: cannot be shown", words.refused(error))
    except Exception:
        log.exception("a slide of the kind %s could not be drawn", scene.slide.kind)
        return message(f"{kind.title}: cannot be shown", "The server's log says why.")


def _foot(at: Moment, opened: pipeline.Opened, wall: Access) -> str:
    """Return where and how old the data are, their quality and version, as markup."""
    settings = opened.workspace.settings
    last = cache.now(at.key, opened, None) - timedelta(days=1)
    days = (at.today - last).days
    scene = Scene(usual_playlist(at.key, opened, wall, at.today).slides[0], at.key, at.records, opened, wall, at.today)
    try:
        light = f'<span class="quality {(of := scene.brief().value.quality.light)}">quality {of}</span>'
    except NotAllowed:
        light = ""
    age = words.age(last, at.today)
    old = " old" if days > 14 else ""
    return (
        f'<strong><bdi>{escape(settings.name)}</bdi></strong><span class="age{old}">Data to {words.day(last)}, {age}'
        f"</span>{light}<span>data version {escape(at.key.version)}</span>"
    )

"""The addresses of the display: its page, its style and script, and what a room shows now.

A display asks every few seconds with the stamp of what it has; as long as nothing changed the answer is 304 and a few
bytes. A change is drawn once, in a thread of its own, and handed to every display of the room.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from ilpgeo.core.errors import IlpgeoError
from ilpgeo.core.rooms import NAME_LONGEST, room_key
from ilpgeo.ui.display import files

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from ilpgeo.ui.display.show import Moment, Show

_KEPT = {"cache-control": "public, max-age=31536000, immutable"}  # the address carries the build
_FRESH = {"cache-control": "no-store"}
_MOST_ROOMS = 200
log = logging.getLogger("ilpgeo.ui")


class Shows:
    """The newest show of each room: found by its stamp, made when it is another."""

    def __init__(self) -> None:
        self._kept: dict[str, Show] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="ilpgeo-display")

    async def of(self, room: str, has: str) -> Show | None:
        """Return a room's show, or None where the display has it already.

        Parameters
        ----------
        room
            As the address names it; one without a playlist shows the usual one.
        has
            The stamp of what the display has.
        """
        loop = asyncio.get_running_loop()
        at = await loop.run_in_executor(None, _moment, room)
        if at.stamp == has:
            return None
        name = room_key(room) if at.playlist else ""
        async with self._locks.setdefault(name, asyncio.Lock()):
            kept = self._kept.get(name)
            if kept is None or kept.stamp != at.stamp:
                kept = await loop.run_in_executor(self._maker, _make, at)
                self._keep(name, kept)
            return kept

    def _keep(self, name: str, made: Show) -> None:
        self._kept.pop(name, None)
        self._kept[name] = made
        while len(self._kept) > _MOST_ROOMS:
            gone = next(iter(self._kept))
            del self._kept[gone]
            self._locks.pop(gone, None)


def _moment(room: str) -> Moment:
    from ilpgeo.ui.display import show  # what draws is not loaded before a display asks

    return show.moment(room)


def _make(at: Moment) -> Show:
    from ilpgeo.ui.display import show

    return show.make(at)


def routes() -> list[Route]:
    """Return the display's routes for the application."""
    from starlette.routing import Route

    shows = Shows()

    async def now(request: Request) -> Response:
        return await _now(shows, request)

    return [
        Route("/display", _page),
        Route("/display/now", now),
        Route("/display/display.css", _file(files.STYLE, "text/css")),
        Route("/display/display.js", _file(files.SCRIPT, "text/javascript")),
    ]


async def _page(_: Request) -> Response:
    from starlette.responses import HTMLResponse

    html = files.SHELL.read_text("utf-8").replace("{build}", files.build()).replace("{font}", _font())
    return HTMLResponse(html, headers=_FRESH)


async def _now(shows: Shows, request: Request) -> Response:
    from starlette.responses import PlainTextResponse, Response

    has = request.headers.get("if-none-match", "").strip('"')
    room = request.query_params.get("room", "")[: 4 * NAME_LONGEST]
    try:
        found = await shows.of(room, has)
    except IlpgeoError as error:
        return PlainTextResponse(str(error), 503, _FRESH)
    if found is None:
        return Response(status_code=304, headers={**_FRESH, "etag": f'"{has}"'})
    headers: Mapping[str, str] = {**_FRESH, "etag": f'"{found.stamp}"', "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers={**headers, "content-encoding": "gzip"}, media_type="application/json")
    return Response(found.body, headers=headers, media_type="application/json")


def _file(path: Path, kind: str) -> Callable[[Request], Awaitable[Response]]:
    content = path.read_bytes()

    async def answer(_: Request) -> Response:
        from starlette.responses import Response

        return Response(content, headers=_KEPT, media_type=kind)

    return answer


def _font() -> str:
    """Return the address of the dashboard's own font, as Streamlit hands it out."""
    import streamlit

    media = Path(streamlit.__file__).parent / "static" / "static" / "media"
    found = sorted(media.glob("SourceSansVF-Upright*.woff2"))
    return f"static/media/{found[0].name}" if found else ""

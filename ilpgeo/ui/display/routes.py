"""The addresses of the display: its page, its style and script, and what a room shows now.

A display asks every few seconds with the stamp of what it has; as long as nothing changed the answer is 304 and a few
bytes. A change is drawn once, in a thread of its own, and handed to every display of the room; where that takes long,
the answer is 304 meanwhile: the picture on the wall says which data version it shows.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
PATIENCE_S = 1.5  # what a display with a picture waits for the next one
LONGEST_S = 60.0
log = logging.getLogger("ilpgeo.ui")


@dataclass(frozen=True, slots=True)
class _Making:
    """One show, made or being made, and since when (monotonic seconds)."""

    stamp: str
    began: float
    show: asyncio.Future[Show]

    @property
    def is_failed(self) -> bool:
        return self.show.done() and (self.show.cancelled() or self.show.exception() is not None)


class Shows:
    """The newest show of each room: found by its stamp, made once when it is another, whoever asks."""

    def __init__(self) -> None:
        self._newest: dict[str, _Making] = {}
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="ilpgeo-display")

    async def of(self, room: str, has: str) -> Show | None:
        """Return a room's show, or None where the display keeps what it has: nothing is newer, or not drawn yet.

        A display with a picture waits `PATIENCE_S` for the next one, so that it never seems to have lost the server;
        only when that one is in the making for `LONGEST_S` it waits, and says by itself that nobody answers. One
        without a picture always waits.

        Parameters
        ----------
        room
            As the address names it; one without a playlist shows the usual one.
        has
            The stamp of what the display has; empty: nothing.
        """
        at = await asyncio.get_running_loop().run_in_executor(None, _moment, room)
        if at.stamp == has:
            return None
        making = self._making(room_key(room) if at.playlist else "", at)
        if has:
            await asyncio.wait([making.show], timeout=PATIENCE_S)
            if not making.show.done() and time.monotonic() - making.began < LONGEST_S:
                return None
        return await asyncio.shield(making.show)

    def _making(self, name: str, at: Moment) -> _Making:
        newest = self._newest.get(name)
        if newest is None or newest.stamp != at.stamp or newest.is_failed:
            # trying again after a failure does not start the patience anew
            began = newest.began if newest and newest.stamp == at.stamp else time.monotonic()
            newest = _Making(at.stamp, began, asyncio.get_running_loop().run_in_executor(self._maker, _make, at))
            self._newest.pop(name, None)
            self._newest[name] = newest
            while len(self._newest) > _MOST_ROOMS:
                del self._newest[next(iter(self._newest))]
        return newest


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

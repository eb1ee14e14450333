"""The dashboard as a hardened web application: headers, a host check and a health address around Streamlit.

``ilpgeo serve`` and ``make run`` serve this; plain ``streamlit run app.py`` is the demo mode, which cannot send headers
of its own and is bound to this machine.

What is allowed and why: Streamlit sets styles from script, so styles may be inline everywhere; its start page has one
inline script, which is allowed by its hash; streamlit-folium evaluates the map's script, so eval and inline scripts are
allowed inside its frame and nowhere else. Nothing may be loaded from, sent to or framed by another server, except the
pictures of an own tile server.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import ipaddress
import os
import re
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from streamlit import App

SCRIPT = Path(__file__).resolve().parents[2] / "app.py"
HOSTS_VARIABLE = "ILPGEO_ALLOWED_HOSTS"
WORKSPACE_VARIABLE = "ILPGEO_WORKSPACE"
MAP_FRAME = "/component/streamlit_folium."
SHAPES = "/component/ilpgeo.ui.assets.shapes/"
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")

HEADERS = MappingProxyType({
    "x-frame-options": "SAMEORIGIN",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
})  # fmt: skip
# Streamlit's own defaults are made for development. By default it sends a large message once and then only its name;
# a click during a run makes the browser drop what the next run names, and that run's picture never arrives.
# By default it also looks through all of memory for garbage after every run, a tenth of a second in which nobody else
# is served; Python looks by itself, as often as there is something to find.
NEVER_BYTES = 1e12
OPTIONS: Mapping[str, str | bool | float] = MappingProxyType({
    "global.minCachedMessageSize": NEVER_BYTES,
    "runner.postScriptGC": False,
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.allowRunOnSave": False,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
})  # fmt: skip


def content_policy(*, map_frame: bool, script_hashes: Iterable[str] = (), tiles_origin: str = "") -> str:
    """Return the Content-Security-Policy of a page, or of the map's frame."""
    scripts = "'unsafe-inline' 'unsafe-eval'" if map_frame else " ".join(f"'{each}'" for each in script_hashes)
    rules = (
        "default-src 'self'",
        f"script-src 'self' {scripts} blob:",
        "style-src 'self' 'unsafe-inline'",
        f"img-src 'self' data: blob: {tiles_origin}",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "media-src 'self'",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'self'",
        "object-src 'none'",
    )
    return "; ".join(rule.strip() for rule in rules)


def inline_hashes(html: str) -> tuple[str, ...]:
    """Return the policy hashes of the inline scripts of a page."""
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", html, flags=re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return tuple("sha256-" + base64.b64encode(digest).decode() for digest in digests)


def host_name(header: str) -> str:
    """Return the name in a Host header, lower case, without its port and without the brackets of IPv6."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower().rstrip(".")


def allowed_hosts(bound: str = "", environment: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return the names a request may call this server by.

    This machine's local names, the address it is bound to, this machine's own name when bound to every address, and
    the names listed (with commas) in ILPGEO_ALLOWED_HOSTS.
    """
    listed = (os.environ if environment is None else environment).get(HOSTS_VARIABLE, "")
    names = {*LOCAL_NAMES, *(name.strip().lower() for name in listed.split(",") if name.strip())}
    if bound and not _is_every_address(bound):
        names.add(bound.lower().strip("[]"))
    elif bound:
        names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
    return frozenset(names)


def tiles_origin(url: str) -> str:
    """Return the origin of a tile pattern for the policy; a server drawn from {s} becomes a wildcard."""
    parts = urlsplit(url.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


class Guard:
    """Answers requests for unknown hosts with 400 and puts the headers on every other answer.

    Parameters
    ----------
    app
        What is guarded.
    hosts
        See `allowed_hosts`.
    page_policy, frame_policy
        See `content_policy`.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str], page_policy: str, frame_policy: str) -> None:
        self.app = app
        self.hosts = hosts
        self.page_policy = page_policy
        self.frame_policy = frame_policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(named) != 1 or host_name(named[0]) not in self.hosts:
            await self._refuse(scope, receive, send)
            return
        path = str(scope["path"])
        policy = self.frame_policy if MAP_FRAME in path else self.page_policy

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                from starlette.datastructures import MutableHeaders

                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = policy
                for name, value in HEADERS.items():
                    headers[name] = value
                if SHAPES in path and message["status"] == 200:
                    # the name is the hash of the content
                    headers["cache-control"] = "public, max-age=31536000, immutable"
            await send(message)

        await self.app(scope, receive, with_headers)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.responses import PlainTextResponse
        from starlette.websockets import WebSocketClose

        if scope["type"] == "websocket":
            await WebSocketClose(1008, "unknown host")(scope, receive, send)
            return
        words = f"This server is not known by that name; add it to {HOSTS_VARIABLE}.\n"
        await PlainTextResponse(words, 400, dict(HEADERS))(scope, receive, send)


def application(script: Path = SCRIPT, host: str = "", port: int = 8501, tiles_url: str = "") -> App:
    """Return the guarded app.

    Parameters
    ----------
    script
        The Streamlit script.
    host, port
        What it is bound to: for the host check, and for Streamlit.
    tiles_url
        The own tile server, whose pictures the policy then allows.
    """
    import streamlit
    from starlette.middleware import Middleware
    from starlette.responses import JSONResponse
    from starlette.routing import Route
    from streamlit.config import get_config_options

    from ilpgeo.ui.display.routes import routes
    from ilpgeo.ui.kept_files import KeptFiles
    from ilpgeo.ui.preload import preload

    static = Path(streamlit.__file__).parent / "static"
    hashes = inline_hashes((static / "index.html").read_text("utf-8"))
    origin = tiles_origin(tiles_url)

    async def healthy(_: object) -> JSONResponse:
        return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})

    @asynccontextmanager
    async def started(_: object) -> AsyncIterator[None]:
        preload()  # not before the server answers, so that the browser loads its part meanwhile
        yield

    app = streamlit.App(
        script,
        lifespan=started,
        routes=[Route("/healthz", healthy), *routes()],
        middleware=[
            Middleware(
                Guard,
                hosts=allowed_hosts(host),
                page_policy=content_policy(map_frame=False, script_hashes=hashes, tiles_origin=origin),
                frame_policy=content_policy(map_frame=True, tiles_origin=origin),
            ),
            Middleware(KeptFiles, program=static / "static", component=_component_folder),
        ],
    )
    # after the app, which tells Streamlit where its configuration file lies; these come on top of the file
    get_config_options(force_reparse=True, options_from_flags={**OPTIONS, "server.port": port})
    return app


def serve(workspace: Path, host: str = "127.0.0.1", port: int = 8501, script: Path = SCRIPT) -> None:
    """Serve the dashboard of a workspace until stopped.

    Raises
    ------
    NotFound, InvalidInput
        When `workspace` cannot be opened.
    """
    from ilpgeo.core.settings import Workspace

    gc.disable()  # until the preload is over, which enables it again
    settings = Workspace.open(workspace).settings
    os.environ[WORKSPACE_VARIABLE] = str(workspace.resolve())
    import uvicorn

    uvicorn.run(
        application(script, host, port, settings.tiles_url),
        host=host,
        port=port,
        ws="websockets-sansio",
        ws_max_size=200 * 1024 * 1024,
        ws_ping_interval=30.0,
        ws_ping_timeout=30.0,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        server_header=False,
        access_log=False,
        log_level="warning",
    )


def _component_folder(name: str) -> Path | None:
    from streamlit import runtime

    found = runtime.get_instance().component_registry.get_component_path(name) if runtime.exists() else None
    return None if found is None else Path(found)


def _is_every_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False

"""Drives an app in a headless Chromium that can reach nothing but the app."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Streamlit asks for these two beside the page's own path when a page is opened directly, and answers them with 404.
OWN_404S = ("/_stcore/health", "/_stcore/host-config")
NO_BROWSER = "no Chromium on this machine (apt install chromium, or set ILPGEO_CHROMIUM to the path of one)"
SIZES = {"laptop": (1366, 768), "desktop": (1920, 1080), "phone": (390, 844)}


def chromium() -> str | None:
    """Return the browser to drive: the file ILPGEO_CHROMIUM names, else the first found on this machine, else None."""
    named = os.environ.get("ILPGEO_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    if Path("/usr/bin/chromium").is_file():
        return "/usr/bin/chromium"
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "chrome"))
    return next((path for path in found if path), None)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], port: int, *, env: dict[str, str] | None = None, wait_s: float = 60
) -> Iterator[str]:
    """Start a server, wait until it answers, yield its address, and stop it."""
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}, stdout=log, stderr=log
        )
        address = f"http://127.0.0.1:{port}"
        try:
            started = time.monotonic()
            while not _answers(f"{address}/_stcore/health"):
                if server.poll() is not None or time.monotonic() - started > wait_s:
                    log.seek(0)
                    raise RuntimeError(f"the app did not start: {log.read()[-4000:]}")
                time.sleep(0.1)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(10)


def streamlit_command(script: Path, port: int) -> list[str]:
    """Return the command that runs a script as ``streamlit run`` does for a newcomer."""
    return [
        *(sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)),
        *("--server.address", "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false"),
        *("--server.fileWatcherType", "none"),
    ]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@dataclass
class Watch:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    received_bytes: int = 0

    def attach(self, page: Any) -> None:
        """Record a page's traffic and block all that leaves this machine."""
        page.route("**/*", self._gate)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self._fail(request.url, str(request.failure)))
        page.on("response", lambda answer: self._fail(answer.url, str(answer.status)) if answer.status >= 400 else None)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        page.on("websocket", lambda socket: socket.on("framereceived", self._received))

    def faults(self) -> list[str]:
        """Return every foreign request, failed request and console error."""
        return [f"foreign {each}" for each in self.foreign] + [f"failed {each}" for each in self.failed] + self.console

    def _received(self, frame: str | bytes) -> None:
        self.received_bytes += len(frame)

    def _gate(self, route: Any) -> None:
        url = route.request.url
        if url.startswith(("data:", "blob:")) or urlsplit(url).hostname in {"127.0.0.1", "localhost"}:
            route.continue_()
        else:
            self.foreign.append(url)
            route.abort("internetdisconnected")

    def _fail(self, url: str, why: str) -> None:
        path = urlsplit(url).path
        if why == "404" and path.endswith(OWN_404S) and not path.startswith("/_stcore"):
            return
        if "ERR_ABORTED" in why:  # the page moved on before the answer came
            return
        self.failed.append(f"{why} {url}")

    def _heard(self, message: Any) -> None:
        if message.type != "error" and "Content Security Policy" not in message.text:
            return
        at = str((message.location or {}).get("url", ""))
        if "404" in message.text and at.endswith(OWN_404S) and not urlsplit(at).path.startswith("/_stcore"):
            return
        self.console.append(f"{message.type}: {message.text} ({at})")


def map_frame(page: Any, wait_s: float = 45, at_least: int = 1) -> Any:
    """Return the map's frame once Leaflet runs in it and at least so many shapes are painted."""
    ends = time.monotonic() + wait_s
    while time.monotonic() < ends:
        for frame in page.frames:
            if "streamlit_folium" in frame.url:
                left_ms = max(1.0, (ends - time.monotonic()) * 1000)
                frame.wait_for_function("window.map && window.map._loaded", timeout=left_ms)
                frame.wait_for_function(
                    f"document.querySelectorAll('.leaflet-areas-pane path').length >= {at_least}", timeout=left_ms
                )
                return frame
        page.wait_for_timeout(50)
    raise TimeoutError("the map's frame did not appear")


def until(place: Any, question: str, arg: object = None, wait_s: float = 30) -> None:
    """Wait until a page or frame answers a question in JavaScript with yes.

    Playwright's own waiting evaluates text inside the page, which the app's policy rightly refuses.
    """
    ends = time.monotonic() + wait_s
    while not place.evaluate(question, arg):
        if time.monotonic() > ends:
            raise TimeoutError(f"not within {wait_s:g} s: {question} ({arg!r})")
        time.sleep(0.02)


def still(page: Any, wait_s: float = 30) -> None:
    """Wait until Streamlit has finished its run."""
    until(
        page,
        "() => !document.querySelector('[data-testid=stStatusWidget]') && "
        "document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') !== 'running'",
        wait_s=wait_s,
    )


def screenshot(page: Any, name: str, folder: Path) -> Path:
    """Save a picture of the page; ILPGEO_SCREENSHOTS names a folder that keeps it."""
    kept = Path(os.environ.get("ILPGEO_SCREENSHOTS", folder))
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / f"{name}.png"
    page.screenshot(path=path)
    return path

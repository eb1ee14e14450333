"""A Chromium spoken to directly: no network log is kept for a debugger, so that its memory is its own."""

from __future__ import annotations

import itertools
import json
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.driver import FLAGS, chromium


class Bare:
    """One page of a Chromium.

    Parameters
    ----------
    socket
        To the page's debugger.
    process
        The browser.
    """

    def __init__(self, socket: Any, process: subprocess.Popen[bytes]) -> None:
        self._socket, self._process, self._numbers = socket, process, itertools.count(1)

    def tell(self, method: str, **parameters: object) -> dict[str, Any]:
        """Return the answer of one command of the DevTools protocol."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=60))
            if message.get("id") == number:
                return dict(message["result"])

    def value(self, expression: str) -> Any:
        """Return what an expression is worth in the page."""
        return self.tell("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def renderers(self) -> list[int]:
        """Return the processes that draw pages."""
        found = []
        for status in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                told = status.read_bytes()
            except OSError:
                continue
            if b"--type=renderer" in told and self._profile in told:
                found.append(int(status.parent.name))
        return found

    _profile = b""


@contextmanager
def bare_page(address: str, script: str, size: tuple[int, int]) -> Iterator[Bare]:
    """Open a page with a script that runs before its own."""
    from websockets.sync.client import connect

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        told = [str(chromium()), *FLAGS, "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}"]
        told += [f"--window-size={size[0]},{size[1]}", "about:blank"]
        process = subprocess.Popen(told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port = _port(Path(profile))
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=30) as answer:
                target = next(each for each in json.load(answer) if each["type"] == "page")
            with connect(target["webSocketDebuggerUrl"], max_size=None) as socket:
                page = Bare(socket, process)
                page._profile = profile.encode()
                page.tell("Page.enable")
                page.tell("Page.addScriptToEvaluateOnNewDocument", source=script)
                page.tell("Page.navigate", url=address)
                page.tell("Page.disable")
                yield page
        finally:
            process.terminate()
            process.wait(10)


def _port(profile: Path) -> int:
    file, ends = profile / "DevToolsActivePort", time.monotonic() + 30
    while time.monotonic() < ends:
        if file.is_file() and file.read_text("utf-8").strip():
            return int(file.read_text("utf-8").split()[0])
        time.sleep(0.05)
    raise TimeoutError("the browser did not start")

"""Displays and readers without browsers: plain HTTP and plain websocket clients of a running dashboard."""

from __future__ import annotations

import asyncio
import gzip
import math
import re
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle

LOOK_S = 4.0  # as the display's own script
THINK_S = 8.0
PULSE_S = 5.0  # as ilpgeo.ui.pulse
PATIENCE_S = 60.0
_VERSION = re.compile(rb"data version ([^<]+)<")


@dataclass
class Told:
    """Seconds each answer took; `news`: from the new data's arrival until each display had a picture of them."""

    displays: list[float] = field(default_factory=list)
    news: list[float] = field(default_factory=list)
    readers: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    changed: float = math.inf


async def display(port: int, ends: float, told: Told) -> None:
    """Look as a display does: with the stamp of what it has, a new connection each time."""
    stamp, version = "", ""
    while time.monotonic() < ends:
        began = time.monotonic()
        try:
            status, headers, body = await asyncio.wait_for(_get(port, "/display/now?room=", stamp), PATIENCE_S)
            if status not in {200, 304}:
                told.failed.append(f"display: {status}")
            stamp = headers.get("etag", stamp)
            told.displays.append(time.monotonic() - began)
            newest = _VERSION.search(gzip.decompress(body)) if status == 200 else None
            if newest and newest[1] != version:
                version = newest[1]
                told.news += [time.monotonic() - told.changed] if told.changed < math.inf else []
        except (OSError, TimeoutError) as error:
            told.failed.append(f"display: {error!r}")
        await asyncio.sleep(LOOK_S)


async def _get(port: int, path: str, stamp: str) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        asked = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", "Accept-Encoding: gzip"]
        asked += [f"If-None-Match: {stamp}"] if stamp else []
        writer.write("\r\n".join([*asked, "", ""]).encode())
        answer = await reader.read(-1)
    finally:
        writer.close()
    before, _, body = answer.partition(b"\r\n\r\n")
    head = before.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    return int(head[0].split()[1]), headers, body


async def reader(port: int, number: int, addresses: list[str], ends: float, told: Told) -> None:
    """Read as a commander does: a page, then another level, area or period, and the page's own pulse in between."""
    import websockets

    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    views = cycle(addresses[number % len(addresses) :] + addresses[: number % len(addresses)])
    async with websockets.connect(
        address, subprotocols=["streamlit"], origin=f"http://127.0.0.1:{port}", max_size=None, open_timeout=PATIENCE_S
    ) as socket:
        await asyncio.sleep(THINK_S * number / 20)
        while time.monotonic() < ends:
            began = time.monotonic()
            try:
                pulse = await asyncio.wait_for(_run(socket, next(views)), PATIENCE_S)
                told.readers.append(time.monotonic() - began)
                await asyncio.sleep(PULSE_S)
                if pulse:
                    await asyncio.wait_for(_run(socket, "", pulse), PATIENCE_S)
                await asyncio.sleep(THINK_S - PULSE_S)
            except (OSError, TimeoutError, RuntimeError) as error:
                told.failed.append(f"reader: {error!r}")


async def _run(socket: object, query: str, fragment: str = "") -> str:
    """Ask for a run of the page and wait until it is over; return the fragment that is to be run again and again."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.fragment_id = fragment
    asked.rerun_script.is_auto_rerun = bool(fragment)
    asked.rerun_script.context_info.timezone = "UTC"
    await socket.send(asked.SerializeToString())  # type: ignore[attr-defined]
    pulse = ""
    while True:
        message = ForwardMsg()
        message.ParseFromString(await socket.recv())  # type: ignore[attr-defined]
        kind = message.WhichOneof("type")
        if kind == "auto_rerun":
            pulse = message.auto_rerun.fragment_id
        elif kind == "script_finished":
            if message.script_finished in {
                ForwardMsg.FINISHED_SUCCESSFULLY,
                ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
            }:
                return pulse
            if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                raise RuntimeError(f"the page ended with {message.script_finished}")


async def crowd(
    port: int, addresses: list[str], seconds: float, *, displays: int, readers: int, halfway: Callable[[], None]
) -> Told:
    """Return how long everybody waited; `halfway` is called in a thread when half of the time is over."""
    told, ends = Told(), time.monotonic() + seconds

    async def change() -> None:
        await asyncio.sleep(seconds / 2)
        told.changed = time.monotonic()
        await asyncio.to_thread(halfway)

    await asyncio.gather(
        *(display(port, ends, told) for _ in range(displays)),
        *(reader(port, number, addresses, ends, told) for number in range(readers)),
        change(),
    )
    return told


def addresses(levels: list[tuple[str, str]], areas: list[str], periods: list[str]) -> list[str]:
    """Return the address lines that readers go through: each level, each period, each area opened in turn."""
    found = [{"level": level, "type": kind} for level, kind in levels]
    found += [{**found[0], "area": area, "period": period} for area, period in zip(areas, cycle(periods), strict=False)]
    return [urllib.parse.urlencode(each) for each in found]

"""How long a person waits: prints, and asserts nothing about time, for the machine may be busy with other work."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import App
from tests.browser.driver import ROOT, free_port, map_frame, running
from tests.browser.walker import WAIT_MS, Walker

pytestmark = pytest.mark.slow


def said(what: str, seconds: list[float]) -> None:
    load = os.getloadavg()[0]
    values = ", ".join(f"{each:.2f}" for each in seconds)
    sys.stdout.write(
        f"\n{what}: median {statistics.median(seconds):.2f} s of {len(seconds)} ({values}); "
        f"load {load:.1f} on {os.cpu_count()} processors\n"
    )


def seconds(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def test_first_and_later_start_to_a_painted_map(browser_page: Any, tmp_path: Path, capsys: Any):
    page, _ = browser_page
    workspace = tmp_path / "toronto"
    made = [sys.executable, "-m", "ilpgeo", "demo", "--workspace", str(workspace)]
    demo_s = seconds(lambda: subprocess.run(made, cwd=ROOT, check=True, capture_output=True))

    def start() -> float:
        port, began = free_port(), time.monotonic()
        with running([*made[:3], "serve", "--workspace", str(workspace), "--port", str(port)], port) as address:
            page.goto(address)
            map_frame(page, at_least=140, wait_s=90)
            return time.monotonic() - began  # stopping the server is no part of the wait

    starts = [start() for _ in range(3)]
    with capsys.disabled():
        said("making the demo workspace", [demo_s])
        said("first start to painted map, workspace made", starts[:1])
        said("later start to painted map", starts[1:])


def test_filter_to_repainted_map(browser_page: Any, toronto_app: App, capsys: Any):
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open()
    walker.map(at_least=140)
    page.get_by_role("button", name="All offences").click()
    pills = page.locator(".st-key-offences button")
    pills.first.wait_for(timeout=WAIT_MS)

    def choose(at: int) -> None:
        before = walker.painted()
        pills.nth(at).click()
        walker.wait_repainted(before)

    walked = [seconds(lambda at=at: choose(at)) for at in (0, 1, 2, 0, 1, 3)]
    walker.settle()
    again = [seconds(lambda at=at: choose(at)) for at in (3, 1, 0, 2)]
    with capsys.disabled():
        said("offence filter to repainted map, each asked for the first time", walked)
        said("offence filter to repainted map, asked for before", again)


def test_slider_to_repainted_map(browser_page: Any, toronto_app: App, capsys: Any):
    page, watch = browser_page
    walker = Walker(page, watch, toronto_app.address)
    walker.open("models?model=kde")
    walker.map()
    slider = page.get_by_role("slider", name=re.compile("Bandwidth"))

    def move(key: str) -> None:
        before = walker.painted()
        slider.focus()
        page.keyboard.press(key)
        walker.wait_repainted(before)
        walker.settle()

    moved = [seconds(lambda: move("ArrowRight")) for _ in range(7)]
    with capsys.disabled():
        said("bandwidth slider to repainted map", moved)

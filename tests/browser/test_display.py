"""The wall: nothing to touch, nothing from elsewhere, large enough, and it looks after itself."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ilpgeo import pipeline
from ilpgeo.core.rooms import NOTICE, Slide
from ilpgeo.core.types import Access
from tests.browser.conftest import App
from tests.browser.driver import ROOT, Watch, free_port, screenshot, until

WALLS = {"1080p": (1920, 1080), "4k": (3840, 2160), "laptop": (1366, 768)}
SHOWN = "() => document.querySelectorAll('#foot strong').length === 1"
QUIET = "() => document.body.classList.contains('quiet')"
# Every text must stand inside what holds it: nothing runs into its neighbour or out of the screen.
CUT = """() => [...document.querySelectorAll('.slide.on li, .slide.on header, .slide.on .picture, #foot')]
  .filter((each) => each.scrollHeight > each.clientHeight + 2 || each.scrollWidth > each.clientWidth + 2)
  .map((each) => each.textContent)"""
# Words that end in dots because there was no room for them.
DOTS = """() => [...document.querySelectorAll('.slide.on :is(h1, strong, .under p, .over)')]
  .filter((each) => each.scrollWidth > each.clientWidth + 2 ||
    each.scrollHeight - each.clientHeight > 0.6 * parseFloat(getComputedStyle(each).lineHeight))
  .map((each) => each.textContent)"""
SMALLEST = """(choice) => Math.min(...[...document.querySelectorAll(choice)]
  .map((each) => parseFloat(getComputedStyle(each).fontSize)))"""
FOLLOW_UP_S = 30
BACK_S = 15


@contextmanager
def wall(browser: Any, address: str, size: tuple[int, int] = WALLS["1080p"]) -> Iterator[tuple[Any, Watch]]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, service_workers="block")
    page, watch = context.new_page(), Watch()
    watch.attach(page)
    page.goto(address)
    until(page, SHOWN, wait_s=60)
    yield page, watch
    context.close()


def turn_to(page: Any, number: int) -> None:
    page.evaluate(
        "(wanted) => [...document.querySelectorAll('#stage .slide')].forEach((each, at) => {"
        "each.style.transition = 'none'; each.classList.toggle('on', at === wanted); })",
        number,
    )


@pytest.mark.parametrize("size", WALLS)
@pytest.mark.parametrize("sample", ["toronto_app", "england_wales_app"])
def test_every_slide_is_large_whole_and_of_this_server(
    size: str, sample: str, browser: Any, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    app: App = request.getfixturevalue(sample)
    height = WALLS[size][1]
    with wall(browser, f"{app.address}/display", WALLS[size]) as (page, watch):
        n = page.evaluate("() => document.querySelectorAll('#stage .slide').length")
        assert n >= 4
        for number in range(n):
            turn_to(page, number)
            assert page.evaluate(CUT) == []
            assert page.evaluate(DOTS) == []
            assert page.evaluate("() => document.querySelectorAll('.slide.on li').length") <= 5
            screenshot(page, f"display-{sample}-{size}-{number}", tmp_path)
        # on a screen 0.8 m high, seen from 5 m: capital letters of 12 arc minutes, and of 9 for the second look
        # (normal sight resolves letters of 5)
        assert page.evaluate(SMALLEST, ".slide h1, .who strong, .rank, .level .beside b") >= 0.034 * height
        assert page.evaluate(SMALLEST, ".over, .under p, .beside i, .tier, #foot span, #contact") >= 0.0255 * height
        assert page.evaluate("() => document.querySelectorAll('a, button, input, select, iframe').length") == 0
        assert watch.faults() == []


def test_it_turns_by_itself_and_begins_anew(browser: Any, toronto_app: App) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.clock.install()
    page.goto(f"{toronto_app.address}/display")
    until(page, SHOWN, wait_s=60)
    n = page.evaluate("() => document.querySelectorAll('#stage .slide').length")
    at = "() => [...document.querySelectorAll('#stage .slide')].findIndex((each) => each.classList.contains('on'))"
    seen = []
    for _ in range(n + 1):
        seen.append(page.evaluate(at))
        page.clock.run_for(20_000)
    assert seen == [*range(n), 0]
    context.close()


def test_a_hostile_room_is_words_on_the_wall(browser: Any, toronto_app: App) -> None:
    name = "<img src=x onerror=hacked()>"
    text = '<script>window.hacked = 1</script>\n"><svg onload="hacked()">\nغرفة العمليات ' + "W" * 120
    opened = pipeline.open_workspace(toronto_app.workspace)
    slides = (Slide(NOTICE, title="<b>Bold</b> & 'quoted'", text=text),)
    pipeline.save_playlist(opened, name, slides, Access(), "Sgt Hale")
    with wall(browser, f"{toronto_app.address}/display?room={quote(name)}") as (page, watch):
        until(page, "() => document.querySelector('.slide h1').textContent === `<b>Bold</b> & 'quoted'`")
        assert page.evaluate("() => window.hacked") is None
        assert page.evaluate("() => document.querySelectorAll('#stage img, #stage script, #stage b').length") == 0
        assert name in page.title()
        wide = (
            "(most) => [...document.querySelectorAll('.slide *')].every((e) => e.getBoundingClientRect().right <= most)"
        )
        assert page.evaluate(wide, 1920)
        assert watch.faults() == []


def test_an_edited_playlist_reaches_the_wall_without_a_reload(browser: Any, toronto_app: App) -> None:
    opened = pipeline.open_workspace(toronto_app.workspace)
    first = pipeline.save_playlist(opened, "Ops", (Slide(NOTICE, title="Before"),), Access(), "Hale")
    with wall(browser, f"{toronto_app.address}/display?room=ops") as (page, _):
        page.evaluate("() => { window.sameDocument = true; }")
        pipeline.save_playlist(opened, "Ops", (Slide(NOTICE, title="After"),), Access(), "Hale", first.revision)
        until(page, "() => document.querySelector('.slide h1').textContent === 'After'", wait_s=FOLLOW_UP_S)
        assert page.evaluate("() => window.sameDocument")


@contextmanager
def _served(workspace: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    told = [sys.executable, "-m", "ilpgeo", "serve", "--workspace", str(workspace), "--port", str(port)]
    server = subprocess.Popen(told, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield server
    finally:
        server.kill()
        server.wait(10)


def test_it_is_back_by_itself_after_the_server_was_killed(browser: Any, toronto: Path, tmp_path: Path) -> None:
    from playwright.sync_api import Error

    workspace, port = tmp_path / "toronto", free_port()
    shutil.copytree(toronto, workspace)
    with _served(workspace, port) as server:
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        ends = time.monotonic() + 60
        while True:
            try:
                page.goto(f"http://127.0.0.1:{port}/display")
                break
            except Error:
                assert time.monotonic() < ends
                time.sleep(0.2)
        until(page, SHOWN, wait_s=60)
        before = page.evaluate("() => document.querySelector('.slide h1').textContent")
        os.kill(server.pid, signal.SIGKILL)
        server.wait(10)
        until(page, QUIET, wait_s=30)
        assert page.evaluate("() => document.querySelector('#contact').textContent").startswith("No contact since")
        # the last picture stays
        assert page.evaluate("() => document.querySelector('.slide h1').textContent") == before
    with _served(workspace, port):
        began = time.monotonic()
        until(page, f"() => !({QUIET})()", wait_s=60)
        assert time.monotonic() - began < BACK_S
        context.close()


def test_a_file_dropped_into_the_watched_folder_shows_within_half_a_minute(
    browser: Any, toronto_app: App, toronto: Path, tmp_path: Path
) -> None:
    from ilpgeo.pipeline.making import SAMPLES

    with gzip.open(SAMPLES / "toronto" / "incidents.csv.gz", "rt", encoding="utf-8") as lines:
        header, row = next(lines), next(lines)
    new = header + "".join(row.replace("2014/03/02", f"2021/12/{day:02d}") for day in range(20, 29))
    assert new.count("2021/12/") == 9
    drop = tmp_path / "drop"
    drop.mkdir()
    told = [sys.executable, "-m", "ilpgeo", "watch", str(drop), "--workspace", str(toronto_app.workspace)]
    watching = subprocess.Popen([*told, "--every", "2s"], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        with wall(browser, f"{toronto_app.address}/display") as (page, _):
            version = pipeline.open_workspace(toronto_app.workspace).store.version()
            until(page, "(version) => document.querySelector('#foot').textContent.includes(version)", version)
            (drop / "broken.csv").write_text("<html>404</html>\n", "utf-8")
            (drop / "half.csv").write_text(new[:-40], "utf-8")
            time.sleep(6)
            (drop / "new.csv").write_text(new, "utf-8")
            gone = "(version) => !document.querySelector('#foot').textContent.includes(version)"
            until(page, gone, version, wait_s=FOLLOW_UP_S)
    finally:
        watching.terminate()
        watching.wait(10)
    opened = pipeline.open_workspace(toronto_app.workspace)
    assert opened.store.files()[-1].name == "new.csv"
    done = {each.name: str(each.outcome) for each in pipeline.watched_files(opened)}
    assert done == {"broken.csv": "quarantined", "new.csv": "brought in"}

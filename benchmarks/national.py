"""The national picture in a Chromium: every area of England and Wales, two forces' street-level data.

A page counts as painted when the map shows the new areas and the list beside it has the new head. Each page asks for
another month, so that nothing it shows was ranked before.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import Row, Timing, shared_data
from ilpgeo import pipeline
from ilpgeo.core.types import Period
from tests.browser.driver import FLAGS, SIZES, chromium, free_port, map_frame, running, still, until

FRESH_S, CLICK_S = 5.0, 2.0
LEVELS = ("local", "regional", "national")
WARM_S = 20.0  # the beats after which a first page has made what the next clicks need
_HEAD = "() => document.querySelector('.ilp-list')?.innerText ?? ''"
_SHAPES = "() => [...document.querySelectorAll('.leaflet-areas-pane path')].map(one => one.getAttribute('d')).join()"


def rows(made: Path, rounds: int) -> list[Row]:
    """Return the first page after a start, a fresh page of a running dashboard, and a click on each level."""
    folder, path = shared_data(), chromium()
    files = [] if folder is None else sorted((folder / "uk_street").glob("*.parquet"))
    if not files or path is None:
        return [Row("National picture", note="skipped: its data or a browser are not at hand")]
    from playwright.sync_api import sync_playwright

    opened = pipeline.make_demo("england-wales", made)
    for file in files:
        pipeline.ingest(opened, file)
    n_areas, port = len(opened.areas.finest), free_port()
    command = [sys.executable, "-m", "ilpgeo", "serve", "--workspace", str(made), "--port", str(port)]
    with running(command, port) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        months = _months(opened)
        first, page = _fresh(browser, address, "local", next(months))
        page.wait_for_timeout(1000 * WARM_S)
        fresh: list[float] = []
        clicks: dict[str, list[float]] = {level: [] for level in LEVELS}
        for _ in range(rounds):
            for start in LEVELS:
                page.context.close()
                took, page = _fresh(browser, address, start, next(months))
                fresh += [took] if start == "local" else []
                for level in LEVELS:
                    if level != start:
                        clicks[level].append(_clicked(page, level))
        browser.close()
    said = f"National picture, {n_areas:,} smallest areas, "
    return [
        _row(said + "first page after a start", [first], FRESH_S),
        _row(said + "fresh page", fresh, FRESH_S),
        *(_row(f"{said}click on the {level} level", clicks[level], CLICK_S) for level in LEVELS),
    ]


def _months(opened: pipeline.Opened) -> Iterator[Period]:
    month = pipeline.default_period(opened)
    while True:
        yield month
        month = month.previous()


def _fresh(browser: Any, address: str, level: str, month: Period) -> tuple[float, Any]:
    width, height = SIZES["laptop"]
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    began = time.perf_counter()
    page.goto(f"{address}/?level={level}&period={month}")
    map_frame(page, 60)
    until(page, f"() => ({_HEAD})() !== ''", wait_s=60)
    took = time.perf_counter() - began
    still(page, 60)
    return took, page


def _clicked(page: Any, level: str) -> float:
    frame = map_frame(page)
    head, shapes = page.evaluate(_HEAD), frame.evaluate(_SHAPES)
    began = time.perf_counter()
    page.locator("[class*=st-key-level] button").nth(LEVELS.index(level)).click()
    until(page, f"before => ![before, ''].includes(({_HEAD})())", head)
    until(frame, f"before => ![before, ''].includes(({_SHAPES})())", shapes)
    took = time.perf_counter() - began
    still(page, 60)
    page.wait_for_timeout(500)
    return took


def _row(work: str, took: list[float], most_s: float) -> Row:
    middle = statistics.median(took)
    note = f"in a Chromium of laptop size, until it is painted; the longest {max(took):.2f} s"
    return Row(work, Timing(middle, 0.0), demand=f"below {most_s:g} s", met=max(took) < most_s, note=note)

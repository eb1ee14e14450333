"""A browser for tests that drive one; skipped with the reason where there is none, unless one is required."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.driver import FLAGS, NO_BROWSER, SIZES, Watch, chromium, free_port, running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return a running Chromium."""
    path = chromium()
    if path is None:
        if os.environ.get("ILPGEO_REQUIRE_BROWSER") == "1":
            pytest.fail(NO_BROWSER)
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def browser_page(browser: Any) -> Iterator[tuple[Any, Watch]]:
    """Return a fresh page of laptop size and the watch over its traffic."""
    width, height = SIZES["laptop"]
    context = browser.new_context(viewport={"width": width, "height": height}, service_workers="block")
    page = context.new_page()
    watch = Watch()
    watch.attach(page)
    yield page, watch
    context.close()


@dataclass(frozen=True)
class App:
    """A running dashboard and the workspace it shows."""

    address: str
    workspace: Path


def _served(sample: Path, folder: Path) -> Iterator[App]:
    workspace = folder / sample.name
    shutil.copytree(sample, workspace)
    port = free_port()
    command = [sys.executable, "-m", "ilpgeo", "serve", "--workspace", str(workspace), "--port", str(port)]
    with running(command, port) as address:
        yield App(address, workspace)


@pytest.fixture(scope="session")
def toronto_app(browser: Any, toronto: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Return the dashboard on a copy of the Toronto demo, started as a newcomer starts it; files may be brought in."""
    yield from _served(toronto, tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="session")
def england_wales_app(browser: Any, england_wales: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Return the dashboard on a copy of the England and Wales demo."""
    yield from _served(england_wales, tmp_path_factory.mktemp("served"))

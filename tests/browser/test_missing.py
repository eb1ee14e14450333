"""Without a Chromium the browser tests are skipped, counted and explained; where one is required they fail."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.browser.driver import ROOT, chromium

ONE_TEST = "tests/browser/test_map.py::test_dark_theme"


def without_a_browser(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", ONE_TEST],
        cwd=ROOT,
        env={**os.environ, "ILPGEO_CHROMIUM": "/nowhere/chromium", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_missing_browser_is_named_in_the_closing_lines():
    done = without_a_browser(ILPGEO_REQUIRE_BROWSER="0")
    assert done.returncode == 0, done.stdout
    closing = done.stdout.splitlines()[-6:]
    assert any(
        "1 browser test was skipped: no Chromium on this machine (apt install chromium" in line for line in closing
    ), done.stdout


def test_a_missing_browser_fails_where_one_is_required():
    done = without_a_browser(ILPGEO_REQUIRE_BROWSER="1")
    assert done.returncode == 1, done.stdout
    assert "no Chromium on this machine" in done.stdout


def test_a_named_browser_is_taken_only_if_it_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("ILPGEO_CHROMIUM", str(tmp_path / "chromium"))
    assert chromium() is None
    (tmp_path / "chromium").touch()
    assert chromium() == str(tmp_path / "chromium")

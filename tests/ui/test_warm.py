"""What is done beside the first page: the kernels first, then what needs them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import ilpgeo
from ilpgeo.core import kernel_marks
from ilpgeo.ui import cache, warm


@pytest.fixture(autouse=True)
def as_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Let each test begin as a server does that has just painted its first page."""
    monkeypatch.setattr(warm, "PAINTED_S", 0.0)
    monkeypatch.setattr(kernel_marks, "home", lambda: tmp_path)
    monkeypatch.setattr(kernel_marks, "is_compiled", lambda: False)
    for each in (warm.compile_beside, warm.judge_beside):
        each.clear()
    yield
    for each in (warm.compile_beside, warm.judge_beside):
        each.clear()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return what processes are asked for instead of starting them."""
    found: list[tuple[str, ...]] = []

    def beside(*words: str) -> str:
        found.append(words)
        return ""

    monkeypatch.setattr(warm, "_beside", beside)
    return found


def test_kernels_that_are_not_compiled_are_once_for_all_pages(asked: list[tuple[str, ...]]):
    for _ in range(3):
        warm.compile_beside().join(10)
    assert asked == [("ilpgeo.pipeline", "beside")]


def test_kernels_that_are_compiled_cost_no_process(asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kernel_marks, "is_compiled", lambda: True)
    warm.compile_beside().join(10)
    assert asked == []


def test_where_machine_code_can_be_kept_nowhere_that_is_said(
    asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(kernel_marks, "home", lambda: None)
    with caplog.at_level(logging.WARNING, "ilpgeo.ui"):
        warm.compile_beside().join(10)
    assert asked == []
    assert "NUMBA_CACHE_DIR" in caplog.text


def test_what_fails_is_said_and_what_waits_for_it_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(warm.sys, "executable", "/bin/false")
    with caplog.at_level(logging.WARNING, "ilpgeo.ui"):
        warm.compile_beside().join(10)
    assert "could not be compiled beside the page: status 1" in caplog.text
    monkeypatch.setattr(warm.sys, "executable", "/no/such/python")
    warm.compile_beside.clear()
    caplog.clear()
    with caplog.at_level(logging.WARNING, "ilpgeo.ui"):
        thread = warm.compile_beside()
        thread.join(10)
    assert "FileNotFoundError" in caplog.text
    assert not thread.is_alive()


def test_the_standing_tests_wait_for_the_kernels(
    asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(warm.pipeline, "needs_tests", lambda opened: True)
    compiled = threading.Event()
    compiling = threading.Thread(target=compiled.wait, daemon=True)
    compiling.start()
    judging = warm.judge_beside(cache.Key(str(tmp_path), "", 0), None, compiling)
    judging.join(0.2)
    assert asked == []
    compiled.set()
    judging.join(10)
    assert asked == [("ilpgeo.pipeline.standing", str(tmp_path))]


def test_a_process_beside_the_page_has_the_program_by_the_same_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "link").symlink_to(Path(ilpgeo.__file__).parents[1])
    monkeypatch.setattr(ilpgeo, "__file__", str(tmp_path / "link" / "ilpgeo" / "__init__.py"))
    (tmp_path / "where.py").write_text("import ilpgeo, sys\nsys.exit(ilpgeo.__file__)\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert warm._beside("where").strip() == ilpgeo.__file__


def test_a_process_beside_the_page_tells_how_it_failed():
    assert warm._beside("ilpgeo.core.errors") == ""
    assert "No module named" in warm._beside("ilpgeo.no_such_module")

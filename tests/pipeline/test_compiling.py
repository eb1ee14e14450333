"""The install's last step, and the same beside a server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ilpgeo.core import kernel_marks
from ilpgeo.pipeline import __main__ as compiling
from ilpgeo.store.lock import try_lock

ROOT = Path(__file__).resolve().parents[2]


class Kernels:
    """Kernels that take a moment to compile, and a mark that is there when they are compiled."""

    def __init__(self) -> None:
        self.n_compiled = 0
        self.is_noted = False
        self.at_once = threading.Lock()

    def compile(self) -> None:
        assert self.at_once.acquire(blocking=False)
        time.sleep(0.1)
        self.n_compiled += 1
        self.at_once.release()

    def note(self) -> None:
        self.is_noted = True


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Kernels:
    made = Kernels()
    monkeypatch.setattr(compiling, "compile_kernels", made.compile)
    monkeypatch.setattr(compiling, "_PAUSE_S", 0.01)
    monkeypatch.setattr(os, "nice", lambda by: by)
    monkeypatch.setattr(kernel_marks, "home", lambda: tmp_path)
    monkeypatch.setattr(kernel_marks, "note_compiled", made.note)
    monkeypatch.setattr(kernel_marks, "is_compiled", lambda: made.is_noted)
    return made


def test_of_two_beside_each_other_one_compiles(kernels: Kernels):
    both = [threading.Thread(target=compiling.main, args=([compiling.BESIDE],)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(10)
    assert kernels.n_compiled == 1


def test_the_install_compiles_even_what_is_noted(kernels: Kernels):
    kernels.is_noted = True
    compiling.main([compiling.BESIDE])
    assert kernels.n_compiled == 0
    compiling.main([])
    assert kernels.n_compiled == 1


def test_what_failed_is_not_noted_and_lets_the_next_one_in(
    kernels: Kernels, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def fail() -> None:
        raise OSError("no space left")

    with monkeypatch.context() as failing:
        failing.setattr(compiling, "compile_kernels", fail)
        with pytest.raises(OSError, match="no space left"):
            compiling.main([])
    assert not kernels.is_noted
    held = try_lock(tmp_path / ".lock")
    assert held is not None
    held.release()


def test_without_a_folder_the_install_still_shows_that_it_works(kernels: Kernels, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kernel_marks, "home", lambda: None)
    compiling.main([])
    assert kernels.n_compiled == 1


def test_it_ends_with_whoever_asked_for_it(tmp_path: Path):
    child = tmp_path / "child.py"
    child.write_text(
        "import os, sys, time\nfrom ilpgeo.pipeline import __main__ as compiling\n"
        "compiling._PAUSE_S = 0.05\ncompiling._end_with(os.getppid())\nprint(os.getpid(), flush=True)\n"
        "time.sleep(60)\n",
        "utf-8",
    )
    asker = "import subprocess, sys; subprocess.Popen([sys.executable, sys.argv[1]], stdout=sys.stdout).wait(60)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", asker, str(child)], stdout=subprocess.PIPE, text=True, env=environment
    ) as asking:
        assert asking.stdout is not None
        pid = int(asking.stdout.readline())
        asking.kill()
    until = time.monotonic() + 20
    while _lives(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

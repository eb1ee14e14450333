"""What every store must stand: several processes at once, and one that is killed half way."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ilpgeo.core.protocols import Selection
from tests.contracts.stores import STORES, bring, bring_in_another, keys_of


class Crew:
    """Processes that bring files into one store at the same time."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.go = name, folder, folder / "go"
        self.processes: list[multiprocessing.process.BaseProcess] = []

    def start(self, *files: tuple[list[list[int]], str]) -> None:
        """Start one process per file (its batches of keys, its id); return when each waits with its last batch."""
        waiting = [self._start(keys, file_id) for keys, file_id in files]
        deadline = time.monotonic() + 90
        while not all(started.exists() for started in waiting):
            assert time.monotonic() < deadline, "the processes did not start"
            time.sleep(0.01)

    def _start(self, keys: list[list[int]], file_id: str) -> Path:
        started = self.folder / f"process{len(self.processes)}"
        process = multiprocessing.get_context("spawn").Process(
            target=bring_in_another, args=(self.name, self.folder, keys, file_id, started, self.go)
        )
        process.start()
        self.processes.append(process)
        return started

    def finish(self) -> list[tuple[int, int]]:
        """Let all go on; return (accepted, duplicates) of each."""
        self.go.touch()
        for process in self.processes:
            process.join(60)
            assert process.exitcode == 0
        done = (self.folder / f"process{n}.done" for n in range(len(self.processes)))
        return [tuple(map(int, file.read_text().split())) for file in done]


@pytest.fixture(params=STORES)
def crew(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Crew]:
    crew = Crew(request.param, tmp_path)
    yield crew
    for process in crew.processes:
        process.kill()
        process.join()


def test_two_processes_with_different_files_lose_nothing(crew: Crew) -> None:
    store = STORES[crew.name](crew.folder)
    crew.start(([[*range(100)], [*range(100, 200)]], "f1"), ([[*range(150, 300)], [*range(300, 400)]], "f2"))
    assert bring(store, range(2000, 2010), "f3").accepted == 10  # nobody waits for a file being read
    (a, a_twice), (b, b_twice) = crew.finish()
    assert (a + a_twice, b + b_twice) == (200, 250)
    assert a + b == 400
    assert sorted(keys_of(store)) == [*range(400), *range(2000, 2010)]
    assert {each.file_id: each.accepted for each in store.files()} == {"f1": a, "f2": b, "f3": 10}
    assert store.totals().n == 410
    assert len(np.unique(store.incidents(Selection()).row_id)) == 410


def test_two_processes_with_the_same_file_store_it_once(crew: Crew) -> None:
    store = STORES[crew.name](crew.folder)
    crew.start(*[([[*range(100)], [*range(100, 200)]], "f1")] * 2)
    assert sorted(crew.finish()) == [(0, 200), (200, 0)]
    assert keys_of(store) == list(range(200))
    assert len(store.files()) == 1


def test_a_process_killed_half_way_stores_nothing(crew: Crew) -> None:
    store = STORES[crew.name](crew.folder)
    bring(store, range(10))
    before = store.version()
    crew.start(([[*range(1000, 2000)], [*range(2000, 2100)]], "f2"))
    os.kill(crew.processes[0].pid or 0, signal.SIGKILL)
    crew.processes[0].join()
    assert crew.processes[0].exitcode == -signal.SIGKILL
    reopened = STORES[crew.name](crew.folder)
    assert reopened.version() == before
    assert keys_of(reopened) == list(range(10))
    stored = bring(reopened, [*range(1000, 2100)], "f2")
    assert (stored.accepted, stored.duplicates) == (1100, 0)
    assert sorted(keys_of(reopened)) == [*range(10), *range(1000, 2100)]

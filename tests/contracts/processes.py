"""Processes of their own: several that go at once, and one killed before its commit; light, for they import it."""

import multiprocessing
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_SPAWN = multiprocessing.get_context("spawn")


def run_at_once(work: Callable[..., None], arguments: Sequence[tuple], go: Path) -> None:
    """Run the work once for each of its arguments, all let go by the file `go`; all must end well."""
    processes = [_SPAWN.Process(target=work, args=each) for each in arguments]
    for each in processes:
        each.start()
    go.touch()
    for each in processes:
        each.join(60)
        assert each.exitcode == 0


def kill_before_commit(work: Callable[[Path, Path], None], folder: Path) -> None:
    """Run work that calls `hang_before_commit`, and kill it there."""
    reached = folder / "reached"
    hanging = _SPAWN.Process(target=work, args=(folder, reached))
    hanging.start()
    deadline = time.monotonic() + 60
    while not reached.exists():
        assert time.monotonic() < deadline and hanging.is_alive()
        time.sleep(0.02)
    hanging.kill()
    hanging.join()


def hang_before_commit(reached: Path) -> None:
    """Let this process hang when all is written but the commit; the file `reached` says that it does."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    @event.listens_for(Engine, "commit")
    def hang(connection: object) -> None:
        reached.touch()
        time.sleep(120)


def wait_for(go: Path) -> None:
    """Wait until the file `go` is there."""
    while not go.exists():
        time.sleep(0.005)

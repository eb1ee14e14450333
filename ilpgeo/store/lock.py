"""Locks between processes: whoever dies lets go, because the operating system holds them."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ilpgeo.core.errors import StoreBusy

_PAUSE_S = 0.02


class Held:
    """A lock on a file, held until `release` or the end of the process."""

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def try_lock(file: Path) -> Held | None:
    """Return the lock on `file` (made when absent), or None when someone else holds it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return Held(descriptor)


@contextmanager
def locked(file: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock on `file` for the block.

    Raises
    ------
    StoreBusy
        When someone else holds it for longer than `timeout_s`.
    """
    deadline = time.monotonic() + timeout_s
    while (held := try_lock(file)) is None:
        if time.monotonic() >= deadline:
            raise StoreBusy(
                f"the store in {file.parent} has been changed by another process for more than {timeout_s:g} s; "
                "wait until it is done, then try again"
            )
        time.sleep(_PAUSE_S)
    try:
        yield
    finally:
        held.release()

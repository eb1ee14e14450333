import threading
import time
from pathlib import Path

import pytest

from ilpgeo.core.errors import StoreBusy
from ilpgeo.store.lock import locked, try_lock


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    first = try_lock(file)
    assert first is not None
    assert try_lock(file) is None
    first.release()
    first.release()
    second = try_lock(file)
    assert second is not None
    second.release()


def test_who_waits_too_long_is_told(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with locked(file, 0.1), pytest.raises(StoreBusy, match="wait until it is done"), locked(file, 0.05):
        pass
    with locked(file, 0.1):
        assert try_lock(file) is None


def test_who_waits_gets_it(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    order: list[str] = []

    def wait() -> None:
        with locked(file, 30):
            order.append("second")

    with locked(file, 1):
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_the_lock_is_let_go_when_the_block_raises(tmp_path: Path) -> None:
    with pytest.raises(KeyError), locked(tmp_path / "lock", 1):
        raise KeyError
    with locked(tmp_path / "lock", 0):
        pass

import os
import threading
import time

import pytest

from ilpgeo.models import slices
from ilpgeo.models.slices import in_slices, n_slices


@pytest.mark.parametrize(("n", "least"), [(0, 5), (1, 5), (9, 5), (10, 5), (1001, 10)])
def test_the_slices_make_up_the_whole_in_order(n: int, least: int) -> None:
    found = in_slices(lambda begin, end: (begin, end), n, least)
    assert [at for begin, end in found for at in range(begin, end)] == list(range(n))
    assert len(found) == n_slices(n, least)


def test_little_work_stays_in_its_thread() -> None:
    assert in_slices(lambda begin, end: threading.current_thread(), 9, 5) == [threading.current_thread()]


def test_what_goes_wrong_in_a_slice_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices.os, "cpu_count", lambda: 2)

    def work(begin: int, end: int) -> None:
        if begin:
            raise ValueError("second slice")

    with pytest.raises(ValueError, match="second slice"):
        in_slices(work, 100, 10)


def test_a_slice_that_cannot_begin_beside_others_is_done_by_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices.os, "cpu_count", lambda: 2)
    is_held, is_over = threading.Event(), threading.Event()

    def long(begin: int, end: int) -> str:
        if not begin:
            is_held.set()
            is_over.wait(30)
        return threading.current_thread().name

    other = threading.Thread(target=in_slices, args=(long, 100, 10))
    other.start()
    assert is_held.wait(30), "the first caller's slice has the thread of the slices"
    assert in_slices(lambda begin, end: threading.current_thread(), 100, 10) == [threading.current_thread()] * 2
    is_over.set()
    other.join(30)


def test_nothing_of_a_call_that_failed_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices.os, "cpu_count", lambda: 2)
    has_begun, is_done = threading.Event(), threading.Event()

    def work(begin: int, end: int) -> None:
        if begin:
            assert has_begun.wait(30)
            raise ValueError("the caller's own slice")
        has_begun.set()
        time.sleep(0.2)
        is_done.set()

    with pytest.raises(ValueError, match="own slice"):
        in_slices(work, 100, 10)
    assert is_done.is_set()


def test_a_child_of_the_process_has_threads_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices.os, "cpu_count", lambda: 2)
    in_slices(lambda begin, end: None, 100, 10)
    child = os.fork()
    if not child:
        answer = in_slices(lambda begin, end: end - begin, 100, 10)
        os._exit(0 if answer == [50, 50] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

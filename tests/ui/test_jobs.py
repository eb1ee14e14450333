import threading

import pytest

from ilpgeo.core.errors import Cancelled
from ilpgeo.ui.jobs import Job, Kept


def test_a_job_brings_its_result_and_tells_how_far_it_is() -> None:
    go_on = threading.Event()

    def work(progress):
        progress(0.5)
        go_on.wait(5)
        progress(0.25)  # it never goes back
        return "done"

    job = Job(work)
    assert not job.wait(0.05)
    assert job.share == 0.5
    go_on.set()
    assert job.result() == "done"
    assert job.share == 0.5


def test_a_cancelled_job_ends_at_its_next_report() -> None:
    started, go_on = threading.Event(), threading.Event()

    def work(progress):
        started.set()
        go_on.wait(5)
        progress(0.9)
        raise AssertionError("it should have ended")

    job = Job(work)
    started.wait(5)
    job.cancel()
    go_on.set()
    with pytest.raises(Cancelled):
        job.result()


def test_what_the_work_raises_reaches_the_one_who_waits() -> None:
    def work(progress):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Job(work).result()


def test_the_least_recently_asked_goes_first() -> None:
    kept: Kept[int] = Kept(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)

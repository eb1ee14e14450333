import threading

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

"""Work on consecutive slices, two at a time: for compiled loops that let go of the interpreter's lock."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import pairwise
from typing import TypeVar

Answer = TypeVar("Answer")

# More threads would take cores that others on the same server wait for.
_MOST = 2


def n_slices(n: int, least: int) -> int:
    """Return into how many slices of at least `least` items `n` items are worth dividing."""
    return max(1, min(_MOST, os.cpu_count() or 1, n // least))


def in_slices(work: Callable[[int, int], Answer], n: int, least: int) -> list[Answer]:
    """Return what `work(begin, end)` says for each of the slices that make up 0..n, in their order.

    Parameters
    ----------
    work
        Must not depend on how the items are sliced, and must write to its own slice only.
    n
        Number of items.
    least
        Fewer items than this are not worth a thread.
    """
    count = n_slices(n, least)
    edges = [n * part // count for part in range(count + 1)]
    if count == 1:
        return [work(0, n)]
    # The caller works too: a thread that only waits is often put where one of the others could run.
    slices = list(pairwise(edges))
    begun = [_pool().submit(work, *each) for each in slices[:-1]]
    try:
        last = work(*slices[-1])
    finally:
        # What other callers' slices have kept from beginning is done here; what has begun writes to the same arrays.
        is_left = [each.cancel() for each in begun]
        wait(each for each in begun if not each.cancelled())
    others = [
        work(*mine) if left else each.result() for mine, left, each in zip(slices[:-1], is_left, begun, strict=True)
    ]
    return [*others, last]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MOST - 1, "ilpgeo-slice")


os.register_at_fork(after_in_child=_pool.cache_clear)

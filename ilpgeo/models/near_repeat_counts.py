"""Compiled: pairs close in time under many permutations of the days at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.near_repeat_pairs import Pairs

# So many permutations are counted side by side: enough to fill the vector registers, few enough that the days of
# an incident's neighbours stay in the first cache.
WIDTH = 128
_THREADS = 2
_EVERY_S = 0.2
# A count of 16 bits is emptied before it can overflow.
_FULL = 60_000
_EDGES = 4
# So many edges are counted sooner one by one than filled up to four.
_MOST_SINGLY = 2
# Permutations drawn, and incidents turned from rows to columns, together: what they fill stays in the caches.
_ROWS, _TURNED = 32, 128

Days = npt.NDArray[Any]
Counts = npt.NDArray[np.uint16]


def count_close(
    pairs: Pairs, days: Days, edges: Days, permutations: int, seed: int, progress: Callable[[float], None]
) -> IntArray:
    """Return how many pairs of each band of distance are less than each edge apart in time.

    Parameters
    ----------
    pairs
        Neighbour lists by band of distance.
    days
        Shape (n,): int16 from 0 up, or float64.
    edges
        Of the type of `days`, ascending.
    permutations
        How many times the days are dealt out anew.
    seed
        Permutation k depends on `seed` and k alone: not on how the work is divided.
    progress
        Called with the share done, from this thread; what it raises ends the work.

    Returns
    -------
    IntArray
        Shape (bands, edges, permutations + 1); the first is the days as they are.
    """
    firsts = range(0, permutations + 1, WIDTH)
    parts: dict[int, IntArray] = {}
    # Fresh memory costs more than the shuffling, so each thread keeps its own.
    rooms: SimpleQueue[_Room] = SimpleQueue()
    for _ in range(min(_THREADS, len(firsts))):
        rooms.put(_Room(np.empty((_ROWS, len(days)), days.dtype), np.empty((len(days), WIDTH), days.dtype)))

    def count_chunk(first: int) -> IntArray:
        room = rooms.get()
        try:
            return _count_chunk(pairs, days, edges, first, seed, room)
        finally:
            rooms.put(room)

    with ThreadPoolExecutor(_THREADS) as pool:
        running = {pool.submit(count_chunk, first): first for first in firsts}
        try:
            while running:
                done, _ = wait(running, _EVERY_S, FIRST_COMPLETED)
                for future in done:
                    parts[running.pop(future)] = future.result()
                progress(len(parts) / len(firsts))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    counts = np.concatenate([parts[first] for first in firsts], axis=2)
    return counts[..., : permutations + 1]


class _Room(NamedTuple):
    """Working memory of one thread: the days of some permutations, a row each, and of all, a row an incident."""

    rows: Days
    dealt: Days


def _count_chunk(pairs: Pairs, days: Days, edges: Days, first: int, seed: int, room: _Room) -> IntArray:
    _deal(days, np.uint64(seed), first, room.rows, room.dealt)
    counts = np.zeros((len(pairs.start), len(edges), WIDTH), np.int64)
    left = len(edges) % _EDGES
    n_singly = left if left <= _MOST_SINGLY else 0
    for k in range(n_singly):
        # Of its own: a part of an array is contiguous or not by its shape, and each kind would be compiled.
        alone = np.zeros((len(pairs.start), WIDTH), np.int64)
        _count_one(pairs.start, pairs.neighbour, room.dealt, edges[k], alone)
        counts[:, k] = alone
    for k in range(n_singly, len(edges), _EDGES):
        # Where fewer than four are left, the last is counted again to fill them up.
        four = edges[np.minimum(np.arange(k, k + _EDGES), len(edges) - 1)]
        found = np.zeros((len(pairs.start), _EDGES, WIDTH), np.int64)
        _count(pairs.start, pairs.neighbour, room.dealt, four, found)
        counts[:, k : k + _EDGES] = found[:, : len(edges) - k]
    return counts


@compiled
def _mixed(state: np.uint64) -> np.uint64:
    """Return 64 well-mixed bits of a counter (splitmix64)."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@compiled
def _shuffle(values: Days, state: np.uint64) -> None:
    """Shuffle in place (Fisher-Yates), two draws of 32 bits from each number."""
    half, step = np.uint64(32), np.uint64(0x9E3779B97F4A7C15)
    low = np.uint64(0xFFFFFFFF)
    i = len(values) - 1
    while i > 0:
        state += step
        bits = _mixed(state)
        j = np.int64(((bits >> half) * np.uint64(i + 1)) >> half)
        values[i], values[j] = values[j], values[i]
        j = np.int64(((bits & low) * np.uint64(i)) >> half)
        values[i - 1], values[j] = values[j], values[i - 1]
        i -= 2


@compiled
def _deal(days: Days, seed: np.uint64, first: int, rows: Days, dealt: Days) -> None:
    """Write the days under permutations first, first + 1, ... side by side into `dealt`; number 0 is none."""
    n = len(days)
    for left in range(0, WIDTH, _ROWS):
        for p in range(_ROWS):
            rows[p] = days
            if first + left + p > 0:
                _shuffle(rows[p], _mixed(seed ^ _mixed(np.uint64(first + left + p))))
        for begin in range(0, n, _TURNED):
            end = min(begin + _TURNED, n)
            for p in range(_ROWS):
                for i in range(begin, end):
                    dealt[i, left + p] = rows[p, i]


@compiled
def _apart(one: Any, other: Any) -> Any:
    # Both cast to their own type: numba would widen 16 bits to 64 and fill a quarter of the vector registers.
    number = type(one)
    gap = number(one - other)
    return number(-gap) if gap < number(0) else gap


@compiled
def _below(a: Any, b: Any, c: Any, d: Any, edge: Any) -> np.uint16:
    return np.uint16(a < edge) + np.uint16(b < edge) + np.uint16(c < edge) + np.uint16(d < edge)


@compiled
def _count_one(
    start: IntArray, neighbour: npt.NDArray[np.int32], dealt: Days, edge: Any, counts: npt.NDArray[np.int64]
) -> None:
    """Add to counts[band, p] the pairs less than `edge` apart under permutation p."""
    below = np.zeros(WIDTH, np.uint16)
    for band in range(len(start)):
        held = 0
        for i in range(start.shape[1] - 1):
            own = dealt[i]
            e, last = start[band, i], start[band, i + 1]
            while e < last:
                one = dealt[neighbour[e]]
                if e + 4 <= last:
                    two, three, four = dealt[neighbour[e + 1]], dealt[neighbour[e + 2]], dealt[neighbour[e + 3]]
                    for p in range(WIDTH):
                        a, b = _apart(own[p], one[p]), _apart(own[p], two[p])
                        c, d = _apart(own[p], three[p]), _apart(own[p], four[p])
                        below[p] += _below(a, b, c, d, edge)
                    e += 4
                    held += 4
                else:
                    for p in range(WIDTH):
                        below[p] += np.uint16(_apart(own[p], one[p]) < edge)
                    e += 1
                    held += 1
                if held >= _FULL:
                    _empty_one(below, counts[band])
                    held = 0
        _empty_one(below, counts[band])


@compiled
def _empty_one(below: Counts, total: IntArray) -> None:
    for p in range(WIDTH):
        total[p] += below[p]
        below[p] = 0


@compiled
def _count(start: IntArray, neighbour: npt.NDArray[np.int32], dealt: Days, edges: Days, counts: IntArray) -> None:
    """Add to counts[band, k, p] the pairs less than edges[k] apart under permutation p, for four edges."""
    below_1, below_2 = np.zeros(WIDTH, np.uint16), np.zeros(WIDTH, np.uint16)
    below_3, below_4 = np.zeros(WIDTH, np.uint16), np.zeros(WIDTH, np.uint16)
    edge_1, edge_2, edge_3, edge_4 = edges[0], edges[1], edges[2], edges[3]
    for band in range(len(start)):
        held = 0
        for i in range(start.shape[1] - 1):
            own = dealt[i]
            e, last = start[band, i], start[band, i + 1]
            while e < last:
                one = dealt[neighbour[e]]
                if e + 4 <= last:
                    # Four neighbours at a time: the counts are then read and written a quarter as often.
                    two, three, four = dealt[neighbour[e + 1]], dealt[neighbour[e + 2]], dealt[neighbour[e + 3]]
                    for p in range(WIDTH):
                        a, b = _apart(own[p], one[p]), _apart(own[p], two[p])
                        c, d = _apart(own[p], three[p]), _apart(own[p], four[p])
                        below_1[p] += _below(a, b, c, d, edge_1)
                        below_2[p] += _below(a, b, c, d, edge_2)
                        below_3[p] += _below(a, b, c, d, edge_3)
                        below_4[p] += _below(a, b, c, d, edge_4)
                    e += 4
                    held += 4
                else:
                    for p in range(WIDTH):
                        a = _apart(own[p], one[p])
                        below_1[p] += np.uint16(a < edge_1)
                        below_2[p] += np.uint16(a < edge_2)
                        below_3[p] += np.uint16(a < edge_3)
                        below_4[p] += np.uint16(a < edge_4)
                    e += 1
                    held += 1
                if held >= _FULL:
                    _empty(below_1, below_2, below_3, below_4, counts[band])
                    held = 0
        _empty(below_1, below_2, below_3, below_4, counts[band])


@compiled
def _empty(first: Counts, second: Counts, third: Counts, fourth: Counts, total: IntArray) -> None:
    """Move the counts of four edges to `total`, shape (4, WIDTH)."""
    for p in range(WIDTH):
        total[0, p] += first[p]
        total[1, p] += second[p]
        total[2, p] += third[p]
        total[3, p] += fourth[p]
        first[p] = second[p] = third[p] = fourth[p] = 0

"""Compiled: every pair of incidents within reach of each other, by band of distance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.jit import compiled

# Strips are a little higher than the reach, so that rounding never puts a pair within reach two strips apart.
_ROOM = 1.0 + 1e-6
_MOST_STRIPS = 2**31
_MOST_PAIRS = 200_000_000


class Pairs(NamedTuple):
    """Each pair once, as neighbour lists by band of distance.

    Attributes
    ----------
    start
        Shape (bands, n + 1): where the list of each incident begins in `neighbour`, by band.
    neighbour
        Shape (pairs,): the other incident, by band and then by incident.
    """

    start: IntArray
    neighbour: npt.NDArray[np.int32]


def order_in_strips(x: FloatArray, y: FloatArray, days: npt.NDArray[np.generic], reach_m: float) -> IntArray:
    """Return the incidents strip by strip from south to north, each from west to east, then by `y` and day.

    The order is one of the incidents themselves: it does not depend on the order they come in, except for equal ones.
    """
    return np.lexsort((days, y, x, _strip(y, reach_m))).astype(np.int64)


def _strip(y: FloatArray, reach_m: float) -> IntArray:
    height = reach_m * _ROOM
    n_strips = float(np.ptp(y)) / height if len(y) else 0.0
    if not n_strips < _MOST_STRIPS:
        raise InvalidInput(
            f"near repeats: {reach_m:g} m is too small for incidents {n_strips * height:g} m apart; "
            "choose wider bands of distance"
        )
    return np.asarray((y - y.min(initial=np.inf)) / height).astype(np.int64)


def find_pairs(x: FloatArray, y: FloatArray, edges_m: FloatArray) -> Pairs:
    """Return the pairs at the same place (band 0) and those at least edges[k] and less than edges[k + 1] apart.

    A pair at the same place is in band 0 alone. Distances are compared as dx^2 + dy^2 against edge^2.

    Parameters
    ----------
    x, y
        Shape (n,), metres, in the order of `order_in_strips`.
    edges_m
        Ascending from 0, at least two.

    Raises
    ------
    InvalidInput
        For more than 200 million pairs.

    Notes
    -----
    O(n + pairs within the last edge) time, 4 bytes a pair.
    """
    squared = edges_m * edges_m
    window = _windows(x, _strip(y, float(edges_m[-1])), squared[-1])
    count = np.zeros((len(edges_m), len(x)), np.int64)
    total = _enter(x, y, window, squared, count, np.empty(0, np.int32), _MOST_PAIRS)
    if total > _MOST_PAIRS:
        raise InvalidInput(
            f"near repeats: over {_MOST_PAIRS:,} pairs of incidents lie within {edges_m[-1]:g} m of each other, more "
            "than fit in memory; choose shorter distances, a shorter period, one offence or a smaller area"
        )
    # The list of one incident ends where the next begins, also from band to band.
    end = np.cumsum(count.ravel()).reshape(count.shape)
    start = np.concatenate([end - count, end[:, -1:]], axis=1) if len(x) else np.zeros((len(edges_m), 1), np.int64)
    neighbour = np.empty(total, np.int32)
    if total:
        _enter(x, y, window, squared, end - count, neighbour, _MOST_PAIRS)
    return Pairs(start, neighbour)


@compiled
def _band(x: FloatArray, y: FloatArray, i: int, j: int, squared: FloatArray) -> int:
    """Return the band of a pair: 0 for the same place, -1 for none."""
    dx, dy = x[j] - x[i], y[j] - y[i]
    if dx == 0.0 and dy == 0.0:
        return 0
    distance2 = dx * dx + dy * dy
    if distance2 >= squared[-1]:
        return -1
    band = 1
    while distance2 >= squared[band]:
        band += 1
    return band


@compiled
def _windows(x: FloatArray, strip: IntArray, reach2: float) -> IntArray:
    """Return for each incident the end of its candidates in its own strip, and their first and end in the next.

    Candidates are those near enough from west to east; in its own strip they begin just after the incident.
    """
    n = len(x)
    window = np.empty((n, 3), np.int64)
    own_end = low = high = 0
    for i in range(n):
        if i == 0 or strip[i] != strip[i - 1]:
            low = max(low, i)
            while low < n and strip[low] == strip[i]:
                low += 1
            high = low
        own_end = max(own_end, i + 1)
        while own_end < n and strip[own_end] == strip[i] and (x[own_end] - x[i]) ** 2 < reach2:
            own_end += 1
        above = strip[i] + 1
        while low < n and strip[low] == above and x[low] < x[i] and (x[low] - x[i]) ** 2 >= reach2:
            low += 1
        high = max(high, low)
        while high < n and strip[high] == above and (x[high] < x[i] or (x[high] - x[i]) ** 2 < reach2):
            high += 1
        window[i] = own_end, low, high
    return window


@compiled
def _enter(
    x: FloatArray,
    y: FloatArray,
    window: IntArray,
    squared: FloatArray,
    cursor: IntArray,
    neighbour: npt.NDArray[np.int32],
    most: int,
) -> int:
    """Move cursor[band, i] on by one for each pair and, where `neighbour` has room, write the pair there.

    Returns how many pairs there are; after an incident at which they are more than `most` it looks no further.
    """
    is_counting = len(neighbour) == 0
    total = 0
    for i in range(len(x)):
        if total > most:
            break
        for side in range(2):
            first = i + 1 if side == 0 else window[i, 1]
            last = window[i, 0] if side == 0 else window[i, 2]
            for j in range(first, last):
                band = _band(x, y, i, j, squared)
                if band >= 0:
                    if not is_counting:
                        neighbour[cursor[band, i]] = j
                    cursor[band, i] += 1
                    total += 1
    return total

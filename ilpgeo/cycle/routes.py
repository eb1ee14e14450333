"""The order of visits: a short tour that nobody can foretell."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ilpgeo.core.arrays import FloatArray

_TRIES = 12
_SLACK = 1.15  # of the shortest tour found: as short, near enough, and one of several


def tour(x: FloatArray, y: FloatArray, rng: np.random.Generator) -> list[int]:
    """Return an order of points, drawn among short open tours.

    Several tours are begun at random points (nearest next), each shortened by turning stretches round (2-opt) until no
    turn helps; one of those at most 15 % longer than the shortest is drawn, in a direction drawn too.

    Notes
    -----
    Croes (1958), doi:10.1287/opre.6.6.791. O(n^3) for each of twelve tries at worst; n is a dozen.
    """
    n = len(x)
    if n < 2:
        return list(range(n))
    away = np.hypot(x[:, None] - x, y[:, None] - y)
    found = [_shortened(_nearest_next(int(start), away), away) for start in rng.permutation(n)[:_TRIES]]
    lengths = [length(order, away) for order in found]
    good = [order for order, metres in zip(found, lengths, strict=True) if metres <= _SLACK * min(lengths) + 1e-9]
    chosen = good[int(rng.integers(len(good)))]
    return chosen[::-1] if rng.random() < 0.5 else chosen


def length(order: list[int], away: FloatArray) -> float:
    """Return the length of an open tour, in the unit of `away`."""
    return float(sum(away[a, b] for a, b in pairwise(order)))


def cut(order: list[int], n_units: int) -> list[list[int]]:
    """Return a tour cut into stretches of about equal numbers of visits, one for each patrol, none empty.

    >>> cut([4, 2, 0, 1, 3], 2)
    [[4, 2, 0], [1, 3]]
    """
    parts = np.array_split(np.array(order, np.int64), max(1, min(n_units, len(order))))
    return [part.tolist() for part in parts if len(part)]


def _nearest_next(start: int, away: FloatArray) -> list[int]:
    order, left = [start], set(range(len(away))) - {start}
    while left:
        following = min(left, key=lambda each: (away[order[-1], each], each))
        order.append(following)
        left.remove(following)
    return order


def _shortened(order: list[int], away: FloatArray) -> list[int]:
    n, is_better = len(order), True
    while is_better:
        is_better = False
        for a in range(n - 1):
            for b in range(a + 1, n):
                before = away[order[a - 1], order[a]] if a else 0.0
                after = away[order[b], order[b + 1]] if b + 1 < n else 0.0
                turned = (away[order[a - 1], order[b]] if a else 0.0) + (
                    away[order[a], order[b + 1]] if b + 1 < n else 0.0
                )
                if turned < before + after - 1e-9:
                    order[a : b + 1] = order[a : b + 1][::-1]
                    is_better = True
    return order

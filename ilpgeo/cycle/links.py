"""Which areas share series, from counts alone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.query import Level
from ilpgeo.core.space import Areas


@dataclass(frozen=True, slots=True)
class Shared:
    """Two areas, the series they share and the incidents of these in the two."""

    one: int
    other: int
    n_series: int
    n: int


def shared_series(series: IntArray, area: IntArray, n: IntArray) -> tuple[Shared, ...]:
    """Return every pair of areas that share a series, in the order of the areas.

    Parameters
    ----------
    series, area
        Shape (m,): number of the series and of the area of each count; a pair may come several times.
    n
        Shape (m,): incidents.

    Notes
    -----
    Cost: the square of the areas of each series.
    """
    held: dict[int, dict[int, int]] = {}
    for of_series, at, count in zip(series.tolist(), area.tolist(), n.tolist(), strict=True):
        places = held.setdefault(of_series, {})
        places[at] = places.get(at, 0) + count
    found: dict[tuple[int, int], list[int]] = {}
    for places in held.values():
        for one, other in combinations(sorted(places), 2):
            pair = found.setdefault((one, other), [0, 0])
            pair[0] += 1
            pair[1] += places[one] + places[other]
    return tuple(Shared(*pair, *counts) for pair, counts in sorted(found.items()))


def level_above(areas: Areas, one: int, other: int) -> Level:
    """Return the level of the smallest area that holds both; national where none does."""
    line = set(areas.line(one))
    common = next((at for at in areas.line(other) if at in line), None)
    return Level.NATIONAL if common is None else areas.levels[int(areas.type[common])]


def going_on(series: IntArray, area: IntArray, n: IntArray, inside: IntArray) -> int:
    """Return the incidents inside some areas whose series has incidents outside them too.

    Parameters
    ----------
    inside
        The areas, by number.
    """
    within = np.isin(area, inside)
    both = np.intersect1d(series[within], series[~within])
    return int(n[within & np.isin(series, both)].sum())

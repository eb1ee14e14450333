"""Points grouped around seeds, the way nearest-neighbour clustering does it; and the centres of groups."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.protocols import Progress
from ilpgeo.models.points import by_first_appearance

_PLACES_AT_ONCE = 20_000
# Sums of weights that are not whole reach the least up to rounding.
_SLACK = 1e-9


def group_around_links(
    x: FloatArray, y: FloatArray, weight: FloatArray, reach_m: float, least: float, progress: Progress
) -> IntArray:
    """Return the group of each place, numbered by first appearance, -1 for none.

    Of the places in no group yet, the one with the most weight within reach (counted once, at the start; of equals
    the westernmost, then the southernmost) is the seed of the next: it and all free places within reach of it, if they
    weigh `least` or more; else they stay free.

    Parameters
    ----------
    x, y, weight
        Shape (k,), places distinct.

    Notes
    -----
    O(pairs within reach) time, O(k) memory.
    """
    from ilpgeo.models.nnh_steps import count_links, group_around_seeds
    from ilpgeo.models.occupied_cells import boxes, pieces, sort_into_cells

    if reach_m <= 0:
        return np.full(len(x), -1, np.int64)
    cells = sort_into_cells(x, y, reach_m)
    where = (cells.start, cells.key, cells.stride, cells.first)
    box = boxes(cells.x, cells.y, cells.start)
    sorted_weight, reach2 = weight[cells.order], reach_m * reach_m
    links = np.empty(len(x))
    for begin, end in pieces(cells.start, _PLACES_AT_ONCE, progress, 0.0, 0.7):
        count_links(cells.x, cells.y, sorted_weight, *where, box, reach2, begin, end, links)
    links = np.round(links, 6)
    # A place with too few within reach is no seed, whatever is still free around it.
    seeds = np.lexsort((cells.y, cells.x, -links))
    seeds = seeds[links[seeds] >= least - _SLACK]
    cell = np.repeat(np.arange(len(cells.key)), np.diff(cells.start))
    label = np.full(len(x), -1, np.int64)
    for begin in range(0, len(seeds), _PLACES_AT_ONCE):
        progress(0.7 + 0.3 * begin / len(seeds))
        group_around_seeds(
            cells.x, cells.y, sorted_weight, cells.start, cell, *where[1:], box, reach2, least - _SLACK,
            seeds[begin : begin + _PLACES_AT_ONCE], label,
        )  # fmt: skip
    of_place = np.empty(len(x), np.int64)
    of_place[cells.order] = label
    return by_first_appearance(of_place)


def mean_centres(
    x: FloatArray, y: FloatArray, weight: FloatArray, member: IntArray, n_groups: int
) -> tuple[FloatArray, FloatArray]:
    """Return the weighted mean centre of each group, shape (n_groups,); `member` is -1 for a point of none."""
    kept = member >= 0
    total = np.bincount(member[kept], weight[kept], n_groups)
    centre_x, centre_y = (np.bincount(member[kept], weight[kept] * axis[kept], n_groups) / total for axis in (x, y))
    return centre_x, centre_y

"""How sure a tier is, and which areas without data are drawn as one."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.briefing import Priority
from ilpgeo.core.space import Areas
from ilpgeo.prioritise.ranking import SHARES_PERCENT, top_count

_FEW = 150


def tier_cuts(n_ranked: int) -> tuple[int, ...]:
    """Return the last rank inside each top share of the tier rule, for `n_ranked` areas.

    Examples
    --------
    >>> tier_cuts(140), tier_cuts(6)
    ((7, 14, 35), (1, 1, 1))
    """
    return tuple(top_count(n_ranked, percent) for percent in SHARES_PERCENT)


def is_uncertain(priority: Priority, cuts: tuple[int, ...]) -> bool:
    """Return whether an area's rank interval reaches over the border between two top shares."""
    if priority.rank_interval is None:
        return False
    best, worst = priority.rank_interval
    return any(best <= cut < worst for cut in cuts)


def gather_gaps(gaps: IntArray, areas: Areas) -> tuple[IntArray, IntArray]:
    """Return (positions to draw, number of areas each stands for) for areas without data.

    Few are drawn one by one. Of many, all children of a parent are drawn as the parent, upwards as far as it goes, so
    that a force with data in a country without costs the browser hundreds of shapes and not thousands.
    """
    stands_for = np.zeros(len(areas), np.int64)
    stands_for[gaps] = 1
    if len(gaps) <= _FEW:
        return gaps, stands_for[gaps]
    has_parent = areas.parent >= 0
    children = np.bincount(areas.parent[has_parent], minlength=len(areas))
    for _ in areas.types:
        open_gap = (stands_for > 0) & has_parent
        missing = np.bincount(areas.parent[open_gap], minlength=len(areas))
        full = (children > 0) & (missing == children) & (stands_for == 0)
        if not full.any():
            break
        merged = open_gap & full[np.where(has_parent, areas.parent, 0)]
        sums = np.bincount(areas.parent[merged], stands_for[merged], minlength=len(areas)).astype(np.int64)
        stands_for[merged] = 0
        stands_for += sums
    drawn = np.flatnonzero(stands_for).astype(np.int64)
    return drawn, stands_for[drawn]

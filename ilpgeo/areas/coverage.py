"""Coverage found at ingest: where and when a source has data, told from where its incidents lie."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import numpy as np

from ilpgeo.areas.rollup import roll_up
from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Covered, Period
from ilpgeo.core.space import Areas

LEAST_SHARE = 0.5
_MOST_INCIDENTS = 0.8
_STRAY_SHARE = 0.1


def find_coverage(areas: Areas, source: str, months: Sequence[date], counts: IntArray) -> tuple[Covered, ...]:
    """Return where and when a source covers the workspace, by a rule.

    Start at the coarsest areas. An area is covered when at least half of the finest areas in it are busy, all months
    together; otherwise its children are looked at in the same way. A finest area alone is never covered. Busy is one
    with more than strays (wrongly placed, or across the border of the force that recorded them): in the months in
    which it has incidents at all, at least a tenth as many as where most of the incidents are (see `more_than_strays`).
    Where nothing at all passes (a rare offence, a few incidents), the areas of the second-finest type that hold
    incidents are covered (of the finest, where there is one type only). A covered area's months are those in which it
    had more than strays by the same measure; consecutive months become one period. When all of the coarsest areas are
    covered over the same months, one entry with the empty area stands for them.

    The rule errs on the side of *no data*: a month without any incident in a covered area is not covered. Coverage
    declared in ``ilpgeo.toml`` replaces it.

    Parameters
    ----------
    months
        A day of each month, ascending, each month once.
    counts
        Shape (n_finest, n_months): incidents of the source, in the order of `areas.finest`.

    Raises
    ------
    InvalidInput
        When the shapes do not fit or the months do not ascend.
    """
    first_days = [day.replace(day=1) for day in months]
    if counts.shape != (len(areas.finest), len(months)):
        expected = (len(areas.finest), len(months))
        raise InvalidInput(f"coverage: counts have shape {counts.shape}, expected {expected}")
    if any(later <= earlier for earlier, later in pairwise(first_days)):
        raise InvalidInput("coverage: months must ascend, each month once")
    monthly = _counts_of_all(areas, counts)
    held = counts.sum(axis=1) / np.maximum((counts > 0).sum(axis=1), 1)
    busy = _counts_of_all(areas, more_than_strays(held).astype(np.int64))
    n_finest = _counts_of_all(areas, np.ones(len(areas.finest), np.int64))
    passes = busy >= LEAST_SHARE * n_finest
    passes &= (busy > 0) & (areas.type > 0)
    chosen = _topmost(areas, passes)
    if not len(chosen):
        fallback = areas.of_type(areas.types[min(1, len(areas.types) - 1)])
        chosen = fallback[monthly[fallback].any(axis=1)]
    periods = {int(at): tuple(_periods(first_days, more_than_strays(monthly[at]))) for at in chosen}
    coarsest = areas.of_type(areas.types[-1])
    if set(periods) == set(coarsest.tolist()) and len(set(periods.values())) == 1:
        return tuple(Covered(source, "", period) for period in periods[int(coarsest[0])])
    return tuple(Covered(source, areas.id[at], period) for at, found in periods.items() for period in found)


def more_than_strays(held: FloatArray | IntArray) -> BoolArray:
    """Return which of some counts are more than strays: at least a tenth of where most of the incidents are.

    That is the smallest of the counts that, the fullest first, make up four fifths of all.
    """
    if not held.any():
        return np.zeros(held.shape, np.bool_)
    fullest = np.sort(held)[::-1]
    usual = fullest[np.searchsorted(np.cumsum(fullest), _MOST_INCIDENTS * fullest.sum())]
    answer: BoolArray = (held > 0) & (held >= _STRAY_SHARE * usual)
    return answer


def _counts_of_all(areas: Areas, counts: IntArray) -> IntArray:
    """Return the rolled-up counts of the areas of every type, shape (n, ...), in the order of `areas`."""
    return np.concatenate([roll_up(areas, counts, name) for name in areas.types])


def _topmost(areas: Areas, passes: BoolArray) -> IntArray:
    """Return the areas that pass and lie in none that passes."""
    under = np.zeros(len(areas), np.bool_)
    for number in reversed(range(len(areas.types) - 1)):
        at = areas.of_type(areas.types[number])
        under[at] = passes[areas.parent[at]] | under[areas.parent[at]]
    return np.flatnonzero(passes & ~under).astype(np.int64)


def _periods(first_days: Sequence[date], has: BoolArray) -> Iterator[Period]:
    start: date | None = None
    end: date | None = None
    for first, present in zip(first_days, has.tolist(), strict=True):
        if not present:
            continue
        last = first.replace(day=monthrange(first.year, first.month)[1])
        if start is not None and end is not None and Period(start, end).after == first:
            end = last
            continue
        if start is not None and end is not None:
            yield Period(start, end)
        start, end = first, last
    if start is not None and end is not None:
        yield Period(start, end)

"""ST-DBSCAN by pairs: every two neighbours are listed once, and the labels read off the list."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.protocols import Progress

# Where a point has more neighbours, cells are faster, and a list would take more memory than all else.
_MOST_PAIRS = 16
# Points paired between two reports of progress, and before it shows whether there are too many pairs.
_POINTS_AT_ONCE = 5_000
# Pairs gone through between two reports of progress.
_PAIRS_AT_ONCE = 2_000_000
# Parts of an axis are this much longer than a reach, so that rounding never puts neighbours two reaches apart.
_LONGER = 1.0 + 1e-6
# So many columns are as wide as a reach.
_COLUMNS = 8
_MOST_REACHES_ALONG = 2**30


def labels_by_pairs(
    x: FloatArray,
    y: FloatArray,
    since: IntArray,
    weights: FloatArray | None,
    eps_m: float,
    eps_t: int,
    least: float,
    progress: Progress,
) -> IntArray | None:
    """Return the label of each point, None where the points have too many neighbours for a list of them.

    `since` is the time of each point, the first 0; `least` the weight that makes a point core.
    """
    from ilpgeo.models.st_dbscan_pairs_steps import add_weights, join, number_clusters, reach_border

    pair = _pairs(np.add(x, 0.0, dtype=np.float64), np.add(y, 0.0, dtype=np.float64), since, eps_m, eps_t, progress)
    if pair is None:
        return None
    n = len(x)
    weight = np.ones(n) if weights is None else weights.astype(np.float64)
    around = weight.copy()
    cluster, reached = np.arange(n, dtype=np.int32), np.full(n, n, np.int32)
    some = [pair[begin : begin + _PAIRS_AT_ONCE] for begin in range(0, len(pair), _PAIRS_AT_ONCE)]
    for k, pairs in enumerate(some):
        progress(0.6 + 0.1 * k / len(some))
        add_weights(pairs, weight, around)
    core = around >= least
    for k, pairs in enumerate(some):
        progress(0.7 + 0.2 * k / len(some))
        join(pairs, core, cluster)
    for k, pairs in enumerate(some):
        progress(0.9 + 0.1 * k / len(some))
        reach_border(pairs, core, cluster, reached)
    return number_clusters(core, cluster, reached)


class _Parts(NamedTuple):
    """An axis in equal parts, at least as long as asked for; the first begins where the axis begins."""

    number: int
    per_unit: float


def _parts(length: float, least: float, most: int) -> _Parts:
    per_unit = 1.0 / max(least * _LONGER, length / most)
    return _Parts(int(length * per_unit) + 1, per_unit)


def _pairs(
    x: FloatArray, y: FloatArray, since: IntArray, eps_m: float, eps_t: int, progress: Progress
) -> npt.NDArray[np.int32] | None:
    from ilpgeo.models.occupied_cells import pieces
    from ilpgeo.models.st_dbscan_pairs_steps import find_pairs, sort_into_strips

    n = len(x)
    wide, high, long = float(np.ptp(x)), float(np.ptp(y)), float(since.max())
    if not max(wide, high) < eps_m * _MOST_REACHES_ALONG:
        return None
    most = 4 * n + 1_000_000
    columns = _parts(wide, eps_m / _COLUMNS, most)
    rows = _parts(high, eps_m, most)
    slabs = _parts(long, eps_t + 1.0, most // rows.number + 1)
    # An empty row after each slab, and an empty slab at the end: every strip has strips around it.
    stride = rows.number + 1
    strips = sort_into_strips(
        x, y, since, columns.per_unit, rows.per_unit, slabs.per_unit, columns.number, stride, slabs.number
    )
    start = strips[-1]
    pair = np.empty((_MOST_PAIRS * n + 1, 2), np.int32)
    found = 0
    for begin, end in pieces(start[: slabs.number * stride + 1], _POINTS_AT_ONCE, progress, 0.0, 0.6):
        allowed = _MOST_PAIRS * int(start[end])
        found = find_pairs(*strips, stride, _COLUMNS, eps_m * eps_m, float(eps_t), begin, end, found, allowed, pair)
        if found > allowed:
            return None
    return pair[:found]

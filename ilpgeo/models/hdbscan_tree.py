"""The minimum spanning tree of mutual distances that HDBSCAN cuts, grown place by place (Prim)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.core.protocols import Progress, unwatched

# Some tens of milliseconds between two looks at whether it is still wanted.
_PAIRS_AT_ONCE = 20_000_000
# Density is one over the distance: copies at one place are taken to lie this far apart.
_LEAST_M = 1e-6


class Tree(NamedTuple):
    """A tree of copies.

    Attributes
    ----------
    one, other
        Shape (m - 1,): the ends of each edge.
    length_m
        Shape (m - 1,).
    """

    one: IntArray
    other: IntArray
    length_m: FloatArray


def mutual_tree(points: FloatArray, of_copy: IntArray, min_samples: int, progress: Progress = unwatched) -> Tree:
    """Return the minimum spanning tree of the mutual distances of all copies.

    The mutual distance of two copies is the largest of their distance and their two core distances; a core distance is
    that to the `min_samples`-th nearest copy, itself included. Copies of one place lie its core distance apart, which
    nothing else comes nearer than: the tree is grown between places only. A length below a micrometre counts as a
    micrometre, for density is one over it.

    Parameters
    ----------
    points
        Shape (m, 2), metres: at least `min_samples` copies at two places or more, those of one place together.
    of_copy
        Shape (m,): the place of each copy, never falling; a number may be left out.
    progress
        Called with the share done; what it raises passes through.

    Notes
    -----
    O(places^2) time, O(m) memory. Prim (1957), doi:10.1002/j.1538-7305.1957.tb01515.x.
    """
    from scipy.spatial import cKDTree

    is_first = np.diff(of_copy, prepend=-1) > 0
    first, others = np.flatnonzero(is_first), np.flatnonzero(~is_first)
    core_m = cKDTree(points).query(points[first], [min_samples])[0][:, 0]
    child, parent, between_m = _grown(points[first], core_m, progress)
    # Places without a copy have numbers too.
    place = (np.cumsum(is_first) - 1)[others]
    length_m = np.maximum(np.concatenate([between_m, core_m[place]]), _LEAST_M)
    return Tree(np.concatenate([first[child], others]), np.concatenate([first[parent], first[place]]), length_m)


def _grown(places: FloatArray, core_m: FloatArray, progress: Progress) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the tree between places: each edge's outer end, inner end and length."""
    n = len(places)
    x, y, core2 = (np.array(each, np.float64) for each in (*places.T, core_m**2))
    place, near2, origin = np.arange(n), np.full(n, np.inf), np.zeros(n, np.int64)
    child, parent, length2 = np.empty(n - 1, np.int64), np.empty(n - 1, np.int64), np.empty(n - 1)
    done = 0
    while done < n - 1:
        until = min(n - 1, done + max(1, _PAIRS_AT_ONCE // (n - done)))
        _grow(x, y, core2, place, near2, origin, done, until, child, parent, length2)
        done = until
        progress(1.0 - ((n - 1 - done) / (n - 1)) ** 2)
    return child, parent, np.sqrt(length2)


@compiled
def _grow(
    x: FloatArray,
    y: FloatArray,
    core2: FloatArray,
    place: IntArray,
    near2: FloatArray,
    origin: IntArray,
    done: int,
    until: int,
    child: IntArray,
    parent: IntArray,
    length2: FloatArray,
) -> None:
    """Add the edges `done` to `until`.

    The arrays of places are in one order: those in the tree as they came into it, the last at `done`, then the others,
    each with its nearest place of the tree.
    """
    for at in range(done, until):
        here_x, here_y, here_core2, here = x[at], y[at], core2[at], place[at]
        nearest, least2 = at + 1, np.inf
        for other in range(at + 1, len(x)):
            apart2 = max((x[other] - here_x) ** 2 + (y[other] - here_y) ** 2, core2[other], here_core2)
            if apart2 < near2[other]:
                near2[other], origin[other] = apart2, here
            if near2[other] < least2:
                nearest, least2 = other, near2[other]
        child[at], parent[at], length2[at] = place[nearest], origin[nearest], least2
        for values in (x, y, core2, near2):
            values[at + 1], values[nearest] = values[nearest], values[at + 1]
        for numbers in (place, origin):
            numbers[at + 1], numbers[nearest] = numbers[nearest], numbers[at + 1]

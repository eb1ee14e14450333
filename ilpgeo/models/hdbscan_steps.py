"""Compiled: a tree put together from its shortest edge up, cut down again into parts, and the parts chosen from."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.union_find import find_root


@compiled
def merge_up(one: IntArray, other: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the two branches that each edge joins, and how many copies the joint branch holds; shape (m - 1,).

    Edges come shortest first. Branch k < m is copy k alone, branch m + k what the k-th edge joined.
    """
    n_edges = len(one)
    n = n_edges + 1
    root, branch = np.arange(n), np.arange(n)
    left, right, size = np.empty(n_edges, np.int64), np.empty(n_edges, np.int64), np.empty(n_edges, np.int64)
    held = np.ones(n, np.int64)
    for k in range(n_edges):
        ends = (one[k], other[k])
        a, b = find_root(root, ends[0]), find_root(root, ends[1])
        left[k], right[k] = branch[a], branch[b]
        if held[a] < held[b]:
            a, b = b, a
        root[b] = a
        held[a] += held[b]
        size[k] = held[a]
        branch[a] = n + k
    return left, right, size


@compiled
def cut_down(
    left: IntArray, right: IntArray, size: IntArray, length_m: FloatArray, least: int
) -> tuple[IntArray, FloatArray, FloatArray, IntArray]:
    """Return the parts that branches fall into when edges are cut, longest first; part 0 is the whole.

    Returns
    -------
    tuple
        By part, the one it came out of (0 for 0), the length at which it did (infinite for 0) and how long it lasts;
        by copy, the last part it was in. A part's number is above that of the one it came out of.
    """
    n_edges = len(left)
    n = n_edges + 1
    above, born_m, lasts = np.zeros(n, np.int64), np.full(n, np.inf), np.zeros(n)
    # Of each branch: its part, and the length at which it fell off it (0 while it has not).
    part, fell_m = np.zeros(n + n_edges, np.int64), np.zeros(n + n_edges)
    n_parts = 1
    for k in range(n_edges - 1, -1, -1):
        here, fell = part[n + k], fell_m[n + k]
        sides = (left[k], right[k])
        held = (_held(sides[0], size, n), _held(sides[1], size, n))
        splits = fell == 0 and held[0] >= least and held[1] >= least
        for s in range(2):
            branch = sides[s]
            if splits:
                above[n_parts], born_m[n_parts], part[branch] = here, length_m[k], n_parts
                lasts[here] += held[s] * (1.0 / length_m[k] - 1.0 / born_m[here])
                n_parts += 1
                continue
            part[branch] = here
            if fell > 0:
                fell_m[branch] = fell
            elif held[s] < least:
                fell_m[branch] = length_m[k]
                lasts[here] += held[s] * (1.0 / length_m[k] - 1.0 / born_m[here])
    return above[:n_parts], born_m[:n_parts], lasts[:n_parts], part[:n]


@compiled
def _held(branch: int, size: IntArray, n: int) -> int:
    return size[branch - n] if branch >= n else 1


@compiled
def most_lasting(above: IntArray, lasts: FloatArray) -> BoolArray:
    """Return which parts last longer than all together that would be taken out of them, never the whole."""
    n_parts = len(above)
    best, is_taken = lasts.copy(), np.ones(n_parts, np.bool_)
    inner = np.zeros(n_parts)
    for part in range(n_parts - 1, 0, -1):
        if inner[part] > best[part]:
            best[part], is_taken[part] = inner[part], False
        inner[above[part]] += best[part]
    is_taken[0] = False
    # What lies in a part taken is not taken as well.
    is_within = np.zeros(n_parts, np.bool_)
    for part in range(1, n_parts):
        is_within[part] = is_within[above[part]] or is_taken[above[part]]
        is_taken[part] &= not is_within[part]
    return is_taken


@compiled
def kept_together(above: IntArray, born_m: FloatArray, is_taken: BoolArray, merge_m: float) -> BoolArray:
    """Return which parts are taken where those born below `merge_m` give way to the one around them born above it."""
    answer = np.zeros(len(above), np.bool_)
    for part in np.flatnonzero(is_taken):
        chosen = part
        if born_m[part] < merge_m:
            while above[chosen] != 0:
                chosen = above[chosen]
                if born_m[chosen] > merge_m:
                    break
        answer[chosen] = True
    return answer


@compiled
def taken_around(above: IntArray, is_taken: BoolArray) -> IntArray:
    """Return for each part the outermost part taken that it is or lies in, -1 for none."""
    answer = np.full(len(above), -1, np.int64)
    for part in range(1, len(above)):
        around = answer[above[part]]
        answer[part] = around if around >= 0 else part if is_taken[part] else -1
    return answer

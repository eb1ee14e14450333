"""Which places to visit in which hours: the most expected harm that the patrols there are can cover."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput


def allocate(harm: FloatArray, shift_of_block: IntArray, per_block: int, per_shift: int) -> BoolArray:
    """Return which place is visited in which block of hours so that the most harm is covered.

    Parameters
    ----------
    harm
        Shape (places, blocks): what a visit covers, 0 or more.
    shift_of_block
        Shape (blocks,): the shift each block belongs to.
    per_block, per_shift
        Visits that can be made in one block, and in all blocks of one shift.

    Returns
    -------
    Shape (places, blocks): visited or not. Nothing is visited that covers nothing.

    Notes
    -----
    Greedy: the most harm first, as long as its block and its shift have a visit left. Sets of visits that keep to the
    limits are the independent sets of a laminar matroid (blocks lie inside shifts), where the greedy choice is optimal
    (Edmonds 1971, doi:10.1007/BF01584082). O(n log n) in places times blocks. Equals: the first place and block first.
    """
    if harm.ndim != 2 or harm.shape[1] != len(shift_of_block):
        raise InvalidInput(f"harm has shape {harm.shape}, with {len(shift_of_block)} blocks")
    if not np.isfinite(harm).all() or (harm < 0).any():
        raise InvalidInput("harm must be finite and not below zero")
    visited = np.zeros(harm.shape, np.bool_)
    in_block = np.zeros(harm.shape[1], np.int64)
    in_shift = np.zeros(int(shift_of_block.max(initial=-1)) + 1, np.int64)
    for flat in np.argsort(-harm.ravel(), kind="stable"):
        place, block = divmod(int(flat), harm.shape[1])
        shift = shift_of_block[block]
        if harm[place, block] <= 0:
            break
        if in_block[block] < per_block and in_shift[shift] < per_shift:
            visited[place, block] = True
            in_block[block] += 1
            in_shift[shift] += 1
    return visited


def spread_over_week(expected: FloatArray, by_hour: FloatArray, usual: FloatArray, strength: float) -> FloatArray:
    """Return what is expected of each place in each hour of the week.

    Parameters
    ----------
    expected
        Shape (places,): expected in a whole week.
    by_hour
        Shape (places, 168): incidents of each place by hour of the week, as far as known.
    usual
        Shape (168,): the same of the whole scope; all zero: every hour alike.
    strength
        How many incidents the scope's own pattern weighs: places with fewer follow it, with more their own.
    """
    total = usual.sum()
    share = usual / total if total > 0 else np.full(len(usual), 1 / len(usual))
    own = by_hour.sum(axis=1, keepdims=True)
    mixed = (by_hour + strength * share) / (own + strength)
    spread: FloatArray = expected[:, None] * mixed
    return spread


def covered_share(at: FloatArray, visited: BoolArray) -> float:
    """Return the sum of `at` over what is visited; both of shape (places, hours)."""
    return float(at[visited].sum())

"""Compiled: seeded random draws for replications, one stream for each, the same on every machine and thread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled

State = npt.NDArray[np.uint64]


@compiled
def next_word(state: State) -> np.uint64:
    """Return 64 random bits and move the stream on; `state` has shape (1,).

    Notes
    -----
    SplitMix64: Steele, Lea & Flood (2014), doi:10.1145/2714064.2660195.
    """
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    mixed: np.uint64 = state[0]
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@compiled
def next_uniform(state: State) -> float:
    """Return a number from 0 (included) to 1 (not), to 53 bits."""
    return np.float64(next_word(state) >> np.uint64(11)) * 2.0**-53


@compiled
def next_below(state: State, n: int) -> np.int64:
    """Return a whole number from 0 to n - 1, n below 2**31."""
    return np.int64(((next_word(state) >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@compiled
def shuffle(values: npt.NDArray[np.int32], state: State) -> None:
    """Bring `values` into random order, in place."""
    for last in range(len(values) - 1, 0, -1):
        other = next_below(state, last + 1)
        values[last], values[other] = values[other], values[last]


@compiled
def alias_table(weight: FloatArray) -> tuple[npt.NDArray[np.uint32], IntArray]:
    """Return the table from which `next_class` draws class k with probability proportional to weight[k].

    Notes
    -----
    O(classes). Walker (1977), doi:10.1145/355744.355749, built as by Vose (1991), doi:10.1109/32.92917.
    """
    n = len(weight)
    scaled = weight * (n / weight.sum())
    alias = np.arange(n)
    keep = np.full(n, np.uint32(0xFFFFFFFF), np.uint32)
    small, large = np.empty(n, np.int64), np.empty(n, np.int64)
    n_small = n_large = 0
    for k in range(n):
        if scaled[k] < 1.0:
            small[n_small] = k
            n_small += 1
        else:
            large[n_large] = k
            n_large += 1
    while n_small and n_large:
        n_small -= 1
        poor, rich = small[n_small], large[n_large - 1]
        keep[poor] = np.uint32(scaled[poor] * 4294967295.0)
        alias[poor] = rich
        scaled[rich] -= 1.0 - scaled[poor]
        if scaled[rich] < 1.0:
            n_large -= 1
            small[n_small] = rich
            n_small += 1
    return keep, alias


@compiled
def next_class(keep: npt.NDArray[np.uint32], alias: IntArray, state: State) -> np.int64:
    """Return a random class of an `alias_table`."""
    word = next_word(state)
    k = np.int64(((word >> np.uint64(32)) * np.uint64(len(keep))) >> np.uint64(32))
    is_kept = (word & np.uint64(0xFFFFFFFF)) <= np.uint64(keep[k])
    return k if is_kept else np.int64(alias[k])

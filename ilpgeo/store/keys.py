"""Which keys have been seen: sorted runs of 64-bit numbers, merged as they grow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray

KeyArray = npt.NDArray[np.uint64]


class SeenKeys:
    """The keys stored for a source and those met so far in a file.

    Memory: 8 bytes per key at rest, 16 while two runs are merged. Time: O(log n) per key.

    Parameters
    ----------
    stored
        Keys already stored, in any order; sorted in place.
    """

    __slots__ = ("_runs",)

    def __init__(self, stored: KeyArray) -> None:
        stored.sort()
        self._runs: list[KeyArray] = [stored] if len(stored) else []

    def admit(self, keys: KeyArray) -> BoolArray:
        """Return which of `keys` are met for the first time, and remember them."""
        unique, position = np.unique(keys, return_index=True)
        unseen = np.ones(len(unique), np.bool_)
        for run in self._runs:
            unseen &= ~_held(run, unique)
        fresh = np.zeros(len(keys), np.bool_)
        fresh[position[unseen]] = True
        self._remember(unique[unseen])
        return fresh

    def _remember(self, run: KeyArray) -> None:
        if not len(run):
            return
        self._runs.append(run)
        # A binary counter of runs: each key is merged at most log2(n) times and few runs are searched.
        while len(self._runs) > 1 and len(self._runs[-1]) * 2 > len(self._runs[-2]):
            last, before = self._runs.pop(), self._runs.pop()
            merged = np.concatenate([before, last])
            merged.sort(kind="stable")
            self._runs.append(merged)


def _held(run: KeyArray, wanted: KeyArray) -> BoolArray:
    at = np.searchsorted(run, wanted)
    at[at == len(run)] = 0
    return np.asarray(run[at] == wanted, np.bool_)

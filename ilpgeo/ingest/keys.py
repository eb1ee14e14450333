"""The 64-bit key that tells a row from every other, the same on every machine and in every process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ilpgeo.core.jit import compiled
from ilpgeo.ingest.columns import text_buffers

KeyArray = npt.NDArray[np.uint64]
_FNV_START = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FULL = 0.8
_GROWTH = 1.5


def text_keys(column: pa.Array) -> KeyArray:
    """Return a hash of every text of a column (plain or dictionary-encoded); the hash of null is that of no text."""
    if pa.types.is_dictionary(column.type):
        words = np.append(text_keys(column.dictionary), _mixed(_FNV_START))
        keys: KeyArray = words[column.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)]
        return keys
    valid, offsets, data = text_buffers(column)
    hashed = np.empty(len(column), np.uint64)
    _hash_texts(valid, offsets, data, hashed)
    return hashed


def combined(parts: Sequence[npt.NDArray[Any]]) -> KeyArray:
    """Return one hash of several columns of 64-bit whole numbers, their order counting."""
    keys = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        _fold(keys, part.view(np.uint64))
    return keys


class Occurrences:
    """Turns content hashes into keys by numbering the rows of equal content within one file, as they come.

    The keys given out are held in one open-addressed table of 8-byte slots, filled to 80 % and grown by half: at
    most 15 bytes a row, 25 while it grows. The number of a row is found by galloping over the keys of its content, so
    a file of a million equal rows costs at most 40 probes a row, not a million.
    """

    __slots__ = ("_n", "_slots")

    def __init__(self, room: int = 1 << 12) -> None:
        self._slots = np.zeros(max(room, 16), np.uint64)
        self._n = 0

    @property
    def n_bytes(self) -> int:
        """Memory of the table."""
        return self._slots.nbytes

    def number(self, content: KeyArray) -> tuple[KeyArray, npt.NDArray[np.bool_]]:
        """Return (key, is a repetition of an earlier row) for each row."""
        keys = np.empty(len(content), np.uint64)
        again = np.zeros(len(content), np.bool_)
        done = 0
        while done < len(content):
            self._make_room(min(len(content) - done, 65_536))
            end = min(done + max(int(_FULL * len(self._slots)) - self._n, 1), len(content))
            _occurrences(self._slots, content[done:end], keys[done:end], again[done:end])
            self._n += end - done
            done = end
        return keys, again

    def _make_room(self, more: int) -> None:
        while self._n + more > _FULL * len(self._slots):
            grown = np.zeros(int(len(self._slots) * _GROWTH) + 1, np.uint64)
            _rehash(self._slots, grown)
            self._slots = grown


@compiled
def _mixed(value: Any) -> Any:
    value = (value ^ (value >> np.uint64(30))) * _MIX_1
    value = (value ^ (value >> np.uint64(27))) * _MIX_2
    return value ^ (value >> np.uint64(31))


@compiled
def _hash_texts(valid: Any, offsets: Any, data: Any, keys: Any) -> None:
    for row in range(len(keys)):
        value = _FNV_START
        if valid[row]:
            for at in range(offsets[row], offsets[row + 1]):
                value = (value ^ np.uint64(data[at])) * _FNV_PRIME
        keys[row] = _mixed(value)


@compiled
def _fold(keys: Any, part: Any) -> None:
    for row in range(len(keys)):
        keys[row] = _mixed((keys[row] ^ part[row]) + _GOLDEN)


@compiled
def _slot(slots: Any, key: Any) -> Any:
    """Return the slot that holds `key`, or the free one where it belongs."""
    size = np.uint64(len(slots))
    at: Any = np.int64(key % size)
    while slots[at] != 0 and slots[at] != key:
        at += 1
        if at == len(slots):
            at = 0
    return at


@compiled
def _key_of(content: Any, occurrence: Any) -> Any:
    key = _mixed(content + np.uint64(occurrence) * _GOLDEN)
    return key if key != 0 else np.uint64(1)


@compiled
def _is_taken(slots: Any, content: Any, occurrence: Any) -> Any:
    return slots[_slot(slots, _key_of(content, occurrence))] != 0


@compiled
def _occurrences(slots: Any, content: Any, keys: Any, again: Any) -> None:
    low = -1
    for row in range(len(content)):
        # A run of equal rows goes on counting; any other row looks for its number from the start.
        if row == 0 or content[row] != content[row - 1]:
            low = -1
        step = 1
        while _is_taken(slots, content[row], low + step):
            low, step = low + step, step * 2
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            if _is_taken(slots, content[row], middle):
                low = middle
            else:
                high = middle
        key = _key_of(content[row], high)
        slots[_slot(slots, key)] = key
        keys[row] = key
        again[row] = high > 0
        low = high


@compiled
def _rehash(slots: Any, grown: Any) -> None:
    for at in range(len(slots)):
        if slots[at] != 0:
            grown[_slot(grown, slots[at])] = slots[at]

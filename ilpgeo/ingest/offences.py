"""Offence labels as files write them, and the groups a workspace puts them in."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc


def plain(label: str) -> str:
    """Return a label without the differences that do not count: case and spaces."""
    return " ".join(label.split()).casefold()


def groups_of(table: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the group of each plain label of a workspace's offences table (label, offence).

    A label without a group is its own.
    """
    return {plain(label): columns.get("offence", "") or label for label, columns in table.items()}


def grouped(labels: pa.DictionaryArray, groups: Mapping[str, str] | None) -> tuple[pa.Array, pa.Array]:
    """Return (label trimmed, group) of each row as dictionary-encoded text; null where there is no such group.

    Without any table every label is its own group. Cost: the table is asked once per distinct label.
    """
    kind = pa.dictionary(pa.int32(), pa.string())
    words = [" ".join((word or "").split()) or None for word in labels.dictionary.to_pylist()]
    found = words if groups is None else [None if word is None else groups.get(plain(word)) for word in words]
    return _recoded(labels.indices, words).cast(kind), _recoded(labels.indices, found).cast(kind)


def _recoded(indices: pa.Array, words: list[str | None]) -> pa.Array:
    """Return dictionary-encoded text whose distinct words are distinct, null for an index whose word is None."""
    distinct = list(dict.fromkeys(word for word in words if word is not None))
    position = {word: at for at, word in enumerate(distinct)}
    code = pa.array([None if word is None else position[word] for word in words], pa.int32())
    return pa.DictionaryArray.from_arrays(pc.take(code, indices), pa.array(distinct, pa.string()))

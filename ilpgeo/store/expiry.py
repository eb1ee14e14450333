"""Rows whose retention is over: the parts that hold some are written again without them, and the old ones removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ilpgeo.core import columns
from ilpgeo.core.arrays import BoolArray
from ilpgeo.store.layout import read_part
from ilpgeo.store.reading import Snapshot, StoredPart
from ilpgeo.store.room import Room, Tally

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(slots=True)
class Lessened:
    """What a snapshot loses.

    Attributes
    ----------
    replaced
        Parts that hold expired rows.
    removed
        Expired rows by source.
    left
        By number of each file that loses rows, the tally of what is left of it.
    """

    replaced: list[StoredPart] = field(default_factory=list)
    removed: dict[str, int] = field(default_factory=dict)
    left: dict[int, Tally] = field(default_factory=dict)

    def account(self) -> dict[str, dict[str, Any]]:
        """Return `left` as values that JSON can hold."""
        return {
            str(number): {
                "n": each.n,
                "unplaced": each.unplaced,
                "coarse": each.coarse,
                "first": each.first and each.first.isoformat(),
                "last": each.last and each.last.isoformat(),
            }
            for number, each in self.left.items()
        }


def rewrite_kept(snapshot: Snapshot, room: Room, before: Mapping[str, date]) -> Lessened:
    """Write into `room` what is kept of the parts that hold rows of a source from before its day. Memory: one part."""
    lost = Lessened()
    kept_of: dict[int, Tally] = {}
    for part in snapshot.parts:
        day = before.get(snapshot.source_of[part.file])
        if day is None:
            continue
        file = snapshot.folder / part.path
        told = read_part(file, ["day", "area", "precision"])
        expired = _expired(told, day)
        n = int(expired.sum())
        if n:
            source = snapshot.source_of[part.file]
            lost.replaced.append(part)
            lost.removed[source] = lost.removed.get(source, 0) + n
            told = told.filter(columns.flags(~expired))
            if told.num_rows:
                rows = read_part(file).filter(columns.flags(~expired))
                room.write(part.file, part.year, [rows.unify_dictionaries().combine_chunks()])
        left = Tally.of(told) if told.num_rows else Tally()
        kept_of[part.file] = kept_of.get(part.file, Tally()) + left
    lost.left = {number: kept_of[number] for number in sorted({part.file for part in lost.replaced})}
    return lost


def _expired(rows: pa.Table, day: date) -> BoolArray:
    found: BoolArray = columns.values(rows["day"], np.int32) < day.toordinal() - _EPOCH
    return found


def holds_expired(file: Path, day: date) -> bool:
    """Return whether a Parquet file holds a row from before a day; one that is not there holds none."""
    try:
        return bool(_expired(read_part(file, ["day"]), day).any())
    except FileNotFoundError:
        return False


def remove_files(folder: Path, paths: Iterable[str]) -> int:
    """Remove files of a lake, and the rooms that are empty then; return how many were there."""
    n = 0
    for path in paths:
        file = folder / path
        try:
            file.unlink()
        except FileNotFoundError:
            continue
        n += 1
        if not any(file.parent.iterdir()):
            file.parent.rmdir()
    return n

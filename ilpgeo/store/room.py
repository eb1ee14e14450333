"""A room: the folder that the rows of one change are written to before, and outside, the commit that counts them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from ilpgeo.store.layout import COARSE, PRECISIONS, ROOMS, TEXTS, stored
from ilpgeo.store.lock import Held, try_lock

if TYPE_CHECKING:
    from deltalake.transaction import AddAction

_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Tally:
    """What is known of some rows without reading them again."""

    n: int = 0
    unplaced: int = 0
    coarse: int = 0
    first: date | None = None
    last: date | None = None
    precision: str = ""

    @classmethod
    def of(cls, rows: pa.Table) -> Self:
        """Return the tally of rows in the stored layout."""
        import pyarrow.compute as pc

        days = pc.min_max(rows["day"]).as_py()
        precision = pc.value_counts(rows["precision"].combine_chunks().dictionary_decode()).to_pylist()
        counts = {entry["values"]: entry["counts"] for entry in precision}
        return cls(
            n=rows.num_rows,
            unplaced=rows["area"].null_count,
            coarse=sum(n for word, n in counts.items() if word in COARSE),
            first=days["min"],
            last=days["max"],
            precision=max(counts, key=_coarseness, default=""),
        )

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of both."""
        return Tally(
            self.n + other.n,
            self.unplaced + other.unplaced,
            self.coarse + other.coarse,
            min((day for day in (self.first, other.first) if day), default=None),
            max((day for day in (self.last, other.last) if day), default=None),
            max(self.precision, other.precision, key=_coarseness),
        )


def _coarseness(precision: str) -> int:
    return PRECISIONS.index(precision) if precision in PRECISIONS else -1


@dataclass(frozen=True, slots=True)
class Part:
    """One finished Parquet file: rows of one file brought in and of one year."""

    name: str
    file: int
    year: int
    size_bytes: int
    digest: str
    t_first: datetime
    t_last: datetime
    tally: Tally

    def add_action(self, room: int) -> AddAction:
        """Return the words with which a Delta commit adds this part."""
        from deltalake.transaction import AddAction

        stats = {
            "numRecords": self.tally.n,
            "minValues": {"t_from": _instant(self.t_first)},
            "maxValues": {"t_from": _instant(self.t_last)},
            "nullCount": {"t_from": 0},
        }
        return AddAction(
            f"{ROOMS}/{room}/{self.name}",
            self.size_bytes,
            {"file": str(self.file), "year": str(self.year)},
            int(time.time() * 1000),
            True,
            json.dumps(stats),
        )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def write_part(folder: Path, name: str, file: int, year: int, tables: Iterable[pa.Table]) -> Part | None:
    """Write the tables (stored layout) as one Parquet file, a row group each, down to the disk; None without rows."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    tally = Tally()
    spans: list[dict[str, datetime]] = []
    target = folder / name
    with pq.ParquetWriter(
        target,
        stored(),
        compression="lz4",
        use_dictionary=[*TEXTS, "day"],
        column_encoding=dict.fromkeys(("row_id", "row", "t_from", "t_to"), "DELTA_BINARY_PACKED"),
        write_statistics=["x", "y", "t_from", "day"],
        store_schema=False,
    ) as writer:
        for table in tables:
            if table.num_rows:
                writer.write_table(table, row_group_size=table.num_rows)
                tally += Tally.of(table)
                spans.append(pc.min_max(table["t_from"]).as_py())
    if not spans:
        target.unlink()
        return None
    with target.open("rb") as finished:
        os.fsync(finished.fileno())
        digest = hashlib.file_digest(finished, "sha256").hexdigest()
    return Part(
        name, file, year, target.stat().st_size, digest,
        min(span["min"] for span in spans), max(span["max"] for span in spans), tally,
    )  # fmt: skip


@dataclass(slots=True)
class Room:
    """A folder of one's own for the parts of one change, locked while it is written to."""

    number: int
    folder: Path
    lock: Held
    parts: list[Part] = field(default_factory=list)
    is_offered: bool = False

    @property
    def tally(self) -> Tally:
        """The tally of all parts."""
        return sum((part.tally for part in self.parts), start=Tally())

    def write(self, file: int, year: int, tables: Iterable[pa.Table]) -> None:
        """Write one part."""
        part = write_part(self.folder, f"{year}-{len(self.parts)}.parquet", file, year, tables)
        if part is not None:
            self.parts.append(part)

    def add_actions(self) -> list[AddAction]:
        """Return the words with which a Delta commit adds the parts."""
        return [part.add_action(self.number) for part in self.parts]

    def digests(self) -> list[str]:
        """Return the content hashes of the parts."""
        return [part.digest for part in self.parts]

    def offer(self) -> None:
        """Say that a commit is being made of the parts: from now on only the log knows whether they count."""
        self.is_offered = True

    def keep(self) -> None:
        """Leave the parts where they are: a commit counts them now."""
        (self.folder / _LOCK).unlink(missing_ok=True)
        self.lock.release()

    def clear(self) -> None:
        """Remove the room, unless a commit may count it already: then the next change looks into the log."""
        if not self.is_offered:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.lock.release()


def open_room(lake: Path, known: Iterable[int]) -> Room:
    """Return a new room; call it under the lake's lock.

    Rooms that no commit knows (`known`: the numbers of those that do count) and nobody holds were left by work
    that was cut short: they are removed.
    """
    rooms = lake / ROOMS
    rooms.mkdir(exist_ok=True)
    kept = set(known)
    present = {int(folder.name) for folder in rooms.iterdir() if folder.name.isdigit()}
    for number in present - kept:
        _clear_leftover(rooms / str(number))
    number = max(present | kept, default=0) + 1
    folder = rooms / str(number)
    folder.mkdir()
    held = try_lock(folder / _LOCK)
    if held is None:
        raise RuntimeError(f"the new folder {folder} is locked already")
    return Room(number, folder, held)


def _clear_leftover(folder: Path) -> None:
    held = try_lock(folder / _LOCK)
    if held is not None:
        shutil.rmtree(folder, ignore_errors=True)
        held.release()

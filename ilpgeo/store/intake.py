"""The intake: candidates in, fresh rows out into a room, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.schema import candidate
from ilpgeo.store.keys import KeyArray, SeenKeys
from ilpgeo.store.layout import ROW_ID_SHIFT, read_part, stored
from ilpgeo.store.room import Room

if TYPE_CHECKING:
    from collections.abc import Iterable

ROW_GROUP = 1 << 17  # rows of one year written at once
BUFFERED = 1 << 19  # rows held back in all years together


@dataclass(slots=True)
class Intake:
    """Takes the candidates of one file of one source into `room`; a context, for a thread writes meanwhile.

    Memory: at most `BUFFERED` rows and two row groups beside one batch and the keys.
    """

    room: Room
    source: str
    seen: SeenKeys
    candidates: int = 0
    _accepted: int = 0
    _held: dict[int, list[pa.RecordBatch]] = field(default_factory=dict)
    _n_held: dict[int, int] = field(default_factory=dict)
    _writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "ilpgeo-store"))
    _writing: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.shutdown()

    def take(self, batch: pa.RecordBatch) -> None:
        """Store the rows of a batch whose key is new.

        Raises
        ------
        InvalidInput
            When the batch is not of the layout `core.schema.candidate`.
        """
        batch = _checked(batch)
        self.candidates += batch.num_rows
        fresh = self.seen.admit(batch["key"].to_numpy())
        if not fresh.all():
            batch = batch.filter(pa.array(fresh))
        if not batch.num_rows:
            return
        batch = self._as_stored(batch)
        for year, rows in _by_year(batch):
            self._held.setdefault(year, []).append(rows)
            self._n_held[year] = self._n_held.get(year, 0) + rows.num_rows
            if self._n_held[year] >= ROW_GROUP:
                self._let_go(year)
        while sum(self._n_held.values()) > BUFFERED:
            self._let_go(max(self._n_held, key=self._n_held.__getitem__))

    def finish(self) -> None:
        """Write what is still held back."""
        for year in sorted(self._held):
            self._let_go(year)
        self._await_writer()

    def _as_stored(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        n = batch.num_rows
        start = (self.room.number << ROW_ID_SHIFT) + self._accepted
        self._accepted += n
        source = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([self.source]))
        columns = {name: batch[name] for name in batch.schema.names}
        columns["key"] = columns["key"].view(pa.int64())
        columns["row_id"] = pa.array(np.arange(start, start + n, dtype=np.int64))
        columns["source"] = source
        layout = stored()
        return pa.RecordBatch.from_arrays([columns[c.name].cast(c.type) for c in layout], schema=layout)

    def _let_go(self, year: int) -> None:
        held = self._held.pop(year)
        del self._n_held[year]
        self._await_writer()
        self._writing = self._writer.submit(self._write, year, held)

    def _write(self, year: int, held: list[pa.RecordBatch]) -> None:
        rows = pa.Table.from_batches(held, stored()).unify_dictionaries().combine_chunks()
        self.room.write(self.room.number, year, [rows])

    def _await_writer(self) -> None:
        if self._writing is not None:
            self._writing.result()


def _by_year(batch: pa.RecordBatch) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Yield the rows of each UTC year of `t_from`, in their order."""
    import pyarrow.compute as pc

    years = np.asarray(pc.year(batch["t_from"]), np.int64)
    found, n_rows = np.unique(years, return_counts=True)
    if len(found) > 1:
        batch = batch.take(pa.array(np.argsort(years, kind="stable")))
    ends = np.cumsum(n_rows)
    for year, end, n in zip(found.tolist(), ends.tolist(), n_rows.tolist(), strict=True):
        yield year, batch.slice(end - n, n)


def _checked(batch: pa.RecordBatch) -> pa.RecordBatch:
    layout = candidate()
    missing = [name for name in layout.names if name not in batch.schema.names]
    if missing:
        raise InvalidInput(f"store: the rows brought in lack the columns {', '.join(missing)}")
    empty = [column.name for column in layout if not column.nullable and batch[column.name].null_count]
    if empty:
        raise InvalidInput(f"store: the rows brought in have empty values in {', '.join(empty)}")
    if batch.schema == layout:
        return batch
    try:
        return batch.select(layout.names).cast(layout)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InvalidInput(f"store: the rows brought in have the wrong types: {error}") from error


def stored_keys(files: Iterable[Path], n: int) -> KeyArray:
    """Return the `n` keys in the given Parquet files. Memory: 8 bytes per key."""
    keys = np.empty(n, np.uint64)
    at = 0
    for file in files:
        for chunk in read_part(file, ["key"])["key"].chunks:
            keys[at : at + len(chunk)] = chunk.to_numpy().view(np.uint64)
            at += len(chunk)
    return keys[:at]


def drop_keys(room: Room, keys: KeyArray) -> None:
    """Write the parts of a room again without the rows whose key is one of `keys`."""
    keys.sort()
    before = list(room.parts)
    room.parts.clear()
    for part in before:
        rows = read_part(room.folder / part.name)
        mine = rows["key"].to_numpy().view(np.uint64)
        fresh = ~np.isin(mine, keys)
        (room.folder / part.name).unlink()
        room.write(part.file, part.year, [rows.filter(pa.array(fresh)).unify_dictionaries().combine_chunks()])


@contextmanager
def cleared_on_failure(room: Room) -> Iterator[Room]:
    """Remove the room when the block raises."""
    try:
        yield room
    except BaseException:
        room.clear()
        raise

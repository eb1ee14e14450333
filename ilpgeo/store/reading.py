"""Reading: the parts of one version, and their rows as coded columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ilpgeo.core import columns
from ilpgeo.core.arrays import BoolArray, CodeArray, IntArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Selection
from ilpgeo.core.schema import SERIES_KEY
from ilpgeo.store.layout import ROW_ID_SHIFT, open_table, read_part, stored

_READERS = 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoredPart:
    """One Parquet file of a version; t_first and t_last are None where its writer left no statistics."""

    path: str
    file: int
    year: int
    size_bytes: int
    n: int
    t_first: datetime | None
    t_last: datetime | None

    def meets(self, t_from: datetime | None, t_until: datetime | None) -> bool:
        """Return whether a row of the part can lie in [t_from, t_until)."""
        return not (
            (t_from is not None and self.t_last is not None and self.t_last < t_from)
            or (t_until is not None and self.t_first is not None and self.t_first >= t_until)
        )

    def lies_in(self, t_from: datetime | None, t_until: datetime | None) -> bool:
        """Return whether every row of the part lies in [t_from, t_until)."""
        return (t_from is None or (self.t_first is not None and self.t_first >= t_from)) and (
            t_until is None or (self.t_last is not None and self.t_last < t_until)
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The parts that make up one version, and the source of each file by its number."""

    folder: Path
    version: str
    parts: tuple[StoredPart, ...]
    source_of: Mapping[int, str]

    def chosen(self, selection: Selection) -> tuple[StoredPart, ...]:
        """Return the parts that can hold rows of a selection."""
        return tuple(
            part
            for part in self.parts
            if part.meets(selection.t_from, selection.t_until)
            and (not selection.sources or self.source_of[part.file] in selection.sources)
        )

    def of_files(self, numbers: frozenset[int]) -> tuple[StoredPart, ...]:
        """Return the parts of some files."""
        return tuple(part for part in self.parts if part.file in numbers)


def take_snapshot(folder: Path, number: int, version: str, source_of: Mapping[int, str]) -> Snapshot:
    """Return the parts of a Delta version. Cost: reads the log since its last checkpoint."""
    # pa.table would ask pandas whether this is a data frame, and load it to ask
    actions = pa.RecordBatchReader.from_stream(open_table(folder, number).get_add_actions(flatten=True)).read_all()
    names = {"path": "path", "file": "partition.file", "year": "partition.year", "size_bytes": "size_bytes",
             "n": "num_records", "t_first": "min.t_from", "t_last": "max.t_from"}  # fmt: skip
    values = {
        ours: _plain(actions[theirs]) if theirs in actions.column_names else [None] * actions.num_rows
        for ours, theirs in names.items()
    }
    rows = zip(*values.values(), strict=True)
    parts = sorted((StoredPart(*row) for row in rows), key=lambda part: (part.file, part.path))
    return Snapshot(folder, version, tuple(parts), source_of)


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """Return a column's values; moments carry UTC, put on here because Arrow would load pandas to do it."""
    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    moments = column.cast(pa.timestamp("us")).to_pylist()
    return [None if each is None else each.replace(tzinfo=UTC) for each in moments]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words as codes into sorted words, -1 for none."""

    codes: CodeArray
    words: tuple[str, ...]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> Coded:
        """Return a dictionary column as codes."""
        chunks = column.unify_dictionaries().chunks
        if not chunks:
            return cls(np.empty(0, np.int32), ())
        codes = np.concatenate([columns.codes(chunk) for chunk in chunks])
        return cls(codes, tuple(chunks[0].dictionary.to_pylist()))

    def select(self, keep: BoolArray | IntArray) -> Coded:
        """Return the rows that `keep` marks or lists."""
        return Coded(self.codes[keep], self.words)

    def tidy(self) -> Coded:
        """Return the same with only the words in use, sorted."""
        used = np.bincount(self.codes + 1, minlength=len(self.words) + 1)[1:] > 0
        order = sorted(np.flatnonzero(used).tolist(), key=self.words.__getitem__)
        code_of = np.full(len(self.words) + 1, -1, np.int32)  # the last place answers for -1
        code_of[order] = np.arange(len(order), dtype=np.int32)
        return Coded(code_of[self.codes], tuple(self.words[at] for at in order))

    def among(self, wanted: frozenset[str]) -> BoolArray:
        """Return which rows hold one of the `wanted` words."""
        marks = np.array([word in wanted for word in self.words] + [False], np.bool_)
        return np.asarray(marks[self.codes], np.bool_)

    def to_arrow(self) -> pa.DictionaryArray:
        """Return the column as an Arrow dictionary."""
        codes = columns.numbers(self.codes, pa.int32(), self.codes >= 0)
        return pa.DictionaryArray.from_arrays(codes, columns.texts(self.words))


def read_rows(snapshot: Snapshot, selection: Selection, names: Sequence[str]) -> tuple[pa.Table, BoolArray | None]:
    """Return the columns of the rows of a selection's time and sources, and which of them its other parts keep.

    The second value is None when all are kept. Area and offence are added to the columns where they are needed.
    """
    parts = snapshot.chosen(selection)
    wanted = list(dict.fromkeys([*names, *_selected_words(selection)]))
    with ThreadPoolExecutor(_READERS) as readers:
        tables = list(readers.map(lambda part: _rows_of(part, snapshot.folder, selection, wanted), parts))
    if tables:
        table = pa.concat_tables([each.select(wanted) for each in tables])
    else:
        table = pa.schema([stored().field(name) for name in wanted]).empty_table()
    return table, _kept(table, selection)


def _rows_of(part: StoredPart, folder: Path, selection: Selection, wanted: list[str]) -> pa.Table:
    """Return the wanted columns of the rows of one part that lie in the selection's time."""
    if part.lies_in(selection.t_from, selection.t_until):
        return read_part(folder / part.path, wanted)
    table = read_part(folder / part.path, list(dict.fromkeys([*wanted, "t_from"])))
    moment = columns.values(table["t_from"], np.int64)
    inside = np.ones(len(moment), np.bool_)
    if selection.t_from is not None:
        inside &= moment >= _microseconds(selection.t_from)
    if selection.t_until is not None:
        inside &= moment < _microseconds(selection.t_until)
    return table.filter(columns.flags(inside))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _selected_words(selection: Selection) -> list[str]:
    return [*(["area"] if selection.areas is not None else []), *(["offence"] if selection.offences else [])]


def _kept(table: pa.Table, selection: Selection) -> BoolArray | None:
    kept: BoolArray | None = None
    if selection.areas is not None:
        kept = Coded.of(table["area"]).among(selection.areas)
    if selection.offences:
        of_offence = Coded.of(table["offence"]).among(frozenset(selection.offences))
        kept = of_offence if kept is None else kept & of_offence
    return kept


def _sources(file_numbers: IntArray, source_of: Mapping[int, str]) -> Coded:
    numbers = np.array(sorted(source_of), np.int64)
    words = tuple(sorted(set(source_of.values())))
    code = np.array([words.index(source_of[number]) for number in numbers.tolist()], np.int32)
    if len(words) == 1:
        return Coded(np.zeros(len(file_numbers), np.int32), words)
    return Coded(code[np.searchsorted(numbers, file_numbers)], words)


def _seconds(column: pa.ChunkedArray) -> npt.NDArray[np.datetime64]:
    return columns.values(column, "datetime64[us]").astype("datetime64[s]")


def read_incidents(snapshot: Snapshot, selection: Selection, crs: str, timezone: str) -> Incidents:
    """Return the rows of a selection, ordered by row_id."""
    names = ["row_id", "x", "y", "t_from", "t_to", "offence", "area", "place", "t_reported"]
    table, kept = read_rows(snapshot, selection, names)
    row_id = columns.values(table["row_id"], np.int64)
    at: BoolArray | IntArray | None = kept
    if len(row_id) > 1 and not (row_id[1:] > row_id[:-1]).all():
        # Years lie in parts of their own: a stable sort merges them, each being in order.
        at = np.flatnonzero(kept) if kept is not None else np.arange(len(row_id))
        at = at[np.argsort(row_id[at], kind="stable")]

    def rows(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return values if at is None else values[at]

    coded = {}
    for name in ("offence", "area", "place"):
        column = Coded.of(table[name])
        coded[name] = (column if at is None else column.select(at)).tidy()
    row_id = rows(row_id)
    source = _sources(row_id >> ROW_ID_SHIFT, snapshot.source_of).tidy()
    has_places = bool(coded["place"].words)
    t_reported = columns.moments(table["t_reported"])
    return Incidents(
        row_id=row_id,
        x=rows(columns.values(table["x"], np.float64)),
        y=rows(columns.values(table["y"], np.float64)),
        t_from=rows(_seconds(table["t_from"])),
        t_to=rows(_seconds(table["t_to"])),
        offence=coded["offence"].codes,
        source=source.codes,
        area=coded["area"].codes,
        weight=np.ones(len(row_id)),
        offences=coded["offence"].words,
        sources=source.words,
        areas=coded["area"].words,
        crs=crs,
        timezone=timezone,
        version=snapshot.version,
        place=coded["place"].codes if has_places else None,
        places=coded["place"].words,
        t_reported=None if t_reported is None else rows(t_reported),
    )


def count_daily(snapshot: Snapshot, selection: Selection) -> pa.Table:
    """Return rows (day, area, offence, source, n), ordered by these, of the rows of a selection."""
    needed = ["day", "area", "offence"]
    several = len({snapshot.source_of[part.file] for part in snapshot.chosen(selection)}) > 1
    table, kept = read_rows(snapshot, selection, [*needed, "source"] if several else needed)
    coded = {name: Coded.of(table[name]) for name in ("area", "offence")}
    day = columns.values(table["day"], np.int32).astype(np.int64)
    n = len(day)
    only = next((snapshot.source_of[part.file] for part in snapshot.chosen(selection)), "")
    coded["source"] = Coded.of(table["source"]) if several else Coded(np.zeros(n, np.int32), (only,) if n else ())
    if kept is not None:
        day = day[kept]
        coded = {name: column.select(kept) for name, column in coded.items()}
    tidy = {name: column.tidy() for name, column in coded.items()}
    start = int(day.min()) if len(day) else 0
    since, found = _counted(day - start, tidy)
    return pa.table({"day": columns.numbers((since + start).astype(np.int32), pa.date32()), **found})


def count_series(snapshot: Snapshot, selection: Selection) -> pa.Table:
    """Return rows (series, area, source, n), ordered by these, of the rows of a selection that belong to a series."""
    import pyarrow.compute as pc

    table, kept = read_rows(snapshot, selection, ["series", "area", "source"])
    # What was stored before references were hashed at the door may be a plain reference: it counts as none.
    keyed = pc.match_substring_regex(table["series"], SERIES_KEY).fill_null(False)
    table = table.filter(keyed if kept is None else pc.and_(keyed, columns.flags(kept)))
    coded = {
        "series": Coded.of(pa.chunked_array([table["series"].combine_chunks().dictionary_encode()])).tidy(),
        "area": Coded.of(table["area"]).tidy(),
        "source": Coded.of(table["source"]).tidy(),
    }
    _, found = _counted(np.zeros(table.num_rows, np.int64), coded)
    return pa.table(found)


def _counted(first: IntArray, coded: dict[str, Coded]) -> tuple[IntArray, dict[str, pa.Array]]:
    """Count rows by a number, shape (n,), then by columns of words; ordered by these.

    Returns
    -------
    tuple
        The number of each group, shape (k,); its words, column by column, and `n`, its rows.
    """
    cell = first
    for column in coded.values():
        cell = cell * (len(column.words) + 1) + column.codes + 1
    cell, counts = np.unique(cell, return_counts=True)
    words: dict[str, pa.Array] = {}
    for name, column in reversed(coded.items()):
        cell, code = np.divmod(cell, len(column.words) + 1)
        words[name] = Coded((code - 1).astype(np.int32), column.words).to_arrow()
    return cell, {name: words[name] for name in coded} | {"n": columns.numbers(counts.astype(np.int64), pa.int64())}

"""A file before it is brought in: what its columns seem to hold and why, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.types import Access, FileReport
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.origin import FILE_COLUMN, is_again
from ilpgeo.ingest.presets import known_presets, preset_for
from ilpgeo.ingest.readers import RawTable, open_table
from ilpgeo.ingest.sources import remembered_mapping
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.waiting import kept_in

if TYPE_CHECKING:
    from ilpgeo.ingest.projection import Box

N_SAMPLES = 3
N_FIRST_ROWS = 5
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Understood:
    """How the columns of a file are taken before anyone confirms.

    Attributes
    ----------
    mapping, source
        Which column holds what, and the source the file belongs to.
    told_by
        ``remembered``, ``preset``, ``guess``, or ``again`` for rows that were in quarantine.
    reasons, doubts
        Why, and what to look at before confirming, one plain sentence each.
    """

    mapping: ColumnMapping
    source: str
    told_by: str
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """One column: its name, the field it is taken for (empty: none) and a few of its values."""

    name: str
    field: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A file before it is brought in.

    Attributes
    ----------
    name, format, size_bytes, n_rows
        What the file is; rows are an estimate, None where the format does not say.
    columns
        Those that can be brought in; columns about persons are not among them.
    first_rows
        Up to five rows, in the order of `columns`.
    personal
        Columns that are dropped, with what each is thought to hold.
    preset
        Title and remark of the known format, empty for none.
    missing
        What still keeps the file from being brought in.
    stored
        The account of the same file where it is in the store already.
    """

    name: str
    format: str
    size_bytes: int
    n_rows: int | None
    columns: tuple[PreviewColumn, ...]
    first_rows: tuple[tuple[str, ...], ...]
    personal: Mapping[str, str]
    understood: Understood
    preset: tuple[str, str] = ("", "")
    missing: tuple[str, ...] = ()
    stored: FileReport | None = field(default=None)

    def confirmed(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """Return the field of every column for `ingest`: as chosen, else as understood.

        Columns that were taken for something come first and in their order: a date in three columns is read in it.
        """
        told = {each.name: each.field for each in self.columns}
        ordered = [*(name for name in self.understood.mapping.used if name in told), *told]
        return {name: chosen.get(name, told[name]) for name in dict.fromkeys(ordered)}


def preview(opened: Opened, file: Path, source: str = "", access: Access | None = None) -> Preview:
    """Return what a file holds and how it would be taken; nothing is stored.

    Parameters
    ----------
    source
        The source it belongs to; empty: told from the file.
    access
        Who asks: raw rows are for roles that manage data. None is the command line.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such file or it cannot be read.
    NotAllowed
        When the role does not manage data.
    """
    from ilpgeo.ingest.columns import as_text
    from ilpgeo.ingest.identity import file_id
    from ilpgeo.ingest.personal import personal_columns

    if access is not None:
        access.require_data_management()
    table = open_table(file)
    understood = understand(opened, file, table, source)
    personal = personal_columns(table)
    names = [name for name in table.columns if name not in personal]
    head = table.head(names)
    texts = {name: [_short(value) for value in as_text(head.column(name)).to_pylist()] for name in names}
    field_of = {name: str(held) for held, taken in understood.mapping.columns for name in taken}
    identity = file_id(file, understood.source)
    preset = next((each for each in known_presets() if each.name == understood.mapping.preset), None)
    return Preview(
        name=file.name,
        format=table.format,
        size_bytes=file.stat().st_size,
        n_rows=table.n_rows_hint,
        columns=tuple(PreviewColumn(name, field_of.get(name, ""), _samples(texts[name])) for name in names),
        first_rows=tuple(zip(*(texts[name][:N_FIRST_ROWS] for name in names), strict=True)),
        personal=personal,
        understood=understood,
        preset=(preset.title, preset.remark) if preset else ("", ""),
        missing=_missing(understood.mapping, file.name, names),
        stored=next((each for each in opened.store.files() if each.file_id == identity), None),
    )


def understand(opened: Opened, file: Path, table: RawTable, source: str = "", extent: Box | None = None) -> Understood:
    """Return how the columns of an opened file are taken: as its first file's, else as remembered, else as guessed.

    Raises
    ------
    InvalidInput
        For rows brought in again that belong to several sources, or to another one than named.
    """
    if is_again(table.columns):
        again = _of_first_file(opened, file.name, table, source)
        if again is not None:
            return again
    preset = preset_for(table.columns)
    source = source or (preset.name if preset else file.name.split(".")[0])
    remembered = remembered_mapping(opened.workspace.folder, source)
    if remembered is not None:
        absent = [name for name in remembered.used if name not in table.columns]
        if not absent:
            reason = f"the columns are taken as they were for the last file of {source}"
            return Understood(remembered, source, "remembered", (reason,), table.notes)
    from ilpgeo.ingest.guess import guess_mapping

    settings = opened.workspace.settings
    guess = guess_mapping(table, settings.crs, settings.timezone, extent or bounds_of(opened))
    mapping, doubts = guess.mapping, guess.doubts
    if guess.is_one_offence:
        mapping = replace(mapping, offence=" ".join(re.split(r"[\s_.-]+", source)).strip() or source)
    if remembered is not None:
        doubts = (f"earlier files of {source} had the columns {', '.join(absent)}: this one is told anew", *doubts)
    return Understood(mapping, source, "preset" if mapping.preset else "guess", guess.reasons, doubts)


def bounds_of(opened: Opened) -> Box:
    """Return west, south, east, north of the workspace's areas, metres."""
    import shapely

    areas = opened.areas
    west, south, east, north = (float(each) for each in shapely.total_bounds(areas.geometry[areas.finest]))
    return west, south, east, north


def _of_first_file(opened: Opened, name: str, table: RawTable, source: str) -> Understood | None:
    """Return the mapping of the file the rows first stood in; None where none of these files is known here."""
    import pyarrow.compute as pc

    first = {each for each in pc.unique(table.head([FILE_COLUMN]).column(FILE_COLUMN)).to_pylist() if each}
    known = [each for each in opened.store.files() if each.file_id in first]
    if not known:
        return None
    sources = sorted({each.source for each in known})
    if len(sources) > 1:
        raise InvalidInput(f"{name}: rows of several sources ({', '.join(sources)}); bring those of each by themselves")
    if source not in {"", sources[0]}:
        raise InvalidInput(f"{name}: these rows were in quarantine for {sources[0]}; leave the source as it is")
    mapping = remembered_mapping(kept_in(opened, known[0].file_id), known[0].file_id)
    if mapping is None:
        return None
    reason = f"these rows were in quarantine after {known[0].name}: columns and source are taken as they were for it"
    return Understood(mapping, sources[0], "again", (reason,))


def _missing(mapping: ColumnMapping, name: str, columns: list[str]) -> tuple[str, ...]:
    try:
        mapping.require(name, columns)
    except InvalidInput as error:
        return error.faults
    return ()


def taken_as(
    understood: Understood, columns: Mapping[str, str], crs: str, timezone: str, date_order: str, declared_crs: str
) -> ColumnMapping:
    """Return the mapping with what a person changed; raise InvalidInput for a field or date order there is not."""
    from ilpgeo.ingest.moments import DateOrder

    mapping = understood.mapping.changed(columns, crs, timezone)
    if date_order:
        if date_order not in set(DateOrder):
            raise InvalidInput(f"there is no date order {date_order!r}; there are {', '.join(DateOrder)}")
        mapping = replace(mapping, date_order=DateOrder(date_order))
    if declared_crs and not mapping.crs and mapping.column(Field.X):
        mapping = replace(mapping, crs=declared_crs)
    return mapping


def _short(value: str | None) -> str:
    text = " ".join((value or "").split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}\u2026"


def _samples(texts: list[str]) -> tuple[str, ...]:
    return tuple(list(dict.fromkeys(text for text in texts if text))[:N_SAMPLES])

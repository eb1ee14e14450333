"""Guesses which column holds what, with its reasons and its doubts in words, for a person to confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ilpgeo.ingest.columns import as_number, as_text
from ilpgeo.ingest.guess_crs import guess_crs
from ilpgeo.ingest.guess_times import guess_times
from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.names import words_of
from ilpgeo.ingest.personal import personal_columns
from ilpgeo.ingest.presets import preset_for
from ilpgeo.ingest.projection import Box
from ilpgeo.ingest.quarantine import OWN_COLUMNS
from ilpgeo.ingest.readers import RawTable

_NAMED = 0.8
_REPEATING = 0.3
_LABEL_LETTERS = 100
_YES_AND_NO = frozenset({"true", "false", "yes", "no", "y", "n", "t", "f"})
_LONGITUDE = ("longitude", "long", "lon", "lng", "longitud", "longitudine", "langengrad", "laengengrad")
_LATITUDE = ("latitude", "lat", "latitud", "latitudine", "breitengrad")
_X = ("x coordinate", "x", "easting", "eastings", "xcoord", "x coord", "geo x", "point x", "coord x")
_Y = ("y coordinate", "y", "northing", "northings", "ycoord", "y coord", "geo y", "point y", "coord y")
_LABELS: tuple[tuple[Field, tuple[str, ...]], ...] = (
    (
        Field.OFFENCE,
        ("offence", "offense", "crime type", "offence type", "offense type", "primary type", "mci", "crime category",
         "offence category", "offense category", "incident type", "crime", "category", "type", "charge", "delito",
         "modalidad", "ucr description", "offence description", "offense description", "delikt", "straftat",
         "infraction", "reato"),
    ),
    (
        Field.PLACE,
        ("location", "block", "hundred block", "street", "street name", "road", "address", "place", "premises type",
         "premise", "premises", "location description"),
    ),
    (
        Field.AREA,
        ("lsoa code", "neighbourhood", "neighborhood", "community area", "beat", "ward", "district", "precinct",
         "borough", "boro", "division", "comuna", "area"),
    ),
    (
        Field.SERIES,
        ("series", "crime series", "series key", "linked series", "series id", "series reference", "series number",
         "linked case", "linked cases", "linked case id", "linked crime"),
    ),
)  # fmt: skip
_REFERENCES = (
    "crime id", "case number", "incident number", "incident no", "incident id", "incident key", "event unique id",
    "crime reference", "crime number", "report number", "reference", "reference number", "uid", "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping to be confirmed.

    Attributes
    ----------
    mapping
        What was guessed; it may still lack a field (see `ColumnMapping.require`).
    reasons
        Why, one plain sentence each.
    doubts
        What a person should look at before confirming, what the reader left out or could not tell first.
    personal
        Columns that will be dropped.
    is_one_offence
        True where no column could be the offence: all rows are of one, which the file's name has to tell.
    """

    mapping: ColumnMapping
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    personal: tuple[str, ...]
    is_one_offence: bool = False


def guess_mapping(table: RawTable, crs: str, timezone: str, extent: Box | None = None) -> Guess:
    """Return which column of a file seems to hold what.

    Parameters
    ----------
    crs, timezone
        The workspace's.
    extent
        West, south, east, north of the workspace's areas, metres in `crs`; the CRS of x and y is told by it.
    """
    personal = tuple(personal_columns(table))
    columns = [name for name in table.columns if name not in personal and name not in OWN_COLUMNS]
    preset = preset_for(columns)
    if preset is not None:
        reasons = (f"the columns are those of {preset.title}", preset.remark)
        return Guess(preset.mapping, reasons, table.notes, personal)
    sample = table.head(columns)
    found: dict[Field, tuple[str, ...]] = {}
    reasons_found: list[str] = []
    doubts = list(table.notes)
    decimal, told_crs = _guess_places(sample, table.crs, crs, extent, found, reasons_found, doubts)
    taken = {name for names in found.values() for name in names}
    times = guess_times(table, [name for name in columns if name not in taken], sample, timezone)
    found |= times.columns
    reasons_found += times.reasons
    doubts += times.doubts
    taken = {name for names in found.values() for name in names}
    left = _guess_labels(sample, [name for name in columns if name not in taken], found, reasons_found, doubts)
    could_be = [name for name in left if _could_be_offence(sample.column(name))]
    is_one_offence = Field.OFFENCE not in found and not could_be
    if is_one_offence:
        doubts.append("no column could be the offence: every row is taken for the offence the source is named after")
    elif Field.OFFENCE not in found:
        doubts.append(
            f"no column for the offence was recognised: name it ({', '.join(could_be[:5])} could be it), or the one "
            "offence of the file"
        )
    mapping = replace(
        ColumnMapping.of(found),
        crs=told_crs,
        decimal=decimal,
        date_order=times.order,
        precision=times.precision,
        midnight_unknown=times.midnight_unknown,
    )
    return Guess(mapping, tuple(reasons_found), tuple(doubts), personal, is_one_offence)


def _guess_places(
    sample: pa.RecordBatch,
    declared: str,
    crs: str,
    extent: Box | None,
    found: dict[Field, tuple[str, ...]],
    reasons: list[str],
    doubts: list[str],
) -> tuple[str, str]:
    """Fill in the place columns; return (decimal mark, CRS of x and y).

    A file that declares a CRS gives its geometry as x and y coordinates: those are taken before any other columns.
    """
    pairs = ((_LONGITUDE, _LATITUDE), (_X, _Y))
    for across_names, up_names in reversed(pairs) if declared else pairs:
        across, up = (_first_named(sample.schema.names, names) for names in (across_names, up_names))
        if not (across and up):
            continue
        decimal, x, y = _numbers(sample, across, up)
        held = np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
        if not held.any():
            doubts.append(f"{across} and {up} hold no numbers in the first rows")
            continue
        x, y = x[held], y[held]
        is_geometry = bool(declared) and across_names == _X
        in_degrees = float(np.mean((np.abs(x) <= 180) & (np.abs(y) <= 90)))
        if in_degrees >= _NAMED and not is_geometry:
            found[Field.LONGITUDE], found[Field.LATITUDE] = (across,), (up,)
            reasons.append(f"{across} and {up} are longitude and latitude: by name, and all in range")
            return decimal, ""
        if across_names == _LONGITUDE:
            reasons.append(f"{across} and {up} are not in degrees: taken as projected coordinates")
        found[Field.X], found[Field.Y] = (across,), (up,)
        if is_geometry:
            reasons.append(f"{across} and {up} are the places of the file, which says they are in {declared}")
            return decimal, declared
        told = guess_crs(x, y, crs, extent)
        if told.crs:
            reasons.append(told.reason)
        else:
            doubts.append(told.reason)
        return decimal, told.crs
    if not found:
        doubts.append("no columns for the place were recognised: name longitude and latitude, or x and y")
    return ".", ""


def _numbers(sample: pa.RecordBatch, across: str, up: str) -> tuple[str, np.ndarray, np.ndarray]:
    best: tuple[str, np.ndarray, np.ndarray] | None = None
    for decimal in (".", ","):
        x, y = (as_number(sample.column(name), decimal) for name in (across, up))
        if best is None or np.isfinite(x).sum() > np.isfinite(best[1]).sum():
            best = (decimal, x, y)
    assert best is not None
    return best


def _guess_labels(
    sample: pa.RecordBatch,
    columns: Sequence[str],
    found: dict[Field, tuple[str, ...]],
    reasons: list[str],
    doubts: list[str],
) -> list[str]:
    """Fill in the columns of labels and the reference; return the columns left."""
    left = list(columns)
    for field, names in _LABELS:
        name = _first_named(left, names)
        if name:
            found[field] = (name,)
            left.remove(name)
            reasons.append(f"{name} is the {field}: by name")
    name = _first_named(left, _REFERENCES)
    if not name:
        doubts.append("no reference was recognised: rows are told apart by what they say")
        return left
    text = as_text(sample.column(name)).drop_null()
    distinct = pc.count_distinct(text).as_py()
    if len(text) and distinct >= 0.9 * len(text):
        found[Field.REFERENCE] = (name,)
        left.remove(name)
        reasons.append(f"{name} is the reference: by name, and {distinct} of {len(text)} values are distinct")
    else:
        doubts.append(f"{name} could be the reference, but only {distinct} of {len(text)} values are distinct")
    return left


def _could_be_offence(column: pa.Array) -> bool:
    """Return whether a column holds words that repeat: anything but numbers, yes and no, and texts of their own."""
    # A label is short: of long texts the beginning is enough to tell whether they repeat.
    text = pc.utf8_slice_codeunits(as_text(column).drop_null(), 0, _LABEL_LETTERS)
    words = [word.strip().casefold() for word in text.to_pylist() if word.strip()]
    lettered = [word for word in set(words) if any(letter.isalpha() for letter in word)]
    is_wordy = len(lettered) > 0.5 * len(set(words)) and not set(lettered) <= _YES_AND_NO
    return is_wordy and len(set(words)) <= max(3, _REPEATING * len(words))


def _first_named(columns: Sequence[str], names: Sequence[str]) -> str:
    """Return the column whose words are those of the first name that fits, empty if none does."""
    spoken = {column: " ".join(words_of(column)) for column in columns}
    for name in names:
        for column, words in spoken.items():
            if words == name:
                return column
    return ""

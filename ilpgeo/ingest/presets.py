"""Mappings for formats that are known by their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ilpgeo.ingest.mapping import ColumnMapping, Field
from ilpgeo.ingest.moments import DateOrder, Precision


@dataclass(frozen=True, slots=True)
class Preset:
    """A known format.

    Attributes
    ----------
    name, title
        The word in `ColumnMapping.preset` and the words on screen.
    signature
        Columns that together tell the format.
    mapping
        The columns of the complete format; `preset_for` cuts it to those a file has.
    remark
        What to know about its times and places, shown with the mapping.
    """

    name: str
    title: str
    signature: frozenset[str]
    mapping: ColumnMapping
    remark: str


def known_presets() -> tuple[Preset, ...]:
    """Return every preset, the most particular first."""
    street = ColumnMapping.of(
        {
            Field.LONGITUDE: "Longitude",
            Field.LATITUDE: "Latitude",
            Field.DATE: "Month",
            Field.OFFENCE: "Crime type",
            Field.REFERENCE: "Crime ID",
            Field.PLACE: "Location",
            Field.AREA: "LSOA code",
        },
        preset="police.uk",
    )
    toronto = ColumnMapping.of(
        {
            Field.LONGITUDE: "Long",
            Field.LATITUDE: "Lat",
            Field.DATE: "occurrencedate",
            Field.HOUR: "occurrencehour",
            Field.REPORTED: "reporteddate",
            Field.OFFENCE: "MCI",
            Field.PLACE: "premises_type",
            Field.AREA: "Neighbourhood",
        },
        preset="toronto-mci",
    )
    chicago = ColumnMapping.of(
        {
            Field.LONGITUDE: "Longitude",
            Field.LATITUDE: "Latitude",
            Field.DATETIME: "Date",
            Field.OFFENCE: "Primary Type",
            Field.REFERENCE: "ID",
            Field.PLACE: "Block",
            Field.AREA: "Community Area",
        },
        preset="chicago",
    )
    return (
        Preset(
            "police.uk",
            "data.police.uk street-level crime",
            frozenset({"Month", "Longitude", "Latitude", "Crime type"}),
            replace(street, precision=Precision.MONTH),
            "known to the month only; places are snapped to anonymous points",
        ),
        Preset(
            "toronto-mci",
            "Toronto Police major crime indicators",
            frozenset({"occurrencedate", "occurrencehour", "MCI", "Lat", "Long"}),
            replace(toronto, precision=Precision.HOUR),
            "the date's clock time is only the UTC offset, the hour stands in its own column; "
            "places are offset to the nearest intersection; rows carry no reference",
        ),
        Preset(
            "chicago",
            "Chicago Police incidents",
            frozenset({"Date", "Primary Type", "Case Number"}),
            replace(chicago, precision=Precision.MINUTE, midnight_unknown=True, date_order=DateOrder.MDY),
            "exactly 00:00 stands for an unknown time; places are given to the block",
        ),
    )


def preset_for(columns: Sequence[str]) -> Preset | None:
    """Return the preset whose signature these columns hold, its mapping cut to the columns present.

    Chicago files without ID use the Case Number as the reference, those without Latitude the X Coordinate and
    Y Coordinate (EPSG:3435, feet).
    """
    present = frozenset(columns)
    for preset in known_presets():
        if preset.signature <= present:
            return replace(preset, mapping=_fitted(preset.mapping, present))
    return None


def _fitted(mapping: ColumnMapping, present: frozenset[str]) -> ColumnMapping:
    kept = {field: names for field, names in mapping.columns if present.issuperset(names)}
    crs = mapping.crs
    if mapping.preset == "chicago":
        if Field.REFERENCE not in kept:
            kept[Field.REFERENCE] = ("Case Number",)
        if not {Field.LONGITUDE, Field.LATITUDE} <= set(kept) and {"X Coordinate", "Y Coordinate"} <= present:
            kept = {field: names for field, names in kept.items() if field not in {Field.LONGITUDE, Field.LATITUDE}}
            kept |= {Field.X: ("X Coordinate",), Field.Y: ("Y Coordinate",)}
            crs = "EPSG:3435"
    return replace(mapping, columns=tuple((field, kept[field]) for field in Field if field in kept), crs=crs)

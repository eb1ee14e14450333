"""Which column of a file holds what, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ilpgeo.core.errors import raise_all
from ilpgeo.ingest.moments import DateOrder, Precision


class Field(StrEnum):
    """What a column may hold."""

    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    X = "x"
    Y = "y"
    DATETIME = "datetime"
    DATE = "date"
    TIME = "time"
    HOUR = "hour"
    TO_DATETIME = "to_datetime"
    TO_DATE = "to_date"
    TO_TIME = "to_time"
    REPORTED = "reported"
    OFFENCE = "offence"
    REFERENCE = "reference"
    PLACE = "place"
    AREA = "area"
    SERIES = "series"


_SEVERAL = frozenset({Field.DATE, Field.TIME, Field.TO_DATE, Field.TO_TIME, Field.OFFENCE})


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which columns of a file hold what.

    Attributes
    ----------
    columns
        (field, its columns) in the order of `Field`. A date may stand in three columns (year, month, day), a time
        in several (hour, minute), an offence in two (``Theft: from vehicle``).
    crs
        CRS of x and y; empty means the workspace's own.
    timezone
        Time zone the file's clock times are in; empty means the workspace's own.
    date_order
        For dates that do not begin with the year.
    decimal
        ``.`` or ``,``.
    precision
        What the times are exact to at best, where they are written finer than they are known.
    midnight_unknown
        True where exactly 00:00 stands for *time unknown*: such rows keep their whole day as the window.
    offence
        The label of every row, for a file of one offence that has no column for it.
    preset
        The preset it came from, empty for a guess.
    """

    columns: tuple[tuple[Field, tuple[str, ...]], ...]
    crs: str = ""
    timezone: str = ""
    date_order: DateOrder = DateOrder.DMY
    decimal: str = "."
    precision: Precision = Precision.SECOND
    midnight_unknown: bool = False
    offence: str = ""
    preset: str = ""

    @classmethod
    def of(cls, columns: Mapping[Field, str | tuple[str, ...]], preset: str = "") -> ColumnMapping:
        """Return the mapping of fields to one or several columns."""
        held = [(field, columns[field]) for field in Field if field in columns]
        return cls(
            tuple((field, (names,) if isinstance(names, str) else names) for field, names in held), preset=preset
        )

    def of_field(self, field: Field) -> tuple[str, ...]:
        """Return the columns that hold a field, none if it is not mapped."""
        return next((names for held, names in self.columns if held == field), ())

    def column(self, field: Field) -> str:
        """Return the first column of a field, empty if it is not mapped."""
        return next(iter(self.of_field(field)), "")

    @property
    def used(self) -> tuple[str, ...]:
        """Every column mapped to something, once."""
        return tuple(dict.fromkeys(name for _, names in self.columns for name in names))

    @property
    def is_geographic(self) -> bool:
        """True when places are longitude and latitude."""
        return bool(self.column(Field.LONGITUDE) and self.column(Field.LATITUDE))

    def words(self) -> dict[str, str]:
        """Return the mapping as text by text: column names by field, then how they are written."""
        told = {str(field): " + ".join(names) for field, names in self.columns}
        told |= {"date order": str(self.date_order), "decimal": self.decimal, "precision": self.precision.name.lower()}
        for name, value in (
            ("offence", self.offence),
            ("crs", self.crs),
            ("timezone", self.timezone),
            ("preset", self.preset),
        ):
            if value:
                told[name] = value
        if self.midnight_unknown:
            told["midnight"] = "unknown time"
        return told

    def changed(self, field_of: Mapping[str, str], crs: str = "", timezone: str = "") -> ColumnMapping:
        """Return this mapping with columns put to other fields (``{"Block": "place"}``; an empty field unmaps).

        ``{"=homicide": "offence"}`` gives every row that offence.

        Raises
        ------
        InvalidInput
            For a field there is not.
        """
        unknown = sorted({field for field in field_of.values() if field and field not in set(Field)})
        raise_all(
            [f"there is no field {field!r}; the fields are {', '.join(Field)}" for field in unknown], subject="mapping"
        )
        wanted: dict[Field, tuple[str, ...]] = {}
        constant = [name[1:] for name, field in field_of.items() if name.startswith("=") and field == Field.OFFENCE]
        for name, field in field_of.items():
            if field and not name.startswith("="):
                wanted[Field(field)] = (*wanted.get(Field(field), ()), name)
        kept = {
            field: left
            for field, names in self.columns
            if field not in wanted and (left := tuple(name for name in names if name not in field_of))
        }
        kept |= wanted
        if constant:
            kept.pop(Field.OFFENCE, None)
        elif Field.OFFENCE not in kept:
            constant = [self.offence]
        ordered = tuple((field, kept[field]) for field in Field if field in kept)
        return replace(
            self,
            columns=ordered,
            offence=constant[0] if constant else "",
            crs=crs or self.crs,
            timezone=timezone or self.timezone,
        )

    def require(self, file: str, available: Iterable[str]) -> None:
        """Raise one InvalidInput that lists all that keeps this mapping from being used on a file."""
        present = set(available)
        faults = [f"there is no column {name!r}" for name in self.used if name not in present]
        if not (self.is_geographic or (self.column(Field.X) and self.column(Field.Y))):
            faults.append("no columns for the place: map longitude and latitude, or x and y")
        if not (self.column(Field.DATETIME) or self.column(Field.DATE)):
            faults.append("no column for the time: map datetime or date")
        if not (self.column(Field.OFFENCE) or self.offence):
            faults.append(
                "no column for the offence: map offence, or name the one offence of the file "
                '(on the command line: --map "=burglary=offence")'
            )
        faults += [
            f"{field} takes one column, not {len(names)}"
            for field, names in self.columns
            if len(names) > 1 and field not in _SEVERAL
        ]
        taken = [name for _, names in self.columns for name in names]
        faults += [f"column {name!r} is mapped twice" for name in dict.fromkeys(taken) if taken.count(name) > 1]
        raise_all(faults, subject=f"{file}: the columns cannot be used as mapped")

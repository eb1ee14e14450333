"""What every reader gives: the columns of a file and its rows, batch by batch, values untouched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.errors import InvalidInput

if TYPE_CHECKING:
    import pyarrow as pa

MAX_COLUMNS = 2_000
MAX_NAMED = 12


@dataclass(frozen=True, slots=True, eq=False)
class RawBatch:
    """Some consecutive rows of a file.

    Attributes
    ----------
    values
        The columns asked for, of any Arrow type; text from text formats.
    rows
        Shape (n,): number of each row in its file, first data row 1.
    unreadable
        (row number, what is wrong with it) of rows that could not be split into columns; they are not in `values`.
    """

    values: pa.RecordBatch
    rows: IntArray
    unreadable: tuple[tuple[int, str], ...] = ()


class RawTable(Protocol):
    """An opened file. A reader of another format is one class of this shape and one line in `opening`.

    Attributes
    ----------
    format
        The word for the format on screen (``CSV``).
    columns
        Unique column names, in the file's order.
    n_rows_hint
        Rows in the file, estimated where the format does not say; None when unknown. For progress only.
    crs
        CRS text the file itself declares for its geometry, else empty. A format with geometry gives its points as
        its first two columns, numbers: ``longitude`` and ``latitude`` with no CRS for WGS 84 degrees, else
        ``x_coordinate`` and ``y_coordinate`` in `crs`.
    notes
        Sentences on how the file was read that a person should see (a sheet left out, a CRS not told).
    """

    @property
    def format(self) -> str:
        """The word for the format on screen."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Unique column names, in the file's order."""

    @property
    def n_rows_hint(self) -> int | None:
        """Rows in the file, about."""

    @property
    def crs(self) -> str:
        """CRS text the file itself declares."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of how the file was read."""

    def head(self, columns: Sequence[str]) -> pa.RecordBatch:
        """Return the first rows (some hundreds to some thousands) of the `columns` named, to guess from."""

    def batches(self, columns: Sequence[str], coded: Sequence[str] = ()) -> Iterator[RawBatch]:
        """Yield every row once, in file order, with the `columns` named only.

        Columns left out are never parsed. Those in `coded` repeat a few values and may come dictionary-encoded.
        """


def named(columns: Sequence[str]) -> str:
    """Return column names for a message: all of a few, the first dozen of many."""
    if len(columns) <= MAX_NAMED:
        return ", ".join(columns)
    return f"{', '.join(columns[:MAX_NAMED])} and {len(columns) - MAX_NAMED} more"


def is_number(text: str) -> bool:
    """True for a number with a decimal point or comma."""
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def unique_names(found: Sequence[str], file: str) -> tuple[str, ...]:
    """Return a file's header as unique, trimmed names; a nameless column is called by its number.

    Raises
    ------
    InvalidInput
        For more columns than any incident table has.
    """
    if len(found) > MAX_COLUMNS:
        raise InvalidInput(
            f"{file}: {len(found)} columns, more than the {MAX_COLUMNS} allowed; keep the columns that matter"
        )
    names: list[str] = []
    taken: set[str] = set()
    for number, name in enumerate(found, start=1):
        plain = name.strip() or f"column {number}"
        unique, again = plain, 2
        while unique in taken:
            unique, again = f"{plain} ({again})", again + 1
        names.append(unique)
        taken.add(unique)
    return tuple(names)

"""What explains an answer or helps to choose: sentences, tables and curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import frozen
from ilpgeo.core.errors import InvalidInput

CHARTS = ("table", "line", "band", "bars", "heat", "week")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of equal length, and the chart that shows them best.

    Attributes
    ----------
    title
        What it shows.
    columns
        Values by heading; the heading is shown to people and carries the unit (``Distance (m)``).
    chart
        ``table``; ``line``: the first column is x, the others are lines; ``band``: x, value, low, high; ``bars``: the
        first column names the bars; ``heat``: the first two columns are the axes, the third the colour; ``week``: 168
        rows from Monday 00 to Sunday 23.
    counts
        Heading of the column that counts incidents: a row with too few of them is not released, and a ``line`` leaves
        it out. Empty where the rows are no groups of incidents.
    mark
        The x worth marking on a line, where there is one; of ``heat``, the value that is neither much nor little, which
        colours start from.
    """

    title: str
    columns: Mapping[str, npt.NDArray[Any]]
    chart: str = "table"
    counts: str = ""
    mark: float | None = None

    def __post_init__(self) -> None:
        if self.chart not in CHARTS:
            raise InvalidInput(f"table {self.title!r}: there is no chart {self.chart!r}; choose of {', '.join(CHARTS)}")
        if len({len(values) for values in self.columns.values()}) > 1:
            raise InvalidInput(f"table {self.title!r}: its columns have different lengths")
        if self.counts and self.counts not in self.columns:
            raise InvalidInput(f"table {self.title!r}: there is no column {self.counts!r}")
        object.__setattr__(self, "columns", {name: frozen(np.asarray(v)) for name, v in self.columns.items()})

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True, slots=True, eq=False)
class Diagnostic:
    """What was found in words, and the tables and curves behind it.

    Attributes
    ----------
    title
        What was looked at.
    findings
        Plain sentences without a full stop, each with its number and how sure it is.
    tables
        What the findings rest on.
    n
        Incidents in all it rests on.
    """

    title: str
    findings: tuple[str, ...]
    tables: tuple[Table, ...]
    n: float

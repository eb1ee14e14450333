"""What a row must be to be accepted, and the one reason it is not, in the order the reasons are tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from ilpgeo.core.arrays import BoolArray, CodeArray, FloatArray

if TYPE_CHECKING:
    from ilpgeo.ingest.projection import Box  # what projects is compiled, and loaded when something is brought in

TOLERANCE_M = 5_000.0
Locate = Callable[[FloatArray, FloatArray], CodeArray]
Near = Callable[[FloatArray, FloatArray], BoolArray]


class Fault(IntEnum):
    """Why a row is quarantined: the first that applies; 0 is accepted."""

    NONE = 0
    UNREADABLE_ROW = 1
    NO_COORDINATES = 2
    ZERO_COORDINATES = 3
    SWAPPED = 4
    OUTSIDE = 5
    UNREADABLE_DATE = 6
    FUTURE = 7
    TOO_EARLY = 8
    UNKNOWN_OFFENCE = 9

    @property
    def reason(self) -> str:
        """The words used in reports."""
        return REASONS[self]

    @property
    def suggestion(self) -> str:
        """What to do about such a row."""
        return _SUGGESTIONS[self]


REASONS = (
    "",
    "unreadable row",
    "no coordinates",
    "coordinates (0, 0)",
    "swapped latitude and longitude",
    "outside the jurisdiction",
    "unreadable date",
    "future date",
    "before the start date",
    "unknown offence",
)
_SUGGESTIONS = (
    "",
    "give the row as many values as the header has columns",
    "fill in both coordinates as plain numbers",
    "replace the (0, 0) by the true place",
    "exchange latitude and longitude: the exchanged point lies in the jurisdiction",
    "check the coordinates and their CRS; leave the row out if it happened elsewhere",
    "write the date so that it is in the calendar, for example 2021-02-28",
    "correct the date: it lies after today",
    "leave the row out, or set an earlier start date in the workspace",
    "add the label to the offences table, or correct it",
)


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Where incidents may lie, as ingest needs to know it.

    A point inside an area is placed; a point in no area that is `near` is accepted as *unplaced*; all else is
    outside the jurisdiction.

    Attributes
    ----------
    ids
        Ids that positions speak of.
    bounds
        West, south, east, north of all areas, metres in the workspace's CRS.
    locate
        (x, y) to the position in `ids` of the finest area each point lies in, -1 for none.
    near
        (x, y) to whether each point lies within the tolerance of the study area; without it the bounding box
        widened by `tolerance_m` decides.
    """

    ids: tuple[str, ...]
    bounds: Box
    locate: Locate
    near: Near | None = None
    tolerance_m: float = TOLERANCE_M

    @property
    def widened(self) -> Box:
        """The bounds with the tolerance on every side."""
        west, south, east, north = self.bounds
        return west - self.tolerance_m, south - self.tolerance_m, east + self.tolerance_m, north + self.tolerance_m

    def place(self, x: FloatArray, y: FloatArray) -> tuple[CodeArray, BoolArray]:
        """Return (position of the area or -1, is accepted) of each point; infinite points are not accepted."""
        west, south, east, north = self.widened
        accepted = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        position = np.full(len(x), -1, np.int32)
        if accepted.all():
            position[:] = self.locate(x, y)
        else:
            position[accepted] = self.locate(x[accepted], y[accepted])
        if self.near is not None:
            doubtful = np.flatnonzero(accepted & (position < 0))
            if len(doubtful):
                accepted[doubtful] = self.near(x[doubtful], y[doubtful])
        return position, accepted


@dataclass(frozen=True, slots=True)
class Rules:
    """What the workspace demands of a row.

    Attributes
    ----------
    crs, timezone
        The workspace's.
    start, today
        First and last local day an incident may begin on.
    groups
        Offence group by plain label (see `offences.groups_of`); None: every label is its own group.
    series_secret
        Gives the secret that series references are hashed with, asked only for a file that has them; None: they are
        dropped.
    """

    crs: str
    timezone: str
    start: date
    today: date
    groups: Mapping[str, str] | None = None
    series_secret: Callable[[], bytes] | None = None

"""Events: a place, a radius and a time window that are policed for their own sake; the picture for one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from ilpgeo.core.assessment import Direction
from ilpgeo.core.errors import raise_all
from ilpgeo.core.query import Period

LEAST_RADIUS_M, MOST_RADIUS_M = 50.0, 20_000.0
LONGEST = timedelta(days=31)
LONGEST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes
    ----------
    name
        What people call it.
    lon, lat
        Its middle, degrees.
    radius_m
        How far around it the picture reaches.
    start, end
        By the workspace's clock, without a time zone; the end is not part of it.
    owner
        Who answers for its policing.
    plan, review
        What is to be done, and what is to be learned from it when it is over.
    """

    KIND: ClassVar[str] = "event"
    NAME: ClassVar[str] = "event"

    name: str
    lon: float
    lat: float
    radius_m: float
    start: datetime
    end: datetime
    owner: str
    plan: str = ""
    review: str = ""

    def __post_init__(self) -> None:
        faults = [
            f"{word} is needed" for word, text in (("a name", self.name), ("an owner", self.owner)) if not text.strip()
        ]
        if not (math.isfinite(self.lon) and math.isfinite(self.lat) and abs(self.lon) <= 180 and abs(self.lat) <= 90):
            faults.append("the place must be a longitude from -180 to 180 and a latitude from -90 to 90")
        if not LEAST_RADIUS_M <= self.radius_m <= MOST_RADIUS_M:
            faults.append(f"the radius must lie between {LEAST_RADIUS_M:g} and {MOST_RADIUS_M:g} metres")
        if self.start.tzinfo or self.end.tzinfo:
            faults.append("start and end are by the workspace's clock, without a time zone")
        elif self.end <= self.start:
            faults.append(f"it ends {self.end:%Y-%m-%d %H:%M}, not after its start {self.start:%Y-%m-%d %H:%M}")
        elif self.end - self.start > LONGEST:
            faults.append(f"it may last {LONGEST.days} days at most")
        if max(len(self.name), len(self.owner)) > 200 or max(len(self.plan), len(self.review)) > LONGEST_TEXT:
            faults.append(f"name and owner fit 200 characters, plan and review {LONGEST_TEXT:,}")
        raise_all(faults, subject=self.NAME)

    def is_over(self, now: datetime) -> bool:
        """Return whether it has ended by a moment of the workspace's clock."""
        return self.end <= now

    def to_task(self) -> tuple[Period, tuple[int, int]]:
        """Return the days and the hours, 0..23 and 1..24, that a tasking for it covers.

        An event of less than a day has its hours, from the day it starts on and past midnight where need be; a longer
        one has every hour of its days.
        """
        last = self.end - timedelta(microseconds=1)
        begin, finish = self.start.hour, last.hour + 1
        if self.end - self.start >= timedelta(days=1) or begin == finish:
            return Period(self.start.date(), last.date()), (0, 24)
        return Period(self.start.date(), self.start.date()), (begin, finish)


@dataclass(frozen=True, slots=True)
class Usual:
    """One offence group at an event's place and times.

    Attributes
    ----------
    offence
        Its name; empty for all together.
    n
        Incidents in the window itself; None before the data reach it, or where withheld.
    earlier, windows
        Incidents in all earlier windows together, None where withheld, and how many windows there are.
    expected, low, high
        Incidents a window so far, and the 90 % interval of the count of one more; None where withheld.
    last_year
        Incidents in the same window 52 weeks before; None without data or where withheld.
    direction
        Whether the window had more or fewer than the earlier ones; UNKNOWN before it is over.
    ratio, ratio_low, ratio_high
        The window's count over the earlier ones' mean, and its 95 % interval.
    """

    offence: str
    n: int | None
    earlier: int | None
    windows: int
    expected: float | None
    low: float | None
    high: float | None
    last_year: int | None
    direction: Direction = Direction.UNKNOWN
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A place inside the circle with its incidents in the earlier windows and the window itself."""

    name: str
    lon: float
    lat: float
    n: int


@dataclass(frozen=True, slots=True)
class EventPicture:
    """What is known of an event's place at its times.

    Attributes
    ----------
    total, groups
        All offences together, and each group, most incidents first.
    hours
        (hour of the day, busy beside the average hour of the window) from the earlier windows; empty where they are
        too few.
    spots
        Places inside with enough incidents in the year to the last day of data, most first.
    windows
        Start of each earlier window, newest first.
    has_data
        Whether the data reach over the whole window.
    coarse
        Share of the incidents near by, on the days looked at, whose time is too coarse to say whether they belong;
        they are left out.
    remarks
        What must be said of the data.
    version
        Store version.
    """

    total: Usual
    groups: tuple[Usual, ...]
    hours: tuple[tuple[int, float], ...]
    spots: tuple[Spot, ...]
    windows: tuple[datetime, ...]
    has_data: bool
    coarse: float
    remarks: tuple[str, ...]
    version: str

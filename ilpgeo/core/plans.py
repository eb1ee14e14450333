"""Patrol plans: which places are visited in which hours, in which order, and what stays uncovered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ilpgeo.core.errors import raise_all
from ilpgeo.core.query import Period, Query

BLOCK_HOURS = 2
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Patrols:
    """What there is to allocate.

    Attributes
    ----------
    on, days
        First day, and how many.
    shift_starts
        Hours of the day at which shifts begin, even ones; each lasts until the next.
    units
        Patrols on duty in a shift.
    free_hours
        Hours of each that are free for hot spots in a shift.
    stop_minutes, travel_minutes
        Length of a stop, and what getting there takes on average.
    places
        How many places are looked at: those with the most expected harm.
    place_m
        Side of a place, metres.
    seed
        The number of the random order of visits; the same gives the same plan.
    """

    on: date
    days: int = 1
    shift_starts: tuple[int, ...] = (6, 14, 22)
    units: int = 4
    free_hours: float = 3.0
    stop_minutes: float = 15.0
    travel_minutes: float = 10.0
    places: int = 60
    place_m: float = 300.0
    seed: int = 0

    def __post_init__(self) -> None:
        faults = [] if 1 <= self.days <= 7 else [f"days must lie between 1 and 7, not {self.days}"]
        starts = self.shift_starts
        if not starts or len(set(starts)) != len(starts) or any(not 0 <= at < _DAY_HOURS or at % 2 for at in starts):
            faults.append("shifts begin at different even hours of 0 to 22, such as 6, 14 and 22")
        faults += [] if 1 <= self.units <= 200 else [f"patrols on duty must lie between 1 and 200, not {self.units}"]
        if not 0 < self.free_hours <= _DAY_HOURS:
            faults.append(f"free hours of a patrol must be above zero and at most 24, not {self.free_hours:g}")
        if not 1 <= self.stop_minutes <= 60:
            faults.append(f"a stop must last 1 to 60 minutes, not {self.stop_minutes:g}; 10 to 16 do most (Koper 1995)")
        if not 0 <= self.travel_minutes <= 60:
            faults.append(f"minutes to the next stop must lie between 0 and 60, not {self.travel_minutes:g}")
        faults += [] if self.seed >= 0 else [f"the number of the random order must not be below zero: {self.seed}"]
        faults += [] if 1 <= self.places <= 500 else [f"places must lie between 1 and 500, not {self.places}"]
        faults += [] if 50 <= self.place_m <= 5000 else [f"a place must be 50 to 5000 m wide, not {self.place_m:g}"]
        raise_all(faults, subject="patrols")

    @property
    def stops_per_shift(self) -> int:
        """How many stops all patrols of a shift can make."""
        return int(self.units * self.free_hours * 60 / (self.stop_minutes + self.travel_minutes))

    @property
    def stops_per_block(self) -> int:
        """How many stops all patrols can make in two hours."""
        return self.units * int(60 * BLOCK_HOURS / (self.stop_minutes + self.travel_minutes))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that may be visited.

    Attributes
    ----------
    expected, harm
        Incidents expected there on the days planned, and the same in units of harm.
    n
        Incidents learnt from.
    """

    id: str
    name: str
    polygon: Any
    expected: float
    harm: float
    n: int


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit: which place, by which patrol, at which minute after the shift's block begins."""

    spot: str
    unit: int
    hour: int
    minute: int

    @property
    def clock(self) -> str:
        """When it begins on the clock.

        >>> Stop("p1", 1, 22, 95).clock, Stop("p1", 1, 23, 61).clock
        ('23:35', '00:01')
        """
        return f"{(self.hour + self.minute // 60) % 24:02d}:{self.minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift's plan: its stops in the order of each patrol's tour."""

    on: date
    from_hour: int
    until_hour: int
    stops: tuple[Stop, ...]
    harm: float
    route_km: float


@dataclass(frozen=True, slots=True)
class Tested:
    """How such plans would have done on weeks already past: share of the incidents inside the covered place-hours.

    Attributes
    ----------
    plan, prior, random
        The plan's share; that of a plan from the prior count; that of as many place-hours laid at random.
    low, high
        95 % interval of the plan's share over the weeks.
    weeks, n, unknown
        Weeks tested, incidents whose hour is known, and those whose hour is not.
    """

    plan: float
    low: float
    high: float
    prior: float
    random: float
    weeks: int
    n: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A patrol plan.

    Attributes
    ----------
    spots
        Places looked at, most harm first.
    covered, total
        Harm expected in the visited place-hours, and in all hours of all places of the scope.
    looked_at
        Harm expected in all hours of the places looked at.
    uncovered
        Ids of the places that are never visited, most harm first.
    withheld
        Places left out because too little is known of them to be shown.
    note
        What must be known of the times of week.
    tested
        None: not tested.
    """

    patrols: Patrols
    query: Query
    window: Period
    model: str
    spots: tuple[Spot, ...]
    shifts: tuple[Shift, ...]
    covered: float
    looked_at: float
    total: float
    uncovered: tuple[str, ...]
    note: str
    crs: str
    version: str
    withheld: int = 0
    tested: Tested | None = None

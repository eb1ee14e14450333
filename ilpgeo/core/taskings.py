"""Taskings: who does what where and when, with what dosage; what was done; what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from ilpgeo.core.errors import raise_all
from ilpgeo.core.query import Level, Period
from ilpgeo.core.recorded import Recorded

_LONGEST_TEXT = 2000
_LONGEST_DAYS = 366
_MINUTES_A_DAY = 24 * 60
_MOST_MINUTES = 100 * _MINUTES_A_DAY
_MOST_VISITS = 200
_DAYS_A_WEEK = 7


class State(StrEnum):
    """Where a tasking stands, in the order it moves."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


class Origin(StrEnum):
    """How a place came to be chosen: a place chosen for a peak falls by itself."""

    HOTSPOT = "hotspot"
    RANKED = "ranked area"
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class Place:
    """Ground that something is done on or compared with.

    Attributes
    ----------
    name
        What people call it.
    area
        Id of the area it lies in, or is.
    outline
        Its polygon as WKT in the workspace's CRS, metres; empty: the whole area.
    """

    name: str
    area: str
    outline: str = ""

    def faults(self) -> list[str]:
        """Return what is wrong with it, one phrase each."""
        found = [] if self.name.strip() else ["the place needs a name"]
        if not self.area:
            found.append("choose a place: an area, a hotspot or a drawn outline")
        if self.outline and not _is_ground(self.outline):
            found.append("the outline drawn is no area: it needs at least three corners and must not cross itself")
        return found

    def polygon(self) -> Any:
        """Return the outline as a shapely polygon; None where the place is a whole area."""
        import shapely

        return shapely.from_wkt(self.outline) if self.outline else None


def _is_ground(outline: str) -> bool:
    import shapely

    shape = shapely.from_wkt(outline, on_invalid="ignore")
    return shape is not None and shape.geom_type in {"Polygon", "MultiPolygon"} and shape.is_valid and shape.area > 0


@dataclass(frozen=True, slots=True)
class Tasking:
    """One tasking.

    Attributes
    ----------
    level
        The level that tasks.
    starts_on, ends_on
        First and last day.
    from_hour, until_hour
        Hours of the day, 0..23 and 1..24; until before from reaches past midnight.
    weekdays
        Days of the week it is for, 0 is Monday.
    visits_per_day, minutes_per_visit
        The dosage asked for.
    offences
        What it is against; empty: all.
    origin, chosen_on
        How the place was chosen, and the days whose counts it was chosen for; None where it was not.
    evidence
        What was known of the place when it was tasked, one sentence each, as released then.
    why_dropped
        Needed where it is dropped.
    is_example
        Made by the demo, not by a person.
    event
        Id of the event it is for; empty: none.
    """

    KIND: ClassVar[str] = "tasking"
    NAME: ClassVar[str] = "tasking"

    place: Place
    level: Level
    starts_on: date
    ends_on: date
    owner: str
    aim: str
    from_hour: int = 0
    until_hour: int = 24
    weekdays: tuple[int, ...] = tuple(range(_DAYS_A_WEEK))
    visits_per_day: float = 4.0
    minutes_per_visit: float = 15.0
    offences: tuple[str, ...] = ()
    state: State = State.PROPOSED
    origin: Origin = Origin.DRAWN
    chosen_on: Period | None = None
    evidence: tuple[str, ...] = ()
    why_dropped: str = ""
    is_example: bool = False
    event: str = ""

    def __post_init__(self) -> None:
        faults = self.place.faults()
        faults += [] if self.owner.strip() else ["an owner is needed: who answers for it"]
        faults += [] if self.aim.strip() else ["an aim is needed: what is to be different afterwards"]
        faults += _too_long(owner=self.owner, aim=self.aim, place=self.place.name, reason=self.why_dropped)
        if self.ends_on < self.starts_on:
            faults.append(f"it ends on {self.ends_on}, before it starts on {self.starts_on}; change one of them")
        elif (self.ends_on - self.starts_on).days >= _LONGEST_DAYS:
            faults.append("it lasts longer than a year; make it shorter and task again after a review")
        if not (0 <= self.from_hour <= 23 and 1 <= self.until_hour <= 24 and self.from_hour != self.until_hour):
            faults.append("its hours run from 0..23 to another hour of 1..24")
        if not self.weekdays or not set(self.weekdays) <= set(range(_DAYS_A_WEEK)):
            faults.append("at least one day of the week is needed")
        if not 0 < self.visits_per_day <= _MOST_VISITS:
            faults.append(f"visits a day must be above zero and at most {_MOST_VISITS}, not {self.visits_per_day:g}")
        if not 0 < self.minutes_per_visit <= _MINUTES_A_DAY:
            faults.append(
                f"the dosage must be above zero: minutes a visit from 1 to {_MINUTES_A_DAY}, "
                f"not {self.minutes_per_visit:g}"
            )
        if self.state is State.DROPPED and not self.why_dropped.strip():
            faults.append("a reason is needed where it is dropped")
        raise_all(faults, subject="tasking")

    @property
    def period(self) -> Period:
        """First to last day."""
        return Period(self.starts_on, self.ends_on)

    @property
    def n_days(self) -> int:
        """Days of its weekdays from first to last."""
        first = self.starts_on.weekday()
        return sum((first + at) % _DAYS_A_WEEK in self.weekdays for at in range(self.period.days))

    @property
    def minutes_asked(self) -> float:
        """The dosage asked for in all, minutes."""
        return self.n_days * self.visits_per_day * self.minutes_per_visit

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done on it."""
        return self.state not in {State.DONE, State.DROPPED}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done on a tasking on one day, and what came of it.

    Attributes
    ----------
    tasking
        The tasking's id.
    visits, minutes
        The dosage given.
    done, seen
        What was done, and what was found or changed; places only, never persons.
    """

    KIND: ClassVar[str] = "outcome"
    NAME: ClassVar[str] = "outcome"

    tasking: str
    on: date
    visits: int
    minutes: float
    done: str
    seen: str = ""
    is_example: bool = False

    def __post_init__(self) -> None:
        faults = [] if self.tasking else ["it belongs to no tasking"]
        faults += [] if self.done.strip() else ["say in a few words what was done"]
        faults += _too_long(done=self.done, seen=self.seen)
        if not 0 <= self.visits <= _MOST_VISITS:
            faults.append(f"visits must lie between 0 and {_MOST_VISITS}, not {self.visits}")
        if not 0 <= self.minutes <= _MOST_MINUTES:
            faults.append(f"the dosage must lie between 0 and {_MOST_MINUTES:,} minutes, not {self.minutes:g}")
        elif self.visits == 0 and self.minutes > 0:
            faults.append("minutes without a visit: say how many visits they were")
        raise_all(faults, subject="outcome")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a tasking meeting decided.

    Attributes
    ----------
    area
        Id of the area it is about; empty: everywhere.
    due_on
        When it is to be done; None: it is none that falls due.
    """

    KIND: ClassVar[str] = "decision"
    NAME: ClassVar[str] = "decision"

    on: date
    level: Level
    what: str
    why: str
    owner: str
    area: str = ""
    due_on: date | None = None
    is_example: bool = False

    def __post_init__(self) -> None:
        faults = [] if self.what.strip() else ["say what was decided"]
        faults += [] if self.why.strip() else ["say why: those who were not there must follow it"]
        faults += [] if self.owner.strip() else ["an owner is needed: who sees to it"]
        faults += _too_long(what=self.what, why=self.why, owner=self.owner)
        if self.due_on is not None and self.due_on < self.on:
            faults.append(f"it falls due on {self.due_on}, before it was decided on {self.on}")
        raise_all(faults, subject="decision")


@dataclass(frozen=True, slots=True)
class Followed:
    """A tasking with what was done on it, oldest first."""

    tasking: Recorded[Tasking]
    outcomes: tuple[Recorded[Outcome], ...] = ()

    @property
    def value(self) -> Tasking:
        """The tasking itself."""
        return self.tasking.value

    @property
    def minutes_given(self) -> float:
        """The dosage given in all, minutes."""
        return sum(each.value.minutes for each in self.outcomes)


@dataclass(frozen=True, slots=True)
class Board:
    """The taskings a person may see, oldest first, each with its polygon in the workspace's CRS."""

    taskings: tuple[Followed, ...]
    polygons: tuple[Any, ...]
    crs: str
    today: date

    def in_state(self, state: State) -> tuple[Followed, ...]:
        """Return the taskings of one column."""
        return tuple(each for each in self.taskings if each.value.state is state)


class Due(StrEnum):
    """Why a tasking needs attention, the most urgent first."""

    OVERDUE = "overdue"
    NOT_STARTED = "not started"
    UNDECIDED = "undecided"
    TODAY = "today"
    SOON = "soon"


@dataclass(frozen=True, slots=True)
class DueTasking:
    """A tasking that needs attention, and why in words."""

    followed: Followed
    due: Due
    words: str

    @property
    def is_late(self) -> bool:
        """Whether something should have happened by now."""
        return self.due in {Due.OVERDUE, Due.NOT_STARTED, Due.UNDECIDED}


def _too_long(**texts: str) -> list[str]:
    return [
        f"{name} is longer than {_LONGEST_TEXT} characters" for name, text in texts.items() if len(text) > _LONGEST_TEXT
    ]

"""Period, Query, Access and Coverage: what is asked, by whom, and where there are data to answer it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from ilpgeo.core.errors import InvalidInput, NotAllowed
from ilpgeo.core.grading import GradeWeights

_FIRST_YEAR, _LAST_YEAR, _LONGEST_DAYS = 1900, 2200, 50 * 366

DAYS_A_MONTH = 30.4375


class Level(StrEnum):
    """The three connected levels of intelligence-led policing, finest first."""

    LOCAL = "local"
    REGIONAL = "regional"
    NATIONAL = "national"

    @property
    def rank(self) -> int:
        """0 for local, 1 for regional, 2 for national."""
        return list(Level).index(self)


def nearest_months(days: float) -> int:
    """Return how many whole months come nearest to so many days, at least one."""
    return max(1, round(days / DAYS_A_MONTH))


def months_later(first: date, months: int) -> date:
    """Return the first of the month `months` after the month of `first`."""
    month = first.year * 12 + first.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Calendar days from `start` to `end`, both included, in the workspace's time zone."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise InvalidInput(f"period {self.start}..{self.end} ends before it begins: swap the two dates")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Return the period written as ``2021-01-01..2021-01-31`` (or one day, ``2021-01-01``).

        It lies within 1900 to 2200 and is at most 50 years long: the periods it is compared with must exist too.
        """
        start, _, end = text.partition("..")
        try:
            period = cls(date.fromisoformat(start), date.fromisoformat(end or start))
        except ValueError as error:
            if isinstance(error, InvalidInput):
                raise
            raise InvalidInput(f"period {text!r} is not of the form YYYY-MM-DD..YYYY-MM-DD") from error
        if not _FIRST_YEAR <= period.start.year <= period.end.year <= _LAST_YEAR or period.days > _LONGEST_DAYS:
            raise InvalidInput(
                f"period {text} is out of reach: it must lie within {_FIRST_YEAR} to {_LAST_YEAR} and be at most 50 "
                "years long"
            )
        return period

    @classmethod
    def ending(cls, end: date, days: int) -> Period:
        """Return the `days` days that end with `end` (included)."""
        return cls(end - timedelta(days=days - 1), end)

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.end - self.start).days + 1

    @property
    def after(self) -> date:
        """The first day after the period."""
        return self.end + timedelta(days=1)

    def shifted(self, days: int) -> Period:
        """Return the period moved by `days` days."""
        return Period(self.start + timedelta(days=days), self.end + timedelta(days=days))

    @property
    def is_whole_months(self) -> bool:
        """Whether the period runs from the first of a month to the last of a month."""
        return self.start.day == 1 and self.after.day == 1

    def whole_months(self) -> Period:
        """Return the smallest period of whole months that holds this one."""
        first = self.start.replace(day=1)
        return Period(first, months_later(self.end.replace(day=1), 1) - timedelta(days=1))

    def previous(self) -> Period:
        """Return the period just before: as many whole months for whole months, else as many days."""
        if self.is_whole_months:
            return Period(months_later(self.start, -self._months), self.start - timedelta(days=1))
        return self.shifted(-self.days)

    def year_before(self) -> Period:
        """Return the same months a year earlier, else the same weekdays 52 weeks earlier."""
        if self.is_whole_months:
            return Period(months_later(self.start, -12), months_later(self.after, -12) - timedelta(days=1))
        return self.shifted(-364)

    @property
    def _months(self) -> int:
        return (self.after.year - self.start.year) * 12 + self.after.month - self.start.month

    def overlap_days(self, other: Period) -> int:
        """Number of days the two periods share."""
        return max(0, (min(self.end, other.end) - max(self.start, other.start)).days + 1)

    def __str__(self) -> str:
        return f"{self.start}..{self.end}"


@dataclass(frozen=True, slots=True)
class Query:
    """The whole state of a screen and its deep link: what is ranked, where, when, of what.

    Attributes
    ----------
    level
        The level whose areas are ranked.
    period
        The days counted.
    area_type
        The area type ranked within the level; empty means the level's first type.
    areas
        The scope: ids of areas of any level; empty means everywhere.
    offences, sources
        Empty means all.
    made_for
        The agency it is made for: sources that are not given to it are left out. Empty: for who asks.
    weights
        How much the incidents of a grade weigh where an order is made; None, also where all weigh the same: not.
    """

    level: Level
    period: Period
    area_type: str = ""
    areas: tuple[str, ...] = ()
    offences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    made_for: str = ""
    weights: GradeWeights | None = None

    def __post_init__(self) -> None:
        if self.weights is not None and self.weights.is_plain:
            object.__setattr__(self, "weights", None)

    def during(self, period: Period) -> Query:
        """Return the same question asked of another period."""
        return replace(self, period=period)


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks and how far they may see; intersected with every Query in the pipeline, never in a screen.

    Attributes
    ----------
    role
        The name of the role, for the record.
    levels
        The levels the role may rank.
    areas
        Ids of the areas the role is confined to (with all that lies in them); empty means everywhere.
    purpose
        Why the data are looked at, for the record.
    manages_data
        Whether the role brings files in, takes them out and sees their raw rows.
    publishes
        Whether the role decides which model others see.
    agency
        The agency whose people ask: sources that are not given to it are left out. Empty: not known, nothing is.
    """

    role: str = "commander"
    levels: frozenset[Level] = field(default_factory=lambda: frozenset(Level))
    areas: tuple[str, ...] = ()
    purpose: str = ""
    manages_data: bool = True
    publishes: bool = True
    agency: str = ""

    def require_data_management(self) -> None:
        """Raise NotAllowed unless this access covers files and their raw rows."""
        if not self.manages_data:
            raise NotAllowed(f"the role {self.role} does not manage data; ask the data manager")

    def require_publishing(self) -> None:
        """Raise NotAllowed unless this access covers publishing models and withdrawing them."""
        if not self.publishes:
            raise NotAllowed(f"the role {self.role} does not publish models; ask an analyst")

    def require(self, level: Level) -> None:
        """Raise NotAllowed unless this access covers `level`."""
        if level not in self.levels:
            raise NotAllowed(f"the role {self.role} does not cover the {level} level; ask the data manager")


@dataclass(frozen=True, slots=True)
class Covered:
    """One source covers one area (id of any level; empty: the whole jurisdiction) on the days of one period."""

    source: str
    area: str
    period: Period


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where and when each source has data: declared in the workspace, or found at ingest.

    Outside its coverage an area reads *no data*: never ranked, never smoothed over, never shown as safe.
    """

    entries: tuple[Covered, ...] = ()

    def periods(self, areas: Iterable[str], sources: tuple[str, ...] = ()) -> tuple[Period, ...]:
        """Return the disjoint, sorted periods covered for a place.

        Parameters
        ----------
        areas
            The place's own id and the ids of all it lies in.
        sources
            Empty means any source.
        """
        place = {"", *areas}
        found = sorted(
            entry.period for entry in self.entries if entry.area in place and (not sources or entry.source in sources)
        )
        merged: list[Period] = []
        for period in found:
            if merged and period.start <= merged[-1].after:
                merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
            else:
                merged.append(period)
        return tuple(merged)

    def covered_days(self, areas: Iterable[str], period: Period, sources: tuple[str, ...] = ()) -> int:
        """Number of days of `period` that are covered for a place (see `periods`)."""
        return sum(period.overlap_days(each) for each in self.periods(areas, sources))

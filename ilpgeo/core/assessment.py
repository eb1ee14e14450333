"""The threat assessment of one level and period: each offence group, what the numbers say, who stands for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar

from ilpgeo.core.errors import raise_all
from ilpgeo.core.query import Level, Period

LONGEST_COMMENT = 4000
LONGEST_NAME = 200


class Direction(StrEnum):
    """What an interval of a rate ratio allows to be said: it lies above 1, below 1, around 1, or there is none."""

    RISE = "more"
    FALL = "fewer"
    NONE = "no clear change"
    UNKNOWN = "cannot be compared"


class Course(StrEnum):
    """Where an offence group is heading, by both comparisons together."""

    EMERGING = "emerging"
    FADING = "fading"
    MIXED = "mixed"
    STEADY = "no clear change"
    UNKNOWN = "cannot be told"


class Confidence(StrEnum):
    """How far the data carry what is said, highest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Compared:
    """The period beside another one.

    Attributes
    ----------
    period
        The days compared with.
    n
        Incidents in them; None where there are no data throughout, or where the count is withheld.
    ratio, low, high
        Incidents a day over those of the days compared with, and its 95 % interval; None where it has no bound, or is
        withheld.
    direction
        What the interval allows to be said.
    """

    period: Period
    n: int | None
    ratio: float | None
    low: float | None
    high: float | None
    direction: Direction


@dataclass(frozen=True, slots=True)
class Threat:
    """One offence group.

    Attributes
    ----------
    offence
        Its name.
    n
        Incidents in the period; None where withheld.
    weight
        What one incident weighs.
    harm, harm_share
        Incidents times weight, and their share of all harm; None where withheld.
    before, last_year
        The period beside the one before it, and beside the same one a year earlier.
    course
        Emerging: more than both. Fading: fewer than both.
    areas_with
        Areas with at least one incident; None where withheld.
    top1, top5
        Share of the year's incidents at the busiest 1 and 5 % of the places; None where withheld.
    chance1, chance5
        What these would hold if every incident were as likely at every place.
    n_year
        Incidents the concentration rests on; None where withheld.
    confidence, doubts
        How far the data carry this, and what lowers it.
    """

    offence: str
    n: int | None
    weight: float
    harm: float | None
    harm_share: float | None
    before: Compared
    last_year: Compared
    course: Course
    areas_with: int | None
    top1: float | None
    top5: float | None
    chance1: float | None
    chance5: float | None
    n_year: int | None
    confidence: Confidence
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """The assessment of a level and period, with all that must stand beside its numbers.

    Attributes
    ----------
    level, area_type, areas, place
        The level assessed, what spread is counted in, the scope (empty: everywhere) and its name.
    period, year
        The days counted, and the days the concentration rests on.
    threats
        Offence groups, most harm first.
    total
        Incidents of the period; None where withheld.
    n_areas, n_places
        Areas with data, and places that had any incident in the year.
    text
        Sentences that say what the numbers support.
    data_version, harm_source, remarks
        The store's version, where the weights come from, what must be said of the data.
    comments
        The analyst's words by offence group; the empty group is the whole.
    due
        When the next one is due.
    signed_by
        Who signed it off; empty: a draft.
    """

    KIND: ClassVar[str] = "assessment"
    NAME: ClassVar[str] = "threat assessment"

    level: Level
    area_type: str
    areas: tuple[str, ...]
    place: str
    period: Period
    year: Period
    threats: tuple[Threat, ...]
    total: int | None
    n_areas: int
    n_places: int
    data_version: str
    harm_source: str
    text: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    due: date | None = None
    signed_by: str = ""

    def __post_init__(self) -> None:
        faults = [
            f"the comment on {offence or 'the whole'} has {len(said):,} characters; at most {LONGEST_COMMENT:,} fit"
            for offence, said in self.comments.items()
            if len(said) > LONGEST_COMMENT
        ]
        known = {"", *(each.offence for each in self.threats)}
        faults += [f"there is a comment on {offence}, which is not assessed" for offence in set(self.comments) - known]
        if self.due is not None and self.due <= self.period.end:
            faults.append(f"the next one is due on {self.due}, which is not after the period ({self.period})")
        if len(self.signed_by) > LONGEST_NAME:
            faults.append(f"the name of who signs has over {LONGEST_NAME} characters")
        raise_all(faults, subject="threat assessment")

    @property
    def is_signed(self) -> bool:
        """Whether somebody signed it off."""
        return bool(self.signed_by)

    def is_overdue(self, today: date) -> bool:
        """Whether the next one should have been made by now."""
        return self.due is not None and self.due < today

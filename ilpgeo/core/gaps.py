"""Intelligence gaps: what is not known, found by the system or asked by a person; who owns it, until when."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from ilpgeo.core.errors import raise_all
from ilpgeo.core.query import Level

SYSTEM = "ilpgeo"
LONGEST = 1000


class GapKind(StrEnum):
    """What kind of thing is missing."""

    NO_DATA = "no data"
    SILENCE = "sudden silence"
    LATE = "late source"
    GEOCODING = "places missing"
    COARSE = "coarse times"
    PILE = "suspicious pile"
    THIN = "thin evidence"
    UNREGISTERED = "unregistered source"
    RETENTION = "past retention"
    ASKED = "question"


class GapState(StrEnum):
    """How far a gap has come."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"
    ACCEPTED = "accepted"

    @property
    def is_waiting(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self in {GapState.OPEN, GapState.ASSIGNED}


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence.

    Attributes
    ----------
    name, text
        What it is, and its value in words.
    n
        The smallest count it gives away; the release gate withholds it below the threshold. None: no count.
    """

    name: str
    text: str
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A gap the system sees now.

    Attributes
    ----------
    area, source
        Id of the area and name of the source; empty: everywhere, every source.
    text, rule
        What is missing, and by which rule it is one, a plain sentence each.
    """

    kind: GapKind
    area: str
    source: str
    level: Level
    text: str
    rule: str
    facts: tuple[Fact, ...] = ()

    @property
    def id(self) -> str:
        """The same each time this gap is found, so that its owner and state stay with it."""
        return "gap-" + hashlib.sha256(f"{self.kind}\n{self.area}\n{self.source}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap on record: what is not known, and what is done about it.

    Attributes
    ----------
    level
        The level that has to fill it.
    owner, due
        Who fills it, until when; empty and None: nobody yet, no date.
    note
        The answer, or why it is closed or accepted.
    """

    KIND: ClassVar[str] = "gap"
    NAME: ClassVar[str] = "gap"

    kind: GapKind
    text: str
    area: str = ""
    source: str = ""
    level: Level = Level.NATIONAL
    rule: str = ""
    owner: str = ""
    due: date | None = None
    state: GapState = GapState.OPEN
    note: str = ""

    def __post_init__(self) -> None:
        faults = []
        if not self.text.strip():
            faults.append("say what is not known")
        faults += [
            f"{word} is longer than {LONGEST} characters"
            for word, text in (("the text", self.text), ("the note", self.note), ("the owner", self.owner))
            if len(text) > LONGEST
        ]
        if self.state is GapState.ASSIGNED and not self.owner.strip():
            faults.append("an assigned gap needs an owner")
        if self.state is GapState.ASSIGNED and self.due is None:
            faults.append("an assigned gap needs a day it is due")
        if not self.state.is_waiting and not self.note.strip():
            faults.append(f"say in the note why it is {self.state}")
        raise_all(faults, subject="gap")

    def is_overdue(self, today: date) -> bool:
        """Return whether it should have been filled before `today`."""
        return self.state.is_waiting and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class ListedGap:
    """A gap as it is listed.

    Attributes
    ----------
    facts
        What the system sees now; empty where it does not see the gap.
    is_found
        Whether the system sees it now; always False for a person's question.
    """

    id: str
    revision: int
    gap: Gap
    facts: tuple[Fact, ...]
    is_found: bool
    is_overdue: bool
    begun_at: datetime
    begun_by: str
    made_at: datetime
    made_by: str

    @property
    def closed_itself(self) -> bool:
        """Whether the system closed it because its cause is gone."""
        return self.gap.state is GapState.CLOSED and self.made_by == SYSTEM


@dataclass(frozen=True, slots=True)
class GapMarks:
    """How gaps stand on a map.

    Attributes
    ----------
    silent
        Ids of the areas that are drawn as an absence although they have data.
    words
        What is said of each area that a gap touches.
    """

    silent: frozenset[str]
    words: Mapping[str, str]

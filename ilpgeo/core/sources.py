"""Sources: who gives the data, on what legal ground, how far they are trusted, and how far they may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from ilpgeo.core.errors import raise_all
from ilpgeo.core.grading import Trust
from ilpgeo.core.query import Level

LONGEST = 500
_MOST_DAYS = 3660


class Scale(StrEnum):
    """The grading scales in use: Europol and UNODC, the Admiralty's, the United Kingdom's."""

    FOUR = "4x4"
    SIX = "6x6"
    UK = "3x5x2"


@dataclass(frozen=True, slots=True)
class Words:
    """A scale in its own words: what each mark says of the source, of the information, of the handling."""

    reliability: Mapping[str, str]
    information: Mapping[str, str]
    handling: Mapping[str, str]
    trust: Mapping[str, Trust]


SCALES: Mapping[Scale, Words] = MappingProxyType(
    {
        Scale.FOUR: Words(
            {
                "A": "no doubt of its authenticity, trustworthiness and competence",
                "B": "in most instances reliable",
                "C": "in most instances unreliable",
                "X": "cannot be assessed",
            },
            {
                "1": "known to be true without reservation",
                "2": "known personally to the source, not to the officer",
                "3": "not known personally to the source, corroborated",
                "4": "not known personally to the source, not corroborated",
            },
            {},
            {"A": Trust.RELIABLE, "B": Trust.MOSTLY, "C": Trust.DOUBTFUL, "X": Trust.UNTESTED},
        ),
        Scale.SIX: Words(
            {
                "A": "completely reliable",
                "B": "usually reliable",
                "C": "fairly reliable",
                "D": "not usually reliable",
                "E": "unreliable",
                "F": "reliability cannot be judged",
            },
            {
                "1": "confirmed by other sources",
                "2": "probably true",
                "3": "possibly true",
                "4": "doubtful",
                "5": "improbable",
                "6": "truth cannot be judged",
            },
            {},
            {
                "A": Trust.RELIABLE,
                "B": Trust.RELIABLE,
                "C": Trust.MOSTLY,
                "D": Trust.DOUBTFUL,
                "E": Trust.DOUBTFUL,
                "F": Trust.UNTESTED,
            },
        ),
        Scale.UK: Words(
            {"1": "reliable", "2": "untested", "3": "not reliable"},
            {
                "A": "known directly to the source",
                "B": "known indirectly to the source but corroborated",
                "C": "known indirectly to the source",
                "D": "not known",
                "E": "suspected to be false",
            },
            {"P": "lawful sharing permitted", "C": "lawful sharing permitted with conditions"},
            {"1": Trust.RELIABLE, "2": Trust.UNTESTED, "3": Trust.DOUBTFUL},
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Grading:
    """A grade on a scale; empty marks: not graded.

    Attributes
    ----------
    reliability, information, handling
        Marks of the scale; handling is part of 3x5x2 only.
    """

    scale: Scale = Scale.FOUR
    reliability: str = ""
    information: str = ""
    handling: str = ""

    def faults(self) -> list[str]:
        """Return what is wrong with the marks, each a sentence."""
        words = SCALES[self.scale]
        asked = (
            ("reliability", self.reliability, words.reliability),
            ("information", self.information, words.information),
            ("handling", self.handling, words.handling),
        )
        faults = [
            f"grade {mark!r} is no {name} of {self.scale}; it has {', '.join(known) or 'none'}"
            for name, mark, known in asked
            if mark and mark not in known
        ]
        if bool(self.reliability) != bool(self.information):
            faults.append("a grade needs both the source's and the information's mark, or neither")
        return faults

    @property
    def trust(self) -> Trust:
        """How far the source is trusted, in words common to all scales."""
        return SCALES[self.scale].trust.get(self.reliability, Trust.UNGRADED)

    @property
    def code(self) -> str:
        """The marks as they are written, ``B2`` or ``1/A/P``; empty where it is not graded."""
        marks = [each for each in (self.reliability, self.information, self.handling) if each]
        return ("/" if self.scale is Scale.UK else "").join(marks)

    def sentence(self) -> str:
        """Return the grade in the scale's own words."""
        if not self.reliability:
            return "not graded"
        words = SCALES[self.scale]
        told = f"source {words.reliability[self.reliability]}; information {words.information[self.information]}"
        return f"{told}; {words.handling[self.handling]}" if self.handling else told


@dataclass(frozen=True, slots=True)
class Source:
    """One registered source.

    Attributes
    ----------
    name
        As the incidents carry it.
    agency, owner
        Who gives the data, and the person or post that answers for them.
    legal_basis
        Why they may be held and used.
    grading
        How far they are trusted.
    reach
        The highest level that may be shown pictures made of it.
    shared_with
        Agencies it may be given to besides its own; a picture made for another agency is made without it.
    handling_note
        Conditions in words.
    refresh_days
        How often new data are expected; 0: none are, the data are complete.
    retention_days
        How long they may be kept; 0: not limited here.
    is_example
        Whether this is a demo's example and nobody's register.
    """

    KIND: ClassVar[str] = "source"
    NAME: ClassVar[str] = "source"

    name: str
    agency: str
    owner: str
    legal_basis: str
    grading: Grading = Grading()
    reach: Level = Level.NATIONAL
    shared_with: tuple[str, ...] = ()
    handling_note: str = ""
    refresh_days: int = 0
    retention_days: int = 0
    is_example: bool = False

    def __post_init__(self) -> None:
        faults = [
            f"{word} is needed"
            for word, text in (
                ("a name", self.name),
                ("the agency that gives the data", self.agency),
                ("an owner", self.owner),
                ("a legal basis", self.legal_basis),
            )
            if not text.strip()
        ]
        texts = (self.name, self.agency, self.owner, self.legal_basis, self.handling_note, *self.shared_with)
        faults += [f"{text[:20]}\u2026 is longer than {LONGEST} characters" for text in texts if len(text) > LONGEST]
        faults += [
            f"{word} must lie between 0 and {_MOST_DAYS} days"
            for word, days in (("expected refresh", self.refresh_days), ("retention", self.retention_days))
            if not 0 <= days <= _MOST_DAYS
        ]
        faults += self.grading.faults()
        raise_all(faults, subject="source")

    def is_given_to(self, agency: str) -> bool:
        """Return whether an agency gives it or may be given it; capitals do not matter."""
        return agency.strip().casefold() in {each.strip().casefold() for each in (self.agency, *self.shared_with)}


@dataclass(frozen=True, slots=True)
class Registered:
    """An entry of the register.

    Attributes
    ----------
    revision
        0 where it comes from the workspace's table and nobody has recorded it yet.
    made_by, made_at
        Who recorded this revision, and when (UTC); empty and None for one from the table.
    """

    source: Source
    revision: int = 0
    made_by: str = ""
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What a source gives to one agency.

    Attributes
    ----------
    is_owner, is_given
        Whether the agency gives it, or may be given it.
    rule
        Under which rule, in words.
    """

    is_owner: bool
    is_given: bool
    rule: str


def share_of(source: Source, agency: str) -> Share:
    """Return what a source gives to an agency, and under which rule."""
    if agency == source.agency:
        return Share(True, False, "gives it")
    if agency not in source.shared_with:
        return Share(False, False, "not shared")
    rule = f"up to the {source.reach} level"
    if source.grading.handling == "C":
        rule += ", with conditions"
    return Share(False, True, f"{rule}: {source.handling_note}" if source.handling_note else rule)


def agencies(sources: tuple[Source, ...]) -> tuple[str, ...]:
    """Return every agency that gives or is given something, by name."""
    named = {each.agency for each in sources} | {agency for each in sources for agency in each.shared_with}
    return tuple(sorted(named, key=str.casefold))

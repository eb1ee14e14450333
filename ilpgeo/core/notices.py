"""What one level publishes for the others: a product with its version, handling mark and expiry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from ilpgeo.core.errors import raise_all
from ilpgeo.core.products import MOST_LETTERS
from ilpgeo.core.query import Level

LONGEST_TITLE, LONGEST_TEXT = 120, 2000


class ProductKind(StrEnum):
    """What kind of product it is."""

    MODEL = "forecast model"
    ASSESSMENT = "threat assessment"
    PACK = "meeting pack"
    BRIEFING = "briefing"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Notice:
    """A product that people put out for the levels above and below.

    Attributes
    ----------
    level, area
        Who puts it out: a level, and the area it speaks for; empty: all of it.
    text
        What it says, in a few sentences.
    handling
        The force's own handling mark.
    expires
        The last day it is shown.
    withdrawn
        Why it was taken back; empty while it stands.
    data_version
        The store version it rests on; empty: it rests on none.
    """

    KIND: ClassVar[str] = "notice"
    NAME: ClassVar[str] = "product"

    kind: ProductKind
    level: Level
    title: str
    text: str
    expires: date
    area: str = ""
    handling: str = ""
    withdrawn: str = ""
    data_version: str = ""

    def __post_init__(self) -> None:
        faults = [
            f"{word} is needed" for word, text in (("a title", self.title), ("a text", self.text)) if not text.strip()
        ]
        faults += [
            f"{word} is longer than {most} characters"
            for word, text, most in (
                ("the title", self.title, LONGEST_TITLE),
                ("the text", self.text, LONGEST_TEXT),
                ("the handling mark", self.handling, MOST_LETTERS),
            )
            if len(text) > most
        ]
        raise_all(faults, subject="product")


@dataclass(frozen=True, slots=True)
class FromLevel:
    """A product of another level, as it is shown.

    Attributes
    ----------
    area, place
        Id and name of the area it speaks for.
    version
        Its version in words.
    made_by, made_at
        Who stands for it, and since when (UTC).
    expires
        The last day it is shown; None where it holds until the next one.
    """

    kind: ProductKind
    level: Level
    area: str
    place: str
    title: str
    text: str
    version: str
    handling: str
    made_by: str
    made_at: datetime
    expires: date | None


@dataclass(frozen=True, slots=True)
class FromLevels:
    """What the levels above and below have published.

    Attributes
    ----------
    above, below
        Newest first.
    n_kept_back
        Products of a lower level that rest on sources which may not be shown here.
    kept_from
        The agency from which they, and those of the level above, are kept, because it is not given every source.
    """

    above: tuple[FromLevel, ...]
    below: tuple[FromLevel, ...]
    n_kept_back: int
    kept_from: str = ""

"""Briefing rooms: what the display on a room's wall turns through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from ilpgeo.core.errors import raise_all
from ilpgeo.core.plain import plain_line, plain_lines

NAME_LONGEST, TITLE_LONGEST, TEXT_LONGEST, LINES_MOST = 40, 80, 400, 8
SLIDES_MOST = 20
SECONDS = 20
SECONDS_LEAST, SECONDS_MOST = 5, 300
DAYS_MOST = 366
NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide of a room's playlist.

    Attributes
    ----------
    kind
        Name of a kind of slide; see `ilpgeo.ui.display.kinds`.
    seconds
        How long it stands.
    area_type, area, offence
        What is ranked, within which area, of which offence group; empty means the workspace's first type, everywhere,
        every offence.
    days
        Length of the period counted, which ends with the last complete day; 0 is the usual one.
    title, text
        What a notice says.
    until
        The last day it is shown; None means until it is taken out.
    """

    kind: str
    seconds: int = SECONDS
    area_type: str = ""
    area: str = ""
    offence: str = ""
    days: int = 0
    title: str = ""
    text: str = ""
    until: date | None = None

    def is_shown(self, today: date) -> bool:
        """Return whether it is shown on a day."""
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class Playlist:
    """What one room's display turns through, in order; a document of the journal.

    Attributes
    ----------
    is_removed
        Whether the room has no playlist of its own any more and shows the usual one.

    Raises
    ------
    InvalidInput
        Listing every fault, the slides by their number.
    """

    KIND: ClassVar[str] = "playlist"
    NAME: ClassVar[str] = "playlist"

    room: str
    slides: tuple[Slide, ...]
    is_removed: bool = False

    def __post_init__(self) -> None:
        faults = []
        if not room_key(self.room):
            faults.append("the room needs a name")
        if len(self.room) > NAME_LONGEST:
            faults.append(f"the room's name is longer than {NAME_LONGEST} characters")
        if not self.slides:
            faults.append("at least one slide is needed")
        if len(self.slides) > SLIDES_MOST:
            faults.append(f"there are at most {SLIDES_MOST} slides, not {len(self.slides)}")
        for number, slide in enumerate(self.slides, start=1):
            faults += [f"slide {number}: {fault}" for fault in _faults(slide)]
        raise_all(faults, subject="playlist")

    @classmethod
    def of(cls, room: str, slides: Iterable[Slide]) -> Playlist:
        """Return a playlist with its words made plain: no control characters, no marks that turn the writing round."""
        plain = (replace(each, title=plain_line(each.title), text=plain_lines(each.text)) for each in slides)
        return cls(plain_line(room), tuple(plain))


def room_key(name: str) -> str:
    """Return what two ways of writing a room's name have in common: case, accents' encoding and spaces do not count.

    >>> room_key(" Briefing  ROOM 2 ")
    'briefing room 2'
    """
    return plain_line(name).casefold()


def _faults(slide: Slide) -> list[str]:
    faults = [] if slide.kind else ["it needs a kind"]
    if not SECONDS_LEAST <= slide.seconds <= SECONDS_MOST:
        faults.append(f"it stands from {SECONDS_LEAST} to {SECONDS_MOST} seconds, not {slide.seconds}")
    if not 0 <= slide.days <= DAYS_MOST:
        faults.append(f"its period is at most {DAYS_MOST} days long, not {slide.days}")
    if slide.kind == NOTICE and not (slide.title or slide.text):
        faults.append("a notice needs a title or a text")
    if len(slide.title) > TITLE_LONGEST:
        faults.append(f"its title is longer than {TITLE_LONGEST} characters: nobody reads it from a chair")
    if len(slide.text) > TEXT_LONGEST:
        faults.append(f"its text is longer than {TEXT_LONGEST} characters: nobody reads it from a chair")
    if slide.text.count("\n") >= LINES_MOST:
        faults.append(f"its text has more than {LINES_MOST} lines")
    return faults

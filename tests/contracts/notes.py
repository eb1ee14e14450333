"""A document to record, and the work of other processes: light, for processes import it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar

from ilpgeo.core.errors import Conflict
from ilpgeo.core.query import Level, Period
from ilpgeo.store.database import Database
from ilpgeo.store.journal import DatabaseJournal
from tests.contracts.processes import hang_before_commit, wait_for

JANUARY = Period(date(2021, 1, 1), date(2021, 1, 31))


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    KIND: ClassVar[str] = "note"
    NAME: ClassVar[str] = "note"

    text: str
    level: Level = Level.LOCAL
    period: Period = JANUARY
    due: date | None = None
    parts: tuple[Part, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OldNote:
    """The same document as a program before knew it."""

    KIND: ClassVar[str] = "note"
    NAME: ClassVar[str] = "note"

    text: str


def journal(folder: Path, url: str = "") -> DatabaseJournal:
    return DatabaseJournal(Database(folder, url))


def save_many(folder: Path, url: str, by: str, n: int, go: Path) -> None:
    """Record `n` notes once the file `go` is there."""
    wait_for(go)
    for at in range(n):
        journal(folder, url).save(Note(f"{by}{at}"), by=by)


def save_over(folder: Path, url: str, id: str, by: str, go: Path, told: Path) -> None:
    """Change a note once the file `go` is there, and write down whether it was taken."""
    wait_for(go)
    try:
        journal(folder, url).save(Note(by), by=by, id=id, based_on=1)
    except Conflict as error:
        told.write_text(str(error), "utf-8")
    else:
        told.write_text("taken", "utf-8")


def save_two_and_hang(folder: Path, reached: Path) -> None:
    """Record two notes, and hang when all is written but the commit."""
    from ilpgeo.core.recorded import Change

    hang_before_commit(reached)
    journal(folder).record([Change(Note("one")), Change(Note("two"))], "nobody")

"""What people record: documents of the intelligence cycle, each revision with who made it and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Protocol, TypeVar


class Document(Protocol):
    """A frozen dataclass that can be recorded: texts, numbers, dates, enumerations, tuples and dataclasses of them.

    It checks itself in `__post_init__` and raises InvalidInput listing every fault. A number that is not known is
    None, never NaN. A field added later has a default, so that what was recorded before can still be read.

    Attributes
    ----------
    KIND
        The word it is recorded under; it never changes.
    NAME
        What a person calls it, as in "this tasking was changed by ...".
    """

    KIND: ClassVar[str]
    NAME: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class Recorded(Generic[D]):
    """One revision of a document.

    Attributes
    ----------
    id
        The same in every revision.
    revision
        1 for the first.
    made_at, made_by
        When (UTC, to the second) and by whom this revision was made.
    begun_at, begun_by
        The same of the first revision.
    """

    id: str
    revision: int
    value: D
    made_at: datetime
    made_by: str
    begun_at: datetime
    begun_by: str


@dataclass(frozen=True, slots=True)
class Change(Generic[D]):
    """A document to record.

    Attributes
    ----------
    id
        Empty gives a new document an id of its own.
    based_on
        The revision the person started from; 0 for a new document.
    """

    value: D
    id: str = ""
    based_on: int = 0


class Journal(Protocol):
    """Documents and all their revisions; nothing is ever changed or removed."""

    def record(self, changes: Sequence[Change[D]], by: str) -> tuple[Recorded[D], ...]:
        """Record changes together, all or none; return them as recorded.

        Raises
        ------
        InvalidInput
            Without a name in `by`.
        Conflict
            When a document has a newer revision than the one a change is based on; nothing is recorded.
        """

    def save(self, value: D, *, by: str, id: str = "", based_on: int = 0) -> Recorded[D]:
        """Record one change; see `record`."""

    def newest(self, kind: type[D]) -> tuple[Recorded[D], ...]:
        """Return the newest revision of every document of a kind, in the order they were begun."""

    def one(self, kind: type[D], id: str) -> Recorded[D]:
        """Return the newest revision of a document, or raise NotFound."""

    def history(self, kind: type[D], id: str) -> tuple[Recorded[D], ...]:
        """Return every revision of a document, oldest first; empty when there is none."""

"""What became of a file in a watched folder."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Outcome(StrEnum):
    """What became of a file."""

    BROUGHT = "brought in"
    REFUSED = "quarantined"


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """A file of a watched folder that was dealt with; a document of the journal.

    Attributes
    ----------
    name
        As it lies in the folder.
    digest
        SHA-256 of its content.
    size_bytes, changed_ns
        As they were when it was dealt with: a file that still has them need not be read again.
    why
        Why it was quarantined; of one brought in, what is doubtful about it, or why nothing of it was new.
    accepted, quarantined, duplicates
        What became of its rows.
    """

    KIND: ClassVar[str] = "watched-file"
    NAME: ClassVar[str] = "watched file"

    name: str
    digest: str
    size_bytes: int
    changed_ns: int
    outcome: Outcome
    why: str = ""
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0

    @property
    def n_rows(self) -> int:
        """Rows that it was found to hold."""
        return self.accepted + self.quarantined + self.duplicates

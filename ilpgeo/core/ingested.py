"""What is known of a file that was brought in: every row is accepted, quarantined with a reason, or a duplicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to look at: a pile on one point or date, reversed windows, identical rows, parts of a file not read.

    `n` is how many rows it concerns, 0 where it concerns the file.
    """

    kind: str
    message: str
    n: int


@dataclass(frozen=True, slots=True)
class FileReport:
    """The account of one file.

    Attributes
    ----------
    file_id
        Content hash of the file and its source: the same file brought twice has the same id.
    name, source
        The file's name and the source it belongs to.
    rows_read
        Data rows in the file; equals accepted + quarantined + duplicates.
    reasons
        Quarantined rows by reason; the values add up to `quarantined`.
    dropped_columns
        Columns about persons, dropped at the door.
    flags
        Suspicious things that were kept.
    first, last
        First and last local day of the accepted rows.
    precision
        The coarsest time precision among the accepted rows.
    unplaced
        Accepted rows that lie in no area.
    geocoded_share
        Share of the rows read that carry usable coordinates, 0..1.
    version
        The store version the file made.
    removed
        Accepted rows that were removed for good since, because their retention was over; `first`, `last` and
        `unplaced` are of the rows left.
    """

    file_id: str
    name: str
    source: str
    rows_read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    dropped_columns: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    first: date | None = None
    last: date | None = None
    precision: str = ""
    unplaced: int = 0
    geocoded_share: float = 1.0
    brought: datetime | None = None
    version: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    removed: int = 0

    @property
    def held(self) -> int:
        """Accepted rows that the store still holds."""
        return self.accepted - self.removed

    @property
    def adds_up(self) -> bool:
        """True when every row read is accounted for."""
        return self.rows_read == self.accepted + self.quarantined + self.duplicates


@dataclass(frozen=True, slots=True)
class Removal:
    """Rows that were removed from a store for good, because their retention was over.

    Attributes
    ----------
    before
        By source, the first day that was kept.
    rows
        By source, how many rows of the newest version went.
    by, why, when
        Who removed them, why, and when (UTC).
    version
        The store version without them; the version before where only files of older versions were left to remove.
    n_files
        Files removed from the disk; 0 where this is read from the account of earlier removals.
    """

    before: Mapping[str, date]
    rows: Mapping[str, int]
    by: str
    why: str
    when: datetime
    version: str
    n_files: int = 0

    @property
    def n(self) -> int:
        """Rows of all sources."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class Totals:
    """What a store holds in all.

    Attributes
    ----------
    n, unplaced
        Rows, and how many of them lie in no area.
    coarse
        Rows whose time is known to the day, the month or a window only.
    first, last
        First and last local day; None when the store is empty.
    by_source
        Rows of each source.
    coarse_by_source
        Coarse rows of each source.
    """

    n: int = 0
    unplaced: int = 0
    coarse: int = 0
    first: date | None = None
    last: date | None = None
    by_source: Mapping[str, int] = field(default_factory=dict)
    coarse_by_source: Mapping[str, int] = field(default_factory=dict)

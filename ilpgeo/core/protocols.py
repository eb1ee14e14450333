"""The contracts: what a model and a store must be. What one room needs of another comes through these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

import numpy as np

from ilpgeo.core.answers import Answer
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.ingested import FileReport, Removal, Totals
from ilpgeo.core.query import Coverage, Period
from ilpgeo.core.space import Areas, Grid

if TYPE_CHECKING:
    import pyarrow as pa


Progress = Callable[[float], None]


def unwatched(share: float) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a model may know besides the past incidents.

    Attributes
    ----------
    trained_on
        The days the past incidents were drawn from: the exposure of every rate.
    areas, coverage
        The workspace's areas and where it has data.
    population
        Shape (ny, nx): residents per cell, where the workspace has them.
    factors
        Factor layers of shape (ny, nx), where the workspace has them: ``NAME distance_m``, metres from a cell's
        middle to the nearest feature; ``NAME count``, features in the cell (for factors that are points).
    progress
        What a model that may last over a second calls with the share done, 0..1, a few times a second; it raises
        Cancelled when the answer is not wanted any more.
    """

    trained_on: Period
    areas: Areas | None = None
    coverage: Coverage | None = None
    population: FloatArray | None = None
    factors: Mapping[str, FloatArray] = field(default_factory=dict)
    progress: Progress = unwatched


@runtime_checkable
class Model(Protocol):
    """A hotspot model: a frozen dataclass of `param` fields and one pure method.

    Class attributes: `name` (the word on the command line), `title` (the words on the screen), `purpose`
    (``where``, ``when``, ``significant``, ``next``, ``spreading``), `summary` (one sentence for the person who
    chooses), `needs` (names of Context fields it cannot do without).
    A model that expects incidents and may be given a part of one, a weight below 1, says so by `takes_fractions`.
    A model whose surface of two sets of incidents together is the sum of their surfaces may be `Additive` as well.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    purpose: ClassVar[str]
    summary: ClassVar[str]
    needs: ClassVar[frozenset[str]]

    def answer(self, past: Incidents, grid: Grid, window: Period, context: Context, rng: np.random.Generator) -> Answer:
        """Return the answer for `window` from `past` alone; the harness, not the model, cuts the future off."""


@runtime_checkable
class Additive(Protocol):
    """A model that a back-test need not ask anew for each window: what came is added, what fell out is taken off.

    Its answer's expectation is `summed(past, grid)` times the days of the window over the days learnt from.
    """

    def summed(self, past: Incidents, grid: Grid) -> FloatArray:
        """Return incidents per cell, shape (ny, nx); of two sets together it is the sum of theirs."""

    def moved(self, total: FloatArray, came: Incidents, gone: Incidents, grid: Grid) -> FloatArray:
        """Return the sum of a past that moved on: `total` with what came, without what is gone; may reuse its memory.

        Differences that rounding leaves below zero stay as they are.
        """


@dataclass(frozen=True, slots=True)
class Selection:
    """Which stored rows are wanted: the part of a Query a store can push down.

    Attributes
    ----------
    t_from, t_until
        t_from <= start of the incident < t_until, UTC; None is unbounded.
    areas
        Ids of the finest areas wanted; None means all, unplaced rows included.
    offences, sources
        Empty means all.
    """

    t_from: datetime | None = None
    t_until: datetime | None = None
    areas: frozenset[str] | None = None
    offences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class IncidentStore(Protocol):
    """Incidents on disk: atomic, idempotent, versioned. Every change is one commit and one new version.

    Rows come and go as record batches of `core.schema.CANDIDATE` (in) and Incidents (out).
    """

    def version(self) -> str:
        """Return the current version: part of every cache key and of every published product."""

    def versions(self) -> tuple[tuple[str, datetime, str], ...]:
        """Return (version, when UTC, what was done), newest first."""

    def at(self, version: str) -> IncidentStore:
        """Return a read-only view of an older version, or raise NotFound."""

    def append(self, batches: Iterable[pa.RecordBatch], report: Callable[[], FileReport]) -> FileReport:
        """Add a file's candidates in one commit; a candidate whose `key` its source has already is a duplicate.

        Nothing is stored when `batches` raises. A file whose `file_id` is stored already adds nothing, and a file
        without one accepted row is recorded all the same.

        Parameters
        ----------
        batches
            Record batches of `core.schema.candidate`, consumed once and lazily.
        report
            The account so far. Its `source` is right from the start, the rest once `batches` is exhausted.

        Returns
        -------
        The report with accepted, duplicates, unplaced, first, last, precision and version filled in.

        Raises
        ------
        StoreBusy
            When another process changes the store for longer than the time allowed.
        """

    def incidents(self, selection: Selection) -> Incidents:
        """Return the rows of a selection."""

    def daily_counts(self, selection: Selection) -> pa.Table:
        """Return rows (day date32 in the workspace's time zone, area, offence, source, n int64) of a selection."""

    def series_counts(self, selection: Selection) -> pa.Table:
        """Return rows (series, area, source, n int64) of the incidents of a selection that belong to a series.

        The first three are dictionaries of words; area null is unplaced. Only keyed hashes count as a series.
        """

    def files(self) -> tuple[FileReport, ...]:
        """Return the reports of the files stored now, oldest first."""

    def totals(self) -> Totals:
        """Return what the store holds in all, without reading a row."""

    def withdraw(self, file_id: str) -> str:
        """Remove a file's rows; return the new version."""

    def expire(self, before: Mapping[str, date], by: str, why: str) -> Removal:
        """Remove for good the rows of sources that begin before a local day, from the disk and from older versions.

        Older versions that held such rows do not open any more and say so; the others stay.

        Parameters
        ----------
        before
            By source, the first day that is kept.
        by, why
            Who does it, and why: kept with the commit.

        Raises
        ------
        InvalidInput
            Without a name.
        """

    def removals(self) -> tuple[Removal, ...]:
        """Return what was removed for good, newest first."""

    def old_files(self, before: Mapping[str, date]) -> Mapping[str, int]:
        """Return by source how many files of older versions hold rows that begin before a day; none is left out."""

    def remap(self, offence_of_label: Callable[[str], str | None]) -> str:
        """Give every row the group of its label, None keeps its own; return the version (the same: nothing changed)."""

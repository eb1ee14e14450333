"""Rows in quarantine: which of them still wait, where, and the way back in. See docs/decisions/0004-quarantine.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ilpgeo.core.errors import NotFound
from ilpgeo.core.types import Access, FileReport
from ilpgeo.ingest.rules import Fault
from ilpgeo.pipeline.opened import Opened

if TYPE_CHECKING:
    import pyarrow as pa

QUARANTINE = "quarantine"
AGAIN = "again.parquet"
SWAPPED = Fault.SWAPPED.reason
UNKNOWN_OFFENCE = Fault.UNKNOWN_OFFENCE.reason


@dataclass(frozen=True, slots=True)
class FileAccount:
    """One stored file: its account when it was brought in, and what of its quarantine still waits.

    Attributes
    ----------
    waiting
        Rows still in quarantine by reason. Together with `n_settled` they make the report's `quarantined`.
    n_settled
        Quarantined rows that a later file took up: brought in, or waiting there.
    is_kept
        Whether the rejected rows themselves are kept here, to be downloaded.
    """

    report: FileReport
    waiting: Mapping[str, int]
    is_kept: bool

    @property
    def n_waiting(self) -> int:
        """Rows still in quarantine."""
        return sum(self.waiting.values())

    @property
    def n_settled(self) -> int:
        """Quarantined rows that a later file took up."""
        return self.report.quarantined - self.n_waiting


@dataclass(frozen=True, slots=True)
class QuarantineFile:
    """Rejected rows as a file to correct and bring in again: raw rows, for roles that manage data only.

    Attributes
    ----------
    name
        Name of the CSV file.
    access
        Who asked for it.
    read
        Returns the file's bytes; the rows are read no earlier.
    """

    name: str
    access: Access
    read: Callable[[], bytes]


def kept_in(opened: Opened, file_id: str) -> Path:
    """Return the folder that keeps a file's rejected rows, how it was read, and which rows it brought in again."""
    return opened.workspace.folder / QUARANTINE / file_id


def waiting_rows(opened: Opened, file_id: str) -> pa.Table:
    """Return the rejected rows of a stored file that no later file has taken up, with reason and raw values.

    Raises
    ------
    NotFound
        When the store holds no such file or none of its rows is kept.
    """
    from ilpgeo.ingest.again import without
    from ilpgeo.ingest.quarantine import read_quarantine

    stored = opened.store.files()
    at = next((place for place, each in enumerate(stored) if each.file_id == file_id), None)
    if at is None:
        raise NotFound(f"the store holds no file {file_id!r}; it may have been withdrawn")
    rows = read_quarantine(kept_in(opened, file_id), file_id)
    for place, other in enumerate(stored):
        if place != at and other.source == stored[at].source:
            rows = without(rows, _taken_up(opened, other.file_id, is_later=place > at))
    return rows


def _taken_up(opened: Opened, file_id: str, *, is_later: bool) -> pa.Table:
    """Return the origins that a file settles: rows it brought in, and, for a later file, rows that wait there now."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ilpgeo.ingest.again import without
    from ilpgeo.ingest.origin import ORIGIN
    from ilpgeo.ingest.quarantine import quarantine_path

    folder = kept_in(opened, file_id)
    if not (folder / AGAIN).is_file():
        return pa.table({name: [] for name in ORIGIN})
    brought = pq.read_table(folder / AGAIN)
    rejected = quarantine_path(folder, file_id)
    if is_later or not rejected.is_file():
        return brought
    return without(brought, pq.read_table(rejected, columns=list(ORIGIN)))


def account(opened: Opened, report: FileReport) -> FileAccount:
    """Return what of a stored file still waits. Cost: one read of its rejected rows."""
    import pyarrow.compute as pc

    from ilpgeo.ingest.quarantine import REASON_COLUMN

    if not report.quarantined:
        return FileAccount(report, {}, is_kept=False)
    try:
        rows = waiting_rows(opened, report.file_id)
    except NotFound:
        return FileAccount(report, dict(report.reasons), is_kept=False)
    counted = {each["values"]: each["counts"] for each in pc.value_counts(rows[REASON_COLUMN]).to_pylist()}
    ordered = {fault.reason: counted[fault.reason] for fault in Fault if fault.reason in counted}
    return FileAccount(report, ordered, is_kept=True)


def accounts(opened: Opened) -> tuple[FileAccount, ...]:
    """Return the files stored now, newest first, each with what of it still waits."""
    return tuple(account(opened, report) for report in reversed(opened.store.files()))


def suggestion(reason: str) -> str:
    """Return what to do about rows in quarantine for a reason."""
    return next((fault.suggestion for fault in Fault if fault.reason == reason), "")


def quarantine_file(opened: Opened, file_id: str, access: Access, reason: str = "") -> QuarantineFile:
    """Return a file's waiting rows as CSV, of one reason or of all.

    Text that a spreadsheet would run as a formula gets an apostrophe in front.

    Raises
    ------
    NotAllowed
        When the role does not manage data.
    NotFound
        When no rows wait.
    """
    access.require_data_management()
    report = next((each for each in opened.store.files() if each.file_id == file_id), None)
    if report is None:
        raise NotFound(f"the store holds no file {file_id!r}; it may have been withdrawn")
    return QuarantineFile(f"{plain_name(report.name)}-quarantine.csv", access, lambda: _csv(opened, report, reason))


def _csv(opened: Opened, report: FileReport, reason: str) -> bytes:
    import io

    from ilpgeo.ingest.again import harmless
    from ilpgeo.ingest.quarantine import write_csv

    rows = of_reason(waiting_rows(opened, report.file_id), reason)
    if not rows.num_rows:
        raise NotFound(f"no rows of {report.name} wait in quarantine{f' for: {reason}' if reason else ''}")
    held = io.BytesIO()
    write_csv(harmless(rows), held)
    return held.getvalue()


def of_reason(rows: pa.Table, reason: str) -> pa.Table:
    """Return the rejected rows of one reason; an empty reason is all."""
    import pyarrow.compute as pc

    from ilpgeo.ingest.quarantine import REASON_COLUMN

    return rows.filter(pc.equal(rows[REASON_COLUMN], reason)) if reason else rows


def plain_name(name: str) -> str:
    """Return a file's name without suffixes."""
    return name.split(".", maxsplit=1)[0] or name

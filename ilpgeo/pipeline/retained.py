"""Retention: which incidents are kept longer than their source allows, and their removal for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from ilpgeo.core.errors import Conflict, InvalidInput, NotFound, raise_all
from ilpgeo.core.ingested import Removal
from ilpgeo.core.query import Period
from ilpgeo.core.types import Access, FileReport
from ilpgeo.pipeline.opened import Opened, cube
from ilpgeo.pipeline.source_register import registered
from ilpgeo.pipeline.waiting import kept_in


@dataclass(frozen=True, slots=True)
class PastRetention:
    """What of one source is kept longer than its entry allows.

    Attributes
    ----------
    days, keep_from
        Its retention, and the first day that may be kept today.
    n
        Incidents of the newest version from before that day.
    old_files
        Files on the disk that only older versions count and that hold such rows.
    n_rejected
        Files whose rejected rows were brought in so long ago that they are past it too, whenever they happened.
    """

    source: str
    days: int
    keep_from: date
    n: int
    old_files: int = 0
    n_rejected: int = 0


def past_retention(opened: Opened, today: date) -> tuple[PastRetention, ...]:
    """Return the sources of which something is kept longer than their entries allow, by name.

    An incident may be kept for `retention_days` days after the local day it began. Nothing is removed here.
    """
    first_kept = _first_kept(opened, today)
    if not first_kept:
        return ()
    held, old = cube(opened), opened.store.old_files(first_kept)
    found = []
    for source, (days, day) in _entries(opened, today).items():
        keep = held.chosen(Period(date.min, day - timedelta(days=1)), (), (source,))
        rejected = len(_rejected(opened, source, day))
        line = PastRetention(source, days, day, int(held.n[keep].sum()), old.get(source, 0), rejected)
        if line.n or line.old_files or line.n_rejected:
            found.append(line)
    return tuple(found)


def _entries(opened: Opened, today: date) -> dict[str, tuple[int, date]]:
    """Return retention and first day kept of each source that has a retention, by name."""
    return {
        each.source.name: (each.source.retention_days, today - timedelta(days=each.source.retention_days))
        for each in registered(opened)
        if each.source.retention_days
    }


def _first_kept(opened: Opened, today: date) -> dict[str, date]:
    return {source: day for source, (_, day) in _entries(opened, today).items()}


def _rejected(opened: Opened, source: str, day: date) -> list[Path]:
    """Return the files of rejected rows of a source that were brought in before a day."""
    from ilpgeo.ingest.quarantine import quarantine_path

    zone = opened.workspace.settings.zone

    def is_old(report: FileReport) -> bool:
        return report.brought is not None and report.brought.astimezone(zone).date() < day

    files = [each for each in opened.store.files() if each.source == source and is_old(each)]
    paths = [quarantine_path(kept_in(opened, each.file_id), each.file_id) for each in files]
    return [each for each in paths if each.is_file()]


def remove_past_retention(
    opened: Opened,
    access: Access,
    by: str,
    why: str,
    today: date,
    expected: Mapping[str, int],
) -> Removal:
    """Remove for good what sources keep past their retention: incidents, old versions' files, rejected rows.

    Parameters
    ----------
    expected
        By each source to be cleared, how many incidents the person was told would go.

    Raises
    ------
    NotAllowed
        For a role that does not manage data.
    NotFound
        For a source of which nothing is past its retention.
    Conflict
        When it is another number by now: nothing was removed.
    InvalidInput
        Without a name or a reason.
    """
    access.require_data_management()
    raise_all(
        [f"{word} is needed" for word, text in (("a name", by), ("a reason", why)) if not text.strip()],
        subject="removal",
    )
    if not expected:
        raise InvalidInput("removal: name at least one source")
    found = {each.source: each for each in past_retention(opened, today)}
    missing = [source for source in expected if source not in found]
    if missing:
        raise NotFound(f"nothing of {', '.join(missing)} is past its retention")
    other = [source for source, n in expected.items() if found[source].n != n]
    if other:
        counted = ", ".join(f"{source}: {found[source].n:,}" for source in other)
        raise Conflict(f"it is another number of incidents by now ({counted}); nothing was removed: look again")
    before = {source: found[source].keep_from for source in expected}
    made = opened.store.expire(before, by, why)
    for source, day in before.items():
        for path in _rejected(opened, source, day):
            path.unlink()
    return made


def removals(opened: Opened) -> tuple[Removal, ...]:
    """Return what was removed because its retention was over, newest first."""
    return opened.store.removals()

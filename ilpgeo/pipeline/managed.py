"""The data manager's desk: what was brought in, what waits and why, and which offence labels have a group."""

from __future__ import annotations

import csv
import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ilpgeo.core.errors import InvalidInput, NotFound, raise_all
from ilpgeo.core.types import Access, FileReport, Period, Selection
from ilpgeo.ingest.offences import groups_of, plain
from ilpgeo.pipeline.bring import Progress, bring_corrected
from ilpgeo.pipeline.opened import Opened, coverage
from ilpgeo.pipeline.waiting import UNKNOWN_OFFENCE, FileAccount, accounts, kept_in, of_reason, waiting_rows

TABLE = "offences.csv"
COLUMNS = ("label", "offence")
LONGEST = 100


@dataclass(frozen=True, slots=True)
class OffenceTable:
    """Which group each offence label has.

    Attributes
    ----------
    groups
        Group by label, in the table's order; empty where the workspace has no table: every label is its own group.
    unknown
        Labels of rows waiting in quarantine that have no group, with how many rows wait, most first.
    n_ready
        Rows waiting for an unknown offence whose label has a group by now.
    """

    groups: Mapping[str, str]
    unknown: Mapping[str, int]
    n_ready: int

    @property
    def choices(self) -> tuple[str, ...]:
        """The groups there are, by name."""
        return tuple(sorted(set(self.groups.values()), key=str.casefold))


@dataclass(frozen=True, slots=True)
class Found:
    """Where a source has data: name of the area (the workspace's name for everywhere) and the days."""

    area: str
    period: Period


@dataclass(frozen=True, slots=True)
class Desk:
    """All a data manager sees first.

    Attributes
    ----------
    files
        Files stored now, newest first.
    coverage
        Where and when each source has data.
    offences
        The offences table.
    """

    files: tuple[FileAccount, ...]
    coverage: Mapping[str, tuple[Found, ...]]
    offences: OffenceTable
    version: str

    @property
    def n_waiting(self) -> int:
        """Rows in quarantine now, each counted once."""
        return sum(each.n_waiting for each in self.files)


def desk(opened: Opened, access: Access) -> Desk:
    """Return what was brought in and what waits; raise NotAllowed for a role that does not manage data."""
    access.require_data_management()
    return Desk(accounts(opened), _coverage(opened), offence_table(opened), opened.store.version())


def _coverage(opened: Opened) -> dict[str, tuple[Found, ...]]:
    areas, everywhere = opened.areas, opened.workspace.settings.name
    found: dict[str, tuple[Found, ...]] = {}
    for entry in coverage(opened).entries:
        name = areas.name[areas.at(entry.area)] if entry.area else everywhere
        found[entry.source] = (*found.get(entry.source, ()), Found(name, entry.period))
    return found


def offence_table(opened: Opened) -> OffenceTable:
    """Return the offences table and the labels in quarantine that it lacks."""
    table = opened.workspace.table("offences")
    known = groups_of(table)
    unknown: Counter[str] = Counter()
    n_ready = 0
    for report in opened.store.files():
        if UNKNOWN_OFFENCE not in report.reasons:
            continue
        for label, n in _labels_waiting(opened, report).items():
            if plain(label) in known:
                n_ready += n
            else:
                unknown[label] += n
    groups = {label: columns.get("offence", "") or label for label, columns in table.items()}
    return OffenceTable(groups, dict(unknown.most_common()), n_ready)


def _labels_waiting(opened: Opened, report: FileReport) -> Counter[str]:
    from ilpgeo.ingest.again import labels_of
    from ilpgeo.ingest.sources import remembered_mapping

    mapping = remembered_mapping(kept_in(opened, report.file_id), report.file_id)
    try:
        rows = of_reason(waiting_rows(opened, report.file_id), UNKNOWN_OFFENCE)
    except NotFound:
        return Counter()
    if mapping is None:
        return Counter()
    return Counter(" ".join(label.split()) for label in labels_of(rows, mapping).to_pylist() if label and label.strip())


def save_offences(opened: Opened, groups: Mapping[str, str]) -> None:
    """Make this the offences table; it is replaced whole or not at all. The stored incidents change with `remap`.

    Where there was no table the labels stored so far are kept as their own groups.

    Raises
    ------
    InvalidInput
        For a label without a group, one that is there twice, or a text too long.
    """
    if not opened.workspace.table("offences"):
        stored = opened.store.daily_counts(Selection())["offence"].unique().to_pylist()
        groups = {**{str(each): str(each) for each in stored}, **groups}
    cleaned = [(" ".join(label.split()), " ".join(group.split())) for label, group in groups.items()]
    seen = Counter(plain(label) for label, _ in cleaned)
    halves = [label or group or "a row" for label, group in cleaned if not (label and group)]
    faults = [f"{half} needs a label and a group" for half in halves]
    faults += [f"{label} is there {n} times" for label, n in seen.items() if n > 1]
    texts = (text for pair in cleaned for text in pair)
    faults += [f"{text[:20]}\u2026 is longer than {LONGEST} characters" for text in texts if len(text) > LONGEST]
    raise_all(faults, subject="offences table")
    if not cleaned:
        raise InvalidInput("offences table: at least one label must stay; without any, no row could be brought in")
    handle, part = tempfile.mkstemp(dir=opened.workspace.folder, prefix=TABLE)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as lines:
        os.fchmod(handle, 0o644)
        writer = csv.writer(lines)
        writer.writerow(COLUMNS)
        writer.writerows(cleaned)
    Path(part).replace(opened.workspace.folder / TABLE)


def bring_known(opened: Opened, progress: Progress | None = None) -> tuple[FileReport, ...]:
    """Bring the rows in again that waited for an offence which has a group by now, file by file."""
    brought = []
    for each in accounts(opened):
        if UNKNOWN_OFFENCE in each.waiting:
            try:
                brought.append(bring_corrected(opened, each.report.file_id, UNKNOWN_OFFENCE, progress))
            except NotFound:
                continue
    return tuple(brought)

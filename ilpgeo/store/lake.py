"""The lake: incidents in a Delta Lake table in a folder; the embedded default store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from ilpgeo.core.errors import InvalidInput, NotAllowed, NotFound, StoreBusy
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.ingested import FileReport, Removal, Totals
from ilpgeo.core.protocols import Selection
from ilpgeo.store import accounts
from ilpgeo.store.expiry import holds_expired, remove_files, rewrite_kept
from ilpgeo.store.intake import Intake, cleared_on_failure, drop_keys, stored_keys
from ilpgeo.store.keys import KeyArray, SeenKeys
from ilpgeo.store.layout import LOCK, METADATA, PARTITIONS, create_table, open_table
from ilpgeo.store.ledger import Entry, Ledger, written
from ilpgeo.store.lock import locked
from ilpgeo.store.reading import Snapshot, StoredPart, count_daily, count_series, read_incidents, take_snapshot
from ilpgeo.store.remapping import rewrite_offences
from ilpgeo.store.room import Room, open_room

if TYPE_CHECKING:
    from deltalake.transaction import AddAction, RemoveAction

T = TypeVar("T")


class Lake:
    """The store in `folder`; implements `core.protocols.IncidentStore`. Safe to share between threads.

    The folder is made, with an empty table in it, when it is not there yet.

    Parameters
    ----------
    crs, timezone
        What x, y and the local days of the rows are in. Kept with the store.
    timeout_s
        How long a change waits for another process.

    Raises
    ------
    InvalidInput
        When the folder holds a lake of another CRS or time zone.
    """

    def __init__(self, folder: Path, *, crs: str, timezone: str, timeout_s: float = 30.0) -> None:
        self.folder = folder
        self._crs = crs
        self._timezone = timezone
        self._timeout_s = timeout_s
        self._pinned: Entry | None = None
        self._snapshot: Snapshot | None = None
        self._guard = threading.Lock()
        self._ledger = Ledger(folder)
        if not self._ledger.has_begun:
            folder.mkdir(parents=True, exist_ok=True)
            with self._locked():
                if not self._ledger.has_begun:
                    create_table(folder, written("", _genesis(crs, timezone)))
        born = self._ledger.entries()[0]
        if (born.crs, born.timezone) != (crs, timezone):
            raise InvalidInput(
                f"the store in {folder} was made for {born.crs} and {born.timezone}, the workspace says {crs} and "
                f"{timezone}; change the settings back, or make a new workspace and bring the files in again"
            )

    def version(self) -> str:
        """Return the current version: its number and a hash of all that was brought in."""
        return self._head().version

    def versions(self) -> tuple[tuple[str, datetime, str], ...]:
        """Return (version, when UTC, what was done), newest first."""
        return tuple((entry.version, entry.when, entry.what) for entry in reversed(self._ledger.entries(self._until)))

    def at(self, version: str) -> Lake:
        """Return a read-only view of an older version, or raise NotFound: also where retention took rows of it."""
        entry = self._ledger.find(version)
        view = copy(self)
        view._guard, view._snapshot = threading.Lock(), None
        view._pinned = entry
        if any(each.kind == "expire" for each in self._ledger.entries()[entry.number + 1 :]):
            parts = view._current().parts
            if not all((self.folder / part.path).exists() for part in parts):
                raise view._gone(entry)
        return view

    def incidents(self, selection: Selection) -> Incidents:
        """Return the rows of a selection, ordered by row_id."""
        return self._read(lambda now: read_incidents(now, selection, self._crs, self._timezone))

    def daily_counts(self, selection: Selection) -> pa.Table:
        """Return rows (day, area, offence, source, n) of a selection, ordered by these; area null is unplaced."""
        return self._read(lambda now: count_daily(now, selection))

    def series_counts(self, selection: Selection) -> pa.Table:
        """Return rows (series, area, source, n) of the incidents of a selection that belong to a series."""
        return self._read(lambda now: count_series(now, selection))

    def files(self) -> tuple[FileReport, ...]:
        """Return the reports of the files stored now, oldest first."""
        return tuple(file.report for file in self._ledger.files(self._until))

    def totals(self) -> Totals:
        """Return what the store holds in all, without reading a row."""
        return self._ledger.totals(self._until)

    def append(self, batches: Iterable[pa.RecordBatch], report: Callable[[], FileReport]) -> FileReport:
        """Add a file's candidates in one commit; see `core.protocols.IncidentStore.append`.

        Rows are written beside the table while `batches` is read, without keeping anyone waiting. Only the commit
        holds the lock; there the keys that others have brought in meanwhile are looked at again.
        """
        source = report().source
        with self._changing():
            before = self._current()
            room = open_room(self.folder, self._rooms())
        with cleared_on_failure(room):
            with Intake(room, source, SeenKeys(self._keys(_parts_of_source(before, source)))) as intake:
                for batch in batches:
                    intake.take(batch)
                intake.finish()
            account = report()
            if account.source != source:
                raise InvalidInput(f"store: the source of {account.name} changed from {source} to {account.source}")
            with self._changing():
                known = next((file for file in self.files() if file.file_id == account.file_id), None)
                if known is not None:
                    room.clear()
                    return replace(
                        account, accepted=0, duplicates=intake.candidates, unplaced=0, first=None, last=None,
                        precision="", brought=known.brought, version=self.version(),
                    )  # fmt: skip
                self._settle(room, before, source)
                return self._record(room, account, intake.candidates)

    def withdraw(self, file_id: str) -> str:
        """Remove a file's rows in one commit; return the new version, or raise NotFound."""
        with self._changing():
            file = next((file for file in self._ledger.files() if file.report.file_id == file_id), None)
            if file is None:
                raise NotFound(f"the store holds no file {file_id!r}; it may have been withdrawn already")
            parts = self._current().of_files(frozenset({file.number}))
            what = f"withdrew {file.report.name}: {file.report.held} rows"
            content = {"kind": "withdraw", "what": what, "file": file.number, "file_id": file_id}
            return self._commit(_removals(parts), content)

    def remap(self, offence_of_label: Callable[[str], str | None]) -> str:
        """Give every row the offence group of its label, in one commit; return the version. None keeps the group.

        Nothing is committed when nothing changes.
        """
        with self._changing():
            room = open_room(self.folder, self._rooms())
            with cleared_on_failure(room):
                replaced, n_rows = rewrite_offences(self._current(), room, offence_of_label)
                if not replaced:
                    room.clear()
                    return self.version()
                what = f"gave {n_rows} rows another offence group"
                content = {"kind": "remap", "what": what, "room": room.number, "digests": room.digests()}
                room.offer()
                version = self._commit([*_removals(replaced), *room.add_actions()], content)
                room.keep()
                return version

    def expire(self, before: Mapping[str, date], by: str, why: str) -> Removal:
        """Remove for good the rows of sources from before a local day; see `core.protocols.IncidentStore.expire`.

        The commit that leaves them out comes first, the files go after it: work that is cut short between the two is
        ended by the next call.
        """
        if not by.strip():
            raise InvalidInput("the name of who removes the data is needed")
        with self._changing():
            room = open_room(self.folder, self._rooms())
            with cleared_on_failure(room):
                lost = rewrite_kept(self._current(), room, before)
                if not room.parts:
                    room.clear()
                touched = {*lost.removed, *(source for _, source in self._old_parts(before))}
                if touched:
                    content = {
                        "kind": "expire", "what": _expiry_in_words(lost.removed),
                        "room": room.number if room.parts else 0, "digests": room.digests(),
                        "before": {source: before[source].isoformat() for source in sorted(touched)},
                        "removed": lost.removed, "left": lost.account(), "by": by.strip(), "why": why.strip(),
                    }  # fmt: skip
                    if room.parts:
                        room.offer()
                    self._commit([*_removals(lost.replaced), *room.add_actions()], content)
                    if room.parts:
                        room.keep()
            old = [path for path, _ in self._old_parts(before)]
            n_files = remove_files(self.folder, old)
        return Removal(
            dict(before), lost.removed, by.strip(), why.strip(), datetime.now(UTC), self.version(), n_files
        )  # fmt: skip

    def removals(self) -> tuple[Removal, ...]:
        """Return what was removed for good, newest first."""
        return self._ledger.removals(self._until)

    def old_files(self, before: Mapping[str, date]) -> Mapping[str, int]:
        """Return by source how many files of older versions hold rows from before a day."""
        found: dict[str, int] = {}
        for _, source in self._old_parts(before):
            found[source] = found.get(source, 0) + 1
        return found

    @property
    def _until(self) -> int | None:
        return None if self._pinned is None else self._pinned.number

    def _head(self) -> Entry:
        return self._pinned or self._ledger.head()

    def _rooms(self) -> list[int]:
        return [entry.room for entry in self._ledger.entries() if entry.room]

    def _locked(self) -> AbstractContextManager[None]:
        return locked(self.folder / LOCK, self._timeout_s)

    def _changing(self) -> AbstractContextManager[None]:
        if self._pinned is not None:
            raise NotAllowed(f"version {self._pinned.version} is opened to be read; change the newest version instead")
        return self._locked()

    def _current(self) -> Snapshot:
        head = self._head()
        with self._guard:
            if self._snapshot is None or self._snapshot.version != head.version:
                source_of = {file.number: file.report.source for file in self._ledger.files(head.number)}
                self._snapshot = take_snapshot(self.folder, head.number, head.version, source_of)
            return self._snapshot

    def _read(self, ask: Callable[[Snapshot], T]) -> T:
        """Return what is asked of the parts; asked again where a removal took some away meanwhile."""
        now = self._current()
        try:
            return ask(now)
        except FileNotFoundError:
            head = self._head()
            if head.version == now.version and self._pinned is None:
                raise
            if self._pinned is not None:
                raise self._gone(head) from None
            return ask(self._current())

    def _gone(self, entry: Entry) -> NotFound:
        later = self._ledger.entries()[entry.number + 1 :]
        since = next((each for each in later if each.kind == "expire"), None)
        if since is None:
            return NotFound(f"files of version {entry.version} are missing from {self.folder}: take them from a backup")
        return NotFound(
            f"version {entry.version} held rows whose retention was over; they were removed for good on "
            f"{since.when:%Y-%m-%d} by {since.by}, and the version does not open any more"
        )

    def _old_parts(self, before: Mapping[str, date]) -> list[tuple[str, str]]:
        """Return path and source of the files that only older versions count and that hold rows from before a day."""
        current = {part.path for part in self._current().parts}
        sources = self._ledger.sources()
        found = []
        for part in self._ledger.added():
            source = sources.get(part.file, "")
            if source in before and part.path not in current and holds_expired(self.folder / part.path, before[source]):
                found.append((part.path, source))
        return found

    def _keys(self, parts: Iterable[StoredPart]) -> KeyArray:
        chosen = tuple(parts)
        return stored_keys([self.folder / part.path for part in chosen], sum(part.n for part in chosen))

    def _settle(self, room: Room, before: Snapshot, source: str) -> None:
        """Drop from the room what other processes brought in for the source since `before`."""
        now = self._current()
        then = {number for number, its_source in before.source_of.items() if its_source == source}
        gone = then - set(now.source_of)
        if gone:
            raise StoreBusy(
                "store: a file of the same source was withdrawn while this one was read, so its duplicates cannot be "
                "told; nothing was stored, bring the file in again"
            )
        others = [part for part in _parts_of_source(now, source) if part.file not in then]
        if others:
            drop_keys(room, self._keys(others))

    def _record(self, room: Room, account: FileReport, candidates: int) -> FileReport:
        tally = room.tally
        brought = account.brought or datetime.now(UTC)
        done = replace(
            account, accepted=tally.n, duplicates=candidates - tally.n, unplaced=tally.unplaced,
            first=tally.first, last=tally.last, precision=tally.precision, brought=brought,
        )  # fmt: skip
        content = {
            "kind": "append", "what": f"brought in {account.name}: {tally.n} rows", "file": room.number,
            "room": room.number, "coarse": tally.coarse, "report": accounts.plain(done), "digests": room.digests(),
        }  # fmt: skip
        room.offer()
        version = self._commit(room.add_actions(), content, brought=brought.isoformat())
        room.keep()
        return replace(done, version=version)

    def _commit(self, actions: Sequence[AddAction | RemoveAction], content: Mapping[str, Any], **remarks: str) -> str:
        from deltalake import CommitProperties

        before = self._ledger.head()
        table = open_table(self.folder, before.number)
        metadata = written(before.chain, content, **remarks)
        properties = CommitProperties(custom_metadata={METADATA: metadata}, max_commit_retries=0)
        table.create_write_transaction(
            list(actions), "append", table.schema(), list(PARTITIONS), commit_properties=properties
        )
        return self.version()


def _genesis(crs: str, timezone: str) -> dict[str, str]:
    return {"kind": "create", "what": "made the store", "crs": crs, "timezone": timezone}


def _expiry_in_words(removed: Mapping[str, int]) -> str:
    counted = ", ".join(f"{source} {n}" for source, n in sorted(removed.items()))
    if not counted:
        return "removed files of older versions with rows past their retention"
    return f"removed {sum(removed.values())} rows past their retention: {counted}"


def _parts_of_source(snapshot: Snapshot, source: str) -> list[StoredPart]:
    return [part for part in snapshot.parts if snapshot.source_of[part.file] == source]


def _removals(parts: Iterable[StoredPart]) -> list[AddAction | RemoveAction]:
    from deltalake.transaction import RemoveAction

    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    return [
        RemoveAction(part.path, True, now_ms, part.size_bytes, {"file": str(part.file), "year": str(part.year)})
        for part in parts
    ]

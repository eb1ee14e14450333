"""The ledger: what each commit did, read from the commits themselves, so that rows and account never disagree."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ilpgeo.core.errors import NotFound
from ilpgeo.core.ingested import FileReport, Removal, Totals
from ilpgeo.store import accounts
from ilpgeo.store.layout import LOG, METADATA

_CHAIN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit.

    Attributes
    ----------
    number
        Its Delta version.
    chain
        Hash of all that was done up to here: equal only for stores of equal content and history.
    room
        Number of the folder it wrote rows to; 0 for none.
    file
        Number of the file it brought in or withdrew; 0 for none.
    before, removed, left
        Of rows removed for good: by source the first day kept and how many went; by file what is left of it.
    """

    number: int
    when: datetime
    chain: str
    what: str
    kind: str = ""
    file: int = 0
    room: int = 0
    coarse: int = 0
    report: Mapping[str, Any] | None = None
    brought: str = ""
    crs: str = ""
    timezone: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    removed: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    by: str = ""
    why: str = ""

    @property
    def version(self) -> str:
        """The version's text: its number, and the hash that tells two stores apart."""
        return f"{self.number}-{self.chain[:_CHAIN_DIGITS]}"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is in the store: its number, its report and how many of its rows have coarse times."""

    number: int
    report: FileReport
    coarse: int


@dataclass(frozen=True, slots=True)
class AddedPart:
    """A Parquet file that some commit added, and the number of the file its rows came in with."""

    path: str
    file: int


@dataclass(slots=True)
class Ledger:
    """The commits of the lake in `folder`, read once each and then remembered."""

    folder: Path
    _entries: list[Entry] = field(default_factory=list)
    _added: list[tuple[AddedPart, ...]] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def has_begun(self) -> bool:
        """Whether the first commit, which makes the table, is there."""
        return self._commit_file(0).exists()

    def entries(self, until: int | None = None) -> tuple[Entry, ...]:
        """Return the commits, oldest first, up to Delta version `until` (included); None is all there are."""
        with self._guard:
            while (file := self._commit_file(len(self._entries))).exists():
                self._entries.append(_read_entry(file, len(self._entries), self._entries[-1:]))
            return tuple(self._entries if until is None else self._entries[: until + 1])

    def head(self) -> Entry:
        """Return the newest commit. Cost: one look for the next one."""
        return self.entries()[-1]

    def find(self, version: str) -> Entry:
        """Return the commit that made `version`, or raise NotFound."""
        for entry in self.entries():
            if entry.version == version:
                return entry
        raise NotFound(f"the store in {self.folder} has no version {version!r}; its newest is {self.head().version}")

    def files(self, until: int | None = None) -> tuple[StoredFile, ...]:
        """Return the files in the store, in the order they were committed."""
        found: dict[int, StoredFile] = {}
        for entry in self.entries(until):
            if entry.kind == "append" and entry.report is not None:
                report = accounts.restored(entry.report, datetime.fromisoformat(entry.brought), entry.version)
                found[entry.file] = StoredFile(entry.file, report, entry.coarse)
            elif entry.kind == "withdraw":
                found.pop(entry.file, None)
            elif entry.kind == "expire":
                for number, left in entry.left.items():
                    if (file := found.get(int(number))) is not None:
                        found[int(number)] = _lessened(file, left)
        return tuple(found.values())

    def totals(self, until: int | None = None) -> Totals:
        """Return the sums over the files in the store."""
        files = self.files(until)
        by_source: dict[str, int] = {}
        coarse: dict[str, int] = {}
        for file in files:
            source = file.report.source
            by_source[source] = by_source.get(source, 0) + file.report.held
            coarse[source] = coarse.get(source, 0) + file.coarse
        return Totals(
            n=sum(by_source.values()),
            unplaced=sum(file.report.unplaced for file in files),
            coarse=sum(file.coarse for file in files),
            first=min((f.report.first for f in files if f.report.first), default=None),
            last=max((f.report.last for f in files if f.report.last), default=None),
            by_source={source: n for source, n in sorted(by_source.items()) if n},
            coarse_by_source={source: n for source, n in sorted(coarse.items()) if n},
        )

    def removals(self, until: int | None = None) -> tuple[Removal, ...]:
        """Return what was removed for good, newest first."""
        return tuple(
            Removal(
                {source: date.fromisoformat(day) for source, day in entry.before.items()},
                entry.removed, entry.by, entry.why, entry.when, entry.version,
            )
            for entry in reversed(self.entries(until))
            if entry.kind == "expire"
        )  # fmt: skip

    def sources(self) -> dict[int, str]:
        """Return the source of every file there ever was, by its number."""
        return {entry.file: str(entry.report["source"]) for entry in self.entries() if entry.report is not None}

    def added(self) -> tuple[AddedPart, ...]:
        """Return every Parquet file that a commit ever added. Cost: each commit is read once more, the first time."""
        n = len(self.entries())
        with self._guard:
            while len(self._added) < n:
                self._added.append(_read_added(self._commit_file(len(self._added))))
            return tuple(part for parts in self._added for part in parts)

    def _commit_file(self, number: int) -> Path:
        return self.folder / LOG / f"{number:020}.json"


def _lessened(file: StoredFile, left: Mapping[str, Any]) -> StoredFile:
    """Return a file with the account of the rows that were left of it."""
    first, last = (date.fromisoformat(left[name]) if left[name] else None for name in ("first", "last"))
    report = replace(
        file.report, removed=file.report.accepted - left["n"], unplaced=left["unplaced"], first=first, last=last
    )
    return replace(file, report=report, coarse=left["coarse"])


def written(before: str, content: Mapping[str, Any], **remarks: Any) -> str:
    """Return a commit's metadata: `content` is hashed onto the chain of the commit `before`, `remarks` are not."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    chain = hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()
    return json.dumps({**content, **remarks, "chain": chain}, ensure_ascii=False)


def _read_entry(file: Path, number: int, before: list[Entry]) -> Entry:
    info = _commit_info(file)
    when = datetime.fromtimestamp(info.get("timestamp", 0) / 1000, UTC)
    if METADATA not in info:
        # Another tool compacted or changed the table: still a version of its own.
        chain = hashlib.sha256(f"{before[0].chain if before else ''}\n{file.read_text('utf-8')}".encode()).hexdigest()
        return Entry(number, when, chain, f"{info.get('operation', 'change')} by another tool")
    done = json.loads(info[METADATA])
    known = {name: done[name] for name in Entry.__dataclass_fields__ if name in done}
    return Entry(number=number, when=when, **known)


def _commit_info(file: Path) -> dict[str, Any]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"commitInfo"'):
                return dict(json.loads(line)["commitInfo"])
    return {}


def _read_added(file: Path) -> tuple[AddedPart, ...]:
    found = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"add"'):
                action = json.loads(line)["add"]
                found.append(AddedPart(unquote(action["path"]), int(action["partitionValues"].get("file") or 0)))
    return tuple(found)

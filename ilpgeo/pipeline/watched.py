"""A watched folder: new files are brought in as they come, once they lie still and whole, each once.

What became of a file is recorded in the journal, so that neither a restart nor a second watcher does it again; the
store itself takes no row twice, so that a kill between the two costs nothing. A file is copied into the workspace
before it is read: what is stored was whole when it was looked at, whatever its sender does meanwhile.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ilpgeo.core.errors import Conflict, IlpgeoError, InvalidInput, NotFound, StoreBusy
from ilpgeo.core.plain import plain_line
from ilpgeo.core.watched import Outcome, WatchedFile
from ilpgeo.ingest.readers.shapefile import shapefile_of
from ilpgeo.ingest.whole import ends_open, looks_cut, missing_end
from ilpgeo.pipeline.bring import incoming, ingest
from ilpgeo.pipeline.opened import Opened, open_workspace
from ilpgeo.pipeline.recorded import journal_of, records_stamp
from ilpgeo.store.lock import try_lock

LOCK = ".watch.lock"
BY = "watched folder"
SETTLE_S = 4.0
_OPEN_END = 4  # a text without a last line break lies still so many times as long
GIVE_UP_S = 300.0
CUT = "its last value looks cut and was taken as it is; compare its last row with the source's"
_PIECE_BYTES = 4 << 20
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download", ".swp", "~")
Print = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the folder came to.

    Attributes
    ----------
    done
        What was brought in or quarantined now.
    waiting
        (name, why) of the files left alone for now.
    """

    done: tuple[WatchedFile, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Seen:
    print: Print
    since_s: float


class Watcher:
    """Looks into a folder again and again.

    Parameters
    ----------
    folder, workspace
        What is watched, and where it goes.
    source
        Name of the source; empty: told from each file.
    settle_s
        How long a file must lie still before it is read.
    clock
        Seconds that only go forward.

    Raises
    ------
    NotFound, InvalidInput
        When the folder is not there, or the workspace lies in it.
    """

    def __init__(
        self,
        folder: Path,
        workspace: Path,
        source: str = "",
        settle_s: float = SETTLE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not folder.is_dir():
            raise NotFound(f"there is no folder {folder}; make it, or name the one where files arrive")
        if workspace.resolve().is_relative_to(folder.resolve()):
            raise InvalidInput(f"the workspace lies in the watched folder {folder}; watch a folder of its own")
        self._records = open_workspace(workspace)
        self._known = _Known("", (), frozenset(), frozenset())
        self._folder, self._workspace, self._source = folder, workspace, source
        self._settle_s, self._clock = settle_s, clock
        self._seen: dict[str, _Seen] = {}

    def look(self) -> Look:
        """Take what is new and lies still and whole; leave the rest alone."""
        self._known = _known(self._records, self._known)
        done, waiting, there = [], [], set()
        for path in _files(self._folder):
            name = path.relative_to(self._folder).as_posix()
            there.add(name)
            try:
                if self._known.has(name, path):
                    continue
                why = self._why_not(name, path)
                taken = self._take(name, path) if not why else None
            except FileNotFoundError:
                continue  # taken away meanwhile
            except (StoreBusy, OSError) as error:
                why, taken = str(error), None
            if why:
                waiting.append((plain_line(name), why))
            elif taken is not None:
                done.append(taken)
        self._seen = {name: seen for name, seen in self._seen.items() if name in there}
        return Look(tuple(done), tuple(waiting))

    def _why_not(self, name: str, path: Path) -> str:
        """Return why a file is left alone for now; empty where it can be taken."""
        print_, now = _print(path), self._clock()
        seen = self._seen.get(name)
        if seen is None or seen.print != print_:
            self._seen[name] = _Seen(print_, now)
            return "it has just come"
        still_s = now - seen.since_s
        if still_s < self._settle_s:
            return "it has just come"
        if missing_end(path) and still_s < GIVE_UP_S:
            return f"{missing_end(path)}: perhaps it is still being written"
        if ends_open(path) and still_s < _OPEN_END * self._settle_s:
            return "its last line is open: perhaps it is still being written"
        if still_s < GIVE_UP_S and looks_cut(path):
            return "its last value looks cut: perhaps it is still being written"
        return ""

    def _take(self, name: str, path: Path) -> WatchedFile | None:
        """Bring a file in or quarantine it; None where somebody else is at it, has done it, or it changed meanwhile."""
        opened = open_workspace(self._workspace)  # its settings and tables may be others by now
        held = try_lock(self._workspace / LOCK)
        if held is None:
            return None
        try:
            self._known = _known(self._records, self._known)
            if self._known.has(name, path):
                return None
            with incoming(opened, path.name) as copy:
                before = _print(path)
                digest = _copied(path, copy)
                if _print(path) != before:
                    self._seen.pop(name, None)
                    return None
                about = path.stat()
                if self._known.is_brought(digest):
                    found = WatchedFile(
                        plain_line(name), digest, about.st_size, about.st_mtime_ns, Outcome.BROUGHT,
                        "the same content was brought in before",
                    )  # fmt: skip
                else:
                    found = self._brought(opened, name, copy, digest, about.st_mtime_ns)
            return _record(self._records, name, found)
        finally:
            held.release()

    def _brought(self, opened: Opened, name: str, copy: Path, digest: str, changed_ns: int) -> WatchedFile:
        size, shown = copy.stat().st_size, plain_line(name)
        why = missing_end(copy)
        if why:
            why = f"{shown}: {why}; deliver it again"
            return WatchedFile(shown, digest, size, changed_ns, Outcome.REFUSED, why)
        try:
            report = ingest(opened, copy, self._source)
        except StoreBusy:
            raise
        except IlpgeoError as error:
            return WatchedFile(shown, digest, size, changed_ns, Outcome.REFUSED, plain_line(str(error)))
        doubt = f"{shown}: {CUT}" if looks_cut(copy) else ""
        return WatchedFile(
            shown, digest, size, changed_ns, Outcome.BROUGHT, doubt, report.accepted, report.quarantined,
            report.duplicates,
        )  # fmt: skip


def watched_files(opened: Opened) -> tuple[WatchedFile, ...]:
    """Return what became of the files of watched folders, newest first."""
    return tuple(reversed(_known(opened, None).files))


@dataclass(frozen=True, eq=False)
class _Known:
    """What was dealt with, as of one stamp of the records."""

    stamp: str
    files: tuple[WatchedFile, ...]
    prints: frozenset[tuple[str, int, int]]
    brought: frozenset[str]

    def has(self, name: str, path: Path) -> bool:
        """Return whether this very file was dealt with."""
        about = path.stat()
        return (plain_line(name), about.st_size, about.st_mtime_ns) in self.prints

    def is_brought(self, digest: str) -> bool:
        """Return whether a file of this content was brought in."""
        return digest in self.brought


def _known(opened: Opened, before: _Known | None) -> _Known:
    """Return what was dealt with; what was known before, where nothing was recorded since."""
    stamp = records_stamp(opened)
    if before is not None and before.stamp == stamp:
        return before
    files = tuple(each.value for each in journal_of(opened).newest(WatchedFile)) if stamp else ()
    return _Known(
        stamp,
        files,
        frozenset((each.name, each.size_bytes, each.changed_ns) for each in files),
        frozenset(each.digest for each in files if each.outcome is Outcome.BROUGHT),
    )


def _record(opened: Opened, name: str, found: WatchedFile) -> WatchedFile | None:
    key = f"{name}\0{found.digest}\0{found.changed_ns}".encode("utf-8", "surrogateescape")
    try:
        journal_of(opened).save(found, by=BY, id=hashlib.sha256(key).hexdigest()[:12])
    except Conflict:
        return None  # another watcher was as quick
    return found


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files that may be taken: none hidden, unfinished by its name, a link, or a part of a shapefile."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if any(part.startswith((".", "~")) for part in parts) or path.name.lower().endswith(_UNFINISHED):
            continue
        try:
            if path.is_symlink() or not path.is_file() or shapefile_of(path) is not None:
                continue
        except OSError:
            continue
        yield path


def _parts(path: Path) -> list[Path]:
    """Return a file, with the parts beside it where it is a shapefile."""
    if path.suffix.lower() != ".shp":
        return [path]
    beside = (each for each in path.parent.iterdir() if each != path and each.is_file() and not each.is_symlink())
    return [path, *sorted(each for each in beside if shapefile_of(each) == path)]


def _print(path: Path) -> Print:
    """Return what changes when a file is written to."""
    return tuple((each.name, each.stat().st_size, each.stat().st_mtime_ns) for each in _parts(path))


def _copied(path: Path, copy: Path) -> str:
    """Copy a file with its parts, and return the digest of all."""
    digest = hashlib.sha256()
    for part in _parts(path):
        with part.open("rb") as source, copy.with_name(part.name).open("wb") as target:
            while piece := source.read(_PIECE_BYTES):
                digest.update(piece)
                target.write(piece)
    return digest.hexdigest()

"""Archives: a zip that holds one table in some format, or a gzipped file of a format that is not streamed.

What is read is unpacked into a folder of its own under a plain name, within the limits, and the folder goes when the
table is let go of.
"""

from __future__ import annotations

import gzip
import lzma
import shutil
import struct
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ilpgeo.core.errors import IlpgeoError, InvalidInput
from ilpgeo.ingest.readers.limits import copy_bounded, require_ratio, require_size
from ilpgeo.ingest.readers.shapefile import COMPANIONS
from ilpgeo.ingest.readers.table import RawBatch, RawTable, named

if TYPE_CHECKING:
    import pyarrow as pa

MAX_DIRECTORY = 16 << 20  # bytes of the zip's own list of members
MAX_STEM = 60
_LOOSE = frozenset({".txt", ".json"})  # read when nothing else is there: readme files have these suffixes too
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, gzip.BadGzipFile, struct.error, EOFError, NotImplementedError,
    OSError, ValueError, IndexError,
)  # fmt: skip


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Bundled:
    """A table inside an archive; see `RawTable`. What goes wrong inside is told with the archive's name."""

    archive: str
    inside: RawTable

    @property
    def format(self) -> str:
        """The word for the format inside."""
        return self.inside.format

    @property
    def columns(self) -> tuple[str, ...]:
        """Unique column names."""
        return self.inside.columns

    @property
    def n_rows_hint(self) -> int | None:
        """Rows inside, about."""
        return self.inside.n_rows_hint

    @property
    def crs(self) -> str:
        """CRS text the file inside declares."""
        return self.inside.crs

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the file inside noticed."""
        return self.inside.notes

    def head(self, columns: Sequence[str]) -> pa.RecordBatch:
        """Return the first rows."""
        with _inside(self.archive):
            return self.inside.head(columns)

    def batches(self, columns: Sequence[str], coded: Sequence[str] = ()) -> Iterator[RawBatch]:
        """Yield every row."""
        with _inside(self.archive):
            yield from self.inside.batches(columns, coded)


def open_zip(path: Path, known: Collection[str], open_inside: Callable[[Path], RawTable]) -> RawTable:
    """Return the one table a zip holds.

    Parameters
    ----------
    known
        Suffixes that can be read.
    open_inside
        Opens an unpacked file.

    Raises
    ------
    InvalidInput
        For a zip that is damaged, locked, too large unpacked, or holds no table or several.
    """
    require_size(path.stat().st_size, path.name)
    with sound_archive(path), open_members(path) as archive:
        members = _chosen(archive, path.name, known)
        declared = sum(member.file_size for member in members)
        require_size(declared, path.name, "what it holds")
        require_ratio(declared, sum(member.compress_size for member in members), path.name)
        locked = [member.filename for member in members if member.flag_bits & 1]
        if locked:
            raise InvalidInput(f"{path.name}: {locked[0]} is locked with a password; zip it again without one")

        def unpack(folder: Path) -> Path:
            done = 0
            for member in members:
                with archive.open(member) as stream:
                    done = copy_bounded(stream, folder / _plain(member), member.compress_size, path.name, done)
            return folder / _plain(members[0])

        return _unpacked(path.name, unpack, open_inside)


def open_gzip(path: Path, open_inside: Callable[[Path], RawTable]) -> RawTable:
    """Return the table in a gzipped file of a format that cannot be read while it is unpacked."""
    require_size(path.stat().st_size, path.name)

    def unpack(folder: Path) -> Path:
        target = folder / (path.stem if path.suffix.lower() == ".gz" else path.name)
        with gzip.open(path) as stream:
            copy_bounded(stream, target, path.stat().st_size, path.name)  # type: ignore[arg-type]
        return target

    with sound_archive(path):
        return _unpacked(path.name, unpack, open_inside)


@contextmanager
def open_members(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose own list of members is of a sane size."""
    if _directory_size(path) > MAX_DIRECTORY:
        raise InvalidInput(f"{path.name}: the zip lists far too many members; zip the one table alone")
    with zipfile.ZipFile(path) as archive:
        yield archive


@contextmanager
def sound_archive(path: Path) -> Iterator[None]:
    """Turn what goes wrong in unpacking into a message for the person who brought the archive."""
    try:
        yield
    except IlpgeoError:
        raise
    except _DAMAGE as error:
        raise InvalidInput(
            f"{path.name}: the archive is damaged, cut short or of a kind that cannot be unpacked ({error}); "
            "fetch it again or bring the file unpacked"
        ) from error


def _unpacked(name: str, unpack: Callable[[Path], Path], open_inside: Callable[[Path], RawTable]) -> RawTable:
    folder = Path(tempfile.mkdtemp(prefix="ilpgeo-"))
    try:
        target = unpack(folder)
        with _inside(name):
            table = Bundled(name, open_inside(target))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(table, shutil.rmtree, folder, ignore_errors=True)
    return table


def _chosen(archive: zipfile.ZipFile, name: str, known: Collection[str]) -> list[zipfile.ZipInfo]:
    """Return the member to read and, after it, its companions."""
    members = [member for member in archive.infolist() if not member.is_dir() and not _is_clutter(member)]
    tables = [member for member in members if _suffix(member) in known]
    tables = [member for member in tables if _suffix(member) not in _LOOSE] or tables
    if not tables:
        held = named([member.filename for member in members]) or "nothing"
        lost = any(_suffix(member) in COMPANIONS for member in members)
        hint = "the .shp of the shapefile is missing" if lost else f"zip one file of {', '.join(known)}"
        raise InvalidInput(f"{name}: no table in the zip (it holds {held}); {hint}")
    if len(tables) > 1:
        raise InvalidInput(
            f"{name}: {len(tables)} tables in the zip ({named([member.filename for member in tables])}); "
            "unpack it and bring the folder, or zip each alone"
        )
    table = tables[0]
    if _suffix(table) != ".shp":
        return [table]
    stem = PurePosixPath(table.filename).with_suffix("").as_posix().lower()
    rest = {
        _suffix(member): member
        for member in members
        if _suffix(member) in COMPANIONS and PurePosixPath(member.filename).with_suffix("").as_posix().lower() == stem
    }
    return [table, *rest.values()]


def _is_clutter(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    return path.name.startswith(".") or "__MACOSX" in path.parts


def _suffix(member: zipfile.ZipInfo) -> str:
    path = PurePosixPath(member.filename.lower())
    return PurePosixPath(path.stem).suffix if path.suffix == ".gz" else path.suffix


def _plain(member: zipfile.ZipInfo) -> str:
    """Return a file name without a folder, short enough for any file system; the suffix in lower case."""
    path = PurePosixPath(member.filename)
    return f"{path.stem[:MAX_STEM]}{path.suffix.lower()}"


def _directory_size(path: Path) -> int:
    """Return the bytes of a zip's list of members as the end of the file says, before anything reads it."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(size - (1 << 16) - 64, 0))
        tail = stream.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0 or len(tail) < at + 22:
            raise zipfile.BadZipFile("it has no end")
        (listed,) = struct.unpack_from("<L", tail, at + 12)
        if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":
            stream.seek(min(struct.unpack_from("<Q", tail, at - 12)[0], size) + 40)
            (listed,) = struct.unpack("<Q", stream.read(8))
    return int(listed)


@contextmanager
def _inside(archive: str) -> Iterator[None]:
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(f"{archive}: {error}", error.faults) from error

"""Whether a file has its end: told from its content, for a file that lies still may be one whose sender broke off."""

from __future__ import annotations

import csv
import gzip
import struct
import zipfile
import zlib
from pathlib import Path

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers.content import HEAD_BYTES, Content, content_of
from ilpgeo.ingest.readers.shapefile import require_whole

_TAIL_BYTES = 1 << 16
_PIECE_BYTES = 4 << 20
_DELIMITERS = (",", ";", "\t", "|")
_FEWEST_ABOVE = 2
_UNDER_WAY = ("-journal", "-wal")


def missing_end(path: Path) -> str:
    """Return why a file looks cut short, in words; empty where it looks whole or nothing can be told."""
    size = path.stat().st_size
    if not size:
        return "it is empty"
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(max(0, size - _TAIL_BYTES))
        tail = stream.read()
    content = content_of(head)
    if content is Content.GZIP:
        return _gzip_fault(path)
    if content is Content.SHAPEFILE and path.suffix.lower() == ".shp":
        return _shapefile_fault(path)
    is_whole = {
        Content.PARQUET: lambda: size > 8 and tail.endswith(b"PAR1"),
        Content.ZIP: lambda: zipfile.is_zipfile(path),
        Content.SQLITE: lambda: _is_whole_database(path, head, size),
        Content.JSON: lambda: tail.rstrip()[-1:] in {b"}", b"]"},
        Content.KML: lambda: tail.rstrip().endswith(b"</kml>"),
        Content.TEXT: lambda: _is_whole_text(head, tail),
    }.get(content)
    if is_whole is None or is_whole():
        return ""
    return "it ends in the middle of a row" if content is Content.TEXT else "its end is missing"


def ends_open(path: Path) -> bool:
    """Return whether a text ends without a line break: its last field may still be growing."""
    with path.open("rb") as stream:
        if content_of(stream.read(HEAD_BYTES)) is not Content.TEXT:
            return False
        stream.seek(-1, 2)
        return stream.read(1) not in {b"\n", b"\r"}


def looks_cut(path: Path) -> bool:
    """Return whether the last value of a text without a last line break looks cut short, beside the column above it.

    It looks whole where it stands above as well, or is no shorter than all above and the beginning of none of them. A
    column of fewer than two other values tells nothing, and counts as cut.
    """
    if not ends_open(path):
        return False
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        stream.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        tail = stream.read()
    delimiter = _delimiter(head.decode("utf-8", "replace").splitlines()[0])
    lines = tail.decode("utf-8", "replace").splitlines()
    *above, last = [row[-1].strip() for row in csv.reader(lines[1:], delimiter=delimiter) if row] or [""]
    if len(above) < _FEWEST_ABOVE:
        return True
    if last in above:
        return False
    return len(last) < min(map(len, above)) or any(each.startswith(last) for each in above)


def _gzip_fault(path: Path) -> str:
    try:
        with gzip.open(path) as packed:
            while packed.read(_PIECE_BYTES):
                pass
    except EOFError:
        return "its end is missing"
    except (gzip.BadGzipFile, zlib.error):
        return "it is damaged"
    return ""


def _shapefile_fault(path: Path) -> str:
    try:
        require_whole(path)
    except InvalidInput as error:
        return "; ".join(error.faults) or str(error)
    return ""


def _is_whole_database(path: Path, head: bytes, size: int) -> bool:
    if any(path.with_name(path.name + suffix).exists() for suffix in _UNDER_WAY):
        return False
    (page,) = struct.unpack_from(">H", head, 16)
    (pages,) = struct.unpack_from(">L", head, 28)
    return size >= (65536 if page == 1 else int(page)) * int(pages)


def _is_whole_text(head: bytes, tail: bytes) -> bool:
    """Return whether the last line of a table has as many fields as the first; one that is ended counts as whole."""
    if tail[-1:] in {b"\n", b"\r"}:
        return True
    first = head.decode("utf-8", "replace").splitlines()[0]
    last = tail.decode("utf-8", "replace").splitlines()[-1]
    delimiter = _delimiter(first)
    if not first.count(delimiter):
        return True
    if last.count('"') % 2:
        return False
    fields = [len(next(csv.reader([line], delimiter=delimiter), [])) for line in (first, last)]
    return fields[1] >= fields[0]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)

"""What a file is, told by its first bytes."""

from __future__ import annotations

import codecs
from enum import StrEnum

from ilpgeo.ingest.readers.encoding import is_text

HEAD_BYTES = 4096
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\x00\x00\x27\x0a", "shapefile"),
)


class Content(StrEnum):
    """What the first bytes of a file can say it is."""

    PARQUET = "parquet"
    ZIP = "zip"
    GZIP = "gzip"
    OLE = "ole"
    SQLITE = "sqlite"
    SHAPEFILE = "shapefile"
    JSON = "json"
    KML = "kml"
    MARKUP = "markup"
    TEXT = "text"
    OTHER = "other"


def content_of(head: bytes) -> Content:
    """Return what a file begins as; TEXT also for CSV, which nothing marks."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return Content(name)
    begin = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if begin[:1] in {b"{", b"["} and begin[1:].lstrip()[:1] in {b'"', b"{", b"}", b"]"}:
        return Content.JSON
    if begin[:1] == b"<":
        return Content.KML if b"<kml" in begin else Content.MARKUP
    return Content.TEXT if is_text(head) else Content.OTHER

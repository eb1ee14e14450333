"""The files that make up one shapefile, checked to be there and whole before any is read."""

from __future__ import annotations

import struct
from pathlib import Path

from ilpgeo.core.errors import InvalidInput, raise_all

NEEDED = (".shx", ".dbf")
COMPANIONS = frozenset({".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".qmd"})
_METADATA = ".xml"
_WORD = 2


def shapefile_of(path: Path) -> Path | None:
    """Return the .shp beside a file that belongs to it and is never read alone; None for any other file.

    Metadata stand in ``a.shp.xml`` or ``a.xml``.
    """
    suffix = path.suffix.lower()
    if suffix == _METADATA and path.stem.lower().endswith(".shp"):
        return _sibling(path.with_suffix(""), ".shp")
    return _sibling(path, ".shp") if suffix in {*COMPANIONS, _METADATA} else None


def require_whole(path: Path) -> tuple[str, ...]:
    """Check that a shapefile's parts are there and as long as they say; return what to know of it.

    Raises
    ------
    InvalidInput
        When a part is missing or cut short; every fault is listed.
    """
    faults = [
        f"its {suffix} file is missing beside it; bring all parts, best in one zip"
        for suffix in NEEDED
        if _sibling(path, suffix) is None
    ]
    for part in (path, _sibling(path, ".shx")):
        if part is not None and _stated_length(part) > part.stat().st_size:
            faults.append(f"{part.name} is cut short; fetch it again")
    table = _sibling(path, ".dbf")
    if table is not None and _stated_table_length(table) > table.stat().st_size:
        faults.append(f"{table.name} is cut short; fetch it again")
    raise_all(faults, subject=path.name)
    if _sibling(path, ".prj") is None:
        return ("its .prj file is missing, so it does not say its CRS: check the CRS that is taken for it",)
    return ()


def refuse_companion(path: Path) -> InvalidInput:
    """Return the error for a part of a shapefile brought alone."""
    return InvalidInput(f"{path.name}: a part of a shapefile; bring its .shp with all parts beside it, or all in a zip")


def _sibling(path: Path, suffix: str) -> Path | None:
    for found in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
        if found.is_file():
            return found
    return None


def _stated_length(path: Path) -> int:
    with path.open("rb") as stream:
        head = stream.read(28)
    if len(head) < 28:
        return 1 << 62
    (words,) = struct.unpack_from(">L", head, 24)
    return int(words) * _WORD


def _stated_table_length(path: Path) -> int:
    with path.open("rb") as stream:
        head = stream.read(12)
    if len(head) < 12:
        return 1 << 62
    rows, header, row = struct.unpack_from("<LHH", head, 4)
    return int(header) + int(rows) * int(row)

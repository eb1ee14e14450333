"""Which reader a file needs: by what it begins with, then by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.ingest.readers.table import RawTable

Opener = Callable[[Path], RawTable]


def _open_csv(path: Path) -> RawTable:
    from ilpgeo.ingest.readers.delimited import open_delimited

    return open_delimited(path)


def _open_parquet(path: Path) -> RawTable:
    from ilpgeo.ingest.readers.columnar import open_columnar

    return open_columnar(path)


OPENERS: Mapping[str, Opener] = MappingProxyType(
    {
        ".csv": _open_csv,
        ".tsv": _open_csv,
        ".tab": _open_csv,
        ".txt": _open_csv,
        ".parquet": _open_parquet,
        ".pq": _open_parquet,
    }
)
MAGIC: tuple[tuple[bytes, str], ...] = ((b"PAR1", ".parquet"),)


def open_table(path: Path) -> RawTable:
    """Return the file opened by the reader its content, else its name, calls for.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        When no reader knows the format or the file is not what it should be.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}")
    if path.stat().st_size == 0:
        raise InvalidInput(f"{path.name}: the file is empty; bring one with a header line and at least one row")
    with path.open("rb") as stream:
        head = stream.read(8)
    by_name = _suffix(path)
    by_content = next((suffix for magic, suffix in MAGIC if head.startswith(magic)), None)
    opener = OPENERS.get(by_content or by_name)
    if opener is None:
        raise InvalidInput(
            f"{path.name}: no reader for {by_name or 'a file without a suffix'}; bring {known_formats()}"
        )
    return opener(path)


def known_formats() -> str:
    """Return the file suffixes that can be read, for a message."""
    return ", ".join(OPENERS)


def _suffix(path: Path) -> str:
    suffixes = [each.lower() for each in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes = suffixes[:-1] or [".csv"]
    return suffixes[-1] if suffixes else ""

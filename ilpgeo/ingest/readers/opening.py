"""Which reader a file needs: by what it begins with, then by its name."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.ingest.readers.content import HEAD_BYTES, Content, content_of
from ilpgeo.ingest.readers.shapefile import COMPANIONS, refuse_companion
from ilpgeo.ingest.readers.table import RawTable

TEXT = (".csv", ".tsv", ".tab", ".txt")
PARQUET = (".parquet", ".pq")
EXCEL = (".xlsx", ".xlsm")
JSON = (".geojson", ".json")
PLACES = (".gpkg", ".shp", ".kml")
ARCHIVES = (".zip", ".kmz")
TABLES = (*TEXT, *PARQUET, *EXCEL, *JSON, *PLACES)
Open = Callable[[Path], RawTable]


def open_table(path: Path) -> RawTable:
    """Return the file opened by the reader its content, else its name, calls for.

    Raises
    ------
    NotFound
        When there is no such file.
    InvalidInput
        When no reader knows the format or the file is not what it should be.
    """
    try:
        if path.is_dir():
            raise InvalidInput(f"{path.name}: a folder where a file is expected; bring the files in it")
        if not path.is_file():
            raise NotFound(f"there is no file {path}")
        return _opened(path, open_archive=_open_archive)
    except OSError as error:
        raise InvalidInput(
            f"{path.name[:200]}: cannot be read ({error.strerror or error}); check its name and who may read it"
        ) from error


def known_formats() -> str:
    """Return the file suffixes that can be read, for a message."""
    return ", ".join((*TABLES, *ARCHIVES))


def _opened(path: Path, open_archive: Open) -> RawTable:
    content, inner = _contents(path)
    suffix = _suffix(path)
    if content is Content.GZIP and inner in {Content.TEXT, Content.OTHER} and suffix in TEXT:
        return _open_text(path)
    if content in {Content.GZIP, Content.ZIP}:
        return open_archive(path)
    return _open_plain(path, content, suffix)


def _open_plain(path: Path, content: Content, suffix: str) -> RawTable:
    """Open a file that is neither an archive nor packed."""
    if content is Content.PARQUET or (suffix in PARQUET and content is not Content.TEXT):
        from ilpgeo.ingest.readers.columnar import open_columnar

        return open_columnar(path)
    if content in {Content.JSON, Content.SQLITE, Content.SHAPEFILE, Content.KML}:
        if content is Content.SHAPEFILE and suffix != ".shp":
            raise refuse_companion(path)
        return _open_places(path, content)
    if suffix in COMPANIONS or suffix == ".dbf":
        raise refuse_companion(path)
    if suffix in TEXT or (content is Content.TEXT and suffix in (*TABLES, *ARCHIVES) and suffix not in JSON):
        if content is Content.MARKUP:
            raise InvalidInput(
                f"{path.name}: a web page or XML, not a table; it may be the error page of a download: fetch it again"
            )
        return _open_text(path)
    raise _refusal(path, content, suffix)


def _open_text(path: Path) -> RawTable:
    from ilpgeo.ingest.readers.delimited import open_delimited

    return open_delimited(path)


def _open_places(path: Path, content: Content) -> RawTable:
    from ilpgeo.ingest.readers.geofile import open_geofile

    return open_geofile(path, content)


def _open_archive(path: Path) -> RawTable:
    """Open a zip (Excel files are zips too) or a gzipped file that cannot be read while it is unpacked."""
    from ilpgeo.ingest.readers.bundle import open_gzip, open_zip

    def open_inside(inside: Path) -> RawTable:
        return _opened(inside, open_archive=_open_nested)

    if _contents(path)[0] is Content.GZIP:
        return open_gzip(path, open_inside)
    return _open_workbook(path) or open_zip(path, TABLES, open_inside)


def _open_nested(path: Path) -> RawTable:
    workbook = _open_workbook(path) if _contents(path)[0] is Content.ZIP else None
    if workbook is None:
        raise InvalidInput(f"{path.name}: an archive in an archive; unpack it and bring the file in it")
    return workbook


def _open_workbook(path: Path) -> RawTable | None:
    """Return the sheet of an Excel file, None for a zip that is none."""
    from ilpgeo.ingest.readers.bundle import open_members, sound_archive
    from ilpgeo.ingest.readers.excel import open_excel

    with sound_archive(path), open_members(path) as archive:
        names = set(archive.namelist())
        if "xl/workbook.bin" in names or "content.xml" in names:
            raise InvalidInput(f"{path.name}: a workbook of another kind (.xlsb or .ods); save it as .xlsx or CSV")
        if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
            return None
        return open_excel(path, archive)


def _contents(path: Path) -> tuple[Content, Content]:
    """Return what a file is and what is packed in it (itself, if it is not gzipped)."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise InvalidInput(f"{path.name}: the file is empty; bring one with a header line and at least one row")
    content = content_of(head)
    if content is not Content.GZIP:
        return content, content
    try:
        with gzip.open(path) as packed:
            return content, content_of(packed.read(HEAD_BYTES))
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise InvalidInput(f"{path.name}: the gzip file is damaged or cut short ({error}); fetch it again") from error


def _refusal(path: Path, content: Content, suffix: str) -> InvalidInput:
    if content is Content.OLE:
        return InvalidInput(
            f"{path.name}: an old Excel file (.xls), or one locked with a password; save it as .xlsx or CSV, unlocked"
        )
    if content is Content.OTHER and suffix in (*TABLES, *ARCHIVES):
        return InvalidInput(f"{path.name}: not a {suffix} file, by what it holds; fetch it again or bring a CSV")
    if suffix in JSON:
        return InvalidInput(f"{path.name}: not a GeoJSON file, by what it holds; fetch it again or bring a CSV")
    return InvalidInput(f"{path.name}: no reader for {suffix or 'a file without a suffix'}; bring {known_formats()}")


def _suffix(path: Path) -> str:
    suffixes = [each.lower() for each in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes = suffixes[:-1] or [".csv"]
    return suffixes[-1] if suffixes else ""

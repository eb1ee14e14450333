"""Which layer of a file with geometry is read, and its rows as the driver gives them.

GDAL opens a file with whichever driver claims its content, and some that claim JSON or XML run commands or read
other files: so the content is checked first, and the driver named or compared.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyogrio.raw import open_arrow

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers.content import Content
from ilpgeo.ingest.readers.limits import require_size
from ilpgeo.ingest.readers.shapefile import require_whole
from ilpgeo.ingest.readers.table import named

_DAMAGE = (
    DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, CRSError, pa.ArrowException, OSError,
    ValueError,
)  # fmt: skip
_DRIVERS = {
    Content.JSON: ("GeoJSON", "GeoJSON"),
    Content.SQLITE: ("GeoPackage", "GPKG"),
    Content.SHAPEFILE: ("Shapefile", "ESRI Shapefile"),
    Content.KML: ("KML", "LIBKML"),
}
_FOREIGN_XML = (b"<ogrvrt", b"<!doctype", b"<!entity")


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a file with geometry.

    Attributes
    ----------
    file
        Name of the file, for messages.
    source, name
        What GDAL opens, and the layer in it.
    format
        The word for the format on screen.
    notes
        What to know of how it was read.
    """

    file: str
    source: str
    name: str
    format: str
    notes: tuple[str, ...]

    @contextmanager
    def rows(
        self, fields: Sequence[str] | None, n: int, *, with_places: bool
    ) -> Iterator[tuple[dict[str, Any], Iterator[pa.RecordBatch]]]:
        """Give what the layer says of itself, and its rows `n` at a time with the geometry as the last column.

        Parameters
        ----------
        fields
            Fields to read; None means all.
        """
        options = {"DATE_AS_STRING": "YES"} if self.format == "GeoJSON" else {}
        with ExitStack() as stack:
            with sound(self.file, 0):
                meta, reader = stack.enter_context(
                    open_arrow(
                        self.source, layer=self.name, columns=None if fields is None else list(fields), batch_size=n,
                        read_geometry=with_places, datetime_as_string=True, use_pyarrow=True, **options,
                    )
                )  # fmt: skip
            yield meta, self._checked(reader)

    def _checked(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        passed = 0
        while True:
            with sound(self.file, passed):
                batch = next(reader, None)
                if batch is None:
                    return
                batch.validate(full=True)
            columns = [each.storage if isinstance(each, pa.ExtensionArray) else each for each in batch.columns]
            yield pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
            passed += len(batch)


def choose_layer(path: Path, content: Content) -> Layer:
    """Return the one layer of a file that can hold incidents.

    Raises
    ------
    InvalidInput
        For a file that is damaged, not of the format it seems to be, or has several layers to choose from.
    """
    require_size(path.stat().st_size, path.name)
    notes: tuple[str, ...] = ()
    if content is Content.SHAPEFILE:
        notes = require_whole(path)
    elif content is Content.SQLITE:
        _require_database(path)
    elif content is Content.KML:
        _require_plain_xml(path)
    word, driver = _DRIVERS[content]
    where = str(path.absolute())
    source = f"GeoJSON:{where}" if content is Content.JSON else where
    with sound(path.name, 0):
        kinds = [(str(name), None if kind is None else str(kind)) for name, kind in pyogrio.list_layers(source)]
        if not kinds:
            raise InvalidInput(f"{path.name}: the file holds no table; bring one with rows")
        told = pyogrio.read_info(source, layer=kinds[0][0])["driver"]
    if told != driver:
        raise InvalidInput(f"{path.name}: reads as {told}, not as {word}; save it as GeoJSON, GeoPackage or CSV")
    name, left = _the_one(kinds, path.name)
    if left:
        notes = (*notes, f"layer {name!r} is read; not read: {named([repr(each) for each in left])}")
    return Layer(path.name, source, name, word, notes)


@contextmanager
def sound(file: str, passed: int) -> Iterator[None]:
    """Turn what GDAL and Arrow say of a damaged file into a message for the person who brought it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except InvalidInput:
        raise
    except _DAMAGE as error:
        raise InvalidInput(
            f"{file}, after row {passed}: the file is damaged, cut short or not what its name says "
            f"({_first_line(error)}); fetch it again, or bring it as CSV"
        ) from error


def _the_one(kinds: list[tuple[str, str | None]], file: str) -> tuple[str, list[str]]:
    """Return the layer to read and those left; points come before tables without geometry, these before areas."""

    def rank(kind: str | None) -> int:
        if kind is None:
            return 1
        return 0 if any(word in kind for word in ("Point", "Unknown", "GeometryCollection")) else 2

    best = min(rank(kind) for _, kind in kinds)
    fitting = [name for name, kind in kinds if rank(kind) == best]
    if len(fitting) > 1 and best < 2:
        raise InvalidInput(
            f"{file}: {len(fitting)} layers could be the incidents ({named(fitting)}); save the one meant alone"
        )
    return fitting[0], [name for name, _ in kinds if name != fitting[0]]


def _require_database(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(100)
    if len(head) == 100:
        page, pages = struct.unpack_from(">H", head, 16)[0], struct.unpack_from(">L", head, 28)[0]
        stated = (65_536 if page == 1 else page) * pages
        if head[24:28] == head[92:96] and stated > path.stat().st_size:
            raise InvalidInput(f"{path.name}: the database is cut short; fetch it again")


def _require_plain_xml(path: Path) -> None:
    with path.open("rb") as stream:
        head = stream.read(1 << 20).lower()
    if any(mark in head for mark in _FOREIGN_XML):
        raise InvalidInput(f"{path.name}: the KML holds declarations that are not read; save it as GeoJSON or CSV")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:200]

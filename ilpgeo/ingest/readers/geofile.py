"""GeoJSON, GeoPackage, shapefile, KML: one point a row, its two coordinates as columns before the file's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from ilpgeo.core.errors import InvalidInput
from ilpgeo.ingest.readers.content import Content
from ilpgeo.ingest.readers.layers import Layer, choose_layer
from ilpgeo.ingest.readers.points import points_of
from ilpgeo.ingest.readers.table import RawBatch, unique_names

ROWS = 16_384
SAMPLE_ROWS = 4_096
DEGREES = ("longitude", "latitude")
PLANE = ("x_coordinate", "y_coordinate")
_WGS84 = ("EPSG:4326", "OGC:CRS84")


@dataclass(frozen=True, slots=True, eq=False)
class Geofile:
    """An opened file with geometry; see `RawTable`.

    Attributes
    ----------
    places
        The names of the two coordinates; none for a table without geometry.
    fields
        The file's own names of the columns that follow.
    sample
        The first rows, every column.
    """

    layer: Layer
    columns: tuple[str, ...]
    places: tuple[str, ...]
    fields: tuple[str, ...]
    crs: str
    sample: pa.RecordBatch
    n_rows_hint: int | None = None

    @property
    def format(self) -> str:
        """The word for the format on screen."""
        return self.layer.format

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know of how the file was read."""
        return self.layer.notes

    def head(self, columns: Sequence[str]) -> pa.RecordBatch:
        """Return the first few thousand rows."""
        return self.sample.select(list(columns))

    def batches(self, columns: Sequence[str], coded: Sequence[str] = ()) -> Iterator[RawBatch]:  # noqa: ARG002
        """Yield the rows; one whose geometry is no single point is reported in `RawBatch.unreadable`."""
        own = dict(zip(self.columns[len(self.places) :], self.fields, strict=True))
        fields = [own[column] for column in columns if column in own]
        with_places = bool(self.places) and len(fields) < len(columns)
        passed = 0
        with self.layer.rows(fields, ROWS, with_places=with_places) as (_, reading):
            for batch in reading:
                raw = self.placed(batch, passed, with_places=with_places)
                passed += len(batch)
                yield RawBatch(raw.values.select(list(columns)), raw.rows, raw.unreadable)

    def placed(self, batch: pa.RecordBatch, passed: int, *, with_places: bool) -> RawBatch:
        """Return rows as the driver gave them, after `passed` others, with their coordinates."""
        rows = np.arange(passed + 1, passed + 1 + len(batch), dtype=np.int64)
        names = batch.schema.names[:-1] if with_places else batch.schema.names
        column_of = dict(zip(self.fields, self.columns[len(self.places) :], strict=True))
        held = {column_of[name]: batch.column(at) for at, name in enumerate(names)}
        if not with_places:
            return RawBatch(pa.RecordBatch.from_pydict(held), rows)
        points = points_of(batch.column(batch.num_columns - 1))
        across, up = (pa.array(each, from_pandas=True) for each in (points.x, points.y))
        values = pa.RecordBatch.from_pydict({self.places[0]: across, self.places[1]: up, **held})
        if not points.wrong:
            return RawBatch(values, rows)
        keep = np.ones(len(rows), np.bool_)
        keep[[at for at, _ in points.wrong]] = False
        unreadable = tuple((int(rows[at]), f"a {kind} where one point is expected") for at, kind in points.wrong)
        return RawBatch(values.filter(pa.array(keep)), rows[keep], unreadable)


def open_geofile(path: Path, content: Content) -> Geofile:
    """Return a file with geometry opened.

    Its coordinates are called ``longitude`` and ``latitude`` where the file is in WGS 84 degrees, and declare no CRS
    then; else ``x_coordinate`` and ``y_coordinate``, in the CRS declared.

    Raises
    ------
    InvalidInput
        For a damaged file, one without rows, and one of polygons or lines where points are expected.
    """
    layer = choose_layer(path, content)
    with layer.rows(None, SAMPLE_ROWS, with_places=True) as (meta, reading):
        first = next(reading, None)
    fields = tuple(str(name) for name in meta["fields"])
    if first is None or len(first) == 0:
        raise InvalidInput(f"{path.name}: {len(fields)} columns and no rows; bring a file with rows")
    crs = str(meta["crs"] or "")
    is_degrees = crs in _WGS84
    places = () if meta["geometry_type"] is None else DEGREES if is_degrees else PLANE
    columns = unique_names((*places, *fields), path.name)
    table = Geofile(layer, columns, places, fields, "" if is_degrees else crs, first)
    raw = table.placed(first, 0, with_places=bool(places))
    if raw.unreadable and not _has_place(raw, places):
        row, kind = raw.unreadable[0]
        raise InvalidInput(
            f"{path.name}, row {row}: {kind}, and no row looked at has one; bring incidents with one point each "
            "(polygons are areas: give them as boundaries when a workspace is made)"
        )
    return replace(table, sample=raw.values)


def _has_place(raw: RawBatch, places: Sequence[str]) -> bool:
    return bool(np.isfinite(raw.values.column(places[0]).to_numpy(zero_copy_only=False)).any())

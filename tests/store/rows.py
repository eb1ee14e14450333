"""Candidates for the tests of the store."""

from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from ilpgeo.core.ingested import FileReport
from ilpgeo.core.schema import candidate
from ilpgeo.store.lake import Lake

NEW_YEAR = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
CRS, ZONE = "EPSG:32617", "UTC"


def batch(keys: Iterable[int], *, step_s: int = 3600) -> pa.RecordBatch:
    """Return one candidate per key, `step_s` seconds per key after the new year of 2020."""
    known = np.array(list(keys), np.uint64)
    t = NEW_YEAR + known.astype(np.int64) * step_s
    columns = {
        "key": known, "row": known.astype(np.int64) + 1, "x": known * 1.0, "y": known * 2.0,
        "t_from": t.astype("datetime64[s]"), "t_to": t.astype("datetime64[s]"),
        "day": pa.array((t // 86_400).astype(np.int32)).cast(pa.date32()), "precision": ["second"] * len(t),
        "label": [f"l{key % 3}" for key in known], "offence": [f"o{key % 3}" for key in known],
        "area": ["a"] * len(t), "place": [None] * len(t), "reference": [str(key) for key in known],
        "t_reported": [None] * len(t), "series": [None] * len(t),
    }  # fmt: skip
    plain = {c.name: c.type.value_type if pa.types.is_dictionary(c.type) else c.type for c in candidate()}
    arrays = [
        values.cast(kind) if isinstance(values := columns[name], pa.Array) else _array(values, kind)
        for name, kind in plain.items()
    ]
    return pa.RecordBatch.from_arrays(arrays, list(plain)).cast(candidate())


def _array(values: object, kind: pa.DataType) -> pa.Array:
    array = pa.array(values)
    return array.cast(kind)


def open_lake(folder: object, **settings: float) -> Lake:
    return Lake(folder, crs=CRS, timezone=ZONE, **settings)


def bring(lake: Lake, keys: Iterable[int], file_id: str = "f1", source: str = "police", **how: int) -> FileReport:
    listed = list(keys)
    return lake.append([batch(listed, **how)], lambda: FileReport(file_id, f"{file_id}.csv", source, len(listed)))

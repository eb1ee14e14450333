"""The stores under contract, what is brought into them, and a second process; light, for processes import it."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from ilpgeo.core.ingested import FileReport
from ilpgeo.core.protocols import IncidentStore, Selection
from ilpgeo.core.schema import candidate

CRS, ZONE = "EPSG:32617", "America/Toronto"
Opener = Callable[[Path], IncidentStore]


def open_lake(folder: Path) -> IncidentStore:
    from ilpgeo.store.lake import Lake

    return Lake(folder / "lake", crs=CRS, timezone=ZONE)


STORES = {"lake": open_lake}


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def row(key: int, **changes: object) -> dict[str, object]:
    start = changes.get("t_from", utc(2021, 1, 1, 12) + timedelta(hours=key % 1000))
    known = {
        "key": key, "row": key % 2**31 + 1, "x": 630_000.0 + key % 97, "y": 4_840_000.5 + key % 89, "t_from": start,
        "t_to": start + timedelta(hours=1), "day": start.astimezone(ZoneInfo(ZONE)).date(), "precision": "hour",
        "label": f"Label {key % 4}", "offence": f"offence {key % 3}", "area": f"A{key % 5}" if key % 7 else None,
        "place": "house" if key % 2 else None, "reference": str(key), "t_reported": None, "series": None,
    }  # fmt: skip
    return known | changes


def batch(rows: Iterable[dict[str, object]]) -> pa.RecordBatch:
    listed = list(rows)
    layout = candidate()
    columns = [pa.array([each[c.name] for each in listed], c.type.value_type if c.name in _WORDS else c.type)
               for c in layout]  # fmt: skip
    return pa.RecordBatch.from_arrays([a.cast(c.type) for a, c in zip(columns, layout, strict=True)], schema=layout)


_WORDS = {c.name for c in candidate() if pa.types.is_dictionary(c.type)}


def account(file_id: str = "f1", source: str = "police", **changes: object) -> FileReport:
    return replace(FileReport(file_id, f"{file_id}.csv", source), **changes)


def bring(store: IncidentStore, keys: Iterable[int], file_id: str = "f1", source: str = "police") -> FileReport:
    rows = [row(key) for key in keys]
    report = account(file_id, source, rows_read=len(rows))
    return store.append([batch(rows)] if rows else [], lambda: report)


def keys_of(store: IncidentStore, selection: Selection | None = None) -> list[int]:
    """Return the keys of the rows, known by their whole time and place (see `row`)."""
    found = store.incidents(selection or Selection())
    by_place = {(row(k)["x"], row(k)["y"], row(k)["t_from"]): k for k in range(3000)}
    moments = found.t_from.astype(object)
    return [by_place[x, y, t.replace(tzinfo=UTC)] for x, y, t in zip(found.x, found.y, moments, strict=True)]


def bring_in_another(name: str, folder: Path, keys: list[list[int]], file_id: str, started: Path, go: Path) -> None:
    """Bring `keys`, one list a batch, waiting for the file `go` before the last batch is given."""
    store = STORES[name](folder)

    def slowly() -> Iterator[pa.RecordBatch]:
        for number, each in enumerate(keys):
            if number == len(keys) - 1:
                started.touch()
                while not go.exists():
                    time.sleep(0.005)
            yield batch(map(row, each))

    report = FileReport(file_id, f"{file_id}.csv", "police", sum(map(len, keys)))
    stored = store.append(slowly(), lambda: report)
    (folder / f"{started.name}.done").write_text(f"{stored.accepted} {stored.duplicates}")

"""The lake: append made-up incidents beside a bare Delta write of the same batches, and what a screen reads of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.measuring import Row, interleaved
from benchmarks.table import command
from ilpgeo.core.ingested import FileReport
from ilpgeo.core.protocols import Selection
from ilpgeo.core.schema import candidate
from ilpgeo.store.lake import Lake

BATCH = 1 << 16
ROWS = 1_200_000
YEARS = 4
DAY_S = 86_400


def batches(rows: int, years: int, seed: int = 0, n_areas: int = 140) -> Iterator[pa.RecordBatch]:
    """Yield candidates in random order of time: the worst case for a store that is cut by year."""
    rng = np.random.default_rng(seed)
    start = int(datetime(2014, 1, 1, tzinfo=UTC).timestamp())
    words = {
        "precision": ["hour"],
        "label": [f"label {at}" for at in range(30)],
        "offence": [f"offence {at}" for at in range(6)],
        "area": [f"{at:03}" for at in range(n_areas)],
        "place": ["apartment", "house", "street", "shop", "other"],
    }
    for first in range(0, rows, BATCH):
        n = min(BATCH, rows - first)
        t = start + rng.integers(0, years * 365 * DAY_S, n)
        numbers = np.arange(first, first + n, dtype=np.int64)
        columns: dict[str, pa.Array] = {
            "key": pa.array((numbers.astype(np.uint64) + np.uint64(seed << 40)) * np.uint64(0x9E3779B97F4A7C15)),
            "row": pa.array(numbers + 1),
            "x": pa.array(np.round(rng.normal(630_000, 9_000, n), 1)),
            "y": pa.array(np.round(rng.normal(4_840_000, 7_000, n), 1)),
            "t_from": pa.array(t.astype("datetime64[s]")),
            "t_to": pa.array((t + 3600).astype("datetime64[s]")),
            "day": pa.array((t // DAY_S).astype(np.int32)).cast(pa.date32()),
            "reference": pa.array(numbers).cast(pa.string()),
            "t_reported": pa.nulls(n, pa.timestamp("s")),
            "series": pa.nulls(n, pa.string()),
        }
        for name, known in words.items():
            codes = rng.integers(0, len(known), n).astype(np.int32)
            columns[name] = pa.DictionaryArray.from_arrays(codes, pa.array(known))
        layout = candidate()
        yield pa.RecordBatch.from_arrays([columns[c.name].cast(c.type) for c in layout], schema=layout)


def run(rounds: int = 3) -> list[Row]:
    """Return the rows of the store's room."""
    import deltalake

    given = list(batches(ROWS, YEARS))
    report = FileReport("a", "a.csv", "police", rows_read=ROWS)
    with tempfile.TemporaryDirectory() as made:
        number = count()

        def fresh() -> Lake:
            return Lake(Path(made) / f"lake-{next(number)}", crs="EPSG:32617", timezone="America/Toronto")

        def bare() -> None:
            stream = pa.RecordBatchReader.from_batches(candidate(), iter(given))
            deltalake.write_deltalake(str(Path(made) / f"bare-{next(number)}"), stream)

        lake = fresh()
        lake.append(iter(given), lambda: report)
        year = Selection(datetime(2016, 1, 1, tzinfo=UTC), datetime(2017, 1, 1, tzinfo=UTC))
        place = Selection(year.t_from, year.t_until, frozenset({"003", "077"}))
        writes = interleaved({"append": lambda: fresh().append(iter(given), lambda: report), "bare": bare}, rounds)
        reads = interleaved(
            {
                "Open the store, name its version": lambda: Lake(
                    lake.folder, crs="EPSG:32617", timezone="America/Toronto"
                ).version(),
                "Read all incidents": lambda: lake.incidents(Selection()),
                "Read one year": lambda: lake.incidents(year),
                "Read one year of two areas": lambda: lake.incidents(place),
                "Count all by day, area, offence": lambda: lake.daily_counts(Selection()),
            },
            rounds,
        )
        size = sum(file.stat().st_size for file in lake.folder.rglob("*.parquet")) / ROWS
    work = f"Append {ROWS:,} incidents of {YEARS} years"
    note = f"ours refuses duplicates, cuts by year and keeps the account; {size:.1f} bytes per row on disk"
    return [
        Row(work, writes["append"], "deltalake, write alone", writes["bare"], note=note),
        *(Row(name, timing) for name, timing in reads.items()),
    ]


if __name__ == "__main__":
    command("store", run, 3)

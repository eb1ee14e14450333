"""The lake: append and read synthetic incidents; `python benchmarks/bench_store.py [rows]` prints one JSON document."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ilpgeo.core.ingested import FileReport
from ilpgeo.core.protocols import Selection
from ilpgeo.core.schema import candidate
from ilpgeo.store.lake import Lake

BATCH = 1 << 16
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


def best_of(call: Callable[[], Any], times: int = 5) -> float:
    """Return the least seconds a call took."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return round(min(taken), 4)


def peak_mb() -> int:
    """Return the peak memory of this process so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(rows: int, years: int) -> dict[str, Any]:
    """Return the seconds of an append of `rows` over `years` years and of the questions a screen asks of them."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake", crs="EPSG:32617", timezone="America/Toronto")
        given = list(batches(rows, years))
        again = list(batches(rows, years))
        before_mb = peak_mb()
        report = FileReport("a", "a.csv", "police", rows_read=rows)
        before_cpu = time.process_time()
        append_s = best_of(lambda: lake.append(iter(given), lambda: report), 1)
        append_cpu_s = round(time.process_time() - before_cpu, 4)
        append_mb = peak_mb() - before_mb
        other = FileReport("b", "b.csv", "police", rows_read=rows)
        duplicates_s = best_of(lambda: lake.append(iter(again), lambda: other), 1)
        year = Selection(datetime(2016, 1, 1, tzinfo=UTC), datetime(2017, 1, 1, tzinfo=UTC))
        place = Selection(year.t_from, year.t_until, frozenset({"003", "077"}))
        return {
            "rows": rows,
            "years": years,
            "append_s": append_s,
            "append_cpu_s": append_cpu_s,
            "append_extra_mb": append_mb,
            "append_all_duplicates_s": duplicates_s,
            "open_and_version_s": best_of(
                lambda: Lake(lake.folder, crs="EPSG:32617", timezone="America/Toronto").version()
            ),
            "incidents_all_s": best_of(lambda: lake.incidents(Selection())),
            "incidents_year_s": best_of(lambda: lake.incidents(year)),
            "incidents_year_areas_s": best_of(lambda: lake.incidents(place)),
            "daily_counts_all_s": best_of(lambda: lake.daily_counts(Selection())),
            "daily_counts_year_s": best_of(lambda: lake.daily_counts(year)),
            "bytes_per_row": round(sum(f.stat().st_size for f in lake.folder.rglob("*.parquet")) / rows, 1),
        }


if __name__ == "__main__":
    sizes = [int(sys.argv[1])] if len(sys.argv) > 1 else [230_000, 1_200_000]
    print(json.dumps([measure(size, 8 if size < 1_000_000 else 4) for size in sizes], indent=2))

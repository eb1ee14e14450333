"""Ingest (read, validate, project, assign to one of 400 squares, key) beside a bare pyarrow parse of the same CSV.

The four Chicago years of the shared test data are written once as CSV. Run with ``make bench``, or with
``python benchmarks/bench_ingest.py [runs]``; the store's append is measured in the pipeline's own benchmark.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from ilpgeo.ingest.intake import read_candidates
from ilpgeo.ingest.presets import preset_for
from ilpgeo.ingest.readers import open_table
from ilpgeo.ingest.rules import Jurisdiction, Rules

ROOT = Path(__file__).resolve().parents[1]
YEARS = range(2012, 2016)
BOUNDS = (420_000.0, 4_608_000.0, 462_000.0, 4_656_000.0)
GOAL_ROWS_S = 250_000


def write_years(shared: Path, target: Path) -> int:
    """Write the four years as one CSV; return its rows."""
    years = []
    for year in YEARS:
        table = pq.read_table(shared / "chicago" / f"chicago_crimes_{year}.parquet")
        columns = [
            pc.strftime(column.cast(pa.timestamp("s")), "%Y-%m-%d %H:%M:%S")
            if pa.types.is_timestamp(column.type)
            else column.cast(pa.string())
            if pa.types.is_dictionary(column.type)
            else column
            for column in table.columns
        ]
        years.append(pa.table(columns, names=table.column_names))
    whole = pa.concat_tables(years)
    pacsv.write_csv(whole, target)
    return whole.num_rows


def squares() -> Jurisdiction:
    """Return a jurisdiction of 20 by 20 squares: the cost of assignment without the areas' own code."""
    west, south, east, north = BOUNDS

    def locate(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        column = ((x - west) / (east - west) * 20).astype(np.int32)
        row = ((y - south) / (north - south) * 20).astype(np.int32)
        inside = (x >= west) & (x < east) & (y >= south) & (y < north)
        return np.where(inside, row * 20 + column, -1).astype(np.int32)

    return Jurisdiction(tuple(f"square-{n}" for n in range(400)), BOUNDS, locate)


def take_in(path: Path) -> None:
    """Bring the file in as the pipeline does, short of the append."""
    table = open_table(path)
    preset = preset_for(table.columns)
    if preset is None:
        raise SystemExit("the Chicago preset does not recognise the file")
    rules = Rules("EPSG:32616", "America/Chicago", date(2012, 1, 1), date(2020, 1, 1))
    intake = read_candidates(path, preset.mapping, rules, squares(), source="chicago", opened=table)
    for _ in intake.batches():
        pass
    if not intake.report.adds_up:
        raise SystemExit("rows are lost")


def timed(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """Return median wall and least CPU seconds."""
    wall, cpu = [], []
    for _ in range(runs):
        wall_start, cpu_start = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - wall_start)
        cpu.append(time.process_time() - cpu_start)
    return statistics.median(wall), min(cpu)


def main() -> None:
    """Measure and print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    shared = Path(os.environ.get("ILPGEO_SHARED", ROOT.parent / "shared")) / "data"
    if not (shared / "chicago").is_dir():
        print("skipped: the shared Chicago years are not beside the project")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chicago.csv"
        rows = write_years(shared, path)
        small = Path(folder) / "small.csv"
        small.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2000]))
        take_in(small)
        own_wall, own_cpu = timed(lambda: take_in(path), runs)
        bare_wall, bare_cpu = timed(lambda: pacsv.read_csv(path).num_rows, runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"rows {rows:,}; runs {runs}; two columns: median wall s, least cpu s")
    print(
        f"ingest without append   {own_wall:6.2f} {own_cpu:6.2f}   {rows / own_wall:,.0f} rows/s (goal {GOAL_ROWS_S:,})"
    )
    print(f"bare pyarrow parse      {bare_wall:6.2f} {bare_cpu:6.2f}   ratio {own_wall / bare_wall:.2f}")
    print(f"peak memory of the process, the bare parse's whole table included: {peak:,.0f} MB")


if __name__ == "__main__":
    main()

"""Ingest end to end beside a bare pyarrow parse of the same CSV, each run in a fresh process.

The four Chicago years of the shared test data are written once as CSV. Ours is what `ilpgeo ingest` does on a
workspace of the 77 community areas: read, validate, project, assign, append. The peer only parses.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measuring import HERE, Row, Timing, peak_mb, shared_data
from benchmarks.table import command

YEARS = range(2012, 2016)
GOAL_ROWS_S = 250_000
GOAL_MB = 1_500


def write_years(chicago: Path, target: Path) -> int:
    """Write the four years as one CSV; return its rows."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    years = []
    for year in YEARS:
        given = pq.read_table(chicago / f"chicago_crimes_{year}.parquet")
        columns = [
            pc.strftime(column.cast(pa.timestamp("s")), "%Y-%m-%d %H:%M:%S")
            if pa.types.is_timestamp(column.type)
            else column.cast(pa.string())
            if pa.types.is_dictionary(column.type)
            else column
            for column in given.columns
        ]
        years.append(pa.table(columns, names=given.column_names))
    whole = pa.concat_tables(years)
    pacsv.write_csv(whole, target)
    return whole.num_rows


def take_in(file: Path, boundaries: Path) -> dict[str, Any]:
    """Bring the file into a new workspace; return seconds, peak memory and the account."""
    from ilpgeo import pipeline

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)

        def workspace(name: str) -> pipeline.Opened:
            return pipeline.make_workspace(
                folder / name, (str(boundaries),), name="Chicago", crs="EPSG:32616", timezone="America/Chicago",
                start=date(2012, 1, 1),
            )[0]  # fmt: skip

        pipeline.ingest(workspace("warm"), _head(file, folder))
        opened = workspace("chicago")
        measured, report = _timed(lambda: pipeline.ingest(opened, file))
        kept = pipeline.status(opened).incidents
    if report.rows_read != report.accepted + report.quarantined + report.duplicates or kept != report.accepted:
        raise SystemExit("rows are lost")
    return measured | {"accepted": report.accepted, "quarantined": report.quarantined, "duplicates": report.duplicates}


def parse(file: Path, _: Path) -> dict[str, Any]:
    """Parse the file and do nothing with it."""
    import pyarrow.csv as pacsv

    with tempfile.TemporaryDirectory() as made:
        pacsv.read_csv(_head(file, Path(made)))
    return _timed(lambda: pacsv.read_csv(file).num_rows)[0]


def _head(file: Path, folder: Path) -> Path:
    """Return the first lines of the file as one of its own, to warm up on."""
    head = folder / "head.csv"
    with file.open("rb") as lines:
        head.write_bytes(b"".join(next(lines) for _ in range(2000)))
    return head


def _timed(work: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    began, began_cpu = time.perf_counter(), time.process_time()
    result = work()
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
    return {"wall_s": wall_s, "cpu_s": cpu_s, "peak_mb": peak_mb()}, result


WAYS = {"ours": take_in, "peer": parse}


def run(rounds: int = 3) -> list[Row]:
    """Return the two demands on ingest: rows per second and peak memory."""
    work, demand = "Ingest, four Chicago years", f"at least {GOAL_ROWS_S:,} rows/s, peak below {GOAL_MB:,} MB"
    shared = shared_data()
    chicago = shared / "chicago" if shared else None
    if chicago is None or not chicago.is_dir():
        return [Row(work, demand=demand, note="skipped: the shared Chicago data are not beside the project")]
    boundaries = chicago / "chicago-community-areas.geojson"
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "chicago.csv"
        rows = write_years(chicago, file)
        size_mb = file.stat().st_size / 1e6
        for _ in range(rounds):
            for name in WAYS:
                told = [sys.executable, "-m", "benchmarks.bench_ingest", "--one", name, str(file), str(boundaries)]
                done = subprocess.run(told, cwd=HERE.parent, capture_output=True, check=True, text=True)
                runs[name].append(json.loads(done.stdout))

    def median(name: str, key: str) -> float:
        return statistics.median(each[key] for each in runs[name])

    ours, peer = (Timing(median(name, "wall_s"), median(name, "cpu_s")) for name in WAYS)
    last, peak = runs["ours"][-1], max(each["peak_mb"] for each in runs["ours"])
    rate = rows / ours.wall_s
    is_met = rate >= GOAL_ROWS_S and peak < GOAL_MB
    return [
        Row(
            f"{work}, {rows:,} rows", ours, "pyarrow, parse alone", peer, demand, is_met,
            peak, max(each["peak_mb"] for each in runs["peer"]),
            f"{rate:,.0f} rows/s ({rows / ours.cpu_s:,.0f} per CPU second) of {size_mb:,.0f} MB; "
            f"{last['accepted']:,} accepted, {last['quarantined']:,} quarantined, {last['duplicates']:,} duplicates",
        )
    ]  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(WAYS[sys.argv[2]](*map(Path, sys.argv[3:5]))))
    else:
        command("ingest", run, 3)

"""Rows as a table on the screen and as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.measuring import HERE, Row, machine

RESULTS = HERE / "results.json"
HEADS = ("work", "ours", "cpu", "peak", "peer", "takes", "ratio", "demand", "")
WORDS = {True: "met", False: "NOT MET", None: ""}


def as_record(row: Row) -> dict[str, Any]:
    """Return a row for JSON."""
    return {
        "work": row.work,
        "ours_s": _rounded(row.ours and row.ours.wall_s),
        "ours_cpu_s": _rounded(row.ours and row.ours.cpu_s),
        "peak_mb": row.peak_mb and round(row.peak_mb),
        "peer": row.peer_name,
        "peer_s": _rounded(row.peer and row.peer.wall_s),
        "peer_cpu_s": _rounded(row.peer and row.peer.cpu_s),
        "peer_peak_mb": row.peer_peak_mb and round(row.peer_peak_mb),
        "ratio": row.ratio and round(row.ratio, 2),
        "demand": row.demand,
        "met": row.met,
        "note": row.note,
    }


def table(records: Sequence[dict[str, Any]]) -> str:
    """Return records as aligned text; a note stands under its row."""
    cells = [
        (
            each["work"], seconds(each["ours_s"]), seconds(each["ours_cpu_s"]),
            f"{each['peak_mb']:,} MB" if each["peak_mb"] else "", each["peer"], seconds(each["peer_s"]),
            f"{each['ratio']:,.1f} x" if each["ratio"] else "", each["demand"], WORDS[each["met"]],
        )
        for each in records
    ]  # fmt: skip
    widths = [max(len(row[at]) for row in [HEADS, *cells]) for at in range(len(HEADS))]
    left = {0, 4, 7, 8}

    def line(row: Sequence[str]) -> str:
        padded = (
            cell.ljust(w) if at in left else cell.rjust(w) for at, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        return "  ".join(padded).rstrip()

    lines = [line(HEADS), "  ".join("-" * width for width in widths)]
    for record, row in zip(records, cells, strict=True):
        lines += [line(row), *([f"    {record['note']}"] if record["note"] else [])]
    return "\n".join(lines)


def seconds(value: float | None) -> str:
    """Return seconds with three figures, below 0.1 s as milliseconds; empty where there is nothing."""
    if value is None:
        return ""
    return f"{value * 1e3:.3g} ms" if value < 0.1 else f"{value:.3g} s" if value < 100 else f"{value:.0f} s"


def keep(suite: str, rows: Sequence[Row], path: Path = RESULTS) -> None:
    """Put a suite's rows, with the machine they were measured on, in place of its former ones."""
    kept = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    kept[suite] = {"machine": machine(), "rows": [as_record(row) for row in rows]}
    path.write_text(json.dumps(dict(sorted(kept.items())), indent=1, ensure_ascii=False) + "\n", "utf-8")


def command(suite: str, run: Callable[[int], list[Row]], rounds: int = 5) -> None:
    """Run one suite as a command: print its table, and keep its rows where ``--keep`` names a file."""
    parser = argparse.ArgumentParser(f"python -m benchmarks.bench_{suite}")
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    rows = run(options.rounds)
    if options.keep:
        keep(suite, rows, options.keep)
    print(table([as_record(row) for row in rows]), flush=True)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")

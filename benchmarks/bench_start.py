"""The command line from a cold process: `ilpgeo --help`, and `ilpgeo status --json` on the demo workspace."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measuring import HERE, Row, Timing
from benchmarks.table import command
from ilpgeo import pipeline


def timed(arguments: list[str], rounds: int) -> Timing:
    """Return the medians of a command in a process of its own, compiled files in place."""
    walls, cpus = [], []
    for at in range(rounds + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        told = [sys.executable, "-m", "ilpgeo", *arguments]
        subprocess.run(told, cwd=HERE.parent, env=os.environ, stdout=subprocess.DEVNULL, check=True)
        took = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if at:
            walls.append(took)
            cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Timing(statistics.median(walls), statistics.median(cpus))


def run(rounds: int = 5) -> list[Row]:
    """Return one row for each command."""
    with tempfile.TemporaryDirectory() as made:
        workspace = Path(made) / "toronto"
        pipeline.make_demo("toronto", workspace)
        limits = {"--help": 0.5, f"status --json --workspace {workspace}": 1.5}
        rows = []
        for arguments, below_s in limits.items():
            timing = timed(arguments.split(), rounds)
            shown = arguments.split(" --workspace")[0]
            rows.append(
                Row(f"ilpgeo {shown}", timing, demand=f"below {below_s:g} s", met=timing.wall_s < below_s,
                    note="a process from start to end")
            )  # fmt: skip
    return rows


if __name__ == "__main__":
    command("start", run)

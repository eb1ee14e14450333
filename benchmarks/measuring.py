"""How everything here is measured: ways in turn, medians, peak memory of a process of its own."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

STATED = (
    "numpy", "pyarrow", "numba", "shapely", "geopandas", "scipy", "scikit-learn", "duckdb", "deltalake", "folium",
    "streamlit", "esda", "libpysal",
)  # fmt: skip
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Timing:
    """Median wall and CPU seconds of one way of doing a piece of work."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a piece of work done our way and, where there is one, a peer's.

    Attributes
    ----------
    ours, peer
        Our median, and the peer's; None where nothing was measured.
    peer_name
        Who the peer is.
    demand
        What issue 2 asks in words, empty where it asks nothing.
    met
        Whether the medians meet it; None where it asks nothing or nothing was measured.
    peak_mb
        Peak memory of the process that did the work, where it had one of its own.
    note
        What else was found, or why the row was skipped.
    """

    work: str
    ours: Timing | None = None
    peer_name: str = ""
    peer: Timing | None = None
    demand: str = ""
    met: bool | None = None
    peak_mb: float | None = None
    peer_peak_mb: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times as long the peer takes."""
        return None if self.ours is None or self.peer is None else self.peer.wall_s / self.ours.wall_s


def interleaved(ways: Mapping[str, Callable[[], object]], rounds: int = 5) -> dict[str, Timing]:
    """Return the timing of each way; all run once unmeasured, then in turn in each round, so that all see one load."""
    wall: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            began, began_cpu = time.perf_counter(), time.process_time()
            way()
            wall[name].append(time.perf_counter() - began)
            cpu[name].append(time.process_time() - began_cpu)
    return {name: Timing(statistics.median(wall[name]), statistics.median(cpu[name])) for name in ways}


def peak_mb() -> float:
    """Return the peak memory of this process, MB.

    ru_maxrss of a child starts at what its parent held when it was forked; Linux' own high-water mark does not.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def shared_data() -> Path | None:
    """Return the folder of shared test data, where ILPGEO_SHARED names it or it lies beside the project."""
    folder = Path(os.environ.get("ILPGEO_SHARED", HERE.parents[1] / "shared")) / "data"
    return folder if folder.is_dir() else None


def machine() -> dict[str, Any]:
    """Return what the figures depend on: cores, load, versions; no names and no paths."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "architecture": platform.machine(),
        "system": platform.system(),
        "load_per_core": round(os.getloadavg()[0] / (os.cpu_count() or 1), 1),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in STATED},
    }

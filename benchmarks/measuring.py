"""How everything here is measured: ways in turn, medians, memory in a round of its own."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

STATED = (
    "numpy", "pyarrow", "numba", "shapely", "geopandas", "scipy", "scikit-learn", "deltalake", "folium",
    "streamlit", "esda", "libpysal", "fpdf2", "python-pptx", "XlsxWriter",
)  # fmt: skip
# Of requirements-bench.txt: not there where only `make test` has run.
PEERS = ("dbscan", "st-dbscan", "KDEpy", "pointpats", "pyehsa")
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians of one way of doing a piece of work: wall and CPU seconds, and MB held above what was held before."""

    wall_s: float
    cpu_s: float
    extra_mb: float | None = None


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
        What the issues ask in words, empty where they ask nothing.
    met
        Whether the medians meet it; None where it asks nothing or nothing was measured.
    peak_mb, peer_peak_mb
        Peak memory of the process that did the work where it had one of its own, else what the work held above what
        the process held before it.
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
    """Return the timing of each way; all run once unmeasured, then in turn in each round, so that all see one load.

    Memory is measured in a last round of its own: there all that was freed is first handed back to the system, and to
    get it again would be part of every timing, which it is not where a program goes on running.
    """
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for way in ways.values():
        way()
    for _ in range(rounds):
        for name, way in ways.items():
            gc.collect()
            began, began_cpu = time.perf_counter(), time.process_time()
            answer = way()
            found[name].append((time.perf_counter() - began, time.process_time() - began_cpu))
            del answer
    extra_mb = {name: _extra_mb(way) for name, way in ways.items()}
    medians = {name: map(statistics.median, zip(*took, strict=True)) for name, took in found.items()}
    return {name: Timing(*medians[name], extra_mb[name]) for name in ways}


def _extra_mb(way: Callable[[], object]) -> float:
    """Return how much more memory a way holds at its peak than was held before, MB."""
    held = _forget_peak()
    answer = way()
    peak = peak_mb()
    del answer
    return peak - held


def compared(
    work: str,
    ours: str,
    ways: Mapping[str, Callable[[], object]],
    rounds: int,
    *,
    at_least: Mapping[str, float] | None = None,
    note: str = "",
) -> list[Row]:
    """Return one row for each peer of `ours`, all measured in one run.

    Parameters
    ----------
    at_least
        How many times as long each peer must take, wall clock, by its name.
    note
        Stands in the first row.
    """
    timings = interleaved(ways, rounds)
    own = timings.pop(ours)
    rows = []
    for name, peer in timings.items():
        wanted = (at_least or {}).get(name)
        demand, met = ("", None) if wanted is None else (f"{wanted:g} x", peer.wall_s >= wanted * own.wall_s)
        rows.append(Row(work, own, name, peer, demand, met, own.extra_mb, peer.extra_mb, note if not rows else ""))
    return rows


def limited(
    work: str, way: Callable[[], object], rounds: int, *, below_s: float, of_cpu: bool = False, note: str = ""
) -> Row:
    """Return the row of a piece of work that no peer does, against a limit in seconds, wall clock or CPU."""
    own = interleaved({work: way}, rounds)[work]
    took, kind = (own.cpu_s, "CPU s") if of_cpu else (own.wall_s, "s")
    return Row(work, own, demand=f"below {below_s:g} {kind}", met=took < below_s, peak_mb=own.extra_mb, note=note)


def _forget_peak() -> float:
    """Let the high-water mark of memory start anew where the system can; return what is held now, MB."""
    gc.collect()
    # What was freed but kept for later would hide what the next way needs.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    marks = Path("/proc/self/clear_refs")
    if marks.is_file():
        marks.write_text("5", "ascii")
    return peak_mb()


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
        "versions": {name: version(name) for name in STATED} | _peers(),
    }


def _peers() -> dict[str, str]:
    found = {}
    for name in PEERS:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found

"""The space-time permutation scan on plain arrays: discs of cells over runs of steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.models.replications import Seeds, replicate
from ilpgeo.models.scan_windows import (
    Found,
    Window,
    best_windows,
    candidates,
    disc_totals,
    half_widths,
    padded_cells,
)


@dataclass(frozen=True, slots=True, eq=False)
class CylinderZones:
    """Zones of a space-time scan, most likely first; see `scan_windows.Found`.

    Attributes
    ----------
    found
        Where they are, their ratio and p value.
    observed, expected
        Shape (k,): incidents in the zone in its steps, and how many place and time lead to expect.
    first_step, last_step
        Shape (k,): the zone's steps, both included, 0 for the oldest.
    """

    found: Found
    observed: FloatArray
    expected: FloatArray
    first_step: IntArray
    last_step: IntArray


def space_time_scan(
    cell: IntArray,
    step: IntArray,
    shape: tuple[int, int],
    n_steps: int,
    inside: BoolArray | None = None,
    *,
    only_current: bool = True,
    max_steps: int = 8,
    max_radius_cells: int = 10,
    max_share: float = 0.5,
    min_incidents: int = 1,
    replications: int = 199,
    alpha: float = 0.05,
    rng: np.random.Generator,
    progress: Progress = unwatched,
) -> CylinderZones:
    """Return the most likely cylinders: discs of cells over runs of steps, without any population.

    A cylinder with C_z of the C incidents in its disc at any time and C_t anywhere in its steps is expected to hold
    E = C_z C_t / C; the ratio is that of `scan.scan_statistic`. Replications deal the steps out anew among the
    incidents, so that each place keeps its total and each step too.

    Parameters
    ----------
    cell
        Shape (n,): flat cell number of each incident, inside the study area.
    step
        Shape (n,): 0..n_steps - 1, 0 the oldest.
    shape
        (ny, nx).
    inside
        Shape (ny, nx), the study area; None is everywhere.
    only_current
        Whether only cylinders that last until the newest step count (prospective), or any (retrospective).
    max_steps
        Longest run; runs are at most half of all steps all the same.
    max_share
        No disc holds more than this share of the incidents, up to 1.
    min_incidents
        Cylinders that hold fewer are not looked at, in the replications neither.

    Raises
    ------
    InvalidInput
        For cells or steps out of range, an empty study area, less than two steps, or settings out of bounds.

    Notes
    -----
    A replication costs O(incidents + cells x radius^2 x steps + cells x radius x runs); two threads. Kulldorff,
    Heffernan, Hartman, Assuncao & Mostashari (2005), doi:10.1371/journal.pmed.0020059.
    """
    present = np.ones(shape, np.bool_) if inside is None else inside
    _check(cell, step, shape, n_steps, present, max_steps, max_radius_cells, max_share, replications)
    reach = min(max_radius_cells, math.isqrt(sum((side - 1) ** 2 for side in shape)) + 1)
    per_cell = np.bincount(cell, minlength=present.size).astype(np.float64).reshape(shape)
    zone = candidates(disc_totals(per_cell, reach), present, max_share * len(cell))
    runs = _runs(step, n_steps, min(max_steps, n_steps // 2), only_current=only_current)
    simulated = (
        _replicate(cell, step, runs, zone, min_incidents, replications, rng, progress) if len(cell) else np.zeros(0)
    )
    found = best_windows(lambda open_: _look(cell, step, runs, open_, min_incidents), zone, present, simulated, alpha)
    return _zones(found, cell, step, runs, zone)


class _Runs(NamedTuple):
    """Runs of steps, counted back from the newest: each holds the last `older` without the last `newer`."""

    newer: IntArray
    older: IntArray
    share: FloatArray
    n_steps: int

    @property
    def n_planes(self) -> int:
        return int(self.older.max())


def _runs(step: IntArray, n_steps: int, longest: int, *, only_current: bool) -> _Runs:
    newer, older = (
        np.array(side, np.int64)
        for side in zip(
            *(
                (newer, older)
                for newer in range(1 if only_current else n_steps)
                for older in range(newer + 1, min(newer + longest, n_steps) + 1)
            ),
            strict=True,
        )
    )
    latest = np.concatenate(([0], np.cumsum(np.bincount(n_steps - 1 - step, minlength=n_steps))))
    return _Runs(newer, older, (latest[older] - latest[newer]) / max(len(step), 1), n_steps)


def _check(
    cell: IntArray, step: IntArray, shape: tuple[int, int], n_steps: int, inside: BoolArray, max_steps: int,
    max_radius_cells: int, max_share: float, replications: int,
) -> None:  # fmt: skip
    faults = []
    if inside.shape != shape:
        faults.append(f"inside has shape {inside.shape}, expected {shape}")
    elif not inside.any():
        faults.append("the study area is empty; choose an area that holds at least one cell")
    elif len(cell) != len(step):
        faults.append(f"{len(cell)} cells for {len(step)} steps")
    elif len(cell) and not (cell.min() >= 0 and cell.max() < inside.size and inside.ravel()[cell].all()):
        faults.append("incidents lie outside the study area; leave them out")
    elif len(step) and not (step.min() >= 0 and step.max() < n_steps):
        faults.append(f"steps must lie between 0 and {n_steps - 1}; leave other incidents out")
    if n_steps < 2:
        faults.append(f"{n_steps} steps are none to tell apart; choose a longer period or shorter steps")
    if not 0 < max_share <= 1:
        faults.append(f"max_share must lie between 0 and 1, not {max_share!r}")
    if max_radius_cells < 0 or replications < 1 or max_steps < 1:
        faults.append("max_radius_cells must not be negative, and at least one step and one replication are needed")
    raise_all(faults, subject="space-time scan")


def _look(cell: IntArray, step: IntArray, runs: _Runs, zone: FloatArray, min_incidents: int) -> Window:
    from ilpgeo.models.scan_kernels import scatter, search

    if not len(cell):
        return Window(0.0, -1, -1, -1, -1)
    n_radii, ny, nx = zone.shape
    running = np.zeros((ny + 2 * n_radii - 2, runs.n_planes, nx + 2 * n_radii - 1), np.int32)
    age = (runs.n_steps - 1 - step).astype(np.int32)
    scatter(padded_cells((ny, nx), n_radii - 1)[cell], age, running)
    intervals = runs.newer, runs.older, runs.share
    return Window(*search(running, zone, half_widths(n_radii - 1), *intervals, float(len(cell)), min_incidents - 0.5))


def _replicate(
    cell: IntArray, step: IntArray, runs: _Runs, zone: FloatArray, min_incidents: int, replications: int,
    rng: np.random.Generator, progress: Progress,
) -> FloatArray:  # fmt: skip
    from ilpgeo.models.scan_kernels import replicate_permutation

    if not len(cell):
        return np.zeros(0)
    n_radii, ny, nx = zone.shape
    # In order of place and of time: the same incidents in other rows are dealt out alike.
    position = padded_cells((ny, nx), n_radii - 1)[np.sort(cell)]
    age = np.sort(runs.n_steps - 1 - step).astype(np.int32)
    widths, intervals = half_widths(n_radii - 1), (runs.newer, runs.older, runs.share)

    def run(seeds: Seeds) -> FloatArray:
        fewest = min_incidents - 0.5
        return replicate_permutation(seeds, position, age, runs.n_planes, zone, widths, *intervals, fewest)

    return replicate(run, replications, rng, progress)


def _zones(found: Found, cell: IntArray, step: IntArray, runs: _Runs, zone: FloatArray) -> CylinderZones:
    interval = np.array([window.interval for window in found.windows], np.int64)
    first, last = runs.n_steps - runs.older[interval], runs.n_steps - 1 - runs.newer[interval]
    during = [(step >= a) & (step <= b) for a, b in zip(first, last, strict=True)]
    observed = [float(np.isin(cell[rows], cells).sum()) for rows, cells in zip(during, found.cells, strict=True)]
    expected = [
        zone[window.radius, window.row, window.column] * runs.share[window.interval] for window in found.windows
    ]
    return CylinderZones(found, np.array(observed), np.array(expected), first, last)

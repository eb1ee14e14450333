"""Kulldorff's spatial scan statistic: the discs that hold more incidents than a baseline lets expect."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ilpgeo.core.answers import Zones
from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.points import check_question
from ilpgeo.models.replications import replicate
from ilpgeo.models.scan_baseline import baseline_of, latest_days
from ilpgeo.models.scan_cylinders import space_time_scan
from ilpgeo.models.scan_windows import (
    Found,
    Window,
    best_windows,
    candidates,
    disc_totals,
    half_widths,
    padded_cells,
)
from ilpgeo.models.scan_words import explain_zones


@dataclass(frozen=True, slots=True, eq=False)
class ScanZones:
    """Zones of a scan, most likely first, with what each holds; see `scan_windows.Found`.

    Attributes
    ----------
    found
        Where they are, their ratio and p value.
    observed, expected
        Shape (k,): incidents in the zone, and how many the baseline expects there.
    """

    found: Found
    observed: FloatArray
    expected: FloatArray


def scan_statistic(
    counts: FloatArray,
    expected: FloatArray,
    inside: BoolArray | None = None,
    *,
    max_share: float = 0.5,
    max_radius_cells: int = 20,
    min_incidents: int = 1,
    replications: int = 999,
    alpha: float = 0.05,
    rng: np.random.Generator,
    progress: Progress = unwatched,
) -> ScanZones:
    """Return the most likely zones under the Poisson model: the discs with the highest log likelihood ratio.

    LLR = c ln(c / E) + (C - c) ln((C - c) / (C - E)) where c > E, else 0. Windows are the cells whose centre lies
    within 0, 1, 2, ... `max_radius_cells` cells of a cell's centre. p is the rank among the highest ratios of
    replications, each with the same number of incidents thrown on the cells as expected.

    Parameters
    ----------
    counts
        Shape (ny, nx): incidents; values outside the study area are not looked at.
    expected
        Shape (ny, nx): the baseline, in any unit; it is scaled to the number of incidents.
    inside
        Shape (ny, nx), the study area; None is everywhere.
    max_share
        No window expects more than this share of the incidents, up to 1.
    min_incidents
        Windows that hold fewer are not looked at, in the replications neither.
    alpha
        Secondary zones, which share no cell with those before, are given while their p is at most this.

    Raises
    ------
    InvalidInput
        For shapes that differ, numbers that are not finite or negative, an empty study area, incidents where the
        baseline expects none, or settings out of bounds.

    Notes
    -----
    A replication costs O(incidents + cells x radius^2); two threads. With fractional weights the replications throw
    the nearest whole number of incidents. Kulldorff (1997), doi:10.1080/03610929708831995.
    """
    present = np.ones(counts.shape, np.bool_) if inside is None else inside
    _check(counts, expected, present, max_share, max_radius_cells, replications)
    cases, base = (np.where(present, values, 0.0).astype(np.float64) for values in (counts, expected))
    total = float(cases.sum())
    if total <= 0:
        return ScanZones(best_windows(_nothing, np.empty((0, 1, 1)), present, np.zeros(0), alpha), *np.zeros((2, 0)))
    # Discs beyond the grid's diagonal hold nothing new.
    reach = min(max_radius_cells, math.isqrt(sum((side - 1) ** 2 for side in counts.shape)) + 1)
    base *= total / base.sum()
    expected_in = disc_totals(base, reach)
    zone = candidates(expected_in, present, max_share * total)
    simulated = _replicate(base, zone, round(total), total, min_incidents, replications, rng, progress)
    found = best_windows(lambda open_: _look(cases, open_, total, min_incidents), zone, present, simulated, alpha)
    return ScanZones(
        found,
        np.array([cases.ravel()[cells].sum() for cells in found.cells]),
        np.array([expected_in[window.radius, window.row, window.column] for window in found.windows]),
    )


def _check(
    counts: FloatArray, expected: FloatArray, inside: BoolArray, max_share: float, max_radius_cells: int, reps: int
) -> None:
    faults = []
    if not counts.shape == expected.shape == inside.shape:
        faults.append(f"counts {counts.shape}, expected {expected.shape} and inside {inside.shape} differ in shape")
    elif not inside.any():
        faults.append("the study area is empty; choose an area that holds at least one cell")
    else:
        for name, values in (("counts", counts[inside]), ("expected", expected[inside])):
            if not (np.isfinite(values).all() and (values >= 0).all()):
                faults.append(f"{name} must be finite and not negative inside the study area")
        if (counts[inside & (expected == 0)] > 0).any():
            faults.append("incidents lie where the baseline expects none; leave such cells out of the study area")
    if not 0 < max_share <= 1:
        faults.append(f"max_share must lie between 0 and 1, not {max_share!r}")
    if max_radius_cells < 0 or reps < 1:
        faults.append("max_radius_cells must not be negative, and at least one replication is needed")
    raise_all(faults, subject="scan")


def _nothing(_: FloatArray) -> Window:
    return Window(0.0, -1, -1, -1, -1)


def _look(cases: FloatArray, zone: FloatArray, total: float, min_incidents: int) -> Window:
    from ilpgeo.models.scan_kernels import add_up, search

    reach, (ny, nx) = len(zone) - 1, cases.shape
    running = np.zeros((ny + 2 * reach, 1, nx + 2 * reach + 1))
    running.reshape(-1)[padded_cells(cases.shape, reach)] = cases.ravel()
    add_up(running)
    whole = np.zeros(1, np.int64), np.ones(1, np.int64), np.ones(1)
    return Window(*search(running, zone, half_widths(reach), *whole, total, min_incidents - 1e-9))


def _replicate(
    base: FloatArray, zone: FloatArray, n: int, total: float, min_incidents: int, replications: int,
    rng: np.random.Generator, progress: Progress,
) -> FloatArray:  # fmt: skip
    from ilpgeo.models.draws import alias_table
    from ilpgeo.models.scan_kernels import replicate_poisson

    if not n:
        return np.zeros(replications)
    throwable = np.flatnonzero(base.ravel() > 0)
    keep, alias = alias_table(base.ravel()[throwable])
    reach = len(zone) - 1
    position, widths, thrown_zone = padded_cells(base.shape, reach)[throwable], half_widths(reach), zone * (n / total)
    return replicate(
        lambda seeds: replicate_poisson(seeds, n, keep, alias, position, thrown_zone, widths, min_incidents - 0.5),
        replications, rng, progress,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scan:
    """Zones with more incidents than a baseline lets expect; see `scan_statistic`."""

    name: ClassVar[str] = "scan"
    title: ClassVar[str] = "Most likely zones (scan)"
    purpose: ClassVar[str] = "significant"
    summary: ClassVar[str] = "Finds the circles that hold more incidents than a baseline expects, tested as one search."
    needs: ClassVar[frozenset[str]] = frozenset()

    baseline: str = param(
        "even", label="Compared with", choices=("even", "residents", "history"),
        help="What is expected: incidents spread evenly, by residents, or as before the latest days.",
    )  # fmt: skip
    recent_days: int = param(
        28, label="Latest days", unit="days", low=1, high=366, step=1,
        help="With history: the latest days are scanned, and what came before them is the baseline.",
    )  # fmt: skip
    max_radius_m: float = param(
        2000.0, label="Largest radius", unit="m", low=50, high=20000, step=50,
        help="No circle is wider than this.",
    )  # fmt: skip
    max_share: float = param(
        0.5, label="Largest share", low=0.01, high=0.5, step=0.01,
        help="No circle expects more than this share of all incidents.",
    )  # fmt: skip
    min_incidents: int = param(
        5, label="Least incidents", unit="incidents", low=1, high=10000, step=1,
        help="A zone holds at least this many incidents.",
    )  # fmt: skip
    replications: int = param(
        999, label="Replications", low=99, high=9999, step=100,
        help="How often chance is tried; the smallest p value is one in this number and one.",
    )  # fmt: skip
    alpha: float = param(
        0.05, label="Significance level", low=0.0001, high=0.5, step=0.01,
        help="A zone is marked when chance alone would make one as likely in at most this share of searches.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,
    ) -> Zones:
        """Return the most likely zone, and the secondary ones that are significant; the window does not enter."""
        check_question(past, grid)
        if self.baseline == "history":
            return self._since_history(past, grid, context, rng)
        against = baseline_of(self.baseline, past, grid, context)
        zones = scan_statistic(
            against.counts,
            against.expected,
            against.inside,
            max_share=self.max_share,
            max_radius_cells=self._reach(grid),
            min_incidents=self.min_incidents,
            replications=self.replications,
            alpha=self.alpha,
            rng=rng,
            progress=context.progress,
        )
        return self._as_zones(zones, grid, context.trained_on, float(against.counts.sum()), against.remarks)

    def _since_history(self, past: Incidents, grid: Grid, context: Context, rng: np.random.Generator) -> Zones:
        now = latest_days(past, grid, context.trained_on, self.recent_days)
        zones = space_time_scan(
            now.cell,
            now.is_recent.astype(np.int64),
            grid.shape,
            2,
            grid.inside,
            max_steps=1,
            max_radius_cells=self._reach(grid),
            max_share=self.max_share,
            min_incidents=self.min_incidents,
            replications=self.replications,
            alpha=self.alpha,
            rng=rng,
            progress=context.progress,
        )
        plain = ScanZones(zones.found, zones.observed, zones.expected)
        return self._as_zones(plain, grid, now.period, float(now.is_recent.sum()), now.remarks)

    def _reach(self, grid: Grid) -> int:
        return int(self.max_radius_m / grid.cell_m + 1e-9)

    def _as_zones(self, zones: ScanZones, grid: Grid, period: Period, n: float, remarks: tuple[str, ...]) -> Zones:
        found, n_zones = zones.found, len(zones.observed)
        first, last = (np.full(n_zones, np.datetime64(day, "D")) for day in (period.start, period.end))
        beside = explain_zones(found, zones.observed, zones.expected, grid, self.alpha, n, remarks, {})
        return Zones(
            grid, found.cells, zones.observed, zones.expected, found.llr, found.p, first, last, self.alpha, beside
        )

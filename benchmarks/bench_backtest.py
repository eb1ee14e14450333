"""The back-test engine beside a loop that asks and scores every model anew for every window.

The peer is what an analyst writes: histogram, convolution (no border correction), one sort for each surface. Both are
scored at the same flagged areas; hit rates must agree to what the peer's binning of points to cell centres allows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from benchmarks.cities import DAYS, made_up_city
from benchmarks.measuring import Row, compared
from benchmarks.table import command
from ilpgeo.backtest.evidence import Evidence
from ilpgeo.backtest.plan import Flag, Fold, Horizon, rolling_folds
from ilpgeo.backtest.run import BackTest, Contestant, run_backtest
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.space import Grid
from ilpgeo.models.compile import compile_kernels
from ilpgeo.models.kde import GAUSSIAN_REACH, Kde

OURS, NAIVE = "ilpgeo", "every surface anew"
N, SIDE, CELL_M = 200_000, 500, 50.0
FIRST, WEEKS, LEARNT_WEEKS, WINDOWS = date(2020, 1, 6), 156, 104, 52
BANDWIDTHS = {"quartic": (200.0, 300.0, 400.0, 500.0), "gaussian": (100.0, 150.0, 200.0, 250.0)}
FLAGS = ("1%", "2%", "5%", "10%")


def question() -> tuple[Evidence, Grid, tuple[Fold, ...]]:
    """Return made-up incidents of three years, their grid and the folds."""
    city = made_up_city(N)
    # Its three years are a few days longer than our weeks.
    seconds = (city.days * (WEEKS * 7 / DAYS) * 86_400).astype("timedelta64[s]")
    start = np.datetime64(FIRST, "s") + seconds
    grid = Grid(0.0, 0.0, CELL_M, SIDE, SIDE, "EPSG:32617", np.ones((SIDE, SIDE), np.bool_))
    last = FIRST + timedelta(days=WEEKS * 7 - 1)
    folds = rolling_folds(last, Horizon(7, "d"), WINDOWS, LEARNT_WEEKS * 7, FIRST)
    return Evidence(Incidents.from_xy(city.x, city.y, t_from=start), start.astype("datetime64[D]")), grid, folds


def naive(evidence: Evidence, grid: Grid, folds: tuple[Fold, ...]) -> FloatArray:
    """Return the incidents caught, shape (models, folds, flags), every surface made from the whole past."""
    from scipy.signal import fftconvolve

    edges = [[0, SIDE * CELL_M]] * 2
    cells = [Flag.parse(flag).cells(SIDE * SIDE, grid.cell_km2) for flag in FLAGS]
    caught = []
    for kernel, bandwidths in BANDWIDTHS.items():
        for bandwidth_m in bandwidths:
            reach = int(np.ceil(bandwidth_m * (GAUSSIAN_REACH if kernel == "gaussian" else 1) / CELL_M))
            d2 = (np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]) * CELL_M / bandwidth_m) ** 2
            image = np.exp(-d2 / 2) if kernel == "gaussian" else np.maximum(1 - d2, 0) ** 2
            for fold in folds:
                seen, came = evidence.during(fold.trained_on), evidence.during(fold.window)
                counts = np.histogram2d(seen.y, seen.x, bins=SIDE, range=edges)[0]
                order = np.argsort(-fftconvolve(counts, image, "same").ravel())
                outcome = np.histogram2d(came.y, came.x, bins=SIDE, range=edges)[0].ravel()
                caught.append(np.cumsum(outcome[order])[np.array(cells) - 1])
    return np.array(caught).reshape(-1, len(folds), len(FLAGS))


def bench_engine(rounds: int, *, n_windows: int = WINDOWS, below_s: float | None = None) -> list[Row]:
    """Measure eight kernel densities on weekly windows."""
    evidence, grid, folds = question()
    folds = folds[-n_windows:]
    contestants = [
        Contestant(f"{kernel} {bandwidth_m:g}", kernel, Kde(bandwidth_m, kernel))
        for kernel, bandwidths in BANDWIDTHS.items()
        for bandwidth_m in bandwidths
    ]

    def ours() -> BackTest:
        return run_backtest(contestants, folds, evidence, grid, [Flag.parse(flag) for flag in FLAGS], Context)

    test = ours()
    hits = np.array([scores.hits for scores in test.scores]).sum(1)
    total = test.total.sum()
    apart = float(np.abs(hits - naive(evidence, grid, folds).sum(1)).max() / total)
    assert apart < 0.02, f"hit rates differ from the peer's by {apart}"
    work = (
        f"Back-test, {len(folds)} weekly windows x {len(contestants)} surfaces, {N:,} incidents, {SIDE} x {SIDE} cells"
    )
    (row,) = compared(
        work,
        OURS,
        {OURS: ours, NAIVE: lambda: naive(evidence, grid, folds)},
        rounds,
        note=f"capture curve, calibration, likelihood, clumpiness on top; hit rates within {apart:.4f} of the peer's",
    )
    if below_s is None or row.ours is None:
        return [row]
    return [replace(row, demand=f"below {below_s:g} CPU s", met=row.ours.cpu_s < below_s)]


def run(rounds: int = 3) -> list[Row]:
    """Return the rows of the back-test."""
    compile_kernels()
    return bench_engine(rounds, below_s=5.0)


if __name__ == "__main__":
    command("backtest", run)

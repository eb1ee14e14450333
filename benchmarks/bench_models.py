"""Models beside their peers: DBSCAN and scikit-learn, Gi* and esda, KDE and histogram2d + fftconvolve.

Every implementation of a task runs in turn in each round, so that all see the same load; medians and ratios are
printed. Answers are compared before anything is timed: labels with scikit-learn's, z with
esda's, KDE with its own exact sum (histogram2d has no border correction and is no reference for values).
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.space import Grid
from ilpgeo.models.compile import compile_kernels
from ilpgeo.models.dbscan import dbscan_labels
from ilpgeo.models.gi_star import gi_star
from ilpgeo.models.kde import kde
from ilpgeo.models.neighbourhood import disc_kernel
from ilpgeo.models.points import collapse

Row = dict[str, Any]
TORONTO = Path(__file__).resolve().parents[1] / "data" / "toronto" / "incidents.csv.gz"


def toronto_points(file: Path = TORONTO) -> tuple[FloatArray, FloatArray]:
    """Return the coordinates of all located Toronto incidents, metres in EPSG:32617."""
    import pandas as pd
    from pyproj import Transformer

    frame = pd.read_csv(file, usecols=["Lat", "Long"]).query("Lat != 0")
    return Transformer.from_crs(4326, 32617, always_xy=True).transform(frame["Long"], frame["Lat"])


def synthetic_points(n: int, seed: int = 1, side_m: float = 25_000.0) -> tuple[FloatArray, FloatArray]:
    """Return a made-up city: 70 % of the points in 300 piles of different width, 30 % strewn."""
    rng = np.random.default_rng(seed)
    pile = rng.choice(300, n, p=rng.dirichlet(np.full(300, 0.3)))
    points = rng.uniform(0, side_m, (300, 2))[pile] + rng.normal(size=(n, 2)) * rng.uniform(50, 800, 300)[pile, None]
    strewn = rng.random(n) < 0.3
    points[strewn] = rng.uniform(0, side_m, (strewn.sum(), 2))
    return tuple(np.clip(points, 0, side_m - 1).T.copy())


def interleaved(task: str, ways: dict[str, Callable[[], object]], rounds: int) -> list[Row]:
    """Return one row per way: median wall and CPU seconds over the rounds, and wall time over that of the first."""
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
    median = {name: statistics.median(times) for name, times in wall.items()}
    ours = next(iter(median.values()))
    return [
        {"task": task, "way": name, "wall_s": round(median[name], 5), "cpu_s": round(statistics.median(cpu[name]), 5),
         "times_ours": round(median[name] / ours, 1), "rounds": rounds}
        for name in ways
    ]  # fmt: skip


def bench_dbscan(
    name: str, x: FloatArray, y: FloatArray, eps_m: float, least: int, rounds: int, *, with_plain: bool
) -> list[Row]:
    """DBSCAN beside scikit-learn, plain and on collapsed points with weights."""
    from sklearn.cluster import DBSCAN

    def collapsed() -> object:
        places = collapse(x, y)
        model = DBSCAN(eps=eps_m, min_samples=least, algorithm="kd_tree")
        return model.fit(np.column_stack([places.x, places.y]), sample_weight=places.weight).labels_[places.of_point]

    def plain() -> object:
        return DBSCAN(eps=eps_m, min_samples=least, algorithm="kd_tree").fit(np.column_stack([x, y])).labels_

    assert (dbscan_labels(x, y, eps_m, least) == collapsed()).all(), "labels differ"
    ways = {"ilpgeo": lambda: dbscan_labels(x, y, eps_m, least), "scikit-learn, collapsed + weights": collapsed}
    if with_plain:
        ways["scikit-learn, plain"] = plain
    return interleaved(f"DBSCAN {name}, n={len(x)}, eps {eps_m:g} m, min {least}", ways, rounds)


def bench_kde(name: str, x: FloatArray, y: FloatArray, cell_m: float, kernel: str, rounds: int) -> list[Row]:
    """KDE beside histogram2d + fftconvolve, which has no border correction and bins points to cell centres."""
    from scipy.signal import fftconvolve

    bandwidth_m = 300.0
    x0, y0 = x.min() - 1, y.min() - 1
    nx, ny = int((x.max() - x0) // cell_m) + 1, int((y.max() - y0) // cell_m) + 1
    grid = Grid(x0, y0, cell_m, nx, ny, "EPSG:32617", np.ones((ny, nx), np.bool_))
    reach = int(np.ceil(bandwidth_m * (6.5 if kernel == "gaussian" else 1) / cell_m))
    d2 = (np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]) * cell_m / bandwidth_m) ** 2
    image = np.exp(-d2 / 2) if kernel == "gaussian" else np.maximum(1 - d2, 0) ** 2
    image /= image.sum()
    edges = [[y0, y0 + ny * cell_m], [x0, x0 + nx * cell_m]]

    def histogram() -> object:
        return fftconvolve(np.histogram2d(y, x, bins=(ny, nx), range=edges)[0], image, "same")

    exact = kde(x, y, grid, bandwidth_m, kernel, exact=True)
    error = float(np.abs(kde(x, y, grid, bandwidth_m, kernel) - exact).max() / exact.max())
    assert error <= (1e-3 if kernel == "gaussian" else 2e-3), f"off the exact sum by {error} of the peak"
    rows = interleaved(
        f"KDE {name}, n={len(x)}, {ny}x{nx} cells of {cell_m:g} m, {kernel} {bandwidth_m:g} m",
        {
            "ilpgeo": lambda: kde(x, y, grid, bandwidth_m, kernel),
            "ilpgeo, exact": lambda: kde(x, y, grid, bandwidth_m, kernel, exact=True),
            "histogram2d + fftconvolve": histogram,
        },
        rounds,
    )
    rows[0]["error_of_peak"] = error
    return rows


def bench_gi_star(side: int, radius_cells: float, rounds: int) -> list[Row]:
    """Gi* beside esda, with and without building esda's graph from neighbour pairs that are given, sorted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.getisord import G_Local
        from libpysal.graph import Graph

    rng = np.random.default_rng(1)
    counts = rng.poisson(rng.gamma(0.5, 4, (side, side))).astype(np.float64)
    kernel = disc_kernel(radius_cells)
    half = kernel.shape[0] // 2
    number = np.arange(side * side).reshape(side, side)

    focal, neighbour = [], []
    for dr, dc in np.argwhere(kernel > 0) - half:
        if dr == dc == 0:
            continue
        own = number[max(0, -dr) : side - max(0, dr), max(0, -dc) : side - max(0, dc)].ravel()
        focal.append(own)
        neighbour.append(own + dr * side + dc)
    # A graph keeps its cells in the order they first appear: sorted, they stand in the order of the counts.
    pairs = np.column_stack([np.concatenate(focal), np.concatenate(neighbour)])
    pairs = pairs[np.lexsort(pairs.T[::-1])]

    def graph() -> Any:
        return Graph.from_arrays(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))

    def esda(given: Any) -> FloatArray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return G_Local(counts.ravel(), given, transform="B", star=True, permutations=0).Zs

    built = graph()
    difference = float(np.abs(gi_star(counts, kernel)[0].ravel() - esda(built)).max())
    assert difference < 1e-10, f"z differs from esda's by {difference}"
    rows = interleaved(
        f"Gi* {side}x{side} cells, radius {radius_cells:g} cells",
        {
            "ilpgeo": lambda: gi_star(counts, kernel),
            "esda, graph given": lambda: esda(built),
            "esda, graph built": lambda: esda(graph()),
        },
        rounds,
    )
    rows[0]["z_difference"] = difference
    return rows


def run(toronto: Path = TORONTO, rounds: int = 5, large: bool = False) -> list[Row]:
    """Return the rows of every model benchmark, ready for JSON."""
    compile_kernels()
    rows: list[Row] = []
    if toronto.is_file():
        x, y = toronto_points(toronto)
        rows += bench_dbscan("Toronto", x, y, 200.0, 50, rounds, with_plain=True)
        rows += bench_kde("Toronto", x, y, 100.0, "quartic", rounds)
        rows += bench_kde("Toronto", x, y, 100.0, "gaussian", rounds)
    x, y = synthetic_points(100_000)
    rows += bench_dbscan("synthetic", x, y, 200.0, 30, rounds, with_plain=True)
    rows += bench_gi_star(316, 1.5, rounds)
    if large:
        x, y = synthetic_points(1_000_000)
        rows += bench_dbscan("synthetic", x, y, 20.0, 10, 3, with_plain=True)
        rows += bench_kde("synthetic", x, y, 50.0, "quartic", rounds)
        rows += bench_kde("synthetic", x, y, 50.0, "gaussian", rounds)
        rows += bench_gi_star(316, 5.0, 3)
    return rows


def main() -> None:
    """Print the rows as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--toronto", type=Path, default=TORONTO)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rows = run(chosen.toronto, chosen.rounds, chosen.large)
    if chosen.json:
        print(json.dumps(rows))
        return
    for row in rows:
        rest = "  ".join(f"{name} {value:.1e}" for name, value in row.items() if name.endswith(("_peak", "difference")))
        times = f"{row['wall_s']:>9.4f} s wall {row['cpu_s']:>9.4f} s cpu {row['times_ours']:>7.1f}x"
        print(f"{row['task']:<64} {row['way']:<34} {times}  {rest}")


if __name__ == "__main__":
    main()

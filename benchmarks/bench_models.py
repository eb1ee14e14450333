"""Models beside their peers: DBSCAN and scikit-learn, Gi* and esda, KDE and histogram2d + fftconvolve.

Answers are compared before anything is timed: labels with scikit-learn's, z with esda's, KDE with its own exact sum
(histogram2d has no border correction and is no reference for values).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import Row, interleaved
from benchmarks.table import command
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.space import Grid
from ilpgeo.models.compile import compile_kernels
from ilpgeo.models.dbscan import dbscan_labels
from ilpgeo.models.gi_star import gi_star
from ilpgeo.models.kde import kde
from ilpgeo.models.neighbourhood import disc_kernel
from ilpgeo.models.points import collapse

OURS = "ilpgeo"
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


def compared(
    work: str, ways: dict[str, Callable[[], object]], rounds: int, *, below_s: float | None = None, note: str = ""
) -> list[Row]:
    """Return one row for each peer, all measured in one run; the demand and the note stand in the first."""
    timings = interleaved(ways, rounds)
    ours = timings.pop(OURS)
    rows = [Row(work, ours, name, peer) for name, peer in timings.items()]
    demand, met = ("", None) if below_s is None else (f"below {below_s:g} s", ours.wall_s < below_s)
    rows[0] = Row(work, ours, rows[0].peer_name, rows[0].peer, demand, met, note=note)
    return rows


def bench_dbscan(
    name: str, x: FloatArray, y: FloatArray, eps_m: float, least: int, rounds: int, *, below_s: float | None = None
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
    return compared(
        f"DBSCAN, {name}, {len(x):,} points, eps {eps_m:g} m, min {least}",
        {
            OURS: lambda: dbscan_labels(x, y, eps_m, least),
            "scikit-learn": plain,
            "scikit-learn, places + weights": collapsed,
        },
        rounds,
        below_s=below_s,
        note="labels identical to scikit-learn's",
    )


def bench_kde(
    name: str, x: FloatArray, y: FloatArray, cell_m: float, kernel: str, rounds: int, *, below_s: float | None = None
) -> list[Row]:
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
    return compared(
        f"KDE, {name}, {len(x):,} points, {ny} x {nx} cells of {cell_m:g} m, {kernel}",
        {
            OURS: lambda: kde(x, y, grid, bandwidth_m, kernel),
            "histogram2d + fftconvolve": histogram,
            "ilpgeo, exact sum": lambda: kde(x, y, grid, bandwidth_m, kernel, exact=True),
        },
        rounds,
        below_s=below_s,
        note=f"bandwidth {bandwidth_m:g} m; off the exact sum by at most {error:.1e} of the peak",
    )


def bench_gi_star(side: int, radius_cells: float, rounds: int, *, below_s: float | None = None) -> list[Row]:
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
    return compared(
        f"Gi*, {side * side:,} cells, radius {radius_cells:g} cells",
        {
            OURS: lambda: gi_star(counts, kernel),
            "esda, graph given": lambda: esda(built),
            "esda, graph built": lambda: esda(graph()),
        },
        rounds,
        below_s=below_s,
        note=f"z differs from esda's by at most {difference:.0e}",
    )


def run(rounds: int = 5) -> list[Row]:
    """Return the rows of the models."""
    compile_kernels()
    x, y = toronto_points()
    made_x, made_y = synthetic_points(100_000)
    return [
        *bench_dbscan("Toronto", x, y, 200.0, 50, rounds, below_s=0.15),
        *bench_kde("Toronto", x, y, 100.0, "quartic", rounds, below_s=0.1),
        *bench_kde("Toronto", x, y, 100.0, "gaussian", rounds, below_s=0.1),
        *bench_gi_star(316, 1.5, rounds, below_s=0.05),
        *bench_dbscan("made-up city", made_x, made_y, 200.0, 30, rounds),
    ]


if __name__ == "__main__":
    command("models", run)

"""Gi* beside esda, emerging hot spots beside pyehsa, the scan statistic against its limit.

z is compared with esda's and with pyehsa's before anything is timed.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from benchmarks.cities import DAYS, SIDE_M, made_up_city
from benchmarks.measuring import Row, compared, limited
from benchmarks.table import command
from ilpgeo.core.arrays import FloatArray
from ilpgeo.models.compile import compile_kernels
from ilpgeo.models.gi_star import gi_star
from ilpgeo.models.neighbourhood import disc_kernel

OURS = "ilpgeo"


def neighbour_pairs(side: int, kernel: FloatArray) -> np.ndarray:
    """Return the pairs of different cells of a square that the kernel joins, sorted, shape (n, 2)."""
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
    return pairs[np.lexsort(pairs.T[::-1])]


def bench_gi_star(side: int, radius_cells: float, rounds: int) -> list[Row]:
    """Gi* beside esda, with and without building esda's graph from neighbour pairs that are given, sorted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.getisord import G_Local
        from libpysal.graph import Graph

    rng = np.random.default_rng(1)
    counts = rng.poisson(rng.gamma(0.5, 4, (side, side))).astype(np.float64)
    kernel = disc_kernel(radius_cells)
    pairs = neighbour_pairs(side, kernel)

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
        OURS,
        {
            OURS: lambda: gi_star(counts, kernel),
            "esda, graph given": lambda: esda(built),
            "esda, graph built": lambda: esda(graph()),
        },
        rounds,
        at_least={"esda, graph built": 200.0},
        note=f"z differs from esda's by at most {difference:.0e}",
    )


def counts_by_step(side: int, steps: int) -> FloatArray:
    """Return the counts of a made-up city of a million incidents, shape (steps, side, side)."""
    city = made_up_city(1_000_000)
    cell = (city.y * (side / SIDE_M)).astype(np.int64) * side + (city.x * (side / SIDE_M)).astype(np.int64)
    step = (city.days * (steps / DAYS)).astype(np.int64)
    return np.bincount(step * side * side + cell, minlength=steps * side * side).reshape(steps, side, side) * 1.0


def by_pyehsa(counts: FloatArray) -> FloatArray:
    """Gi* in space and time and Mann-Kendall's trend of each cell as pyehsa finds them, without its simulations."""
    import geopandas as gpd
    import shapely
    from pyehsa.gi_star import GiStar
    from pyehsa.mann_kendall import MannKendall
    from pyehsa.spatial_weights import SpatialWeights

    steps, ny, nx = counts.shape
    column, row = (each.ravel() * 0.01 for each in np.meshgrid(np.arange(nx), np.arange(ny)))
    frame = gpd.GeoDataFrame(
        {
            "region": np.tile([f"{k:06d}" for k in range(ny * nx)], steps),
            "step": np.repeat(np.arange(steps), ny * nx),
            "n": counts.ravel(),
        },
        geometry=np.tile(shapely.box(column, row, column + 0.01, row + 0.01), steps),
    )
    space = SpatialWeights.calculate_spatial_weights(frame, "region")
    neighbours = GiStar._create_spacetime_neighbors(space, steps, ny * nx, 1)
    weights = GiStar._create_spacetime_weights(space, neighbours, steps, ny * nx, 1)
    z = GiStar._local_g_spt(counts.ravel(), np.arange(steps), neighbours, weights, ny * nx).reshape(counts.shape)
    for k in range(ny * nx):
        MannKendall.mann_kendall_test(z[:, k // nx, k % nx])
    return z


def bench_emerging(rounds: int) -> list[Row]:
    """Emerging hot spots: the limit at full size, and beside pyehsa at a size it finishes."""
    work = "Emerging hot spots, {0} x {0} cells x 36 steps"
    try:
        from ilpgeo.models.emerging import emerging_hot_spots
    except ImportError:
        return [Row(work.format(316), note="skipped: the model is not there")]
    large, small = counts_by_step(316, 36), counts_by_step(30, 36)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peers = compared(
            work.format(30),
            OURS,
            {OURS: lambda: emerging_hot_spots(small), "pyehsa, no simulation": lambda: by_pyehsa(small)},
            min(rounds, 3),
            at_least={"pyehsa, no simulation": 90.0},
            note="pyehsa: Gi* and Mann-Kendall only; with one simulation it takes over a minute at this size",
        )
    return [limited(work.format(316), lambda: emerging_hot_spots(large), rounds, below_s=0.5), *peers]


def bench_scan(rounds: int) -> Row:
    """The scan statistic; no peer in Python scans circles over a lattice with a Monte Carlo test."""
    work = "Scan statistic, 100 x 100 cells, 999 replications"
    try:
        from ilpgeo.models.scan import scan_statistic
    except ImportError:
        return Row(work, note="skipped: the model is not there")
    counts = counts_by_step(100, 36)[:12].sum(axis=0)
    expected = np.full(counts.shape, counts.mean())
    return limited(
        work,
        lambda: scan_statistic(counts, expected, replications=999, rng=np.random.default_rng(1)),
        min(rounds, 3),
        below_s=6.0,
        of_cpu=True,
        note=f"{counts.sum():,.0f} incidents, radii to 20 cells",
    )


def run(rounds: int = 5) -> list[Row]:
    """Return the rows of the significance tests."""
    compile_kernels()
    return [
        *bench_gi_star(316, 1.5, rounds),
        *bench_gi_star(1000, 1.5, min(rounds, 3)),
        *bench_emerging(rounds),
        bench_scan(rounds),
    ]


if __name__ == "__main__":
    command("significance", run)

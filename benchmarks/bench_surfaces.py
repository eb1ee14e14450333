"""KDE beside histogram2d + fftconvolve and KDEpy; ours is compared with its own exact sum before anything is timed.

Neither peer corrects at the border of the study area: they are no reference for values. Both kernels, one bandwidth.
"""

from __future__ import annotations

import numpy as np

from benchmarks.cities import SIDE_M, made_up_city, toronto_points
from benchmarks.measuring import Row, compared
from benchmarks.table import command
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.space import Grid
from ilpgeo.models.compile import compile_kernels
from ilpgeo.models.kde import kde

OURS, HISTOGRAM, KDEPY, EXACT = "ilpgeo", "histogram2d + fftconvolve", "KDEpy, FFTKDE", "ilpgeo, exact sum"
BANDWIDTH_M = 300.0
TOLERANCE = {"gaussian": 1e-3, "quartic": 2e-3}
# KDEpy states a bandwidth as a standard deviation; the quartic kernel's is its radius over the root of 8 on the plane
# and over the root of 7 along an axis, which is what KDEpy scales.
KDEPY_KERNELS = {"gaussian": ("gaussian", 1.0), "quartic": ("biweight", 7.0**-0.5)}


def everywhere(x0: float, y0: float, cell_m: float, nx: int, ny: int) -> Grid:
    return Grid(x0, y0, cell_m, nx, ny, "EPSG:32617", np.ones((ny, nx), np.bool_))


def bench_kde(
    name: str, x: FloatArray, y: FloatArray, grid: Grid, kernel: str, rounds: int, at_least: dict[str, float]
) -> list[Row]:
    """KDE of one set of points on one grid."""
    from KDEpy import FFTKDE
    from scipy.signal import fftconvolve

    reach = int(np.ceil(BANDWIDTH_M * (6.5 if kernel == "gaussian" else 1) / grid.cell_m))
    d2 = (np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1]) * grid.cell_m / BANDWIDTH_M) ** 2
    image = np.exp(-d2 / 2) if kernel == "gaussian" else np.maximum(1 - d2, 0) ** 2
    image /= image.sum()
    west, south, east, north = grid.bounds
    # KDEpy wants every point inside its lattice.
    beyond = 20
    centres = [
        start + (np.arange(-beyond, length + beyond) + 0.5) * grid.cell_m
        for start, length in ((west, grid.nx), (south, grid.ny))
    ]
    lattice = np.stack(np.meshgrid(*centres, indexing="ij"), -1).reshape(-1, 2)
    points = np.column_stack([x, y])
    its_kernel, scale = KDEPY_KERNELS[kernel]

    def histogram() -> object:
        counted = np.histogram2d(y, x, bins=grid.shape, range=[[south, north], [west, east]])[0]
        return fftconvolve(counted, image, "same")

    exact = kde(x, y, grid, BANDWIDTH_M, kernel, exact=True)
    found = kde(x, y, grid, BANDWIDTH_M, kernel)
    error = float(np.abs(found - exact).max() / exact.max())
    assert error <= TOLERANCE[kernel], f"off the exact sum by {error} of the peak"
    assert abs(found.sum() / exact.sum() - 1) < 1e-6, "incidents were lost"
    return compared(
        f"KDE, {name}, {len(x):,} points, {grid.ny} x {grid.nx} cells of {grid.cell_m:g} m, {kernel}",
        OURS,
        {
            OURS: lambda: kde(x, y, grid, BANDWIDTH_M, kernel),
            HISTOGRAM: histogram,
            KDEPY: lambda: FFTKDE(kernel=its_kernel, bw=BANDWIDTH_M * scale).fit(points).evaluate(lattice),
            EXACT: lambda: kde(x, y, grid, BANDWIDTH_M, kernel, exact=True),
        },
        rounds,
        at_least=at_least,
        note=f"bandwidth {BANDWIDTH_M:g} m; off the exact sum by at most {error:.1e} of the peak",
    )


def run(rounds: int = 7) -> list[Row]:
    """Return the rows of the surfaces."""
    compile_kernels()
    rows = []
    x, y = toronto_points()
    wide, high = int(np.ptp(x) // 100) + 1, int(np.ptp(y) // 100) + 1
    city = made_up_city(1_000_000)
    for kernel in TOLERANCE:
        grid = everywhere(float(x.min()) - 1, float(y.min()) - 1, 100.0, wide + 1, high + 1)
        rows += bench_kde("Toronto", x, y, grid, kernel, rounds, {})
        rows += bench_kde(
            "made-up city", city.x, city.y, everywhere(0.0, 0.0, SIDE_M / 500, 500, 500), kernel, rounds,
            {HISTOGRAM: 8.0, KDEPY: 10.0},
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    command("surfaces", run, 7)

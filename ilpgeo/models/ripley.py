"""Ripley's K on the cells of a study area, with the border corrected exactly, and what chance makes of it."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.errors import raise_all
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.space import Grid
from ilpgeo.models.points import check_points, collapse
from ilpgeo.models.replications import replicate


def ripley_k(x: FloatArray, y: FloatArray, grid: Grid, distances_m: FloatArray) -> FloatArray:
    """Return K at each distance, m2: the area holding by chance as many others as lie within it of an incident.

    K(r) = |W|^2 / (n (n - 1)) sum over ordered pairs within r of 1 / |W and W moved by x_i - x_j|: each pair is weighed
    by how much of the study area W could have shown it (translation correction). Incidents at one place are pairs at
    distance 0.

    Parameters
    ----------
    x, y
        Shape (n,), metres, inside the study area; at least two.
    distances_m
        Ascending, positive; a pair exactly at a distance is within it.

    Raises
    ------
    InvalidInput
        For fewer than two points, points outside the study area or not finite, or distances that do not ascend.

    Notes
    -----
    O(n + pairs within the largest distance). Ripley (1976), doi:10.2307/3212829; Ohser (1983). The common ground is
    exact for any union of cells: between whole moves it is linear in each direction.
    """
    _check(x, y, grid, distances_m)
    from ilpgeo.models.k_kernels import pair_sums

    places = collapse((x - grid.x0) / grid.cell_m, (y - grid.y0) / grid.cell_m)
    limits2, covariance = _limits2(distances_m, grid), set_covariance(grid.inside, _reach(distances_m, grid))
    sums = pair_sums(places.x, places.y, places.weight, grid.shape, limits2, covariance)
    at_one_place = float((places.weight * (places.weight - 1)).sum()) / grid.inside.sum()
    return _scaled(sums + at_one_place, len(x), grid)


def replicated_k(
    n: int,
    chance: FloatArray,
    grid: Grid,
    distances_m: FloatArray,
    simulations: int,
    rng: np.random.Generator,
    progress: Progress = unwatched,
) -> FloatArray:
    """Return K of `n` points thrown on the study area, shape (simulations, distances).

    Parameters
    ----------
    chance
        Shape (ny, nx): where points are thrown, in any unit; evenly within a cell, never outside the study area.
    """
    from ilpgeo.models.draws import alias_table
    from ilpgeo.models.k_kernels import replicate_pairs

    cell = np.flatnonzero(grid.inside.ravel() & (chance.ravel() > 0))
    keep, alias = alias_table(chance.ravel()[cell].astype(np.float64))
    limits2, covariance = _limits2(distances_m, grid), set_covariance(grid.inside, _reach(distances_m, grid))
    sums = replicate(
        lambda seeds: replicate_pairs(seeds, n, keep, alias, cell, grid.shape, limits2, covariance),
        simulations, rng, progress,
    )  # fmt: skip
    return _scaled(sums, n, grid)


def set_covariance(inside: BoolArray, reach: int) -> FloatArray:
    """Return how many cells the study area shares with itself moved by -reach..reach rows and columns.

    Notes
    -----
    O(cells log cells).
    """
    from scipy import fft

    shape = [fft.next_fast_len(side + reach, real=True) for side in inside.shape]
    power = np.abs(fft.rfft2(inside.astype(np.float64), shape)) ** 2
    whole = np.rint(fft.irfft2(power, shape))
    moves = np.arange(-reach, reach + 1)
    rows, columns = (moves[np.abs(moves) < side] for side in inside.shape)
    shared = np.zeros((2 * reach + 1, 2 * reach + 1))
    shared[np.ix_(rows + reach, columns + reach)] = whole[np.ix_(rows, columns)]
    return shared


def l_of(k: FloatArray) -> FloatArray:
    """Return L = sqrt(K / pi), metres: the radius of a disc of area K; L(r) = r by chance. Besag (1977)."""
    return np.asarray(np.sqrt(k / np.pi), np.float64)


def _limits2(distances_m: FloatArray, grid: Grid) -> FloatArray:
    # In cells, and a hair wider: a pair exactly at a distance stays within it although both were divided.
    return np.asarray((distances_m / grid.cell_m) ** 2 * (1 + 1e-12), np.float64)


def _reach(distances_m: FloatArray, grid: Grid) -> int:
    return int(np.ceil(distances_m[-1] / grid.cell_m)) + 1


def _scaled(sums: FloatArray, n: int, grid: Grid) -> FloatArray:
    cells = float(grid.inside.sum())
    return np.asarray(sums * (cells**2 / (n * (n - 1.0)) * grid.cell_m**2), np.float64)


def _check(x: FloatArray, y: FloatArray, grid: Grid, distances_m: FloatArray) -> None:
    check_points(x, y)
    faults = []
    if len(x) < 2:
        faults.append(f"{len(x)} incidents make no pair; choose a longer period or a larger area")
    elif (grid.cell_of(x, y) < 0).any():
        faults.append("incidents lie outside the study area; leave them out")
    if not (len(distances_m) and (np.diff(distances_m, prepend=0.0) > 0).all()):
        faults.append("distances must be positive and ascend")
    raise_all(faults, subject="K function")

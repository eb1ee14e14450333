"""Compiled: how much of the Gaussian around a place falls on which cell of the study area, exactly."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray
from ilpgeo.core.jit import compiled
from ilpgeo.core.space import Grid
from ilpgeo.models.sepp_trigger import Trigger


def is_near_border(x: FloatArray, y: FloatArray, grid: Grid, reach_m: float) -> BoolArray:
    """Return which places (metres from the grid's corner) may reach beyond the study area."""
    from scipy import ndimage

    around = 2 * math.ceil(reach_m / grid.cell_m) + 1
    # A window wider than the grid reaches beyond it from every cell.
    whole = ndimage.minimum_filter(grid.inside, size=min(around, 2 * max(grid.shape) + 1), mode="constant", cval=0)
    column = np.minimum((x / grid.cell_m).astype(np.int64), grid.nx - 1)
    row = np.minimum((y / grid.cell_m).astype(np.int64), grid.ny - 1)
    return np.asarray(~whole[row, column], np.bool_)


def shares_inside(x: FloatArray, y: FloatArray, grid: Grid, trigger: Trigger) -> tuple[FloatArray, FloatArray]:
    """Return the share of each place's follow-ups that falls inside, and its derivative by the logarithm of spread."""
    return _shares(x, y, grid.inside, grid.cell_m, trigger.spread_m, trigger.reach_m)


def spread_to_cells(x: FloatArray, y: FloatArray, weight: FloatArray, grid: Grid, trigger: Trigger) -> FloatArray:
    """Return the weight that falls on each inside cell, shape (ny, nx); what falls outside is lost."""
    return _spread(x, y, weight, grid.inside, grid.cell_m, trigger.spread_m, trigger.reach_m)


@compiled
def _axis(
    at: float, cell_m: float, n: int, spread_m: float, reach_m: float, mass: FloatArray, slope: FloatArray
) -> int:
    # Share of the cut Gaussian along one axis in each cell from the first it reaches, and its derivative.
    first = max(math.floor((at - reach_m) / cell_m), 0)
    last = min(math.floor((at + reach_m) / cell_m), n - 1)
    scale = 1.0 / (spread_m * math.sqrt(2.0))
    root = 2.0 / math.sqrt(math.pi)
    full = math.erf(reach_m * scale)
    full_slope = -root * reach_m * scale * math.exp(-((reach_m * scale) ** 2))
    u = scale * max(first * cell_m - at, -reach_m)
    below, below_slope = math.erf(u), -root * u * math.exp(-u * u)
    for k in range(last - first + 1):
        u = scale * min((first + k + 1) * cell_m - at, reach_m)
        above, above_slope = math.erf(u), -root * u * math.exp(-u * u)
        mass[k] = 0.5 * (above - below) / full
        slope[k] = 0.5 * (above_slope - below_slope) / full - mass[k] * full_slope / full
        below, below_slope = above, above_slope
    for k in range(max(last - first + 1, 0), len(mass)):
        mass[k] = slope[k] = 0.0
    return first


@compiled
def _shares(
    x: FloatArray, y: FloatArray, inside: BoolArray, cell_m: float, spread_m: float, reach_m: float
) -> tuple[FloatArray, FloatArray]:
    ny, nx = inside.shape
    width = int(2 * reach_m / cell_m) + 2
    across, across_slope, along, along_slope = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
    share, slope = np.zeros(len(x)), np.zeros(len(x))
    for i in range(len(x)):
        left = _axis(x[i], cell_m, nx, spread_m, reach_m, across, across_slope)
        low = _axis(y[i], cell_m, ny, spread_m, reach_m, along, along_slope)
        for r in range(min(width, ny - low)):
            for c in range(min(width, nx - left)):
                if inside[low + r, left + c]:
                    share[i] += along[r] * across[c]
                    slope[i] += along_slope[r] * across[c] + along[r] * across_slope[c]
    return share, slope


@compiled
def _spread(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    inside: BoolArray,
    cell_m: float,
    spread_m: float,
    reach_m: float,
) -> FloatArray:
    ny, nx = inside.shape
    width = int(2 * reach_m / cell_m) + 2
    across, along, slope = np.empty(width), np.empty(width), np.empty(width)
    answer = np.zeros((ny, nx))
    for i in range(len(x)):
        left = _axis(x[i], cell_m, nx, spread_m, reach_m, across, slope)
        low = _axis(y[i], cell_m, ny, spread_m, reach_m, along, slope)
        for r in range(min(width, ny - low)):
            for c in range(min(width, nx - left)):
                if inside[low + r, left + c]:
                    answer[low + r, left + c] += weight[i] * along[r] * across[c]
    return answer

"""Compiled: the inverse-distance weights of prospective hotspots, added up cell by cell."""

from __future__ import annotations

import math

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.jit import compiled


@compiled
def add_risk(
    east_m: FloatArray,
    north_m: FloatArray,
    weight: FloatArray,
    counted: FloatArray,
    cell_m: float,
    reach_m: float,
    risk: FloatArray,
    support: FloatArray,
) -> None:
    """Add each place's weight / (1 + whole half cells) to `risk` and its count to `support` within reach.

    Parameters
    ----------
    east_m, north_m
        Shape (k,): from the grid's south-west corner.
    """
    ny, nx = risk.shape
    half_m = 0.5 * cell_m
    for i in range(len(east_m)):
        left = max(math.floor((east_m[i] - reach_m) / cell_m - 0.5), 0)
        right = min(math.ceil((east_m[i] + reach_m) / cell_m - 0.5), nx - 1)
        low = max(math.floor((north_m[i] - reach_m) / cell_m - 0.5), 0)
        high = min(math.ceil((north_m[i] + reach_m) / cell_m - 0.5), ny - 1)
        for row in range(low, high + 1):
            dy = (row + 0.5) * cell_m - north_m[i]
            for column in range(left, right + 1):
                dx = (column + 0.5) * cell_m - east_m[i]
                distance = math.sqrt(dx * dx + dy * dy)
                if distance <= reach_m:
                    risk[row, column] += weight[i] / (1.0 + math.floor(distance / half_m))
                    support[row, column] += counted[i]

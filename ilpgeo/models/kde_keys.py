"""Compiled: points as whole numbers that say where on the grid they lie, and put in order by bands of its rows.

A loop that stores at places which points name first works out those of some hundred points: a processor looks ahead
poorly past a store whose place is still being computed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.models.jit import compiled_reordered

Keys = npt.NDArray[np.uint64]

# Points worked on before anything is stored at places that they name.
AT_ONCE = 512
# A key is a point's row and its column in cells, each with binary places after the point to fill so many bits.
KEY_BITS = 31
HALF_BITS, LOW_HALF = np.uint64(32), np.uint64(0xFFFF_FFFF)


@compiled_reordered
def keys_of(
    x: FloatArray,
    y: FloatArray,
    begin: int,
    end: int,
    x0: float,
    y0: float,
    cell_m: float,
    shape: tuple[int, int],
    scale: float,
    keys: Keys,
    on_grid: npt.NDArray[np.uint8],
) -> None:
    """Write the keys of the points begin..end, and 1 for those on the grid, 0 for those that are not.

    Parameters
    ----------
    scale
        A power of two: what a cell counts in keys.
    """
    ny, nx = shape
    for i in range(end - begin):
        u, v = (x[begin + i] - x0) / cell_m, (y[begin + i] - y0) / cell_m
        is_on = (u >= 0) & (v >= 0) & (u < nx) & (v < ny)
        u, v = (u, v) if is_on else (0.0, 0.0)
        on_grid[i] = is_on
        keys[i] = (np.uint64(np.int32(v * scale)) << HALF_BITS) | np.uint64(np.int32(u * scale))


@compiled_reordered
def count_in_bands(
    y: FloatArray, begin: int, end: int, y0: float, cell_m: float, ny: int, band_rows: int, n_bands: int
) -> IntArray:
    """Return how many of the points begin..end lie in each band of `band_rows` rows."""
    rows = np.empty(AT_ONCE, np.uint32)
    # One more for what lies off the grid.
    counts = np.zeros(ny + 1, np.int64)
    for block in range(begin, end, AT_ONCE):
        n = min(AT_ONCE, end - block)
        for i in range(n):
            v = (y[block + i] - y0) / cell_m
            rows[i] = np.int32(v if (v >= 0) & (v < ny) else ny)
        for i in range(n):
            counts[rows[i]] += 1
    answer = np.zeros(n_bands, np.int64)
    for row in range(ny):
        answer[row // band_rows] += counts[row]
    return answer


@compiled_reordered
def order_by_band(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    begin: int,
    end: int,
    x0: float,
    y0: float,
    cell_m: float,
    shape: tuple[int, int],
    scale: float,
    band_rows: int,
    stop: IntArray,
    ordered: Keys,
    ordered_weight: FloatArray,
) -> None:
    """Write the keys of the points on the grid, each at the place its band's `stop` names, which moves on."""
    keys, on_grid = np.empty(AT_ONCE, np.uint64), np.empty(AT_ONCE, np.uint8)
    shift = HALF_BITS + binary_places(scale)
    band_of_row = np.empty(shape[0], np.uint32)
    for row in range(shape[0]):
        band_of_row[row] = row // band_rows
    for block in range(begin, end, AT_ONCE):
        n = min(AT_ONCE, end - block)
        keys_of(x, y, block, block + n, x0, y0, cell_m, shape, scale, keys, on_grid)
        for i in range(n):
            if not on_grid[i]:
                continue
            band = np.uint64(band_of_row[keys[i] >> shift])
            at = np.uint64(stop[band])
            stop[band] += 1
            ordered[at] = keys[i]
            if len(weight):
                ordered_weight[at] = weight[block + i]


@compiled_reordered
def binary_places(scale: float) -> np.uint64:
    """Return how many binary places a power of two stands for."""
    places = np.uint64(0)
    while scale > 1.0:
        scale *= 0.5
        places += np.uint64(1)
    return places

"""Compiled: points as whole numbers that say where on the grid they lie, and put in order by bands of its rows.

A loop that stores at places which points name first works out those of some hundred points: a processor looks ahead
poorly past a store whose place is still being computed. Such loops go over slices from 0: an index with an offset might
count from the end, and a loop that must look whether it does is not vectorised.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled_reordered

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
    x0: float,
    y0: float,
    cell_m: float,
    shape: tuple[int, int],
    scale: float,
    keys: Keys,
    on_grid: npt.NDArray[np.uint8],
) -> None:
    """Write the keys of the points, and 1 for those on the grid, 0 for those that are not.

    Parameters
    ----------
    scale
        A power of two: what a cell counts in keys.
    """
    ny, nx = shape
    for i in range(len(x)):
        u, v = (x[i] - x0) / cell_m, (y[i] - y0) / cell_m
        is_on = (u >= 0) & (v >= 0) & (u < nx) & (v < ny)
        u, v = (u, v) if is_on else (0.0, 0.0)
        on_grid[i] = is_on
        keys[i] = (np.uint64(np.int32(v * scale)) << HALF_BITS) | np.uint64(np.int32(u * scale))


class Banded(NamedTuple):
    """Points in parts, each part's by bands of the grid's rows: in blocks of AT_ONCE that a band takes as it fills.

    Attributes
    ----------
    keys, weight
        Shape (parts, blocks * AT_ONCE); `weight` has no blocks where each point counts one.
    before
        Shape (parts, blocks): the block that the same band filled before, -1 where there is none.
    latest
        Shape (parts, bands): the block that the band fills, -1 where it has no point; all its others are full.
    held
        Shape (parts, bands): points in the band.
    """

    keys: Keys
    weight: FloatArray
    before: IntArray
    latest: IntArray
    held: IntArray


def empty_bands(parts: int, n: int, n_bands: int, is_weighted: bool) -> Banded:
    """Return room for `n` points in so many parts."""
    most = -(-n // (parts * AT_ONCE)) * AT_ONCE
    blocks = most // AT_ONCE + min(most, n_bands)
    return Banded(
        np.empty((parts, blocks * AT_ONCE), np.uint64),
        np.empty((parts, blocks * AT_ONCE if is_weighted else 0)),
        np.empty((parts, blocks), np.int64),
        np.full((parts, n_bands), -1, np.int64),
        np.zeros((parts, n_bands), np.int64),
    )


@compiled_reordered
def put_in_bands(
    x: FloatArray,
    y: FloatArray,
    weight: FloatArray,
    x0: float,
    y0: float,
    cell_m: float,
    shape: tuple[int, int],
    scale: float,
    band_rows: int,
    bands: Banded,
    part: int,
) -> None:
    """Write the keys of one part of the points, where they are on the grid, each to a block of its band.

    The parts take AT_ONCE points in turn: points come in all kinds of order, and this divides them evenly.
    """
    keys, on_grid = np.empty(AT_ONCE, np.uint64), np.empty(AT_ONCE, np.uint8)
    ordered, ordered_weight = bands.keys[part], bands.weight[part]
    before, latest, held = bands.before[part], bands.latest[part], bands.held[part]
    shift, beyond_block = HALF_BITS + binary_places(scale), np.uint64(AT_ONCE - 1)
    band_of_row, following = np.empty(shape[0], np.uint32), np.zeros(len(latest), np.uint64)
    for row in range(shape[0]):
        band_of_row[row] = row // band_rows
    n_blocks = 0
    for first in range(part * AT_ONCE, len(x), len(bands.keys) * AT_ONCE):
        end = min(first + AT_ONCE, len(x))
        keys_of(x[first:end], y[first:end], x0, y0, cell_m, shape, scale, keys, on_grid)
        for i in range(end - first):
            if not on_grid[i]:
                continue
            band = np.uint64(band_of_row[keys[i] >> shift])
            if following[band] & beyond_block == 0:
                following[band] = n_blocks * AT_ONCE
                before[n_blocks], latest[band] = latest[band], n_blocks
                held[band] += AT_ONCE
                n_blocks += 1
            ordered[following[band]] = keys[i]
            if len(weight):
                ordered_weight[following[band]] = weight[first + i]
            following[band] += np.uint64(1)
    for each in range(len(latest)):
        if latest[each] >= 0:
            held[each] -= (latest[each] + 1) * AT_ONCE - np.int64(following[each])


@compiled_reordered
def binary_places(scale: float) -> np.uint64:
    """Return how many binary places a power of two stands for."""
    places = np.uint64(0)
    while scale > 1.0:
        scale *= 0.5
        places += np.uint64(1)
    return places

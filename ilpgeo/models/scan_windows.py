"""The windows of a scan: discs of cells around every cell, and the best of them that share no cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.models.neighbourhood import disc_kernel, disc_sum
from ilpgeo.models.replications import p_value

MOST_ZONES = 30


class Window(NamedTuple):
    """A disc of cells over an interval of steps: the highest ratio found, or `radius` -1 when none is above zero."""

    llr: float
    radius: int
    row: int
    column: int
    interval: int


class Found(NamedTuple):
    """Zones of a scan, most likely first.

    Attributes
    ----------
    windows
        The disc and interval of each zone.
    cells
        The flat cell numbers of each, inside the study area.
    llr, p
        Shape (k,).
    simulated
        Shape (replications,): the highest ratio of each replication.
    """

    windows: tuple[Window, ...]
    cells: tuple[IntArray, ...]
    llr: FloatArray
    p: FloatArray
    simulated: FloatArray


def half_widths(reach: int) -> IntArray:
    """Return how far the disc of each radius reaches to either side, by radius and rows away; -1 beyond the disc."""
    widths = np.full((reach + 1, reach + 1), -1, np.int64)
    for radius in range(reach + 1):
        away = np.arange(radius + 1)
        widths[radius, : radius + 1] = np.sqrt(radius * radius - away * away + 0.5).astype(np.int64)
    return widths


def disc_totals(values: FloatArray, reach: int) -> FloatArray:
    """Return the sum of `values` over the disc of every radius 0..reach around every cell, shape (reach + 1, ny, nx).

    Notes
    -----
    O(cells x reach^2), one cell at a time: without the differences of large sums, small ones stay exact.
    """
    ny, nx = values.shape
    padded = np.zeros((ny + 2 * reach, nx + 2 * reach))
    padded[reach : reach + ny, reach : reach + nx] = values
    totals = np.zeros((reach + 1, ny, nx))
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    ring = np.ceil(np.sqrt(rows * rows + columns * columns) - 1e-9).astype(np.int64)
    for radius in range(reach + 1):
        total = totals[radius]
        if radius:
            total += totals[radius - 1]
        for row, column in zip(*np.nonzero(ring == radius), strict=True):
            total += padded[row : row + ny, column : column + nx]
    return totals


def candidates(totals: FloatArray, inside: BoolArray, most: float) -> FloatArray:
    """Return `totals` with infinity where a disc is none: around a cell outside, over `most`, or expecting nothing."""
    allowed = inside & (totals > 0) & (totals <= most * (1 + 1e-12))
    return np.where(allowed, totals, np.inf)


def padded_cells(shape: tuple[int, int], reach: int) -> IntArray:
    """Return the flat place of every cell in a plane of running sums with `reach` empty rows and columns around."""
    ny, nx = shape
    rows, columns = np.arange(ny) + reach, np.arange(nx) + reach + 1
    return np.asarray((rows[:, None] * (nx + 2 * reach + 1) + columns).ravel(), np.int64)


def best_windows(
    look: Callable[[FloatArray], Window], zone: FloatArray, inside: BoolArray, simulated: FloatArray, alpha: float
) -> Found:
    """Return the most likely zone and the next ones that share no cell with those before, while significant.

    Parameters
    ----------
    look
        Finds the best window among the candidates it is given.
    zone
        Shape (reach + 1, ny, nx): the candidates, see `candidates`.
    simulated
        The highest ratio of each replication: secondary zones are measured against the highest too, which is
        conservative.
    """
    zone = zone.copy()
    taken = np.zeros(inside.shape)
    windows: list[Window] = []
    cells: list[IntArray] = []
    while len(windows) < MOST_ZONES:
        window = look(zone)
        if window.radius < 0 or (windows and p_value(np.array([window.llr]), simulated)[0] > alpha):
            break
        windows.append(window)
        cells.append(disc_cells(window, inside))
        taken.ravel()[cells[-1]] = 1.0
        for radius in range(len(zone)):
            zone[radius][disc_sum(taken, radius) > 0.5] = np.inf
    llr = np.array([window.llr for window in windows])
    return Found(tuple(windows), tuple(cells), llr, p_value(llr, simulated), simulated)


def disc_cells(window: Window, inside: BoolArray) -> IntArray:
    """Return the flat numbers of a window's cells inside the study area."""
    rows, columns = np.nonzero(disc_kernel(window.radius))
    rows, columns = rows + window.row - window.radius, columns + window.column - window.radius
    within = (rows >= 0) & (rows < inside.shape[0]) & (columns >= 0) & (columns < inside.shape[1])
    cells = rows[within] * inside.shape[1] + columns[within]
    return np.asarray(cells[inside.ravel()[cells]], np.int64)

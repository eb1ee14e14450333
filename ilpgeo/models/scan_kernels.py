"""Compiled: the highest log likelihood ratio of all windows of a scan, and what chance would make of it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.draws import next_class, shuffle

# The quick look runs in single precision; what comes within a hundredth of the best is looked at exactly.
_LOOSE = 0.99
# Counts gone over at once: few enough for the fastest memory, enough to forget the start of the loop.
_BLOCK = 3000

Counts = npt.NDArray[np.int32] | FloatArray


@compiled
def log_likelihood_ratio(observed: float, expected: float, total: float) -> float:
    """Return Kulldorff's Poisson log likelihood ratio of one window, 0 where no more happened than expected."""
    if observed <= expected:
        return 0.0
    inside = observed * math.log(observed / expected)
    outside = total - observed
    return inside + (outside * math.log(outside / (total - expected)) if outside > 0.0 else 0.0)


@compiled
def add_up(counts: Counts) -> None:
    """Turn counts by (row, plane, column) into running sums over the planes and along the rows, in place."""
    n_rows, n_planes, n_columns = counts.shape
    for row in range(n_rows):
        for k in range(n_planes):
            here = counts[row, k]
            for column in range(1, n_columns):
                here[column] += here[column - 1]
            if k:
                before = counts[row, k - 1]
                for column in range(n_columns):
                    here[column] += before[column]


@compiled
def _count_discs(flat: Counts, start: int, stride: int, half_widths: IntArray, reach: int, into: Counts) -> None:
    """Write the counts of the discs around a block of rows, every plane of them, into `into`.

    The block is gone over as one long line: what it gives in the empty columns between rows means nothing.
    """
    n = len(into)
    middle = start + reach
    width = half_widths[0]
    right, left = flat[middle + width + 1 :][:n], flat[middle - width :][:n]
    for j in range(n):
        into[j] = right[j] - left[j]
    for away in range(1, len(half_widths)):
        width = half_widths[away]
        north, south = middle + away * stride, middle - away * stride
        right, left = flat[north + width + 1 :][:n], flat[north - width :][:n]
        right_too, left_too = flat[south + width + 1 :][:n], flat[south - width :][:n]
        for j in range(n):
            into[j] += (right[j] - left[j]) + (right_too[j] - left_too[j])


@compiled
def _may_beat(
    newer: Counts, older: Counts, zone: npt.NDArray[np.float32], share: np.float32, least: np.float32
) -> bool:
    """Return whether any window of a row may beat the best; no window that does is missed.

    With u = (c - E) / E and ln(1 + u) <= u (6 + u) / (6 + 4 u), the ratio is at most E u^2 (3 + u) / (6 + 4 u) times
    1 + 4 E / (N - E).
    """
    found = False
    for j in range(len(zone)):
        expected = zone[j] * share
        # Each count is converted before they are subtracted: there is no fast way from long integers.
        excess = np.float32(older[j]) - np.float32(newer[j]) - expected
        high = excess * excess * (np.float32(3.0) * expected + excess)
        low = least * expected * (np.float32(6.0) * expected + np.float32(4.0) * excess)
        found |= (excess > np.float32(0.0)) & (high > low)
    return found


@compiled
def search(
    running: Counts, zone: FloatArray, half_widths: IntArray, newer: IntArray, older: IntArray, share: FloatArray,
    total: float, fewest: float,
) -> tuple[float, int, int, int, int]:  # fmt: skip
    """Return the highest log likelihood ratio, with its radius, row, column and interval (-1: none above zero).

    Parameters
    ----------
    running
        Shape (ny + 2 reach, planes, nx + 2 reach + 1): plane k holds the incidents of the last k + 1 steps, as
        `add_up` makes them, with `reach` empty rows and columns around.
    zone
        Shape (reach + 1, ny, nx): what is expected over all steps in the disc of a radius around a cell; infinity
        where the disc is no candidate.
    half_widths
        Shape (reach + 1, reach + 1): columns to either side, by radius and rows away; -1 beyond the disc.
    newer, older, share
        Shape (intervals,): an interval holds the last `older` steps without the last `newer`, and this share of what
        is expected.
    fewest
        A window with fewer incidents is none.

    Notes
    -----
    O(cells x reach^2 x planes + cells x reach x intervals). Of equal windows the first by radius, row, interval and
    column is returned.
    """
    n_radii, ny, nx = zone.shape
    reach = n_radii - 1
    _, n_planes, n_columns = running.shape
    stride = n_planes * n_columns
    flat = running.reshape(-1)
    rows_at_once = min(ny, max(1, _BLOCK // stride))
    block = np.empty(rows_at_once * stride, running.dtype)
    nothing = np.zeros(nx, running.dtype)
    rough_zone = np.empty(nx, np.float32)
    best = (0.0, -1, -1, -1, -1)
    for radius in range(n_radii):
        for first_row in range(0, ny, rows_at_once):
            last_row = min(ny, first_row + rows_at_once)
            # The last row's last columns would read beyond the end; they mean nothing.
            counts = block[: (last_row - first_row) * stride - 2 * reach - 1]
            _count_discs(flat, (first_row + reach) * stride, stride, half_widths[radius, : radius + 1], reach, counts)
            for row in range(first_row, last_row):
                largest = np.float32(0.0)
                for j in range(nx):
                    rough_zone[j] = zone[radius, row, j]
                    largest = max(largest, rough_zone[j] if rough_zone[j] < np.inf else np.float32(0.0))
                if largest <= 0.0:
                    continue
                for q in range(len(share)):
                    at = (row - first_row) * stride + (older[q] - 1) * n_columns
                    last = block[at : at + nx]
                    at += (newer[q] - older[q]) * n_columns
                    before = block[at : at + nx] if newer[q] else nothing
                    largest_share = largest * share[q] / total
                    least = best[0] * _LOOSE * (1.0 - largest_share) / (1.0 + 3.0 * largest_share)
                    if not _may_beat(before, last, rough_zone, np.float32(share[q]), np.float32(least)):
                        continue
                    for j in range(nx):
                        expected = zone[radius, row, j] * share[q]
                        observed = np.float64(last[j] - before[j])
                        if (
                            observed >= fewest
                            and observed > expected > 0.0
                            and (observed - expected) ** 2 > least * expected
                        ):
                            ratio = log_likelihood_ratio(observed, expected, total)
                            if ratio > best[0]:
                                best = (ratio, radius, row, j, q)
    return best


@compiled
def replicate_poisson(
    seeds: npt.NDArray[np.uint64], n: int, keep: npt.NDArray[np.uint32], alias: IntArray, position: IntArray,
    zone: FloatArray, half_widths: IntArray, fewest: float,
) -> FloatArray:  # fmt: skip
    """Return the highest ratio of each replication: `n` incidents thrown on the cells as the table expects them.

    Parameters
    ----------
    keep, alias
        Table of the cells' expectations; see `draws.alias_table`.
    position
        Shape (cells,): each cell's place in the padded plane, flat.
    """
    n_radii, ny, nx = zone.shape
    running = np.zeros((ny + 2 * (n_radii - 1), 1, nx + 2 * (n_radii - 1) + 1), np.int32)
    flat = running.reshape(-1)
    nothing, whole, everything = np.zeros(1, np.int64), np.ones(1, np.int64), np.ones(1)
    highest = np.empty(len(seeds))
    for replication in range(len(seeds)):
        state = seeds[replication : replication + 1].copy()
        flat[:] = 0
        for _ in range(n):
            flat[position[next_class(keep, alias, state)]] += 1
        add_up(running)
        highest[replication] = search(running, zone, half_widths, nothing, whole, everything, np.float64(n), fewest)[0]
    return highest


@compiled
def replicate_permutation(
    seeds: npt.NDArray[np.uint64], position: IntArray, age: npt.NDArray[np.int32], n_planes: int, zone: FloatArray,
    half_widths: IntArray, newer: IntArray, older: IntArray, share: FloatArray, fewest: float,
) -> FloatArray:  # fmt: skip
    """Return the highest ratio of each replication: every incident keeps its cell, the steps are dealt out anew.

    Parameters
    ----------
    position
        Shape (n,): each incident's cell, as the flat place in a padded plane.
    age
        Shape (n,): steps from an incident to the end, 0 for the last.
    """
    n_radii, ny, nx = zone.shape
    columns = nx + 2 * (n_radii - 1) + 1
    running = np.zeros((ny + 2 * (n_radii - 1), n_planes, columns), np.int32)
    dealt = np.empty(len(age), np.int32)
    highest = np.empty(len(seeds))
    for replication in range(len(seeds)):
        state = seeds[replication : replication + 1].copy()
        dealt[:] = age
        shuffle(dealt, state)
        scatter(position, dealt, running)
        highest[replication] = search(running, zone, half_widths, newer, older, share, np.float64(len(age)), fewest)[0]
    return highest


@compiled
def scatter(position: IntArray, age: npt.NDArray[np.int32], running: npt.NDArray[np.int32]) -> None:
    """Fill `running` with incidents, as `search` wants it; those older than its planes are left out."""
    _, n_planes, columns = running.shape
    running[:] = 0
    for i in range(len(position)):
        if age[i] < n_planes:
            row = position[i] // columns
            running[row, age[i], position[i] - row * columns] += 1
    add_up(running)

"""What every model asks of its points and its grid, and equal places collapsed into one with a weight."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput, raise_all
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.space import Grid


def check_shapes(x: FloatArray, y: FloatArray, weights: FloatArray | None = None) -> None:
    """Raise InvalidInput unless coordinates and weights are of shape (n,)."""
    shapes = {name: column.shape for name, column in _columns(x, y, weights).items()}
    faults = [f"{name} has shape {shape}, expected {(len(x),)}" for name, shape in shapes.items() if shape != (len(x),)]
    raise_all(faults, subject="incidents")


def check_points(x: FloatArray, y: FloatArray, weights: FloatArray | None = None) -> None:
    """Raise InvalidInput unless coordinates are finite and weights finite and non-negative, all of shape (n,)."""
    check_shapes(x, y, weights)
    faults = []
    for name, column in _columns(x, y, weights).items():
        # A sum is finite where all are, and takes a fraction of the time.
        with np.errstate(over="ignore", invalid="ignore"):
            total = column.sum()
        if not math.isfinite(total) and not np.isfinite(column).all():
            bad = np.flatnonzero(~np.isfinite(column))
            faults.append(f"{name} is not a finite number in {bad.size} rows, first in row {bad[0]}")
        elif name == "weight" and (column < 0).any():
            faults.append(f"weight is negative, first in row {np.flatnonzero(column < 0)[0]}")
    raise_all([f"{fault}; leave such rows out or correct them" for fault in faults], subject="incidents")


def _columns(x: FloatArray, y: FloatArray, weights: FloatArray | None) -> dict[str, FloatArray]:
    return {"x": x, "y": y} | ({} if weights is None else {"weight": weights})


def _check_times(past: Incidents) -> None:
    """Raise InvalidInput for an incident whose time is missing."""
    for name, column in (("t_from", past.t_from), ("t_to", past.t_to)):
        is_missing = np.isnat(column)
        if is_missing.any():
            raise InvalidInput(
                f"incidents: {name} is missing in {int(is_missing.sum())} rows, first in row {is_missing.argmax()}; "
                "leave such rows out or correct them"
            )


def check_study_area(grid: Grid) -> None:
    """Raise InvalidInput when no cell of the grid lies in the study area."""
    if not grid.inside.any():
        raise InvalidInput("grid: the study area is empty; choose an area that holds at least one cell")


def check_question(past: Incidents, grid: Grid) -> None:
    """Raise InvalidInput unless a model can answer from `past` on `grid`."""
    check_points(past.x, past.y, past.weight)
    _check_times(past)
    check_study_area(grid)
    if past.crs != grid.crs:
        raise InvalidInput(f"incidents are in {past.crs} but the grid is in {grid.crs}; project one to the other")


def read_only(values: FloatArray) -> FloatArray:
    """Return a read-only, contiguous view of double precision, the one kind of array that kernels are compiled for."""
    view = np.ascontiguousarray(values, np.float64).view()
    view.flags.writeable = False
    return view


def whole_incidents(weight: FloatArray) -> IntArray:
    """Return how many single incidents each row stands for: its weight to the nearest whole, at least one above zero.

    For methods that move or pair single incidents, of which there is no half.
    """
    return np.where(weight > 0, np.maximum(np.rint(weight), 1), 0).astype(np.int64)


class Places(NamedTuple):
    """Distinct places in order of first appearance, each with the weight of its points.

    Attributes
    ----------
    x, y, weight
        Shape (k,), writable and contiguous.
    of_point
        Shape (n,): the place of each point.
    """

    x: FloatArray
    y: FloatArray
    weight: FloatArray
    of_point: IntArray


def collapse(x: FloatArray, y: FloatArray, weights: FloatArray | None = None) -> Places:
    """Return the distinct places of the points; incidents pile up on few of them (intersections, map points).

    Notes
    -----
    Expected O(n) time and O(n) memory.
    """
    from ilpgeo.models.points_kernel import first_places

    # Adding zero copies, makes contiguous and writable, and turns -0.0 into 0.0, which is the same place.
    px, py = np.add(x, 0.0, dtype=np.float64), np.add(y, 0.0, dtype=np.float64)
    of_point, first = first_places(px, py, np.empty(0, np.int64))
    weight = np.bincount(of_point, weights, len(first)).astype(np.float64)
    return Places(px[first], py[first], weight, of_point)


def by_first_appearance(label: IntArray) -> IntArray:
    """Return the labels numbered 0, 1, ... in the order in which they first appear; those below 0 stay -1.

    Examples
    --------
    >>> by_first_appearance(np.array([7, -1, 2, 7])).tolist()
    [0, -1, 1, 0]
    """
    kept = label >= 0
    _, first, inverse = np.unique(label[kept], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    numbered = np.full(len(label), -1, np.int64)
    numbered[kept] = rank[inverse]
    return numbered

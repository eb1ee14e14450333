"""Outlines of clusters: standard deviational ellipses, and hulls of the cells they occupy."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.space import Grid
from ilpgeo.models.nnh_groups import mean_centres

_CORNERS = 72
# Axes that differ by less than this share are a circle's: their angle would be that of a rounding error.
_ROUND = 1e-9


class Ellipses(NamedTuple):
    """Standard deviational ellipses, one for each cluster, arrays of shape (k,).

    Attributes
    ----------
    x, y
        Mean centre, metres.
    major_m, minor_m
        Half the length of each axis: one standard deviation, corrected as CrimeStat does.
    angle
        Of the major axis, radians counterclockwise from east, in (-pi/2, pi/2].
    """

    x: FloatArray
    y: FloatArray
    major_m: FloatArray
    minor_m: FloatArray
    angle: FloatArray


def deviational_ellipses(x: FloatArray, y: FloatArray, weight: FloatArray, labels: IntArray) -> Ellipses:
    """Return the standard deviational ellipse of each cluster, by label.

    Half an axis is sqrt(2 sum d^2 / (n - 2)), d the distances from the other axis through the mean centre and n the
    weight of the cluster's points: CrimeStat's definition, with its two corrections of the older one. A cluster of
    weight 2 or less has no extent.

    Parameters
    ----------
    x, y, weight
        Shape (n,).
    labels
        Shape (n,), -1 for a point of no cluster.

    Notes
    -----
    O(n). Levine, N. (2015), CrimeStat IV, chapter 4; the axes are the eigenvectors of the scatter matrix.
    """
    k = int(labels.max(initial=-1)) + 1
    centre_x, centre_y = mean_centres(x, y, weight, labels, k)
    kept = labels >= 0
    at, w = labels[kept], weight[kept]
    dx, dy = x[kept] - centre_x[at], y[kept] - centre_y[at]
    xx, yy, xy = (np.bincount(at, w * d2, k) for d2 in (dx * dx, dy * dy, dx * dy))
    n = np.bincount(at, w, k)
    half, spread = (xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    scale = np.divide(2.0, n - 2, out=np.zeros(k), where=n > 2)
    major = np.sqrt(scale * (half + spread))
    minor = np.sqrt(scale * np.maximum(half - spread, 0.0))
    angle = np.where(spread > _ROUND * half, np.arctan2(2 * xy, xx - yy) / 2, 0.0)
    return Ellipses(centre_x, centre_y, major, minor, angle)


def ellipse_polygons(ellipses: Ellipses, times: float, grid: Grid) -> npt.NDArray[Any]:
    """Return the polygon of each ellipse with its axes `times` as long, in the grid's CRS.

    An ellipse narrower than a cell is drawn a cell wide about the middle of its cell, so that a pile of incidents does
    not give away the address. Corners are rounded to a centimetre.

    Parameters
    ----------
    ellipses
        In metres from the grid's south-west corner.
    """
    import shapely

    half_cell = grid.cell_m / 2
    # The last digits of a sum depend on the order of its rows; a polygon must not.
    x, y, major, minor = (
        np.round(values, 6) for values in (ellipses.x, ellipses.y, ellipses.major_m * times, ellipses.minor_m * times)
    )
    is_narrow = minor < half_cell
    x, y = (np.where(is_narrow, (np.floor(centre / grid.cell_m) + 0.5) * grid.cell_m, centre) for centre in (x, y))
    major, minor = np.maximum(major, half_cell), np.maximum(minor, half_cell)
    turn = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    along, across = major[:, None] * np.cos(turn), minor[:, None] * np.sin(turn)
    cos, sin = np.cos(ellipses.angle)[:, None], np.sin(ellipses.angle)[:, None]
    corner_x = grid.x0 + x[:, None] + along * cos - across * sin
    corner_y = grid.y0 + y[:, None] + along * sin + across * cos
    corners = np.round(np.stack([corner_x, corner_y], axis=-1), 2)
    return np.asarray(shapely.polygons(corners), object).reshape(len(x))


def cell_hulls(labels: IntArray, cell: IntArray, grid: Grid) -> npt.NDArray[Any]:
    """Return the convex hull of the cells each cluster occupies, by label: of cells, as points would give them away.

    Parameters
    ----------
    labels, cell
        Shape (n,): the cluster and the flat cell number of each incident, -1 for none.
    """
    import shapely

    k = int(labels.max(initial=-1)) + 1
    size = np.int64(grid.nx * grid.ny)
    kept = (labels >= 0) & (cell >= 0)
    occupied = np.unique(labels[kept] * size + cell[kept])
    row, column = np.divmod(occupied % size, grid.nx)
    corners = [
        np.column_stack([grid.x0 + (column + east) * grid.cell_m, grid.y0 + (row + north) * grid.cell_m])
        for east, north in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    cluster = np.tile(occupied // size, 4)
    order = np.argsort(cluster, kind="stable")
    hulls = np.full(k, None, object)
    shapely.multipoints(shapely.points(np.concatenate(corners)[order]), indices=cluster[order], out=hulls)
    return np.asarray(shapely.convex_hull(hulls), object)

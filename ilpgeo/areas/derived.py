"""Areas derived from incidents that carry the area's name but no boundary."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput

FAR = 6.0  # a point this many median distances from the median point is a geocoder's mistake, not a place

Polygons = npt.NDArray[Any]


class Derived(NamedTuple):
    """Boundaries made from labels.

    Attributes
    ----------
    names
        The labels, sorted.
    polygons
        One polygon or multipolygon per name, metres; together an exact coverage (borders share their vertices).
    agreement
        Share of the incidents that fall in the polygon of their own label, 0..1.
    """

    names: tuple[str, ...]
    polygons: Polygons
    agreement: float


def derive_areas(
    x: FloatArray,
    y: FloatArray,
    labels: npt.ArrayLike,
    buffer_m: float = 500.0,
    speck_share: float = 0.0,
    simplify_m: float = 0.0,
) -> Derived:
    """Return the boundaries that incidents' own area labels draw.

    Every place (distinct point) takes its most frequent label, ties going to the label first in the alphabet; the
    places' Voronoi cells are dissolved by label and clipped to a buffer of the places, gaps inside it filled. A label
    that is nowhere the most frequent gets no area, and its incidents count as disagreeing.

    Parameters
    ----------
    x, y
        Shape (n,), projected metres. Points that are not finite or far from all others take no part.
    labels
        Shape (n,), text. Rows with an empty label take no part.
    buffer_m
        How far an area reaches beyond its outermost places.
    speck_share
        A part that touches another area and holds less than this share of its own area's ground joins the
        neighbour with the longest common border; 0 keeps every part, 0.5 is the most.
    simplify_m
        Tolerance of the simplified borders, which stay shared; 0 keeps them as they are.

    Raises
    ------
    InvalidInput
        Fewer than four places with a label are left, they lie on one line, the arrays differ in length, or a
        parameter is out of range.

    Notes
    -----
    O(n log n) time for n distinct places. Voronoi assignment is nearest-neighbour classification: Cover & Hart 1967,
    doi:10.1109/TIT.1967.1053964.
    """
    names = np.char.strip(np.asarray(labels, dtype=np.str_))
    if not len(x) == len(y) == len(names):
        raise InvalidInput(f"derived areas: {len(x)} x, {len(y)} y and {len(names)} labels; give one of each per row")
    if not (buffer_m > 0 and 0 <= speck_share <= 0.5 and simplify_m >= 0):
        raise InvalidInput(
            f"derived areas: buffer_m {buffer_m}, speck_share {speck_share}, simplify_m {simplify_m}: "
            "the buffer must be positive, the share between 0 and 0.5, the tolerance 0 or more"
        )
    taking_part = (names != "") & _near(x, y)
    points = np.column_stack([x[taking_part], y[taking_part]])
    known, code = np.unique(names[taking_part], return_inverse=True)
    places, place = np.unique(points, axis=0, return_inverse=True)
    if len(places) < 4 or np.linalg.matrix_rank(places - places[0]) < 2:
        raise InvalidInput(f"derived areas: {len(places)} labelled places are too few; at least 4, not on one line")
    label_of_place = _majority(place.ravel(), code, len(places))
    faces, label = _faces(places, label_of_place, buffer_m)
    faces, label = _without_specks(faces, label, speck_share)
    kept = np.unique(label)
    polygons = np.array([shapely.coverage_union_all(faces[label == each]) for each in kept])
    if simplify_m > 0:
        polygons = shapely.coverage_simplify(polygons, simplify_m)
    return Derived(
        tuple(known[kept].tolist()),
        polygons,
        measure_agreement(points[:, 0], points[:, 1], known[code], known[kept], polygons),
    )


def measure_agreement(
    x: FloatArray, y: FloatArray, labels: npt.ArrayLike, names: npt.ArrayLike, polygons: Polygons
) -> float:
    """Return the share of points, 0..1, in the polygon of their own label; one on a border is in both."""
    number = {name: i for i, name in enumerate(np.asarray(names, dtype=np.str_).tolist())}
    own = np.array([number.get(label, -1) for label in np.asarray(labels, dtype=np.str_).tolist()])
    point, polygon = shapely.STRtree(polygons).query(shapely.points(x, y), predicate="intersects")
    return len(np.unique(point[own[point] == polygon])) / max(1, len(own))


def _near(x: FloatArray, y: FloatArray) -> BoolArray:
    near: BoolArray = np.isfinite(x) & np.isfinite(y)
    if near.any():
        away = np.full(len(x), np.inf)
        away[near] = np.hypot(x[near] - np.median(x[near]), y[near] - np.median(y[near]))
        near &= away <= FAR * np.median(away[near]) + 1.0
    return near


def _majority(place: IntArray, code: IntArray, n_places: int) -> IntArray:
    """Return the most frequent label of each place; codes follow the alphabet, so the lowest wins a tie."""
    pair, count = np.unique(np.column_stack([place, code]), axis=0, return_counts=True)
    order = np.lexsort((-pair[:, 1], count, pair[:, 0]))
    winner = np.empty(n_places, np.int64)
    winner[pair[order, 0]] = pair[order, 1]  # the last assignment to a place is its most frequent label
    return winner


def _faces(places: FloatArray, label: IntArray, buffer_m: float) -> tuple[Polygons, IntArray]:
    """Return the connected one-label pieces inside the buffer and the label of each."""
    outline = shapely.union_all(shapely.buffer(shapely.points(places), buffer_m, quad_segs=8))
    rings = [shapely.get_exterior_ring(part) for part in shapely.get_parts(outline)]
    west, south, east, north = outline.bounds
    extent = shapely.box(west - buffer_m, south - buffer_m, east + buffer_m, north + buffer_m)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(places), extend_to=extent, ordered=True))
    regions = np.array([shapely.coverage_union_all(cells[label == each]) for each in range(label.max() + 1)])
    # Clipping region by region rounds a shared border's end differently on either side; noding all lines at once
    # makes the pieces an exact coverage.
    lines = shapely.union_all([*shapely.boundary(regions), *rings])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside = shapely.polygons(rings)
    spot = shapely.point_on_surface(faces)
    faces = faces[np.unique(shapely.STRtree(spot).query(inside, predicate="contains")[1])]
    face, region = shapely.STRtree(regions).query(shapely.point_on_surface(faces), predicate="intersects")
    owner = np.empty(len(faces), np.int64)
    owner[face] = region
    return faces, owner


def _without_specks(faces: Polygons, label: IntArray, speck_share: float) -> tuple[Polygons, IntArray]:
    """Give each small part to the neighbour it shares most border with, the smallest part first."""
    label = label.copy()
    if speck_share <= 0:
        return faces, label
    first, second = shapely.STRtree(faces).query(faces, predicate="touches")
    common_m = shapely.length(shapely.intersection(faces[first], faces[second]))
    area = shapely.area(faces)
    for small in np.argsort(area, kind="stable"):
        part = _part(small, label, first, second, common_m)
        own = label == label[small]
        if area[part].sum() >= speck_share * area[own].sum():
            continue
        edge = part[first] & ~part[second] & (common_m > 0)
        if edge.any():
            border_m = np.bincount(label[second[edge]], common_m[edge])
            label[part] = int(np.argmax(border_m))
    return faces, label


def _part(seed: int, label: IntArray, first: IntArray, second: IntArray, common_m: FloatArray) -> BoolArray:
    """Return which faces hang together with `seed` under its label."""
    part: BoolArray = np.zeros(len(label), bool)
    part[seed] = True
    link = (common_m > 0) & (label[first] == label[seed]) & (label[second] == label[seed])
    while True:
        grown = part.copy()
        grown[second[link & part[first]]] = True
        if (grown == part).all():
            return part
        part = grown

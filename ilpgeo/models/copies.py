"""Weights turned into copies of a place, for methods that know no weights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.points import by_first_appearance, check_points, collapse


class Copies(NamedTuple):
    """As many points at each place as it weighs, places from west to east, so that the order of rows does not matter.

    Attributes
    ----------
    points
        Shape (m, 2): metres from the south-western corner of all.
    of_copy
        Shape (m,): the place of each copy, from west to east.
    of_point
        Shape (n,): the place of each point given.
    """

    points: FloatArray
    of_copy: IntArray
    of_point: IntArray


def copy_out(x: FloatArray, y: FloatArray, weights: FloatArray | None, most: int, method: str) -> Copies:
    """Return as many copies of each place as its weight says, rounded to the nearest whole number.

    Raises
    ------
    InvalidInput
        For coordinates or weights that are not finite, and for more than `most` copies.
    """
    check_points(x, y, weights)
    places = collapse(x, y, weights)
    times = np.rint(places.weight).astype(np.int64)
    refuse_more(int(times.sum()), "incidents", most, method)
    order = np.lexsort((places.y, places.x))
    from_west = np.empty(len(order), np.int64)
    from_west[order] = np.arange(len(order))
    of_copy = np.repeat(np.arange(len(order)), times[order])
    points = np.column_stack([axis[order][of_copy] - axis.min(initial=np.inf) for axis in (places.x, places.y)])
    return Copies(points, of_copy, from_west[places.of_point])


def refuse_more(n: int, things: str, most: int, method: str) -> None:
    """Raise InvalidInput, with what to do, where there are more than a method can take."""
    if n > most:
        raise InvalidInput(
            f"{method}: {n:,} {things} are more than the {most:,} it can take, because its cost grows too "
            "fast; choose fewer offences, a shorter period or a smaller area, or DBSCAN, which takes millions"
        )


def labels_of_points(label: IntArray, copies: Copies) -> IntArray:
    """Return the label of each point given, by first appearance: the one that most copies of its place have.

    Of equally many the higher label counts: a cluster rather than none.
    """
    n_places = int(copies.of_point.max(initial=-1)) + 1
    n_labels = int(label.max(initial=-1)) + 2
    pairs, times = np.unique(copies.of_copy * n_labels + label + 1, return_counts=True)
    place, code = np.divmod(pairs, n_labels)
    of_place = np.full(n_places, -1, np.int64)
    order = np.lexsort((code, times, place))
    of_place[place[order]] = code[order] - 1
    return by_first_appearance(of_place[copies.of_point])

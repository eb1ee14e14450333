"""Unique names people can use for hotspots: a place label where the data have one, else area and bearing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.space import Areas, Grid

_BEARINGS = ("East", "North-east", "North", "North-west", "West", "South-west", "South", "South-east")
# Nearer to an area's centre than this share of its radius, a bearing would say nothing.
_CENTRE_SHARE = 0.25
# A label that so many incidents carry, or that stands in so many areas, is a kind of place ("Outside", "Parking Area").
_SAYS_UNKNOWN = re.compile(
    r"\b(unk|unknown|unspecified|undisclosed|no location|no address|n/a|none|null|nan)\b"
    r"|\bnot (known|stated|available|recorded|given)\b|nk_loc|to protect privacy|^on or near$",
    re.IGNORECASE,
)
_KIND_SHARE = 0.03
_KIND_AREAS = 5


def kinds_of_place(past: Incidents) -> frozenset[str]:
    """Return the place labels that tell what a place is like, not which one it is.

    Those that more than 3 % of the incidents carry, or that are found in more than five areas.
    """
    if past.place is None or not len(past):
        return frozenset()
    labelled = np.flatnonzero(past.place >= 0)
    weight = np.bincount(past.place[labelled], past.weight[labelled], len(past.places))
    placed = labelled[past.area[labelled] >= 0]
    width = np.int64(len(past.areas) + 1)
    pairs = np.unique(past.place[placed] * width + past.area[placed])
    n_areas = np.bincount(pairs // width, minlength=len(past.places))
    is_kind = (weight > _KIND_SHARE * past.weight.sum()) | (n_areas > _KIND_AREAS)
    return frozenset(label for label, kind in zip(past.places, is_kind.tolist(), strict=True) if kind)


def tells_place(label: str) -> bool:
    """Return whether a place label says anything, unlike "No Location".

    >>> tells_place("Elm Road"), tells_place("Not known")
    (True, False)
    """
    return not _SAYS_UNKNOWN.search(label)


def hotspot_names(by_place: Iterable[str], by_area: Iterable[str], kinds: frozenset[str]) -> list[str]:
    """Return a name for each group: its place; or its kind of place and where it lies; or where it lies.

    Examples
    --------
    >>> hotspot_names(["Elm Road", "Outside", ""], ["Centre of Annex"] * 3, frozenset({"Outside"}))
    ['Elm Road', 'Outside, centre of Annex', 'Centre of Annex']
    """
    names = []
    for place, where in zip(by_place, by_area, strict=True):
        lies = where[:1].lower() + where[1:]
        names.append(f"{place}, {lies}" if place in kinds else place or where)
    return made_unique(names)


def names_by_place(past: Incidents, member: IntArray, n_groups: int) -> list[str]:
    """Return the most common place label among each group's incidents, empty where they have none.

    `member` is the group of each incident, -1 for none. Labels equally common: the first in the alphabet. Labels
    that say the place is not known ("No Location") count for nothing.
    """
    names = [""] * n_groups
    if past.place is None:
        return names
    tells = np.array([tells_place(label) for label in past.places] + [False])
    labelled = np.flatnonzero((member >= 0) & tells[past.place])
    pair = member[labelled] * np.int64(len(past.places)) + past.place[labelled]
    pairs, inverse = np.unique(pair, return_inverse=True)
    weight = np.bincount(inverse, past.weight[labelled], len(pairs))
    best: dict[int, tuple[float, str]] = {}
    for each, total in zip(pairs.tolist(), weight.tolist(), strict=True):
        group, place = divmod(each, len(past.places))
        candidate = (-round(total, 6), past.places[place])
        best[group] = min(best.get(group, candidate), candidate)
    for group, (_, label) in best.items():
        names[group] = label
    return names


def names_by_area(x: FloatArray, y: FloatArray, areas: Areas | None, grid: Grid) -> list[str]:
    """Return where each point lies in the finest area that holds it (or is nearest): bearing from its centre.

    Without areas the study area's own middle is what bearings are taken from.
    """
    import shapely

    if areas is None or not len(areas):
        study = shapely.box(*grid.bounds)
        return [f"{_where(px, py, study)} of the study area" for px, py in zip(x, y, strict=True)]
    finest = areas.finest
    tree = shapely.STRtree(areas.geometry[finest])
    points = shapely.points(x, y)
    nearest = tree.nearest(points)
    at = finest[nearest]
    return [
        f"{_where(px, py, areas.geometry[position])} of {areas.name[position]}"
        for px, py, position in zip(x, y, at.tolist(), strict=True)
    ]


def _where(x: float, y: float, polygon: Any) -> str:
    centre = polygon.centroid
    east, north = x - centre.x, y - centre.y
    if math.hypot(east, north) < _CENTRE_SHARE * math.sqrt(polygon.area / math.pi):
        return "Centre"
    return _BEARINGS[round(math.atan2(north, east) / (math.pi / 4)) % 8]


def made_unique(names: Iterable[str]) -> list[str]:
    """Return the names with a number after each but the first of equals.

    Examples
    --------
    >>> made_unique(["Annex", "Annex", "Annex 2", "Annex"])
    ['Annex', 'Annex 2', 'Annex 2 2', 'Annex 3']
    """
    wanted = list(names)
    used: set[str] = set()
    last: dict[str, int] = {}
    unique = []
    for name in wanted:
        number = last.get(name, 1)
        candidate = name
        while candidate in used:
            number += 1
            candidate = f"{name} {number}"
        last[name] = number
        used.add(candidate)
        unique.append(candidate)
    return unique

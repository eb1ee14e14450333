"""Places to compare with, proposed by what happened before and never by what came after."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Period
from ilpgeo.core.taskings import Place
from ilpgeo.core.types import Access, Incidents
from ilpgeo.pipeline.foreseen import LEARN_DAYS
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.scope import covered_days
from ilpgeo.pipeline.source_register import of_reader
from ilpgeo.pipeline.staged import past_incidents
from ilpgeo.pipeline.taskings import polygon_of, require_place

_COPIES = 400
_APART_M = 500.0
_LEAST_COVERED = 0.98
_LEAST_INSIDE = 0.99
_ENOUGH = 0.75  # of the treated place's incidents: no further place is needed


def propose_comparisons(
    opened: Opened, treated: Place, before: Period, access: Access, *, most: int = 3, seed: int = 0
) -> tuple[Place, ...]:
    """Return places like the treated one: about as many incidents in the longer run up to the end of `before`.

    A whole area is compared with areas of its kind; an outline with copies of itself elsewhere. Where the first has
    fewer than three quarters of the incidents, others are added to it.

    Raises
    ------
    InvalidInput
        When there is no other place with data.
    """
    require_place(opened, treated, access)
    shape = polygon_of(opened.areas, treated)
    longer, sources = Period.ending(before.end, LEARN_DAYS), of_reader(opened, access)
    everywhere = np.ones(len(opened.areas.finest), np.bool_)
    past = past_incidents(opened, longer, everywhere, (), sources)
    covered = covered_days(opened, before, sources) >= _LEAST_COVERED * before.days
    if treated.outline:
        found = _copies(opened, shape, covered, access, np.random.default_rng(seed))
    else:
        found = _areas_like(opened, treated, covered, access)
    if not found:
        raise InvalidInput("there is no other place with data for these days to compare with; choose one on the map")
    target = _count(past, shape)
    gaps = np.array([abs(_count(past, polygon) - target) for _, polygon in found])
    chosen: list[Place] = []
    total = 0.0
    taken: list[Any] = [shape.buffer(_APART_M)]
    for at in np.argsort(gaps, kind="stable"):
        place, polygon = found[int(at)]
        if any(polygon.intersects(each) for each in taken[(0 if treated.outline else 1) :]):
            continue
        chosen.append(place)
        taken.append(polygon)
        total += _count(past, polygon)
        if len(chosen) == most or total >= _ENOUGH * target:
            break
    return tuple(chosen)


def _areas_like(
    opened: Opened, treated: Place, covered: npt.NDArray[np.bool_], access: Access
) -> list[tuple[Place, Any]]:  # fmt: skip
    areas = opened.areas
    at = areas.at(treated.area)
    allowed = areas.within(access.areas)
    number = int(areas.type[at])
    home = areas.ancestor(areas.types[number])[areas.finest]
    with_data = {int(each) for each in home[covered]} - {int(each) for each in home[~covered]}
    others = [
        int(each)
        for each in areas.of_type(areas.types[number])
        if each != at and allowed[each] and int(each) in with_data
    ]
    return [(Place(areas.name[each], areas.id[each]), areas.geometry[each]) for each in others]


def _copies(
    opened: Opened, shape: Any, covered: npt.NDArray[np.bool_], access: Access, rng: np.random.Generator
) -> list[tuple[Place, Any]]:
    """Return copies of an outline on ground with data, away from the outline itself."""
    import shapely

    areas = opened.areas
    allowed = areas.within(access.areas)[areas.finest] & covered
    finest = areas.finest[allowed]
    if not finest.size:
        return []
    shapes = areas.geometry[finest]
    ground = shapely.union_all(shapes)
    shapely.prepare(ground)
    west, south, east, north = ground.bounds
    middle = shape.centroid
    near, found = shape.buffer(_APART_M), []
    for x, y in np.column_stack([rng.uniform(west, east, _COPIES), rng.uniform(south, north, _COPIES)]):
        copy = shapely.set_precision(_moved(shape, x - middle.x, y - middle.y), 0.1)
        if copy.is_empty or copy.intersects(near) or not _is_inside(ground, copy):
            continue
        hit = np.flatnonzero(shapely.contains_xy(shapes, x, y))
        if hit.size:
            position = int(finest[hit[0]])
            name = f"Ground like it in {areas.name[position]}"
            found.append((Place(name, areas.id[position], shapely.to_wkt(copy, rounding_precision=1)), copy))
    return found


def _is_inside(ground: Any, copy: Any) -> bool:
    return bool(ground.contains(copy)) or ground.intersection(copy).area >= _LEAST_INSIDE * copy.area


def _moved(shape: Any, east: float, north: float) -> Any:
    import shapely

    return shapely.transform(shape, lambda xy: xy + np.array([east, north]))


def _count(past: Incidents, polygon: Any) -> float:
    return float(past.weight[inside_of(past, polygon)].sum())


def inside_of(past: Incidents, polygon: Any) -> IntArray:
    """Return the positions of the incidents in a polygon."""
    import shapely

    west, south, east, north = polygon.bounds
    near = np.flatnonzero((past.x >= west) & (past.x <= east) & (past.y >= south) & (past.y <= north))
    shapely.prepare(polygon)
    return np.asarray(near[shapely.contains_xy(polygon, past.x[near], past.y[near])], np.int64)

"""An area hierarchy made of the user's own boundary files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.areas.boundaries import Boundaries, read_boundaries
from ilpgeo.areas.files import ON_DISK, repaired, rows_text
from ilpgeo.areas.projection import suggest_crs
from ilpgeo.core.arrays import BoolArray, IntArray
from ilpgeo.core.errors import InvalidInput, raise_all
from ilpgeo.core.query import Level
from ilpgeo.core.space import Areas

_SLIVER_SHARE = 0.01
WHOLE_TYPE, WHOLE_ID, WHOLE_NAME = "whole area", "whole-area", "Whole area"


@dataclass(frozen=True, slots=True, eq=False)
class UserAreas:
    """The hierarchy and what the person should be shown before it is used.

    Attributes
    ----------
    areas
        The hierarchy.
    files
        The files, finest first, with the columns chosen.
    remarks
        What was chosen, repaired or assumed, one sentence each.
    """

    areas: Areas
    files: tuple[Boundaries, ...]
    remarks: tuple[str, ...]


def areas_from_user_files(options: Sequence[str], crs: str = "") -> UserAreas:
    """Return the hierarchy of the ``--areas`` options of ``ilpgeo init``.

    Each option is ``level:type=path`` or a plain path. Files with a level come in the order of the levels; within a
    level, and where no level is given, the file with more areas is the finer one. Of files without level the finest
    is local, the coarsest national if it is one area, the others regional. Where there is no national level the
    union of the coarsest areas becomes it. An area's parent is the one it shares most ground with.

    Parameters
    ----------
    crs
        Projected CRS in metres; empty: suggested from the extent.

    Raises
    ------
    NotFound, InvalidInput
        See `read_boundaries`; also when types repeat or only some of the files name a level.
    """
    files = _ordered([read_boundaries(option) for option in options])
    files = _with_unique_ids(files)
    geometry = np.concatenate([each.geometry for each in files])
    chosen = crs or suggest_crs(geometry)
    number = np.repeat(np.arange(len(files)), [len(each.id) for each in files])
    remarks = [_choice(each) for each in files] + [text for each in files for text in each.remarks]
    if not crs:
        remarks.append(f"projected CRS {chosen} suggested from the extent")
    projected = _projected(geometry, chosen)
    parent, parent_remarks = _all_parents(projected, number, files)
    remarks += [text for at, each in enumerate(files) for text in _overlaps(projected[number == at], each)]
    areas = Areas(
        id=tuple(area for each in files for area in each.id),
        name=tuple(name for each in files for name in each.name),
        type=number.astype(np.int64),
        parent=parent,
        population=np.concatenate([each.population for each in files]),
        geometry=projected,
        types=tuple(each.type for each in files),
        levels=tuple(each.level or Level.LOCAL for each in files),
        crs=chosen,
    )
    if areas.levels[-1] is not Level.NATIONAL:
        areas = _with_whole(areas)
        remarks.append(f"the national level is the union of all areas of type {files[-1].type!r}")
    return UserAreas(areas, tuple(files), tuple(remarks + parent_remarks))


def _ordered(files: list[Boundaries]) -> list[Boundaries]:
    """Return the files finest first, each with a level."""
    if not files:
        raise InvalidInput("a workspace needs boundaries: give at least one --areas FILE")
    named = [each.level is not None for each in files]
    faults = []
    if any(named) and not all(named):
        faults.append("either all files name their level (level:type=path) or none does")
    types = [each.type for each in files]
    faults += [f"area type {name!r} is given twice" for name in sorted({t for t in types if types.count(t) > 1})]
    if WHOLE_TYPE in types:
        faults.append(f"area type {WHOLE_TYPE!r} is reserved; choose another word")
    raise_all(faults, subject="--areas")
    ordered = sorted(files, key=lambda each: (each.level.rank if each.level else 0, -len(each.id)))
    if all(named):
        return ordered
    levels = [Level.LOCAL] + [Level.REGIONAL] * (len(ordered) - 1)
    if len(ordered) > 1 and len(ordered[-1].id) == 1:
        levels[-1] = Level.NATIONAL
    return [replace(each, level=level) for each, level in zip(ordered, levels, strict=True)]


def _with_unique_ids(files: list[Boundaries]) -> list[Boundaries]:
    """Return the files with the type put before all ids of a file that repeats an id of a finer one."""
    taken = {WHOLE_ID}
    unique = []
    for each in files:
        clear = each
        if taken & set(each.id):
            clear = replace(each, id=tuple(f"{each.type}:{area}" for area in each.id))
        taken |= set(clear.id)
        unique.append(clear)
    return unique


def _choice(file: Boundaries) -> str:
    level = file.level or Level.LOCAL
    names = f"names from column {file.name_column!r}" if file.name_column else "no column of names, named by id"
    ids = f"ids from column {file.id_column!r}" if file.id_column else "ids made from the names"
    return f"{file.path.name}: {len(file.id)} areas of type {file.type!r}, {level} level; {names}, {ids}"


def _projected(geometry: npt.NDArray[Any], crs: str) -> npt.NDArray[Any]:
    import geopandas as gpd

    return repaired(gpd.GeoSeries(geometry, crs=ON_DISK).to_crs(crs).to_numpy())


def _overlaps(geometry: npt.NDArray[Any], file: Boundaries) -> list[str]:
    """Return what to say of areas of one file that lie on each other by more than slivers."""
    tree = shapely.STRtree(geometry)
    one, other = tree.query(geometry, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(geometry[one], geometry[other]))
    area = shapely.area(geometry)
    wide = shared > _SLIVER_SHARE * np.minimum(area[one], area[other])
    if not wide.any():
        return []
    worst = np.flatnonzero(wide)[np.argmax(shared[wide])]
    a, b = file.name[int(one[worst])], file.name[int(other[worst])]
    return [
        f"{file.path.name}: {int(wide.sum())} pairs of areas overlap ({a} and {b} by {shared[worst] / 1e6:.2f} km2): "
        "an incident in both counts in the first of them only"
    ]


def _all_parents(
    geometry: npt.NDArray[Any], number: IntArray, files: Sequence[Boundaries]
) -> tuple[IntArray, list[str]]:
    parent = np.full(len(geometry), -1, np.int64)
    remarks = []
    for fine in range(len(files) - 1):
        children, parents = np.flatnonzero(number == fine), np.flatnonzero(number == fine + 1)
        found, outside = largest_overlap(geometry[children], geometry[parents])
        parent[children] = parents[found]
        if outside.any():
            remarks.append(
                f"{files[fine].path.name}: {rows_text(np.flatnonzero(outside))}: less than half of the area lies in "
                f"its {files[fine + 1].type}; the one with the largest overlap, or the nearest, was taken"
            )
    return parent, remarks


def largest_overlap(fine: npt.NDArray[Any], coarse: npt.NDArray[Any]) -> tuple[IntArray, BoolArray]:
    """Return for every fine polygon the coarse one it shares most ground with, and whether it shares less than half.

    Of equal overlaps the lowest position wins; a polygon that meets none gets the nearest.
    """
    tree = shapely.STRtree(coarse)
    child, candidate = tree.query(fine, predicate="intersects")
    shared = shapely.area(shapely.intersection(fine[child], coarse[candidate]))
    order = np.lexsort((candidate, -shared, child))
    met, first = np.unique(child[order], return_index=True)
    parent = np.full(len(fine), -1, np.int64)
    overlap = np.zeros(len(fine))
    parent[met] = candidate[order][first]
    overlap[met] = shared[order][first]
    apart = np.flatnonzero(parent < 0)
    parent[apart] = tree.nearest(fine[apart])
    return parent, overlap < 0.5 * shapely.area(fine)


def _with_whole(areas: Areas) -> Areas:
    """Return the areas with the union of the coarsest ones above them as the national level."""
    coarsest = areas.of_type(areas.types[-1])
    parent = areas.parent.copy()
    parent[coarsest] = len(areas)
    geometry = np.empty(len(areas) + 1, object)
    geometry[:-1] = areas.geometry
    geometry[-1] = shapely.union_all(areas.geometry[coarsest])
    return replace(
        areas,
        id=(*areas.id, WHOLE_ID),
        name=(*areas.name, WHOLE_NAME),
        type=np.append(areas.type, len(areas.types)),
        parent=np.append(parent, -1),
        population=np.append(areas.population, areas.population[coarsest].sum()),
        geometry=geometry,
        types=(*areas.types, WHOLE_TYPE),
        levels=(*areas.levels, Level.NATIONAL),
    )

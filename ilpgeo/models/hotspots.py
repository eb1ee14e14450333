"""Hotspots: polygons with a name, drawn from what a model answers."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.answers import Answer, Clusters, Contrast, RiskSurface, Significance, Zones
from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.briefing import Hotspot
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.space import Grid
from ilpgeo.models.aoristic import week_shares
from ilpgeo.models.dissolve import outlines
from ilpgeo.models.localtime import local_seconds
from ilpgeo.models.naming import hotspot_names, kinds_of_place, names_by_area, names_by_place
from ilpgeo.models.peak import peak_in_words


class _Groups(NamedTuple):
    """Candidate hotspots: the cells each is drawn on, the incidents it counts (-1: none), its own polygon if any."""

    cells: list[IntArray]
    member: IntArray
    polygons: npt.NDArray[Any] | None = None


def find_hotspots(
    answer: Answer,
    past: Incidents,
    grid: Grid,
    context: Context,
    top_share: float = 0.02,
    minimum_n: int = 1,
) -> tuple[Hotspot, ...]:
    """Return the hotspots of an answer, most incidents first.

    Surface: the `top_share` of the study area with the highest expectation, split into contiguous parts (queen).
    Contrast: the same of the cells above its neutral value. Clusters: each cluster's polygon or its occupied cells; it
    counts its own incidents, so that clusters that share a cell do not count the same incident twice. Significance:
    contiguous hot cells (queen). Zones: the significant ones; each counts the incidents of its days.

    Parameters
    ----------
    past
        The incidents the answer was given from, in the same order.
    grid
        The grid the answer was given on.
    top_share
        Share of the study area, 0..1; used for surfaces and contrasts. At least one cell is taken.
    minimum_n
        Hotspots with fewer incidents are left out.

    Raises
    ------
    InvalidInput
        For an answer that has no hotspots (a diagnostic), one on another grid, or a share outside 0..1.

    Notes
    -----
    O(n + cells log cells). Times of week: Ratcliffe (2000), doi:10.1080/136588100424963.
    """
    groups = _groups(answer, past, grid, top_share)
    ranked = _ranked(groups, past, minimum_n)
    figures = _figures(groups, ranked, past, grid, context)
    polygons = _drawn(groups, ranked.groups, grid)
    total = float(past.weight.sum())
    return tuple(
        Hotspot(
            id=f"h{at + 1}",
            name=figures.name[at],
            rank=at + 1,
            n=int(figures.n[at]),
            area_km2=float(figures.area_km2[at]),
            density_km2=float(figures.n[at] / figures.area_km2[at]),
            share=int(figures.n[at]) / total,
            peak=figures.peak[at],
            polygon=polygons[at],
        )
        for at in range(len(polygons))
    )


class Figures(NamedTuple):
    """What is known of hotspots but for their polygons, most incidents first.

    Attributes
    ----------
    name, n, area_km2, peak
        Of each hotspot, as in `Hotspot`.
    member
        The position of each incident's hotspot, -1 for none.
    """

    name: list[str]
    n: IntArray
    area_km2: FloatArray
    peak: list[str]
    member: IntArray


def hotspot_figures(
    answer: Answer, past: Incidents, grid: Grid, context: Context, top_share: float = 0.02, minimum_n: int = 1
) -> Figures:
    """Return what `find_hotspots` does, in the same order, without the polygons: most of its cost."""
    groups = _groups(answer, past, grid, top_share)
    return _figures(groups, _ranked(groups, past, minimum_n), past, grid, context)


class _Ranked(NamedTuple):
    """The groups that are hotspots, most incidents first, how many each counts, and the rank of each incident's."""

    groups: IntArray
    n: IntArray
    member: IntArray


def _ranked(groups: _Groups, past: Incidents, minimum_n: int) -> _Ranked:
    n_groups = len(groups.cells)
    kept = groups.member >= 0
    n = np.rint(np.bincount(groups.member[kept], past.weight[kept], n_groups)).astype(np.int64)
    size = np.array([len(cells) for cells in groups.cells], np.int64)
    start = np.array([cells.min() for cells in groups.cells], np.int64)
    ranked = np.lexsort((start, size, -n))
    ranked = ranked[n[ranked] >= max(minimum_n, 1)]
    new_number = np.full(n_groups + 1, -1, np.int64)
    new_number[ranked] = np.arange(len(ranked))
    return _Ranked(ranked, n[ranked], new_number[groups.member])


def _figures(groups: _Groups, ranked: _Ranked, past: Incidents, grid: Grid, context: Context) -> Figures:
    k = len(ranked.groups)
    if not k:
        return Figures([], ranked.n, np.empty(0), [], ranked.member)
    if groups.polygons is None:
        area_km2 = np.array([len(groups.cells[group]) * grid.cell_km2 for group in ranked.groups])
    else:
        area_km2 = np.array([polygon.area / 1e6 for polygon in groups.polygons[ranked.groups]])
    names = group_names(past, ranked.member, k, grid, context)
    return Figures(names, ranked.n, area_km2, _peaks(past, ranked.member, k), ranked.member)


def _drawn(groups: _Groups, ranked: IntArray, grid: Grid) -> npt.NDArray[Any]:
    """Return the polygon of each hotspot."""
    if groups.polygons is not None:
        return np.asarray(groups.polygons[ranked])
    return outlines([groups.cells[group] for group in ranked], grid)


def _groups(answer: Answer, past: Incidents, grid: Grid, top_share: float) -> _Groups:
    if not isinstance(answer, RiskSurface | Clusters | Significance | Zones | Contrast):
        raise InvalidInput(f"{type(answer).__name__} has no hotspots; choose a model that draws a map")
    if answer.grid.shape != grid.shape:
        raise InvalidInput(f"hotspots: the answer is on a grid of {answer.grid.shape} cells, not {grid.shape}")
    if isinstance(answer, Clusters):
        return _by_cluster(answer, past)
    if isinstance(answer, Significance):
        return _by_contact(answer.hot, past, grid)
    if isinstance(answer, Zones):
        return _by_zone(answer, past)
    counts = grid.count(past.x, past.y, past.weight)
    height = answer.expected if isinstance(answer, RiskSurface) else _above_neutral(answer)
    return _by_contact(top_cells(height, counts, grid.inside, top_share), past, grid)


def _above_neutral(contrast: Contrast) -> FloatArray:
    return np.maximum(np.nan_to_num(contrast.value, nan=contrast.neutral) - contrast.neutral, 0.0)


def top_cells(expected: FloatArray, counts: FloatArray, inside: BoolArray, top_share: float) -> BoolArray:
    """Return the share of the inside cells with the highest expectation, all of them above zero.

    Equal expectations are taken pessimistically: the cell with fewer past incidents first, then by position.
    """
    if not 0 < top_share <= 1:
        raise InvalidInput(f"hotspots: top_share must lie between 0 and 1, not {top_share!r}")
    n_cells = max(1, math.floor(top_share * int(inside.sum()) + 1e-9))
    candidates = np.flatnonzero(inside.ravel() & (expected.ravel() > 0))
    if not candidates.size:
        return np.zeros(expected.shape, np.bool_)
    # Equal to rounding is equal: the last digits of a sum depend on the order of its rows.
    height = np.round(expected.ravel()[candidates] / expected.max(), 12)
    order = np.lexsort((candidates, counts.ravel()[candidates], -height))
    chosen = np.zeros(expected.size, np.bool_)
    chosen[candidates[order[:n_cells]]] = True
    return chosen.reshape(expected.shape)


def _by_contact(chosen: BoolArray, past: Incidents, grid: Grid) -> _Groups:
    from scipy import ndimage

    part, n_parts = ndimage.label(chosen, structure=np.ones((3, 3)))
    number = part.ravel().astype(np.int64) - 1
    occupied = np.flatnonzero(number >= 0)
    order = occupied[np.argsort(number[occupied], kind="stable")]
    cells = np.split(order, np.searchsorted(number[order], np.arange(1, n_parts))) if n_parts else []
    cell = grid.cell_of(past.x, past.y)
    return _Groups(cells, np.where(cell >= 0, number[cell], -1))


def _by_cluster(answer: Clusters, past: Incidents) -> _Groups:
    if len(answer.labels) != len(past):
        raise InvalidInput(f"hotspots: {len(answer.labels)} labels for {len(past)} incidents; pass those labelled")
    member = np.where(answer.cell >= 0, answer.labels, -1)
    kept = member >= 0
    size = np.int64(answer.grid.nx * answer.grid.ny)
    pairs = np.unique(member[kept] * size + answer.cell[kept])
    number = np.searchsorted(np.unique(pairs // size), pairs // size)
    of_label = np.full(answer.n_clusters + 1, -1, np.int64)
    found = np.unique(member[kept])
    of_label[found] = np.arange(len(found))
    cells = np.split(pairs % size, np.flatnonzero(np.diff(number)) + 1) if pairs.size else []
    return _Groups(cells, of_label[member], None if answer.geometry is None else answer.geometry[found])


def _by_zone(answer: Zones, past: Incidents) -> _Groups:
    significant = np.flatnonzero(answer.p <= answer.alpha)
    zone_of_cell = np.full(answer.grid.nx * answer.grid.ny + 1, -1, np.int64)
    for number, zone in reversed(list(enumerate(significant.tolist()))):
        zone_of_cell[answer.cells[zone]] = number
    member = zone_of_cell[answer.grid.cell_of(past.x, past.y)]
    if significant.size:
        day = (local_seconds(past.t_from, past.timezone) // 86_400).astype("datetime64[D]")
        outside = (day < answer.first[significant][member]) | (day > answer.last[significant][member])
        member = np.where((member >= 0) & ~outside, member, -1)
    return _Groups([np.sort(answer.cells[zone]) for zone in significant], member)


def group_names(past: Incidents, member: IntArray, n_groups: int, grid: Grid, context: Context) -> list[str]:
    """Return a unique name for each group of incidents; `member` is the group of each, -1 for none."""
    kept = member >= 0
    weight = np.bincount(member[kept], past.weight[kept], n_groups)
    # Sums of offsets from the grid's corner: full coordinates would lose digits.
    x, y = (
        origin + np.bincount(member[kept], past.weight[kept] * (axis[kept] - origin), n_groups) / weight
        for axis, origin in ((past.x, grid.x0), (past.y, grid.y0))
    )
    by_place = names_by_place(past, member, n_groups)
    kinds = kinds_of_place(past)
    is_named = all(place and place not in kinds for place in by_place)
    by_area = [""] * n_groups if is_named else names_by_area(x, y, context.areas, grid)
    return hotspot_names(by_place, by_area, kinds)


def _peaks(past: Incidents, member: IntArray, n_groups: int) -> list[str]:
    inside = past.select(np.flatnonzero(member >= 0))
    group = member[member >= 0]
    shares = week_shares(inside.t_from, inside.t_to, past.timezone)
    hour = group[shares.row] * 168 + shares.hour
    spread = np.bincount(hour, inside.weight[shares.row] * shares.share, n_groups * 168)
    profile = spread.astype(np.float64).reshape(n_groups, 7, 24)
    unknown = np.bincount(group[~shares.known], inside.weight[~shares.known], n_groups)
    return [peak_in_words(week, lost) for week, lost in zip(profile, unknown.tolist(), strict=True)]

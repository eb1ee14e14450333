"""A small city and answers about it, for tests of maps only: real answers are released by the gate alone."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import shapely

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.briefing import Briefing, Hotspot, HotspotSet, Priority, Quality, Reason, Released, Tier
from ilpgeo.core.query import Level, Period, Query
from ilpgeo.core.space import Areas, Grid

CRS = "EPSG:32617"
PERIOD = Period(date(2021, 12, 2), date(2021, 12, 29))
WINDOW = Period(date(2021, 12, 30), date(2022, 1, 26))
QUALITY = Quality(0.99, 0.01, 0.1, ())
X0, Y0, SIDE_M = 610_000.0, 4_830_000.0, 40_000.0


@lru_cache(maxsize=4)
def city(n: int = 140, seed: int = 7) -> Areas:
    """Return `n` neighbourhoods (a tessellation) in six districts in one city."""
    rng = np.random.default_rng(seed)
    seeds = np.column_stack([X0 + SIDE_M * rng.random(n), Y0 + 0.6 * SIDE_M * rng.random(n)])
    box = shapely.Point(X0 + SIDE_M / 2, Y0 + 0.3 * SIDE_M).buffer(SIDE_M / 2.2, quad_segs=30)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=box))
    cells = shapely.intersection(cells, box)
    cells = cells[shapely.area(cells) > 1e4]
    cells = np.array([max(shapely.get_parts(each), key=shapely.area) for each in cells])
    centre = shapely.get_coordinates(shapely.centroid(cells))
    district = (np.clip((centre[:, 0] - X0) / SIDE_M * 3, 0, 2.99)).astype(int) * 2 + (centre[:, 1] > Y0 + 0.3 * SIDE_M)
    used = np.unique(district)
    merged = np.array([shapely.union_all(cells[district == each]) for each in used])
    whole = shapely.union_all(merged)
    k, m = len(cells), len(used)
    return Areas(
        id=(*(f"n{at}" for at in range(k)), *(f"d{at}" for at in range(m)), "city"),
        name=(*(f"Quarter {at + 1} <b>&" for at in range(k)), *(f"District {at + 1}" for at in range(m)), "Toy City"),
        type=np.array([0] * k + [1] * m + [2], np.int64),
        parent=np.array([*(k + np.searchsorted(used, district)), *([k + m] * m), -1], np.int64),
        population=np.full(k + m + 1, np.nan),
        geometry=np.array([*cells, *merged, whole], dtype=object),
        types=("neighbourhood", "municipality", "city"),
        levels=(Level.LOCAL, Level.REGIONAL, Level.NATIONAL),
        crs=CRS,
    )


def briefing(areas: Areas, *, gaps: int = 9, seed: int = 3, scope: tuple[str, ...] = ()) -> Released[Briefing]:
    """Return the neighbourhoods of `scope` ranked at random, `gaps` of them without data."""
    rng = np.random.default_rng(seed)
    positions = areas.of_type("neighbourhood")
    positions = positions[areas.within(scope)[positions]]
    positions = rng.permutation(positions)
    n = len(positions) - gaps
    ranked = []
    for rank, at in enumerate(positions[:n], start=1):
        share = rank / n
        tier = (
            Tier.CRITICAL if share <= 0.05 else Tier.HIGH if share <= 0.1 else Tier.ELEVATED if share <= 0.25 else None
        )
        expected = 180 / rank**0.6
        spread = 1 + rank // 12
        ranked.append(
            Priority(
                id=areas.id[at], name=areas.name[at], parent=areas.name[areas.parent[at]], rank=rank,
                rank_interval=(max(1, rank - spread), min(n, rank + spread)), tier=tier or Tier.ROUTINE,
                score=expected, expected=expected, expected_interval=(0.8 * expected, 1.25 * expected),
                n=None if rank == n else int(expected), previous=int(expected), last_year=int(expected),
                trained_n=int(13 * expected), components={"assault": 1.0},
                reasons=(Reason("volume", "most incidents", 10),), suppressed=rank == n,
            )
        )  # fmt: skip
    for at in positions[n:]:
        ranked.append(
            Priority(areas.id[at], areas.name[at], "", None, None, Tier.NO_DATA, None, None, None, None, None, None,
                     None, {}, ())
        )  # fmt: skip
    total = sum(each.n or 0 for each in ranked)
    query = Query(Level.LOCAL, PERIOD, "neighbourhood", scope)
    return Released(
        Briefing(query, Level.LOCAL, "neighbourhood", WINDOW.start, WINDOW, PERIOD, tuple(ranked), total, 0, 0, None,
                 None, "top shares", QUALITY, "v1")
    )  # fmt: skip


def grid(cell_m: float = 250.0) -> Grid:
    """Return a grid over the toy city."""
    nx, ny = int(SIDE_M / cell_m), int(0.6 * SIDE_M / cell_m)
    y, x = np.mgrid[0:ny, 0:nx]
    inside = np.hypot((x - nx / 2) / (nx / 2), (y - ny / 2) / (ny / 2)) <= 1
    return Grid(X0, Y0, cell_m, nx, ny, CRS, inside)


def surface(cell_m: float = 250.0) -> Released[RiskSurface]:
    """Return two hills on the toy city's grid."""
    where = grid(cell_m)
    y, x = np.mgrid[0 : where.ny, 0 : where.nx] * cell_m / 1000
    expected = np.exp(-((x - 14) ** 2 + (y - 10) ** 2) / 18) + 0.6 * np.exp(-((x - 27) ** 2 + (y - 15) ** 2) / 8)
    expected = np.where(where.inside & (expected > 0.01), expected, 0.0)
    return Released(RiskSurface(where, expected, expected * 100))


def hotspots() -> Released[HotspotSet]:
    """Return three hotspots, the third in two parts."""
    shapes = (
        shapely.box(X0 + 14e3, Y0 + 9e3, X0 + 15.5e3, Y0 + 11e3),
        shapely.box(X0 + 26e3, Y0 + 14e3, X0 + 27e3, Y0 + 15e3),
        shapely.union_all(
            [shapely.box(X0 + 20e3, Y0 + 6e3, X0 + 21e3, Y0 + 7e3),
             shapely.box(X0 + 21.2e3, Y0 + 6e3, X0 + 22e3, Y0 + 6.6e3)]
        ),
    )  # fmt: skip
    spots = tuple(
        Hotspot(f"h{at}", f"Spot {at}", at, 90 // at, shapely.area(shape) / 1e6, 90 / at / (shapely.area(shape) / 1e6),
                0.1 / at, "Fridays 22 to 2", shape)
        for at, shape in enumerate(shapes, start=1)
    )  # fmt: skip
    return Released(HotspotSet("dbscan", Query(Level.LOCAL, PERIOD), PERIOD, spots, 900, 0, CRS, "v1"))

"""Point location beside geopandas.sjoin, grids and dissolved cells, in one process: `python benchmarks/bench_areas.py`.

Goals: at least 9 times sjoin on 1 M points in 5,000 areas, 10 M points in at most 4 CPU seconds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.areas.grids import dissolve_cells, grid_over
from ilpgeo.areas.locate import Locator

SIDE_M = 25_000.0
N_AREAS = 5_000


def city(rng: np.random.Generator) -> npt.NDArray[Any]:
    """Return a tessellation of a square city into 5,000 areas with crooked borders of about 100 corners each."""
    seeds = shapely.multipoints(rng.uniform(0, SIDE_M, (N_AREAS, 2)))
    frame = shapely.box(0, 0, SIDE_M, SIDE_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=shapely.buffer(frame, SIDE_M)))
    borders = shapely.segmentize(shapely.intersection(cells, frame), 15.0)

    def crooked(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        inwards = np.clip(np.minimum(xy, SIDE_M - xy).min(axis=1) / 200, 0, 1)[:, None]
        waves = 12 * np.sin(xy[:, ::-1] / 23) + 18 * np.sin(xy / 71 + xy[:, ::-1] / 97)
        return xy + inwards * waves

    return shapely.transform(borders, crooked)


def best(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """Return the least wall and CPU seconds of some runs."""
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return min(walls), min(cpus)


def joined(areas: npt.NDArray[Any], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the area of each point by geopandas, -1 for none, the lowest where it names several."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    pairs = points.sjoin(gpd.GeoDataFrame(geometry=areas), how="left", predicate="within")["index_right"]
    return pairs.groupby(level=0).min().fillna(-1).to_numpy(np.int64)


def main() -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    rng = np.random.default_rng(3)
    areas = city(rng)
    x, y = rng.uniform(0, SIDE_M, (2, 1_000_000))
    Locator.of(areas[:5]).locate(x[:5], y[:5])
    corners = shapely.get_num_coordinates(areas).mean()
    print(f"{N_AREAS:,} areas, {corners:.0f} corners each, {shapely.is_valid(areas).mean():.1%} valid")

    locator = Locator.of(areas)
    build = best(lambda: Locator.of(areas), repeats)
    ours = best(lambda: locator.locate(x, y), repeats)
    both = best(lambda: Locator.of(areas).locate(x, y), repeats)
    peer = best(lambda: joined(areas, x, y), 1)
    same = (joined(areas, x, y) == locator.locate(x, y)).mean()
    print(f"build             {build[0]:7.3f} s wall {build[1]:7.3f} s cpu")
    print(f"1 M located       {ours[0]:7.3f} s wall {ours[1]:7.3f} s cpu   {peer[1] / ours[1]:5.1f} x sjoin")
    print(f"1 M, build incl.  {both[0]:7.3f} s wall {both[1]:7.3f} s cpu   {peer[1] / both[1]:5.1f} x sjoin (goal 9)")
    print(f"1 M geopandas     {peer[0]:7.3f} s wall {peer[1]:7.3f} s cpu   same answer {same:.4%}")
    many_x, many_y = rng.uniform(0, SIDE_M, (2, 10_000_000))
    ten = best(lambda: Locator.of(areas).locate(many_x, many_y), 1)
    print(f"10 M, build incl. {ten[0]:7.3f} s wall {ten[1]:7.3f} s cpu   (goal 4)")

    grid_over(areas[:5], 100.0, "EPSG:32617")
    grid = grid_over(areas, 50.0, "EPSG:32617")
    covering = best(lambda: grid_over(areas, 50.0, "EPSG:32617"), repeats)
    print(f"grid of {grid.nx * grid.ny:,} cells over them {covering[0]:.3f} s wall {covering[1]:.3f} s cpu")
    for n in (1_000, 10_000):
        chosen = np.flatnonzero(grid.inside)[:n]
        dissolving = best(lambda chosen=chosen: dissolve_cells(grid, chosen), repeats)
        print(f"dissolve {n:,} cells {dissolving[0]:.4f} s wall {dissolving[1]:.4f} s cpu")


if __name__ == "__main__":
    main()

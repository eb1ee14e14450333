"""Point location beside geopandas.sjoin, grids over areas, dissolved cells."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.measuring import Row, interleaved
from benchmarks.table import command
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


def joined(areas: npt.NDArray[Any], x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the area of each point by geopandas, -1 for none, the lowest where it names several."""
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    pairs = points.sjoin(gpd.GeoDataFrame(geometry=areas), how="left", predicate="within")["index_right"]
    return pairs.groupby(level=0).min().fillna(-1).to_numpy(np.int64)


def run(rounds: int = 3) -> list[Row]:
    """Return the rows of the areas' room."""
    rng = np.random.default_rng(3)
    areas = city(rng)
    corners = shapely.get_num_coordinates(areas).mean()
    x, y = rng.uniform(0, SIDE_M, (2, 1_000_000))
    locator = Locator.of(areas)
    same = (joined(areas, x, y) == locator.locate(x, y)).mean()
    located = interleaved(
        {
            "built": lambda: Locator.of(areas).locate(x, y),
            "given": lambda: locator.locate(x, y),
            "sjoin": lambda: joined(areas, x, y),
        },
        rounds,
    )
    peer = located["sjoin"]
    about = f"{N_AREAS:,} areas of {corners:.0f} corners"
    many_x, many_y = rng.uniform(0, SIDE_M, (2, 10_000_000))
    grid = grid_over(areas, 50.0, "EPSG:32617")
    cells = np.flatnonzero(grid.inside)
    alone = interleaved(
        {
            "many": lambda: locator.locate(many_x, many_y),
            "grid": lambda: grid_over(areas, 50.0, "EPSG:32617"),
            "dissolve": lambda: dissolve_cells(grid, cells[:10_000]),
        },
        rounds,
    )
    return [
        Row(f"1 M points in {about}, index built", located["built"], "geopandas.sjoin", peer,
            note=f"same answer for {same:.4%}"),
        Row(f"1 M points in {about}, index given", located["given"], "geopandas.sjoin", peer),
        Row(f"10 M points in {about}, index given", alone["many"]),
        Row(f"Grid of {grid.nx * grid.ny:,} cells over them", alone["grid"]),
        Row("10,000 cells dissolved", alone["dissolve"]),
    ]  # fmt: skip


if __name__ == "__main__":
    command("areas", run, 3)

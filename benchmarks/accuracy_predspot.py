"""The PyPI package predspot on the same windows as the forecast; run where it is installed (.venv-bench).

Its default pipeline: kernel densities week by week at the middle of each cell, lags of season, trend and difference
from a decomposition of every cell's series, a random forest. As it decomposes cell by cell in Python (18 s of CPU for a
window of 225 cells), it is asked on a square of the inner city with cells of 450 m. It answers with a height and not
with incidents: its hit rate can be compared, its likelihood cannot.
"""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from benchmarks.accuracy import KEPT, Question, answered, keep, write_page
from benchmarks.accuracy_cities import load
from ilpgeo.backtest.run import Contestant
from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid

QUESTION = Question("Toronto", "robbery", "7d", 365, 450.0)
MIDDLE_X, MIDDLE_Y, SIDE_CELLS = 630_000.0, 4_834_500.0, 10
KEY = "Toronto inner city beside predspot / robbery / 7d / 365 d / 450 m"
MONDAY = np.datetime64("2018-01-01", "s")


@dataclass(frozen=True, slots=True)
class Predspot:
    """The default pipeline of predspot with our cells' middles as its grid."""

    name: ClassVar[str] = "predspot"
    title: ClassVar[str] = "predspot (PyPI), default pipeline"
    purpose: ClassVar[str] = "next"
    summary: ClassVar[str] = "Kernel densities and lags in a random forest."
    needs: ClassVar[frozenset[str]] = frozenset()

    def answer(
        self, past: Incidents, grid: Grid, window: Period, context: Context, rng: np.random.Generator
    ) -> RiskSurface:
        import geopandas as gpd
        import pandas as pd
        from predspot.crime_mapping import KDE
        from predspot.dataset_preparation import Dataset
        from predspot.pipeline import build_default_pipeline
        from shapely.geometry import box

        row, column = np.divmod(np.arange(grid.nx * grid.ny), grid.nx)
        x, y = grid.x0 + (column + 0.5) * grid.cell_m, grid.y0 + (row + 0.5) * grid.cell_m
        middles = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=grid.crs).to_crs(4326)
        middles["lon"], middles["lat"] = middles.geometry.x, middles.geometry.y
        middles.index.name = "places"
        area = gpd.GeoDataFrame(geometry=[box(*grid.bounds)], crs=grid.crs).to_crs(4326)
        within = grid.cell_of(past.x, past.y) >= 0
        points = gpd.GeoSeries(gpd.points_from_xy(past.x[within], past.y[within]), crs=grid.crs).to_crs(4326)
        # Its weeks run from Monday to Sunday: the days are moved so that the window is one of them.
        moved = past.t_from[within] - (np.datetime64(window.start, "s") - MONDAY)
        crimes = pd.DataFrame({"tag": "crime", "t": moved, "lon": points.x, "lat": points.y})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pipeline = build_default_pipeline(area, tfreq="W", random_state=int(rng.integers(2**31)))
            pipeline.mapping = KDE(tfreq="W", grid=middles)
            pipeline.fit(Dataset(crimes, area))
            height = pipeline.predict()["crime_density"].droplevel("t").reindex(middles.index).to_numpy()
        counts = grid.count(past.x, past.y, past.weight)
        level = counts.sum() * window.days / context.trained_on.days
        height = np.maximum(height, 0.0)
        return RiskSurface(grid, (height * (level / max(height.sum(), 1e-300))).reshape(grid.shape), counts)


def inner_city(crs: str) -> Grid:
    """Return a square of cells around the middle of Toronto."""
    half = SIDE_CELLS * QUESTION.cell_m / 2
    inside = np.ones((SIDE_CELLS, SIDE_CELLS), np.bool_)
    return Grid(MIDDLE_X - half, MIDDLE_Y - half, QUESTION.cell_m, SIDE_CELLS, SIDE_CELLS, crs, inside)


def main() -> int:
    """Ask, keep the answer beside the others and write the page anew."""
    city = load(QUESTION.city)
    assert city is not None
    found = answered(city, QUESTION, inner_city(city.crs), [Contestant(Predspot.name, Predspot.title, Predspot())])
    found["city"] = "Toronto, inner city, beside predspot"
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else {}
    kept[KEY] = found
    keep(kept)
    write_page(kept)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Points the models are measured on: Toronto's, and a made-up city of any size."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import FloatArray

TORONTO = Path(__file__).resolve().parents[1] / "data" / "toronto" / "incidents.csv.gz"
SIDE_M = 25_000.0
DAYS = 3 * 365


class City(NamedTuple):
    """Points in metres and days since the start, shape (n,), in order of time."""

    x: FloatArray
    y: FloatArray
    days: FloatArray


def toronto_points(file: Path = TORONTO) -> tuple[FloatArray, FloatArray]:
    """Return the coordinates of all located Toronto incidents, metres in EPSG:32617."""
    import pandas as pd
    from pyproj import Transformer

    frame = pd.read_csv(file, usecols=["Lat", "Long"]).query("Lat != 0")
    return Transformer.from_crs(4326, 32617, always_xy=True).transform(frame["Long"], frame["Lat"])


def toronto_city(n: int, file: Path = TORONTO) -> City:
    """Return the first n located Toronto incidents from 2014 on, days whole."""
    import pandas as pd
    from pyproj import Transformer

    frame = pd.read_csv(file, usecols=["occurrencedate", "Lat", "Long"]).query("Lat != 0")
    day = frame["occurrencedate"].str[:10].str.replace("/", "-").to_numpy("datetime64[D]").astype(np.int64)
    since = day - np.datetime64("2014-01-01", "D").astype(np.int64)
    first = np.flatnonzero(since >= 0)
    first = first[np.argsort(since[first], kind="stable")][:n]
    x, y = Transformer.from_crs(4326, 32617, always_xy=True).transform(frame["Long"], frame["Lat"])
    return City(np.ascontiguousarray(x[first]), np.ascontiguousarray(y[first]), since[first].astype(np.float64))


def made_up_city(n: int, seed: int = 1) -> City:
    """Return n points of three years on 25 x 25 km: half in 400 hot spots of very different size, 15 % near repeats.

    Points lie along streets 100 m apart; a near repeat follows within days, some 60 m from what it repeats.
    """
    rng = np.random.default_rng(seed)
    n_first = n - int(0.15 * n)
    n_hot = int(0.6 * n_first)
    centre = np.clip(rng.normal(SIDE_M / 2, SIDE_M / 5, (400, 2)), 500, SIDE_M - 500)
    share = rng.pareto(1.2, 400) + 0.2
    spot = rng.choice(400, n_hot, p=share / share.sum())
    points = rng.uniform(0, SIDE_M, (n, 2))
    points[:n_hot] = centre[spot] + rng.normal(size=(n_hot, 2)) * rng.uniform(100, 400, 400)[spot, None]
    axis = rng.integers(0, 2, n_first)
    points[np.arange(n_first), axis] = np.round(points[np.arange(n_first), axis], -2)
    points[:n_first] += rng.normal(0, 3, (n_first, 2))
    days = rng.uniform(0, DAYS, n)
    repeated = rng.integers(0, n_first, n - n_first)
    points[n_first:] = points[repeated] + rng.normal(0, 60, (n - n_first, 2))
    days[n_first:] = np.minimum(days[repeated] + rng.exponential(7, n - n_first), DAYS - 1e-6)
    order = np.argsort(days, kind="stable")
    x, y = np.clip(points[order], 0, SIDE_M - 1e-6).T.copy()
    return City(x, y, days[order])

"""The cities that forecasts are judged on: incidents, their days and the ground, from the bundled and shared data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import HERE, shared_data
from ilpgeo.core.arrays import FloatArray, TimeArray
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.query import Period, months_later
from ilpgeo.core.space import Grid

TRIM = 0.0005  # of the incidents on each side: lone points far off are no part of a city
MARGIN_M = 450.0


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """All incidents of one place.

    Attributes
    ----------
    offence
        Shape (n,), text.
    x, y
        Shape (n,), metres in `crs`.
    day
        Shape (n,), datetime64[D]; the first of the month where `is_monthly`.
    """

    name: str
    crs: str
    offence: np.ndarray[tuple[int], np.dtype[np.str_]]
    x: FloatArray
    y: FloatArray
    day: TimeArray
    is_monthly: bool = False

    def incidents(self, offence: str) -> tuple[Incidents, TimeArray]:
        """Return the incidents of one offence and their days."""
        rows = np.flatnonzero(self.offence == offence)
        noon = self.day[rows].astype("datetime64[s]") + np.timedelta64(12, "h")
        return Incidents.from_xy(self.x[rows], self.y[rows], t_from=noon, crs=self.crs), self.day[rows]

    def covered_days(self, period: Period) -> int:
        """Return the number of days of a period with data: from the first to the last, or in months that hold any."""
        if not self.is_monthly:
            return Period(self.day.min().astype(object), self.day.max().astype(object)).overlap_days(period)
        starts = np.unique(self.day).astype(object)
        return sum(Period(start, months_later(start, 1) - timedelta(days=1)).overlap_days(period) for start in starts)

    def grid(self, cell_m: float) -> Grid:
        """Return the cells within some 450 m of a cell that ever had an incident of any kind."""
        from scipy.ndimage import binary_dilation

        x0, y0 = float(self.x.min() - 600), float(self.y.min() - 600)
        nx = int((self.x.max() + 600 - x0) // cell_m) + 1
        ny = int((self.y.max() + 600 - y0) // cell_m) + 1
        inside = np.zeros((ny, nx), np.bool_)
        inside[((self.y - y0) // cell_m).astype(int), ((self.x - x0) // cell_m).astype(int)] = True
        inside = binary_dilation(inside, iterations=max(1, int(MARGIN_M // cell_m)))
        return Grid(x0, y0, cell_m, nx, ny, self.crs, inside)


def _projected(lon: Any, lat: Any, epsg: int) -> tuple[FloatArray, FloatArray]:
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(
        np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    )
    return np.asarray(x), np.asarray(y)


def _city(name: str, epsg: int, offence: Any, x: FloatArray, y: FloatArray, day: Any, *, monthly: bool = False) -> City:
    kept = np.ones(len(x), np.bool_)
    for axis in (x, y):
        low, high = np.quantile(axis, [TRIM, 1 - TRIM])
        kept &= (axis > low - 300) & (axis < high + 300)
    words = np.asarray(offence, str)
    return City(name, f"EPSG:{epsg}", words[kept], x[kept], y[kept], np.asarray(day, "datetime64[D]")[kept], monthly)


def toronto(_: Path | None) -> City:
    """Major crime 2014 to 2021, the bundled sample."""
    import pandas as pd

    frame = pd.read_csv(HERE.parent / "data" / "toronto" / "incidents.csv.gz").query("Lat != 0")
    frame = frame[frame["occurrencedate"].str[:4] >= "2014"]
    x, y = _projected(frame["Long"], frame["Lat"], 32617)
    day = pd.to_datetime(frame["occurrencedate"].str[:10]).to_numpy()
    return _city("Toronto", 32617, frame["MCI"].str.lower(), x, y, day)


def chicago(folder: Path) -> City:
    """Reported crime 2012 to 2015."""
    import pandas as pd

    columns = ["Date", "Primary Type", "Latitude", "Longitude"]
    files = sorted((folder / "chicago").glob("chicago_crimes_*.parquet"))
    frame = pd.concat([pd.read_parquet(file, columns=columns) for file in files]).dropna()
    x, y = _projected(frame["Longitude"], frame["Latitude"], 32616)
    return _city("Chicago", 32616, frame["Primary Type"].astype(str).str.lower(), x, y, frame["Date"].to_numpy())


def houston(folder: Path) -> City:
    """January to August 2010."""
    import pandas as pd

    frame = pd.read_csv(folder / "houston_2010" / "houston_crime_2010.csv.gz").dropna(subset=["lon", "lat"])
    frame = frame[frame["lon"].between(-95.8, -95.0) & frame["lat"].between(29.5, 30.15)]
    x, y = _projected(frame["lon"], frame["lat"], 32615)
    day = (pd.to_datetime(frame["time"]) - pd.Timedelta(hours=6)).to_numpy()
    return _city("Houston", 32615, frame["offense"], x, y, day)


def memphis(folder: Path) -> City:
    """Robberies of 2019."""
    import geopandas as gpd

    frame = gpd.read_file(folder / "memphis" / "memphis_robberies.geojson").to_crs(32616)
    dates = next(name for name in frame.columns if "date" in name)
    x, y = frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy()
    day = frame[dates].astype(str).str[:10].to_numpy("datetime64[D]")
    return _city("Memphis", 32616, ["robbery"] * len(frame), x, y, day)


def cincinnati(folder: Path) -> City:
    """Burglaries of 2016 to 2018."""
    import pandas as pd

    frame = pd.read_csv(folder / "oddities" / "cincinnati_burglary.csv.gz").dropna()
    x, y = _projected(frame["longitude"], frame["latitude"], 32616)
    day = frame["offense_date"].str[:10].to_numpy("datetime64[D]")
    return _city("Cincinnati", 32616, ["burglary"] * len(frame), x, y, day)


def medellin(folder: Path) -> City:
    """Homicides of 2010 to 2019."""
    import pandas as pd

    frame = pd.read_csv(folder / "oddities" / "medellin_homicides.csv", sep=";", decimal=",").dropna(
        subset=["longitud"]
    )
    frame = frame[((frame["longitud"] + 75.57).abs() < 0.15) & ((frame["latitud"] - 6.25).abs() < 0.15)]
    x, y = _projected(frame["longitud"], frame["latitud"], 32618)
    day = frame["fecha_hecho"].str[:10].to_numpy("datetime64[D]")
    return _city("Medellin", 32618, ["homicide"] * len(frame), x, y, day)


def vancouver(folder: Path) -> City:
    """Thefts of 2020."""
    import pandas as pd

    frame = pd.read_csv(folder / "oddities" / "vancouver_thefts.csv.gz").query("X > 100000")
    day = pd.to_datetime(frame[["YEAR", "MONTH", "DAY"]].rename(columns=str.lower)).to_numpy()
    return _city("Vancouver", 32610, frame["TYPE"].str.lower(), frame["X"].to_numpy(), frame["Y"].to_numpy(), day)


def san_francisco(folder: Path) -> City:
    """Robberies of 2019."""
    frame = _oddity(folder, "san_francisco_robbery.csv")
    day = frame["date_time"].str[:10].to_numpy("datetime64[D]")
    x, y = _projected(frame["longitude"], frame["latitude"], 32610)
    return _city("San Francisco", 32610, ["robbery"] * len(frame), x, y, day)


def new_york_shootings(folder: Path) -> City:
    """Shootings of 2019."""
    frame = _oddity(folder, "nyc_shootings.csv")
    day = frame["occur_date"].str[:10].to_numpy("datetime64[D]")
    x, y = _projected(frame["longitude"], frame["latitude"], 32618)
    return _city("New York", 32618, ["shooting"] * len(frame), x, y, day)


def new_york_homicides(folder: Path) -> City:
    """Homicides of 2016 to 2018."""
    frame = _oddity(folder, "nyc_homicides.csv")
    day = frame["offense_date"].str[:10].to_numpy("datetime64[D]")
    x, y = _projected(frame["longitude"], frame["latitude"], 32618)
    return _city("New York", 32618, ["homicide"] * len(frame), x, y, day)


def _oddity(folder: Path, file: str) -> Any:
    import pandas as pd

    return pd.read_csv(folder / "oddities" / file).dropna(subset=["longitude"])


def _police_uk(folder: Path, name: str, file: str) -> City:
    import pandas as pd

    path = folder / "uk_street" / f"{file}_2018-01_2021-09.parquet"
    frame = pd.read_parquet(path, columns=["Month", "Longitude", "Latitude", "Crime type"]).dropna()
    frame = frame[frame["Latitude"].between(50.9, 53.8)]
    x, y = _projected(frame["Longitude"], frame["Latitude"], 27700)
    middle = np.hypot(x - np.median(x), y - np.median(y)) < 60_000
    month = (frame["Month"].astype(str) + "-01").to_numpy("datetime64[D]")
    offence = frame["Crime type"].astype(str).str.lower().to_numpy()
    return _city(name, 27700, offence[middle], x[middle], y[middle], month[middle], monthly=True)


def south_yorkshire(folder: Path) -> City:
    """Street-level crime 2018 to 2021, month by month."""
    return _police_uk(folder, "South Yorkshire", "south-yorkshire")


def avon_and_somerset(folder: Path) -> City:
    """Street-level crime 2018 to 2021, month by month."""
    return _police_uk(folder, "Avon and Somerset", "avon-and-somerset")


CITIES: Mapping[str, Callable[[Any], City]] = {
    "Toronto": toronto,
    "Chicago": chicago,
    "South Yorkshire": south_yorkshire,
    "Avon and Somerset": avon_and_somerset,
    "Houston": houston,
    "Memphis": memphis,
    "Cincinnati": cincinnati,
    "Medellin": medellin,
    "Vancouver": vancouver,
    "San Francisco": san_francisco,
    "New York, shootings": new_york_shootings,
    "New York, homicides": new_york_homicides,
}
BUNDLED = ("Toronto",)


def is_at_hand(name: str) -> bool:
    """Return whether a city's data are there."""
    return name in BUNDLED or shared_data() is not None


def load(name: str) -> City | None:
    """Return a city, or None where its data are not at hand."""
    return CITIES[name](shared_data()) if is_at_hand(name) else None

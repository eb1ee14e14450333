"""Incidents: n rows in one projected CRS, as read-only columns."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilpgeo.core.arrays import BoolArray, CodeArray, FloatArray, IntArray, TimeArray, frozen
from ilpgeo.core.errors import InvalidInput

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True, slots=True, eq=False)
class Incidents:
    """Incidents of one query, as arrays of shape (n,), read-only.

    An incident belongs to the period that holds its `t_from`. Times are UTC, to the second; the window
    [t_from, t_to) is what is known of the time (equal: known to the second). No column describes a person.

    Attributes
    ----------
    row_id
        Stable number of the row in its store.
    x, y
        Metres in `crs`.
    t_from, t_to
        datetime64[s], UTC.
    offence, source, area
        Codes into `offences`, `sources` and `areas` (ids of the finest areas); an area of -1 is *unplaced*.
    weight
        How many incidents a row stands for; positive.
    place
        Codes into `places` (a road or place label), -1 for none; None where the data have no labels.
    crs, timezone
        EPSG code text (``EPSG:32617``) and IANA name.
    version
        Content version of the store it was read from: the cache key.
    t_reported
        datetime64[s], UTC: when each was reported, NaT where that is not known; a report known to the day stands at
        its local midnight. None where the data do not say.
    """

    row_id: IntArray
    x: FloatArray
    y: FloatArray
    t_from: TimeArray
    t_to: TimeArray
    offence: CodeArray
    source: CodeArray
    area: CodeArray
    weight: FloatArray
    offences: tuple[str, ...]
    sources: tuple[str, ...]
    areas: tuple[str, ...]
    crs: str
    timezone: str
    version: str = ""
    place: CodeArray | None = None
    places: tuple[str, ...] = ()
    t_reported: TimeArray | None = None

    def __post_init__(self) -> None:
        n = self.row_id.shape
        for column in fields(self):
            value = getattr(self, column.name)
            if isinstance(value, np.ndarray):
                if value.shape != n:
                    raise InvalidInput(f"incidents: column {column.name} has shape {value.shape}, expected {n}")
                object.__setattr__(self, column.name, frozen(value))

    def __len__(self) -> int:
        return int(self.row_id.shape[0])

    def select(self, keep: BoolArray | IntArray) -> Incidents:
        """Return the rows marked (boolean mask) or listed (positions) by `keep`, in that order."""
        changed: dict[str, Any] = {
            column.name: value[keep]
            for column in fields(self)
            if isinstance(value := getattr(self, column.name), np.ndarray)
        }
        return replace(self, **changed)

    @classmethod
    def from_xy(
        cls,
        x: FloatArray,
        y: FloatArray,
        *,
        t_from: TimeArray | None = None,
        weight: FloatArray | None = None,
        crs: str = "EPSG:32617",
        timezone: str = "UTC",
    ) -> Incidents:
        """Return bare incidents at `x`, `y` (metres): one offence, one source, unplaced. For tests and notebooks."""
        n = len(x)
        start = np.zeros(n, "datetime64[s]") if t_from is None else t_from.astype("datetime64[s]")
        return cls(
            row_id=np.arange(n, dtype=np.int64),
            x=np.asarray(x, np.float64),
            y=np.asarray(y, np.float64),
            t_from=start,
            t_to=start,
            offence=np.zeros(n, np.int32),
            source=np.zeros(n, np.int32),
            area=np.full(n, -1, np.int32),
            weight=np.ones(n) if weight is None else np.asarray(weight, np.float64),
            offences=("incident",),
            sources=("given",),
            areas=(),
            crs=crs,
            timezone=timezone,
        )

    def to_geodataframe(self) -> gpd.GeoDataFrame:
        """Return one point per row with the columns of this object: the edge to geopandas, slow above a million."""
        import geopandas as gpd

        names = {"offence": self.offences, "source": self.sources, "area": self.areas}
        columns: dict[str, Any] = {
            name: [words[code] if code >= 0 else None for code in getattr(self, name)] for name, words in names.items()
        }
        if self.t_reported is not None:
            columns["t_reported"] = self.t_reported
        return gpd.GeoDataFrame(
            {"row_id": self.row_id, "t_from": self.t_from, "t_to": self.t_to, **columns, "weight": self.weight},
            geometry=gpd.points_from_xy(self.x, self.y),
            crs=self.crs,
        )

    @classmethod
    def from_geodataframe(cls, frame: gpd.GeoDataFrame, *, timezone: str = "UTC") -> Incidents:
        """Return the incidents of a frame of points in a projected CRS; inverse of `to_geodataframe`.

        Raises
        ------
        InvalidInput
            When the frame has no CRS, one in degrees, or geometries that are not points.
        """
        import pandas as pd

        if frame.crs is None or not frame.crs.is_projected:
            raise InvalidInput("incidents need a projected CRS in metres; call to_crs() first")
        if not (frame.geom_type == "Point").all():
            raise InvalidInput("incidents must be points; this frame holds other geometries")
        n = len(frame)

        def coded(name: str, absent: str) -> tuple[CodeArray, tuple[str, ...]]:
            values = frame[name] if name in frame else pd.Series([absent] * n)
            codes, words = pd.factorize(values, sort=True)
            return codes.astype(np.int32), tuple(str(word) for word in words)

        offence, offences = coded("offence", "incident")
        source, sources = coded("source", "given")
        area, areas = coded("area", "") if "area" in frame else (np.full(n, -1, np.int32), ())
        start = np.zeros(n, "datetime64[s]") if "t_from" not in frame else frame["t_from"].to_numpy("datetime64[s]")
        end = start if "t_to" not in frame else frame["t_to"].to_numpy("datetime64[s]")
        return cls(
            row_id=frame["row_id"].to_numpy(np.int64) if "row_id" in frame else np.arange(n, dtype=np.int64),
            x=frame.geometry.x.to_numpy(np.float64),
            y=frame.geometry.y.to_numpy(np.float64),
            t_from=start,
            t_to=end,
            offence=offence,
            source=source,
            area=area,
            weight=frame["weight"].to_numpy(np.float64) if "weight" in frame else np.ones(n),
            offences=offences,
            sources=sources,
            areas=areas,
            crs=frame.crs.to_string(),
            timezone=timezone,
            t_reported=frame["t_reported"].to_numpy("datetime64[s]") if "t_reported" in frame else None,
        )

"""Counts by day, area, offence and source: the small table that every ranking and trend is summed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ilpgeo.core import columns
from ilpgeo.core.arrays import BoolArray, CodeArray, IntArray, frozen
from ilpgeo.core.query import Period
from ilpgeo.core.space import Areas

if TYPE_CHECKING:
    import pyarrow as pa

_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return day.toordinal() - _EPOCH


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """Rows of equal length m, read-only.

    Attributes
    ----------
    day
        Local calendar day, days since 1970-01-01.
    area
        Place in the list of finest areas, 0..n_finest-1; n_finest is *unplaced*.
    offence, source
        Codes into `offences` and `sources`.
    n
        Incidents.
    n_finest
        Number of finest areas.
    """

    day: CodeArray
    area: CodeArray
    offence: CodeArray
    source: CodeArray
    n: IntArray
    offences: tuple[str, ...]
    sources: tuple[str, ...]
    n_finest: int

    def __post_init__(self) -> None:
        for name in ("day", "area", "offence", "source", "n"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @classmethod
    def of(cls, daily: pa.Table, areas: Areas) -> Cube:
        """Return the cube of a store's `daily_counts` over the finest areas of `areas`."""
        import pyarrow as pa

        def coded(name: str) -> tuple[CodeArray, list[str | None]]:
            column = daily[name].combine_chunks()
            if not pa.types.is_dictionary(column.type):
                column = column.dictionary_encode()
            return columns.codes(column), column.dictionary.to_pylist()

        area_code, area_ids = coded("area")
        offence, offences = coded("offence")
        source, sources = coded("source")
        order = {areas.id[at]: place for place, at in enumerate(areas.finest)}
        n_finest = len(order)
        place = np.array([order.get(area or "", n_finest) for area in area_ids] + [n_finest], np.int32)
        return cls(
            day=columns.values(daily["day"], np.int32),
            area=place[area_code],
            offence=offence,
            source=source,
            n=columns.values(daily["n"], np.int64),
            offences=tuple(str(word) for word in offences),
            sources=tuple(str(word) for word in sources),
            n_finest=n_finest,
        )

    def chosen(self, period: Period | None, offences: tuple[str, ...] = (), sources: tuple[str, ...] = ()) -> BoolArray:
        """Return which rows belong to a period, offences and sources; empty means all."""
        keep = np.ones(len(self.n), np.bool_)
        if period is not None:
            keep &= (self.day >= day_number(period.start)) & (self.day <= day_number(period.end))
        if offences:
            keep &= np.isin(self.offence, [at for at, word in enumerate(self.offences) if word in offences])
        if sources:
            keep &= np.isin(self.source, [at for at, word in enumerate(self.sources) if word in sources])
        return keep

    def by_area_and_offence(self, keep: BoolArray) -> IntArray:
        """Return counts of shape (n_finest + 1, n_offences); the last row is *unplaced*."""
        width = len(self.offences)
        cell = self.area[keep].astype(np.int64) * width + self.offence[keep]
        counts = np.bincount(cell, self.n[keep], (self.n_finest + 1) * width)
        return counts.astype(np.int64).reshape(self.n_finest + 1, width)

    def by_day(self, keep: BoolArray, period: Period) -> IntArray:
        """Return counts of shape (days of `period`,)."""
        first = day_number(period.start)
        within = keep & (self.day >= first) & (self.day <= day_number(period.end))
        return np.bincount(self.day[within] - first, self.n[within], period.days).astype(np.int64)

    def months(self, source: str) -> tuple[tuple[date, ...], IntArray]:
        """Return the months (their first days) a source has rows in, and counts of shape (n_finest, n_months)."""
        keep = self.chosen(None, (), (source,)) & (self.area < self.n_finest)
        month = self.day[keep].astype("datetime64[D]").astype("datetime64[M]")
        found, at = np.unique(month, return_inverse=True)
        cell = self.area[keep].astype(np.int64) * len(found) + at
        counts = np.bincount(cell, self.n[keep], self.n_finest * len(found)).astype(np.int64)
        return tuple(found.astype("datetime64[D]").tolist()), counts.reshape(self.n_finest, len(found))

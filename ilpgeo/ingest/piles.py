"""Implausible heaps in accepted rows: on one point, on one day, on the first of January. Flagged, never dropped."""

from __future__ import annotations

from typing import Any

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.ingested import Flag
from ilpgeo.core.jit import compiled

SMALLEST = 50
POINT_SHARE = 0.01
DAY_TIMES = 5.0
SEASON_TIMES = 1.5
_BUCKETS = 1 << 18
_FIRST_DAY = -25_567  # 1900-01-01
_N_DAYS = 73_050


class Piles:
    """Counts accepted rows by point and by day, in a few megabytes whatever the number of rows."""

    __slots__ = ("_at_x", "_at_y", "_by_day", "_by_point", "_n")

    def __init__(self) -> None:
        self._by_point = np.zeros(_BUCKETS, np.int64)
        self._at_x = np.zeros(_BUCKETS)
        self._at_y = np.zeros(_BUCKETS)
        self._by_day = np.zeros(_N_DAYS, np.int64)
        self._n = 0

    def add(self, x: FloatArray, y: FloatArray, day: IntArray, is_to_the_day: BoolArray) -> None:
        """Count accepted rows; days count only where the time is known to the day or finer."""
        self._n += len(x)
        _count_points(x, y, self._by_point, self._at_x, self._at_y)
        known = day[is_to_the_day] - _FIRST_DAY
        known = known[(known >= 0) & (known < _N_DAYS)]
        self._by_day += np.bincount(known, minlength=_N_DAYS)

    def flags(self) -> tuple[Flag, ...]:
        """Return what looks like a default value rather than a place or a day.

        A point: at least 50 rows and 1 % of the file. A day: at least 50 rows and five times the median day of
        the file. The first of January (or of the other months): at least 50 rows and half as many again as the
        other days of the month hold on average.
        """
        return (*self._point_flags(), *self._day_flags())

    def _point_flags(self) -> list[Flag]:
        heaps = np.flatnonzero((self._by_point >= SMALLEST) & (self._by_point > POINT_SHARE * self._n))
        heaps = heaps[np.argsort(-self._by_point[heaps], kind="stable")][:10]
        return [
            Flag(
                "point",
                f"{self._by_point[at]:,} rows ({self._by_point[at] / self._n:.1%}) lie on one point, "
                f"{self._at_x[at]:.0f} east {self._at_y[at]:.0f} north",
                int(self._by_point[at]),
            )
            for at in heaps
        ]

    def _day_flags(self) -> list[Flag]:
        days = np.flatnonzero(self._by_day)
        if len(days) < 7:
            return []
        counts = self._by_day[days]
        heaps = np.flatnonzero((counts >= SMALLEST) & (counts > DAY_TIMES * np.median(counts)))
        heaps = heaps[np.argsort(-counts[heaps], kind="stable")][:10]
        dates = (days + _FIRST_DAY).astype("datetime64[D]")
        found = [
            Flag(
                "day",
                f"{counts[at]:,} rows on {dates[at]}, {counts[at] / np.median(counts):.0f} times the median day",
                int(counts[at]),
            )
            for at in heaps
        ]
        number = (dates - dates.astype("datetime64[M]")).astype(np.int64)
        is_january = dates.astype("datetime64[M]").astype(np.int64) % 12 == 0
        for kind, name, month in (
            ("first of January", "1 January", is_january),
            ("first of the month", "the first of other months", ~is_january),
        ):
            first, other = counts[month & (number == 0)], counts[month & (number > 0)]
            if first.sum() >= SMALLEST and len(other) >= 28 and first.mean() > SEASON_TIMES * other.mean():
                found.append(
                    Flag(
                        kind,
                        f"{first.sum():,} rows on {name}, {first.mean() / other.mean():.1f} times its other days: "
                        "probably the default of an unknown date",
                        int(first.sum()),
                    )
                )
        return found


@compiled
def _count_points(x: Any, y: Any, by_point: Any, at_x: Any, at_y: Any) -> None:
    for row in range(len(x)):
        a = np.uint64(np.int64(np.rint(x[row] * 10)))
        b = np.uint64(np.int64(np.rint(y[row] * 10)))
        h = (a * np.uint64(0x9E3779B97F4A7C15)) ^ (b * np.uint64(0xC2B2AE3D27D4EB4F))
        h = (h ^ (h >> np.uint64(32))) * np.uint64(0xD6E8FEB86659FD93)
        at = np.int64((h >> np.uint64(40)) % np.uint64(len(by_point)))
        if by_point[at] == 0:
            at_x[at], at_y[at] = x[row], y[row]
        by_point[at] += 1

"""Local clock time of UTC instants, for whole arrays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from ilpgeo.core.arrays import IntArray, TimeArray, frozen
from ilpgeo.core.errors import InvalidInput

_DAY_S = 86_400


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(f"there is no time zone {timezone!r}; use an IANA name such as America/Toronto") from error


def offset_changes(timezone: str, first: int, last: int) -> tuple[IntArray, IntArray]:
    """Return when the UTC offset changes between two instants, and the offsets around: one more than the changes.

    Parameters
    ----------
    timezone
        IANA name.
    first, last
        Seconds since 1970, UTC.

    Returns
    -------
    tuple
        Ascending seconds since 1970, UTC, at which a new offset holds; offsets from UTC in seconds.
    """
    # Whole years, so that the few spans asked for share their cached search.
    return _changes(timezone, first // (366 * _DAY_S), last // (366 * _DAY_S) + 1)


@lru_cache(maxsize=64)
def _changes(timezone: str, first_year: int, last_year: int) -> tuple[IntArray, IntArray]:
    zone = _zone(timezone)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)

    def offset(second: int) -> int:
        away = (epoch + timedelta(seconds=second)).astimezone(zone).utcoffset()
        return 0 if away is None else round(away.total_seconds())

    changes: list[int] = []
    begin, end = first_year * 366 * _DAY_S, last_year * 366 * _DAY_S
    offsets = [offset(begin)]
    for day in range(begin, end, _DAY_S):
        if offset(day + _DAY_S) == offsets[-1]:
            continue
        before, after = day, day + _DAY_S
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if offset(middle) == offsets[-1] else (before, middle)
        changes.append(after)
        offsets.append(offset(after))
    return frozen(np.array(changes, np.int64)), frozen(np.array(offsets, np.int64))


def local_seconds(times: TimeArray, timezone: str) -> IntArray:
    """Return the local clock reading of UTC instants, as seconds since 1970-01-01 00:00 on that clock.

    Notes
    -----
    O(n log changes); the changes of a time zone are searched once per span of years.
    """
    utc = times.astype("datetime64[s]").astype(np.int64)
    if not utc.size:
        return utc
    changes, offsets = offset_changes(timezone, int(utc.min()), int(utc.max()))
    return utc + offsets[np.searchsorted(changes, utc, side="right")]


def midnight(day: date, timezone: str) -> np.datetime64:
    """Return the UTC instant (to the second) at which a local day begins.

    Examples
    --------
    >>> midnight(date(2021, 7, 1), "America/Toronto")
    np.datetime64('2021-07-01T04:00:00')
    """
    start = datetime.combine(day, time(), _zone(timezone)).astimezone(UTC)
    return np.datetime64(start.replace(tzinfo=None), "s")

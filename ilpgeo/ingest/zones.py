"""Local clock time to UTC and back, for whole columns, by the rules of an IANA time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from ilpgeo.core.arrays import IntArray, frozen
from ilpgeo.core.errors import InvalidInput

_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_LAST = datetime(2100, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=7)


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A time zone as the moments its UTC offset changes.

    Attributes
    ----------
    name
        IANA name.
    change
        Shape (k,): UTC seconds at which a new offset begins; the first is the beginning of time.
    offset_s
        Shape (k,): seconds east of UTC from then on.
    """

    name: str
    change: IntArray
    offset_s: IntArray

    def to_utc(self, clock: IntArray) -> IntArray:
        """Return UTC seconds of local clock seconds.

        An ambiguous time (the hour lived twice) is the earlier one; a time that never was (the hour skipped) is
        the first moment after the gap.
        """
        if not len(clock):
            return clock
        # A clock reads past change k once it would under the offset in force before k.
        begins = self.change[1:] + self.offset_s[:-1]
        low, high = np.searchsorted(begins, [clock.min(), clock.max()], side="right")
        at = low + np.searchsorted(begins[low:high], clock, side="right")
        utc: IntArray = np.maximum(clock - self.offset_s[at], self.change[at])
        return utc

    def to_clock(self, utc: IntArray) -> IntArray:
        """Return local clock seconds of UTC seconds."""
        if not len(utc):
            return utc
        low, high = np.searchsorted(self.change[1:], [utc.min(), utc.max()], side="right")
        at = low + np.searchsorted(self.change[1:][low:high], utc, side="right")
        clock: IntArray = utc + self.offset_s[at]
        return clock


@lru_cache(maxsize=8)
def zone(name: str) -> Zone:
    """Return the time zone called `name` from 1900 to 2100.

    Raises
    ------
    InvalidInput
        For a name that is not in the IANA list.
    """
    try:
        info = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(f"time zone {name!r} is not an IANA name such as Europe/London") from error

    def offset(moment: datetime) -> int:
        shift = moment.astimezone(info).utcoffset()
        return 0 if shift is None else int(shift.total_seconds())

    change, offsets = [np.iinfo(np.int64).min // 2], [offset(_FIRST)]
    before = _FIRST
    while before < _LAST:
        after = before + _STEP
        if offset(after) != offsets[-1]:
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
            change.append(int(high.timestamp()))
            offsets.append(offset(high))
            before = high
        else:
            before = after
    return Zone(name, frozen(np.array(change, np.int64)), frozen(np.array(offsets, np.int64)))

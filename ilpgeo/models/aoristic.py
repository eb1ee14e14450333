"""Aoristic time of week: an incident known to lie in a window spreads evenly over the hours it touches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray, TimeArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.localtime import local_seconds, offset_changes

_HOUR_S = 3600
_WEEK_HOURS = 168
# 1970-01-01 was a Thursday; hour 0 of the week is Monday 00:00.
_THURSDAY_HOURS = 72
MAX_HOURS = 6.0


class WeekShares(NamedTuple):
    """Which part of which incident falls into which hour of the week.

    Attributes
    ----------
    row, hour, share
        Shape (k,): incident, hour of the week (0 is Monday 00:00-01:00), share of the incident; the shares of one
        incident add up to 1.
    known
        Shape (n,): whether the incident's time is known finely enough to have shares at all.
    """

    row: IntArray
    hour: IntArray
    share: FloatArray
    known: BoolArray


def week_shares(t_from: TimeArray, t_to: TimeArray, timezone: str, max_hours: float = MAX_HOURS) -> WeekShares:
    """Return how the windows spread over the hours of the local week, by the time spent in each.

    Parameters
    ----------
    t_from, t_to
        Shape (n,), UTC. Equal: the instant's own hour. Reversed: taken the other way round.
    timezone
        IANA name; the hours are those of its clock, through changes to and from summer time.
    max_hours
        A longer window says nothing about the hour; at most 168.

    Notes
    -----
    O(n max_hours). Ratcliffe (2000), doi:10.1080/136588100424963.
    """
    if not 0 < max_hours <= _WEEK_HOURS:
        raise InvalidInput(f"time of week: max_hours must lie between 0 and {_WEEK_HOURS}, not {max_hours!r}")
    a, b = (times.astype("datetime64[s]").astype(np.int64) for times in (t_from, t_to))
    begin, end = np.minimum(a, b), np.maximum(a, b)
    known = end - begin <= max_hours * _HOUR_S
    row = np.flatnonzero(known)
    begin, end = begin[known], end[known]
    length = (end - begin).astype(np.float64)
    row, begin, end, length = _split_at_clock_changes(row, begin, end, length, timezone)
    local = local_seconds(begin.astype("datetime64[s]"), timezone)
    until = local + (end - begin)
    rows, hours, shares = [], [], []
    while row.size:
        hour = local // _HOUR_S
        next_hour = (hour + 1) * _HOUR_S
        inside = np.minimum(next_hour, until) - local
        rows.append(row)
        hours.append((hour + _THURSDAY_HOURS) % _WEEK_HOURS)
        shares.append(np.divide(inside, length, out=np.ones(len(row)), where=length > 0))
        left = np.flatnonzero(until > next_hour)
        row, length, local, until = row[left], length[left], next_hour[left], until[left]
    empty = np.empty(0, np.int64)
    return WeekShares(
        np.concatenate(rows) if rows else empty,
        np.concatenate(hours) if hours else empty,
        np.concatenate(shares) if shares else np.empty(0),
        known,
    )


def _split_at_clock_changes(
    row: npt.NDArray[np.intp], begin: IntArray, end: IntArray, length: FloatArray, timezone: str
) -> tuple[npt.NDArray[np.intp], IntArray, IntArray, FloatArray]:
    """Cut windows that hold a change of the clock in two, so that each part has one offset."""
    if not begin.size:
        return row, begin, end, length
    changes, _ = offset_changes(timezone, int(begin.min()), int(end.max()))
    for change in changes.tolist():
        cut = np.flatnonzero((begin < change) & (change < end))
        if cut.size:
            row, length = np.concatenate([row, row[cut]]), np.concatenate([length, length[cut]])
            begin = np.concatenate([begin, np.full(cut.size, change)])
            last = end[cut].copy()
            end = end.copy()
            end[cut] = change
            end = np.concatenate([end, last])
    return row, begin, end, length


def week_profile(
    t_from: TimeArray, t_to: TimeArray, timezone: str, weight: FloatArray, max_hours: float = MAX_HOURS
) -> tuple[FloatArray, float]:
    """Return the incidents in each hour of the week and the weight of those whose hour is unknown.

    The two add up to the weight of all. See `week_shares` for the parameters.

    Returns
    -------
    tuple
        Shape (7, 24), Monday and midnight first; the unknown weight.
    """
    shares = week_shares(t_from, t_to, timezone, max_hours)
    profile = np.bincount(shares.hour, weight[shares.row] * shares.share, _WEEK_HOURS)
    return profile.astype(np.float64).reshape(7, 24), float(weight[~shares.known].sum())

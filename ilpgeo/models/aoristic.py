"""Aoristic time of week: an incident known to lie in a window spreads evenly over the hours it touches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray, TimeArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.localtime import offset_changes

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
    (row, local, until, length), known = _local_parts(t_from, t_to, timezone, max_hours)
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


class _Parts(NamedTuple):
    """Windows on the local clock, cut where the clock changes.

    Attributes
    ----------
    row
        Shape (k,): the incident.
    local, until
        Shape (k,): beginning and end, seconds on the local clock.
    length
        Shape (k,): seconds of the incident's whole window.
    """

    row: IntArray
    local: IntArray
    until: IntArray
    length: FloatArray


def _local_parts(t_from: TimeArray, t_to: TimeArray, timezone: str, max_hours: float) -> tuple[_Parts, BoolArray]:
    """Return the windows that are short enough, and which they are."""
    if not 0 < max_hours <= _WEEK_HOURS:
        raise InvalidInput(f"time of week: max_hours must lie between 0 and {_WEEK_HOURS}, not {max_hours!r}")
    a, b = (times.astype("datetime64[s]").astype(np.int64) for times in (t_from, t_to))
    begin, end = np.minimum(a, b), np.maximum(a, b)
    known = end - begin <= max_hours * _HOUR_S
    row = np.flatnonzero(known)
    if len(row) < len(known):
        begin, end = begin[row], end[row]
    if not row.size:
        return _Parts(row, begin, end, np.empty(0)), known
    length = (end - begin).astype(np.float64)
    changes, offsets = offset_changes(timezone, int(begin.min()), int(end.max()))
    first = np.searchsorted(changes, begin, side="right")
    cut = np.flatnonzero(np.searchsorted(changes, end, side="left") > first)
    while cut.size:
        # What lies after the first change becomes a part of its own, which may hold another.
        n, last, change = len(row), end[cut], changes[first[cut]]
        end[cut] = change
        row, length = np.concatenate([row, row[cut]]), np.concatenate([length, length[cut]])
        begin, end = np.concatenate([begin, change]), np.concatenate([end, last])
        first = np.concatenate([first, first[cut] + 1])
        cut = n + np.flatnonzero(np.searchsorted(changes, last, side="left") > first[n:])
    away = offsets[first]
    return _Parts(row, begin + away, end + away, length), known


def week_profile(
    t_from: TimeArray, t_to: TimeArray, timezone: str, weight: FloatArray, max_hours: float = MAX_HOURS
) -> tuple[FloatArray, float]:
    """Return the incidents in each hour of the week and the weight of those whose hour is unknown.

    The two add up to the weight of all. See `week_shares` for the parameters; O(n) whatever the windows' length.

    Returns
    -------
    tuple
        Shape (7, 24), Monday and midnight first; the unknown weight.
    """
    (row, local, until, length), known = _local_parts(t_from, t_to, timezone, max_hours)
    each = weight[row]
    hour, last = local // _HOUR_S, until // _HOUR_S
    first_week, last_week = (hour + _THURSDAY_HOURS) % _WEEK_HOURS, (last + _THURSDAY_HOURS) % _WEEK_HOURS
    per_second = np.divide(each, length, out=np.zeros(len(row)), where=length > 0)
    inside = np.minimum((hour + 1) * _HOUR_S, until) - local
    profile = np.zeros(_WEEK_HOURS)
    profile += np.bincount(first_week, np.where(length > 0, per_second * inside, each), _WEEK_HOURS)
    profile += np.bincount(last_week, per_second * np.where(last > hour, until - last * _HOUR_S, 0), _WEEK_HOURS)
    profile += _whole_hours(first_week, last - hour - 1, per_second * _HOUR_S)
    return profile.reshape(7, 24), float(weight[~known].sum())


def _whole_hours(hour: IntArray, n_hours: IntArray, amount: FloatArray) -> FloatArray:
    """Return what `amount` in each of the `n_hours` hours after `hour` adds up to, by hour of the week.

    Windows that begin in the same hour and last as many are one: the work does not grow with their length.
    """
    long = np.flatnonzero(n_hours > 0)
    width = _WEEK_HOURS + 1
    together = np.bincount(hour[long] * width + n_hours[long], amount[long], _WEEK_HOURS * width)
    # Column k: what still lasts in the k-th hour after.
    lasting = together.reshape(_WEEK_HOURS, width)[:, ::-1].cumsum(axis=1)[:, ::-1]
    total = np.zeros(_WEEK_HOURS)
    for k in range(1, width):
        total += np.roll(lasting[:, k], k)
    return total

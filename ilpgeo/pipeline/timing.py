"""When in the week incidents happen, for every ranked area at once."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.types import Incidents, Reason
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.scope import Scope
from ilpgeo.pipeline.staged import past_incidents

_WEEK_HOURS = 168
_TELLING = 2.0


def time_reasons(opened: Opened, scope: Scope) -> dict[str, tuple[Reason, ...]]:
    """Return by area id when its incidents concentrate: the busiest four hours, where they are twice the average.

    Rests on the days the expectation rests on; an area whose times are mostly unknown has none.
    """
    from ilpgeo.models.peak import find_peak

    query = scope.query
    everywhere = np.ones(len(opened.areas.finest), np.bool_)
    past = past_incidents(opened, scope.trained_on, everywhere, (), query.sources)
    if query.offences:  # one reading serves every choice of offences
        wanted = [at for at, offence in enumerate(past.offences) if offence in query.offences]
        past = past.select(np.isin(past.offence, wanted))
    profiles, unknown = _profiles(past, _places(opened, scope, past), len(scope.ranked))
    found: dict[str, tuple[Reason, ...]] = {}
    for place in np.flatnonzero(profiles.any(axis=(1, 2))).tolist():
        at = scope.ranked[place]
        peak = find_peak(profiles[place], unknown[place])
        if peak is not None and peak.times_average >= _TELLING:
            text = f"busiest {peak.words}, {peak.times_average:.1f} times the average four hours"
            found[opened.areas.id[int(at)]] = (Reason("time", text, int(peak.n)),)
    return found


def _places(opened: Opened, scope: Scope, past: Incidents) -> IntArray:
    """Return each incident's place among the ranked areas, -1 for none."""
    order = {opened.areas.id[at]: place for place, at in enumerate(opened.areas.finest)}
    finest = np.array([order.get(area, -1) for area in past.areas] + [-1], np.int64)[past.area]
    return np.where(finest >= 0, scope.place[finest], -1)


def _profiles(past: Incidents, place: IntArray, n_ranked: int) -> tuple[FloatArray, FloatArray]:
    """Return incidents by ranked area, day and hour, shape (n_ranked, 7, 24), and those of unknown hour."""
    from ilpgeo.models.aoristic import week_shares

    shares = week_shares(past.t_from, past.t_to, past.timezone)
    at = place[shares.row]
    kept = at >= 0
    cell = at[kept] * _WEEK_HOURS + shares.hour[kept]
    weight = past.weight[shares.row][kept] * shares.share[kept]
    profiles = np.bincount(cell, weight, n_ranked * _WEEK_HOURS).astype(np.float64)
    blind = ~shares.known & (place >= 0)
    unknown = np.bincount(place[blind], past.weight[blind], n_ranked).astype(np.float64)
    return profiles.reshape(n_ranked, 7, 24), unknown

"""The surfaces a blend is made of: long-run counts, decays, seasons, each plain or smoothed, of any past day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.space import Grid

_YEAR_DAYS = 364
_SEASON_DAYS = 21
_REACH = 3.0  # standard deviations
_FORGOTTEN = 1e-4  # a decay's weight below which an incident no longer counts


@dataclass(frozen=True, slots=True)
class Component:
    """One surface of the blend.

    Attributes
    ----------
    title
        In words.
    kind
        ``count`` (all days alike), ``decay``, ``season`` (the same weeks of earlier years), ``weekday`` (the weekdays
        of the window), ``flat``.
    smooth_m
        Standard deviation of the Gaussian it is smoothed with, metres; 0 for none.
    decay_days
        Days after which an incident counts 1/e, for a decay.
    trust
        Pseudo-incidents of the weights' prior.
    """

    title: str
    kind: str
    smooth_m: float = 0.0
    decay_days: float = 0.0
    trust: float = 0.0


COMPONENTS = (
    Component("long-run count", "count", trust=5.0),
    Component("long-run count, smoothed 150 m", "count", 150.0, trust=2.0),
    Component("long-run count, smoothed 400 m", "count", 400.0, trust=1.5),
    Component("long-run count, smoothed 1 km", "count", 1000.0, trust=1.0),
    Component("last days (5-day decay), within 150 m", "decay", 150.0, 5.0),
    Component("last weeks (14-day decay)", "decay", 0.0, 14.0),
    Component("last weeks (14-day decay), within 200 m", "decay", 200.0, 14.0),
    Component("last months (60-day decay)", "decay", 0.0, 60.0),
    Component("last months (60-day decay), within 300 m", "decay", 300.0, 60.0),
    Component("last half year (180-day decay)", "decay", 0.0, 180.0),
    Component("last half year (180-day decay), within 300 m", "decay", 300.0, 180.0),
    Component("same season of earlier years, within 300 m", "season", 300.0),
    Component("same weekdays, within 150 m", "weekday", 150.0),
    Component("everywhere alike", "flat", trust=0.5),
)


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Incidents by cell and day, in the order of days.

    Attributes
    ----------
    day
        Shape (n,), ascending: days since the first day learnt from.
    cell
        Shape (n,): flat cell number, inside the study area.
    weight
        Shape (n,).
    """

    day: IntArray
    cell: IntArray
    weight: FloatArray

    @classmethod
    def of(cls, day: IntArray, cell: IntArray, weight: FloatArray) -> Days:
        """Return the incidents that lie in a cell, sorted; rows of one day and cell are joined."""
        kept = cell >= 0
        size = int(cell.max(initial=0)) + 1
        key, place = np.unique(day[kept] * size + cell[kept], return_inverse=True)
        joined = np.bincount(place, weight[kept], len(key)).astype(np.float64)
        return cls((key // size).astype(np.int64), (key % size).astype(np.int64), joined)

    def between(self, start: int, after: int) -> slice:
        """Return the rows of the days start <= day < after."""
        first, last = np.searchsorted(self.day, (start, after))
        return slice(int(first), int(last))


def surfaces(
    days: Days, grid: Grid, opens: Sequence[int], n_days: int, components: Sequence[Component] = COMPONENTS
) -> Iterator[FloatArray]:
    """Yield, for each day in `opens`, what every component knew before that day: shape (k, cells), mass one each.

    Parameters
    ----------
    opens
        First days of windows, ascending, counted like `days.day`; only earlier days are looked at.
    n_days
        Length of a window, days.

    Notes
    -----
    Counts and decays are carried on from one day to the next, so that the cost is O(n + len(opens) k cells).
    A component without any incident is even over the study area.
    """
    size = grid.nx * grid.ny
    inside = grid.inside.ravel()
    sums: dict[float, FloatArray] = {}
    reached = 0
    for opening in opens:
        news = days.between(reached, opening)
        for decay in {each.decay_days for each in components if each.kind in {"count", "decay"}}:
            before = sums.get(decay, np.zeros(size))
            fade = np.exp(-(opening - reached) / decay) if decay else 1.0
            age = opening - days.day[news]
            weight = days.weight[news] * (np.exp(-age / decay) if decay else 1.0)
            sums[decay] = before * fade + np.bincount(days.cell[news], weight, size)
        reached = opening
        others: dict[str, FloatArray] = {}
        made = np.empty((len(components), int(inside.sum())))
        for at, each in enumerate(components):
            if each.kind in {"count", "decay"}:
                raw = sums[each.decay_days]
                raw = np.where(raw < _FORGOTTEN, 0.0, raw) if each.decay_days else raw
            else:
                if each.kind not in others:
                    others[each.kind] = _other(days, size, each.kind, opening, n_days)
                raw = others[each.kind]
            made[at] = _unit(_smoothed(raw, grid, each.smooth_m)[inside])
        yield made


def _other(days: Days, size: int, kind: str, opening: int, n_days: int) -> FloatArray:
    found = np.zeros(size)
    if kind == "season":
        for back in range(_YEAR_DAYS, opening + _SEASON_DAYS + 1, _YEAR_DAYS):
            start = max(opening - back - _SEASON_DAYS, 0)
            rows = days.between(start, min(opening - back + n_days + _SEASON_DAYS, opening))
            found += np.bincount(days.cell[rows], days.weight[rows], size)
    if kind == "weekday" and n_days < 7:
        rows = days.between(0, opening)
        same = (days.day[rows] - opening) % 7 < n_days
        found += np.bincount(days.cell[rows][same], days.weight[rows][same], size)
    return found


def _smoothed(raw: FloatArray, grid: Grid, smooth_m: float) -> FloatArray:
    if smooth_m == 0 or not raw.any():
        return raw
    from scipy.ndimage import gaussian_filter

    image = raw.reshape(grid.shape)
    blurred = gaussian_filter(image, smooth_m / grid.cell_m, mode="constant", truncate=_REACH)
    return np.asarray(blurred, np.float64).ravel()


def _unit(mass: FloatArray) -> FloatArray:
    total = float(mass.sum())
    return mass / total if total > 0 else np.full(len(mass), 1.0 / max(len(mass), 1))

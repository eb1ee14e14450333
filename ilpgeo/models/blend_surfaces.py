"""The surfaces a blend is made of: long-run counts, decays, seasons, each plain or smoothed, of any past day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.space import Grid

_YEAR_DAYS = 364
_SEASON_DAYS = 21
_REACH = 3.0  # standard deviations
_FORGOTTEN = 0.01  # incidents: a surface that rests on less knows nothing


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
        Pseudo-incidents of the weights' prior, before the past is asked (see `blend_trust`).
    """

    title: str
    kind: str
    smooth_m: float = 0.0
    decay_days: float = 0.0
    trust: float = 0.0


COMPONENTS = (
    Component("long-run count", "count", trust=3.0),
    Component("long-run count, smoothed 80 m", "count", 80.0, trust=6.0),
    Component("long-run count, smoothed 150 m", "count", 150.0, trust=8.0),
    Component("long-run count, smoothed 250 m", "count", 250.0, trust=4.0),
    Component("long-run count, smoothed 400 m", "count", 400.0, trust=3.0),
    Component("long-run count, smoothed 1 km", "count", 1000.0, trust=2.0),
    Component("last days (5-day decay), within 150 m", "decay", 150.0, 5.0),
    Component("last weeks (14-day decay)", "decay", 0.0, 14.0),
    Component("last weeks (14-day decay), within 200 m", "decay", 200.0, 14.0),
    Component("last months (60-day decay)", "decay", 0.0, 60.0),
    Component("last months (60-day decay), within 100 m", "decay", 100.0, 60.0),
    Component("last months (60-day decay), within 300 m", "decay", 300.0, 60.0),
    Component("last half year (180-day decay)", "decay", 0.0, 180.0),
    Component("last half year (180-day decay), within 300 m", "decay", 300.0, 180.0),
    Component("last year (365-day decay), within 150 m", "decay", 150.0, 365.0),
    Component("same season of earlier years, within 300 m", "season", 300.0),
    Component("same weekdays, within 150 m", "weekday", 150.0),
    Component("everywhere alike", "flat", trust=1.0),
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

    def summed(self, borders: IntArray) -> FloatArray:
        """Return the incidents between each border and the next, days, shape (n,) for n + 1 borders."""
        before = np.concatenate(([0.0], np.cumsum(self.weight)))
        return np.diff(before[np.searchsorted(self.day, borders)])


class Surfaces:
    """What every component knew before one day after another: carried on from day to day, never looking ahead.

    Notes
    -----
    A step of one day to the next is O(news + components x cells); what is read at few cells costs those cells only.
    """

    def __init__(self, days: Days, grid: Grid, n_days: int, components: Sequence[Component] = COMPONENTS) -> None:
        self._days, self._grid, self._n_days, self._components = days, grid, n_days, components
        self._size = grid.nx * grid.ny
        self._inside = np.flatnonzero(grid.inside)
        self._decays = sorted({each.decay_days for each in components if each.kind in {"count", "decay"}})
        self._sums = np.zeros((len(self._decays), self._size))
        self._by_weekday = np.zeros((7 if self._knows_weekdays else 0, self._size))
        self._blurs = {each.smooth_m: Blur(grid, each.smooth_m) for each in components}
        self._opening = 0

    @property
    def _knows_weekdays(self) -> bool:
        return self._n_days < 7 and any(each.kind == "weekday" for each in self._components)

    def move_to(self, opening: int) -> None:
        """Move on to a later day (or stay); only the days before it are looked at."""
        days, news = self._days, self._days.between(self._opening, opening)
        cell, weight, age = days.cell[news], days.weight[news], opening - days.day[news]
        for at, decay in enumerate(self._decays):
            if decay:
                self._sums[at] *= np.exp(-(opening - self._opening) / decay)
            np.add.at(self._sums[at], cell, weight * np.exp(-age / decay) if decay else weight)
        if self._knows_weekdays:
            np.add.at(self._by_weekday, (days.day[news] % 7, cell), weight)
        self._opening = opening

    def everywhere(self) -> FloatArray:
        """Return every component's surface, shape (k, inside cells), of mass one."""
        made = np.empty((len(self._components), len(self._inside)))
        raws = self._raws()
        for at, each in enumerate(self._components):
            raw, mass = raws[each], self._mass(raws[each], each)
            made[at] = self._blurs[each.smooth_m].image(raw)[self._inside] / mass if mass else 1.0 / len(self._inside)
        return made

    def at(self, cell: IntArray) -> FloatArray:
        """Return every component's surface at flat numbers of inside cells, shape (k, n)."""
        made = np.empty((len(self._components), len(cell)))
        raws = self._raws()
        for at, each in enumerate(self._components):
            raw, mass = raws[each], self._mass(raws[each], each)
            made[at] = self._blurs[each.smooth_m].at(raw, cell) / mass if mass else 1.0 / len(self._inside)
        return made

    def left_one_out(self) -> tuple[FloatArray, FloatArray]:
        """Return what the long-run surfaces make of each incident from the others alone, and the incidents.

        Returns
        -------
        FloatArray
            Shape (k, n): the surface of every component that is trusted from the start, in every cell with incidents,
            made anew without one incident of that cell (where they count less than one each, without a mean one).
        FloatArray
            Shape (n,): incidents in the cell.
        """
        raw, rows = self._sums[self._decays.index(0.0)], self._days.between(0, self._opening)
        cell, n_rows = np.unique(self._days.cell[rows], return_counts=True)
        one, alike = np.minimum(raw[cell] / n_rows, 1.0), 1.0 / len(self._inside)
        trusted = [each for each in self._components if each.trust]
        made = np.full((len(trusted), len(cell)), alike)
        for at, each in enumerate(trusted):
            if each.kind == "count":
                blur = self._blurs[each.smooth_m]
                rest = self._mass(raw, each) - blur.kept[cell] * one
                here = np.maximum(blur.at(raw, cell) - blur.own * one, 0.0)
                made[at] = np.where(rest >= _FORGOTTEN, here / np.maximum(rest, _FORGOTTEN), alike)
        return made, raw[cell]

    def _mass(self, raw: FloatArray, each: Component) -> float:
        mass = float(np.einsum("i,i->", raw, self._blurs[each.smooth_m].kept))
        return mass if mass >= _FORGOTTEN else 0.0

    def _raws(self) -> dict[Component, FloatArray]:
        others = {kind: self._other(kind) for kind in {each.kind for each in self._components} - {"count", "decay"}}
        return {
            each: self._sums[self._decays.index(each.decay_days)]
            if each.kind in {"count", "decay"}
            else others[each.kind]
            for each in self._components
        }

    def _other(self, kind: str) -> FloatArray:
        if kind == "weekday" and self._knows_weekdays:
            same = (self._opening + np.arange(self._n_days)) % 7
            return np.asarray(self._by_weekday[same].sum(0), np.float64)
        if kind == "season":
            return self._season()
        return np.zeros(self._size)

    def _season(self) -> FloatArray:
        found, opening, days = np.zeros(self._size), self._opening, self._days
        for back in range(_YEAR_DAYS, opening + _SEASON_DAYS + 1, _YEAR_DAYS):
            start = max(opening - back - _SEASON_DAYS, 0)
            rows = days.between(start, min(opening - back + self._n_days + _SEASON_DAYS, opening))
            found += np.bincount(days.cell[rows], days.weight[rows], self._size)
        return found


class Blur:
    """A Gaussian blur of images on a grid, zero beyond its border.

    Attributes
    ----------
    kept
        Shape (cells,): how much of what lies in a cell stays inside the study area.
    own
        How much of it stays in the cell itself.
    """

    def __init__(self, grid: Grid, smooth_m: float) -> None:
        self._shape = grid.shape
        sd = smooth_m / grid.cell_m
        half = int(_REACH * sd + 0.5)
        height = np.exp(-0.5 * (np.arange(-half, half + 1) / max(sd, 1e-9)) ** 2)
        self._taps = height / height.sum()
        self.own = float(self._taps[half] ** 2)
        self.kept = self.image(grid.inside.ravel().astype(np.float64))

    def image(self, raw: FloatArray) -> FloatArray:
        """Return the whole blurred image, flat."""
        if len(self._taps) == 1 or not raw.any():
            return raw
        from scipy.ndimage import correlate1d

        image = raw.reshape(self._shape)
        for axis in (0, 1):
            image = correlate1d(image, self._taps, axis, mode="constant")
        return np.asarray(image, np.float64).ravel()

    def at(self, raw: FloatArray, cell: IntArray) -> FloatArray:
        """Return the blurred image at flat cell numbers."""
        if len(self._taps) == 1:
            return raw[cell]
        if len(cell) * len(self._taps) > 4 * len(raw):
            return self.image(raw)[cell]
        from ilpgeo.models.blend_kernel import blurred_at

        return blurred_at(raw.reshape(self._shape), cell, self._taps)

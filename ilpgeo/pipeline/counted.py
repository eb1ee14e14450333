"""The counts of one scope by ranked area, and where they are covered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ilpgeo.areas.cube import Cube
from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray, frozen
from ilpgeo.core.query import Period
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.scope import Scope

NOTHING_YET = "no incidents yet"


@dataclass(frozen=True, eq=False)
class Counts:
    """The counts of one scope, by ranked area, blind to what came on or after `as_of`."""

    opened: Opened
    cube: Cube
    scope: Scope
    as_of: date | None

    @property
    def offences(self) -> tuple[str, ...]:
        """The offence groups asked for; all of the store where none is."""
        asked = self.scope.query.offences
        if not asked:
            return self.cube.offences or (NOTHING_YET,)
        return asked

    def _finest(self, period: Period, sources: tuple[str, ...] | None = None) -> IntArray:
        """Return counts of shape (n_finest + 1, n_offences asked for), blind to what came after `as_of`."""
        answer = np.zeros((self.cube.n_finest + 1, len(self.offences)), np.int64)
        if self.as_of is not None and period.start >= self.as_of:
            return answer
        if self.as_of is not None:
            period = Period(period.start, min(period.end, self.as_of - timedelta(days=1)))
        query = self.scope.query
        asked = query.sources if sources is None else sources
        counts = self.cube.by_area_and_offence(self.cube.chosen(period, query.offences, asked))
        for column, offence in enumerate(self.offences):
            if offence in self.cube.offences:
                answer[:, column] = counts[:, self.cube.offences.index(offence)]
        return answer

    def by_offence(self, period: Period, sources: tuple[str, ...] | None = None) -> IntArray:
        """Return counts of shape (n_ranked, n_offences); of the sources asked for, or of some of them."""
        counts = self._finest(period, sources)[:-1]
        within = self.scope.place >= 0
        summed = np.zeros((len(self.scope.ranked), counts.shape[1]), np.int64)
        np.add.at(summed, self.scope.place[within], counts[within])
        return summed

    def of(self, period: Period) -> IntArray:
        """Return counts of shape (n_ranked,)."""
        counts: IntArray = self.by_offence(period).sum(axis=1)
        return counts

    def unplaced(self, period: Period) -> int:
        """Return the incidents in no area; a scope narrower than everywhere has none."""
        return int(self.unplaced_by_offence(period).sum())

    def unplaced_by_offence(self, period: Period) -> IntArray:
        """Return the incidents in no area, shape (n_offences,); a scope narrower than everywhere has none."""
        unplaced: IntArray = self._finest(period)[-1] * (not self.scope.query.areas)
        return unplaced


def grading_factors(counted: Counts, weights: Mapping[str, float], least: int) -> FloatArray:
    """Return by how much the grading of the sources weighs each area and offence, shape (n_ranked, n_offences).

    It is the mean weight of the incidents the expectation rests on. A source with fewer than `least` of them there has
    no say, so that the factor tells of no small count; where none has, the mean over all areas stands.

    Parameters
    ----------
    weights
        By source, 0 to 1.
    """
    asked = counted.scope.query.sources or counted.cube.sources
    top = np.zeros((len(counted.scope.ranked), len(counted.offences)))
    bottom = np.zeros(top.shape)
    for source in asked:
        n = counted.by_offence(counted.scope.trained_on, (source,)).astype(np.float64)
        n[n < least] = 0
        top += weights.get(source, 1.0) * n
        bottom += n
    everywhere = bottom.sum(axis=0)
    overall = float(top.sum() / bottom.sum()) if bottom.any() else 1.0
    usual = np.where(everywhere > 0, top.sum(axis=0) / np.maximum(everywhere, 1.0), overall)
    return frozen(np.where(bottom > 0, top / np.maximum(bottom, 1.0), usual))


def largest(scope: Scope, days: IntArray) -> IntArray:
    """Return for each ranked area the most covered days of any finest area in it."""
    answer = np.zeros(len(scope.ranked), np.int64)
    within = scope.place >= 0
    np.maximum.at(answer, scope.place[within], days[within])
    return answer


def all_covered(scope: Scope, trained: BoolArray, full: BoolArray) -> BoolArray:
    """Return which ranked areas are covered in `full` wherever they are covered at all."""
    within = (scope.place >= 0) & trained
    answer = np.zeros(len(scope.ranked), np.bool_)
    answer[scope.place[within]] = True
    np.logical_and.at(answer, scope.place[within], full[within])
    return frozen(answer)

"""Repeat places: how few places hold how many of the incidents, and which."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.points import check_question, collapse
from ilpgeo.models.shares import share_interval

TITLE = "Repeat places"
PLACES = ("coordinates", "cells", "labels")
_CURVE_POINTS = 200
_SHARES = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5])
_SPOKEN_SHARE = 0.05


class Concentration(NamedTuple):
    """How incidents gather on places, busiest places first.

    Attributes
    ----------
    places, incidents
        Shape (k,): shares of the places, ascending from 0 to 1, and the share of the incidents they hold.
    gini
        0 where every place holds as many, towards 1 where one holds all.
    generalised_gini
        The same over as many places as there are incidents at most: what fewer incidents than places alone bring about
        does not count.
    """

    places: FloatArray
    incidents: FloatArray
    gini: float
    generalised_gini: float

    def held_by(self, share: float) -> float:
        """Return the share of the incidents that the busiest `share` of the places holds (parts of places count)."""
        return float(np.interp(share, self.places, self.incidents))

    def places_for(self, share: float) -> float:
        """Return the least share of the places that holds `share` of the incidents."""
        return float(np.interp(share, self.incidents, self.places))


def concentrate(counts: FloatArray) -> Concentration:
    """Return the Lorenz curve of incidents over places, and its Gini coefficients.

    Parameters
    ----------
    counts
        Shape (n,): incidents at each place, non-negative, not all zero; places without an incident count as places.

    Raises
    ------
    InvalidInput
        For counts that are negative, not finite, or none above zero.

    Notes
    -----
    O(n log n). With places ranked from least to most, y_i the share of incidents of the i-th of n and c incidents:
    G' = max(1/c, 1/n) (2 sum_i i y_i - n - 1) - max(n/c, 1) + 1. Bernasco & Steenbeek (2017),
    doi:10.1007/s10940-016-9324-7.

    Examples
    --------
    Three incidents at three of a hundred places are as spread as three incidents can be:

    >>> found = concentrate(np.array([1.0] * 3 + [0.0] * 97))
    >>> round(found.gini, 2), round(found.generalised_gini, 2)
    (0.97, 0.0)
    """
    if not (np.isfinite(counts).all() and (counts >= 0).all() and counts.sum() > 0):
        raise InvalidInput("repeat places: counts must be finite, non-negative and not all zero")
    descending = np.sort(counts)[::-1]
    n, total = len(descending), float(descending.sum())
    held = np.concatenate([[0.0], descending.cumsum() / total])
    held[-1] = 1.0
    # Rank 1 is the least.
    ranked = float((np.arange(n, 0, -1) * descending).sum()) / total
    fewest = min(total, n)
    gini = (2 * ranked - n - 1) / n
    generalised = (2 * ranked - n - 1) / fewest - n / fewest + 1
    return Concentration(np.arange(n + 1) / n, held, gini, generalised)


def share_by_chance(n_places: int, n_incidents: float, share: float) -> float:
    """Return what the busiest `share` of the places would hold if every incident were as likely at every place.

    Notes
    -----
    From the Poisson distribution of the counts: O(incidents per place). Some places hold more than others by chance
    alone, the more so the fewer incidents there are.
    """
    # scipy.stats has the same at the price of seconds of imports in the first assessment.
    from scipy.special import gammaln, pdtrik, xlogy

    mean = n_incidents / n_places
    sizes = np.arange(1, int(np.ceil(pdtrik(1 - 1e-12, mean))) + 2)[::-1]
    chance = np.exp(xlogy(sizes, mean) - gammaln(sizes + 1) - mean)
    places = np.concatenate([[0.0], chance.cumsum()])
    held = np.concatenate([[0.0], (sizes * chance).cumsum() / mean])
    return float(np.interp(share, places, held))


@dataclass(frozen=True, slots=True)
class RepeatPlaces:
    """How few places hold how many incidents, and which they are; see `concentrate`."""

    name: ClassVar[str] = "repeat_places"
    title: ClassVar[str] = "Repeat places (80/20)"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "Shows how few places hold how many of the incidents, names them, and tells if they stay."
    needs: ClassVar[frozenset[str]] = frozenset()

    places: str = param(
        "coordinates", label="Places", choices=PLACES,
        help="What a place is: equal coordinates, a cell of the grid (empty ones count too), or a place label.",
    )  # fmt: skip
    n_top: int = param(
        10, label="Places named", unit="places", low=1, high=100, step=1,
        help="How many of the busiest places are named.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,  # noqa: ARG002
        context: Context,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Diagnostic:
        """Return the curve, the 80/20 table and the busiest places of the study area."""
        check_question(past, grid)
        within = past.select((grid.cell_of(past.x, past.y) >= 0) & (past.weight > 0))
        member, n_places = _members(within, grid, self.places)
        placed = member >= 0
        counts = np.bincount(member[placed], within.weight[placed], n_places).astype(np.float64)
        n = float(counts.sum())
        if not n:
            return Diagnostic(TITLE, ("There are no incidents whose place is known",), (), 0.0)
        found = concentrate(counts)
        is_late = _is_late(within, context)
        stay = _stay(member, within.weight, n_places, is_late)
        lost = float(within.weight[~placed].sum())
        findings = [*_words(found, counts, self.places), *stay]
        if lost:
            findings.append(f"{lost:,.0f} incidents have no place label that tells one place from another: left out")
        tables = (_curve(found), _shares(found, counts), _top(within, member, counts, grid, context, self.n_top))
        return Diagnostic(TITLE, tuple(findings), tables, n)


def _members(past: Incidents, grid: Grid, places: str) -> tuple[IntArray, int]:
    """Return the place of each incident, -1 for none, and how many places there are."""
    if places == "coordinates":
        at = collapse(past.x, past.y)
        return at.of_point, len(at.x)
    if places == "cells":
        number = np.cumsum(grid.inside.ravel()) - 1
        return number[grid.cell_of(past.x, past.y)].astype(np.int64), int(grid.inside.sum())
    from ilpgeo.models.naming import kinds_of_place, tells_place

    kinds = kinds_of_place(past)
    tells = np.array([tells_place(label) and label not in kinds for label in past.places] + [False])
    place = np.full(len(past), -1, np.int32) if past.place is None else np.where(tells[past.place], past.place, -1)
    if not (place >= 0).any():
        raise InvalidInput(
            "repeat places: the data have no place labels that tell one place from another; let a place be coordinates "
            "or cells"
        )
    used, member = np.unique(place, return_inverse=True)
    first = int(used[0] < 0)
    return member.astype(np.int64) - first, len(used) - first


def _is_late(past: Incidents, context: Context) -> BoolArray:
    """Return which incidents lie in the second half of the period."""
    from ilpgeo.models.localtime import local_seconds

    first = np.datetime64(context.trained_on.start, "D").astype(np.int64)
    day = local_seconds(past.t_from, past.timezone) // 86_400
    return np.asarray(day - first >= context.trained_on.days / 2)


def _stay(member: IntArray, weight: FloatArray, n_places: int, is_late: BoolArray) -> tuple[str, ...]:
    """Return how much of the second half of the period the busiest places of the first half hold."""
    early, late = (
        np.bincount(member[rows], weight[rows], n_places)
        for rows in ((member >= 0) & ~is_late, (member >= 0) & is_late)
    )
    n_busiest = math.floor(_SPOKEN_SHARE * n_places)
    total = float(late.sum())
    if not n_busiest or not total or early.sum() <= 0:
        return ()
    # Equals at the edge share what is left of it, so that no order of theirs matters.
    edge = np.sort(early)[-n_busiest]
    above, equal = early > edge, early == edge
    part = (n_busiest - above.sum()) / equal.sum()
    before = (early[above].sum() + part * early[equal].sum()) / early.sum()
    after = float(late[above].sum() + part * late[equal].sum()) / total
    low, high = share_interval(after * total, total)
    return (
        f"The busiest {_SPOKEN_SHARE:.0%} of the places in the first half of the period held {before:.0%} of its "
        f"incidents, and {after:.0%} of those in the second half (90 % interval {low:.0%} to {high:.0%}): that is what "
        "staying there would have met",
    )


def _words(found: Concentration, counts: FloatArray, places: str) -> tuple[str, ...]:
    n, total = len(counts), float(counts.sum())
    known = {
        "coordinates": "places with any incident",
        "cells": "cells of the study area",
        "labels": "places with any incident",
    }[places]
    share = found.held_by(_SPOKEN_SHARE)
    chance = share_by_chance(n, total, _SPOKEN_SHARE)
    repeated = float(counts[counts > 1].sum()) / total
    return (
        f"{_SPOKEN_SHARE:.0%} of the {n:,} {known} hold {share:.0%} of the incidents (by chance alone: {chance:.0%})",
        f"Half of the incidents are at {found.places_for(0.5):.1%} of them, 80% at {found.places_for(0.8):.1%}; "
        f"{repeated:.0%} are at a place with more than one",
        f"Gini coefficient {found.generalised_gini:.2f} (0: as spread as {total:,.0f} incidents can be, 1: all at one "
        "place)",
    )


def _curve(found: Concentration) -> Table:
    # Densely where the busiest places are.
    at = np.unique(np.round(np.linspace(0, 1, _CURVE_POINTS) ** 2 * (len(found.places) - 1)).astype(np.int64))
    return Table(
        "Share of the incidents at the busiest share of the places",
        {
            "Places (%)": 100 * found.places[at],
            "Incidents (%)": 100 * found.incidents[at],
            "If all places were alike (%)": 100 * found.places[at],
        },
        "line",
        mark=100 * found.places_for(0.5),
    )


def _shares(found: Concentration, counts: FloatArray) -> Table:
    n, total = len(counts), float(counts.sum())
    return Table(
        "What the busiest places hold",
        {
            "Busiest places (%)": 100 * _SHARES,
            "Places": np.rint(_SHARES * n).astype(np.int64),
            "Incidents (%)": np.array([100 * found.held_by(share) for share in _SHARES]),
            "By chance alone (%)": np.array([100 * share_by_chance(n, total, share) for share in _SHARES]),
        },
    )


def _top(past: Incidents, member: IntArray, counts: FloatArray, grid: Grid, context: Context, n_top: int) -> Table:
    from ilpgeo.models.hotspots import group_names

    busiest = np.lexsort((_southwest_rank(past, member, len(counts)), -counts))[:n_top]
    busiest = busiest[counts[busiest] > 0]
    number = np.full(len(counts) + 1, -1, np.int64)
    number[busiest] = np.arange(len(busiest))
    names = group_names(past, number[member], len(busiest), grid, context)
    return Table(
        f"The {len(busiest)} busiest places",
        {
            "Place": np.array(names, dtype=np.str_),
            "Incidents": counts[busiest],
            "Share of all (%)": 100 * counts[busiest] / counts.sum(),
        },
        counts="Incidents",
    )


def _southwest_rank(past: Incidents, member: IntArray, n_places: int) -> IntArray:
    """Return each place's rank from the south-west, so that equals come in an order of their own."""
    order = np.lexsort((past.x, past.y))
    rank = np.full(n_places, len(past), np.int64)
    kept = order[member[order] >= 0]
    np.minimum.at(rank, member[kept], np.arange(len(kept)))
    return rank

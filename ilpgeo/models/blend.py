"""The forecaster: a blend of what is known to foretell, with weights learnt on windows already past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.blend_surfaces import COMPONENTS, Days, Surfaces
from ilpgeo.models.blend_trust import trust_beforehand
from ilpgeo.models.blend_windows import Taught, pieces_before, taught_share, whole_months, windows_taught
from ilpgeo.models.level import Level, foresee
from ilpgeo.models.localtime import local_seconds
from ilpgeo.models.mixture import learn_weights
from ilpgeo.models.neighbourhood import disc_sum
from ilpgeo.models.points import check_question

_YEAR_DAYS = 364
_NAMED_FROM = 0.02
_REACH_M = 300.0  # of most of the surfaces: what a cell's value rests on lies within it


@dataclass(frozen=True, slots=True)
class Blend:
    """Expected incidents per cell from long-run counts, recent ones, seasons and their surroundings together.

    Notes
    -----
    The weights are those under which the incidents of the last windows were most likely, each window seen only by
    surfaces of the days before it. O(windows x components x cells).
    """

    name: ClassVar[str] = "blend"
    title: ClassVar[str] = "Forecast (blend)"
    purpose: ClassVar[str] = "next"
    summary: ClassVar[str] = (
        "Blends long-run, recent and seasonal counts and their surroundings, weighted by what foretold best so far."
    )
    needs: ClassVar[frozenset[str]] = frozenset()
    takes_fractions: ClassVar[bool] = True

    learn_windows: int = param(
        26, label="Windows to learn from", unit="windows", low=4, high=104, step=1,
        help="How many windows before the one foretold teach the weights; half a year's at least.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self,
        past: Incidents,
        grid: Grid,
        window: Period,
        context: Context,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> RiskSurface:
        """Return the blend for the window; few incidents leave it near the smoothed prior count.

        Support is what lies within the reach of most of its surfaces, as for kernel density.
        """
        check_question(past, grid)
        counts = grid.count(past.x, past.y, past.weight)
        days = _days(past, grid, context.trained_on)
        taught = windows_taught(window, context.trained_on, self.learn_windows)
        share = taught_share(taught, context.trained_on)
        opening = context.trained_on.days + (window.start - context.trained_on.after).days
        ahead = Taught(opening, opening + window.days, 1.0)
        weights, surface = _blended(days, grid, taught, share, ahead, context.progress)
        borders, n_ahead = pieces_before(window, context.trained_on)
        level = foresee(days.summed(borders), _year_pieces(window, n_ahead, len(borders) - 1), n_ahead)
        expected = np.zeros(grid.nx * grid.ny)
        if counts.any():
            expected[grid.inside.ravel()] = surface * level.expected
        beside = _explained(weights, level, len(taught), float(counts.sum())) if counts.any() else None
        support = np.where(grid.inside, disc_sum(counts, _REACH_M / grid.cell_m), 0.0)
        return RiskSurface(grid, expected.reshape(grid.shape), support, beside=beside)


def _days(past: Incidents, grid: Grid, trained_on: Period) -> Days:
    first = (np.datetime64(trained_on.start, "D") - np.datetime64("1970-01-01", "D")).astype(np.int64)
    day = local_seconds(past.t_from, past.timezone) // 86_400 - first
    return Days.of(np.clip(day, 0, trained_on.days - 1), grid.cell_of(past.x, past.y), past.weight)


def _blended(
    days: Days, grid: Grid, taught: list[Taught], share: float, ahead: Taught, progress: Progress
) -> tuple[FloatArray, FloatArray]:
    """Return the weights learnt, and the blend of what was known before the window ahead, of mass one."""
    known = Surfaces(days, grid, ahead.after - ahead.start)
    seen: list[FloatArray] = []
    came: list[FloatArray] = []
    for at, each in enumerate(taught):
        progress(at / (len(taught) + 1))
        known.move_to(each.start)
        rows = days.between(each.start, each.after)
        cell, of_row = np.unique(days.cell[rows], return_inverse=True)
        seen.append(known.at(cell))
        came.append(np.bincount(of_row, days.weight[rows], len(cell)).astype(np.float64) * each.say)
    known.move_to(ahead.start)
    made, prior = known.everywhere(), trust_beforehand(known, share)
    weights = prior / prior.sum()
    if seen:
        weights = learn_weights(np.concatenate(seen, axis=1) * made.shape[1], np.concatenate(came), prior)
    # Without the library's threads: they would change the last digit with the load.
    return weights, np.einsum("k,kc->c", weights, made)


def _year_pieces(window: Period, n_ahead: int, n: int) -> float:
    """Return how many pieces make a year; 0 where last year tells nothing: too short a past, or mere days."""
    is_by_months = whole_months(window) == n_ahead
    year = 12.0 if is_by_months else _YEAR_DAYS * n_ahead / window.days
    return year if n > year + 5 and window.days >= 7 else 0.0


def _explained(weights: FloatArray, level: Level, n_learnt: int, n: float) -> Diagnostic:
    order = np.argsort(-weights, kind="stable")
    named = [at for at in order.tolist() if weights[at] >= _NAMED_FROM]
    findings = [
        f"{level.expected:,.0f} incidents are expected in all (90 % interval of the count {level.low:,.0f} to "
        f"{level.high:,.0f})",
        f"{weights[order[0]]:.0%} of the weight lies on: {COMPONENTS[order[0]].title}",
    ]
    if n_learnt < 4:
        findings.append("Too short a past to learn weights from: the forecast is the smoothed long-run count")
    table = Table(
        "What the forecast is made of",
        {
            "Part": np.array([COMPONENTS[at].title for at in named]),
            "Weight (%)": np.array([100 * weights[at] for at in named]),
        },
        "bars",
    )
    return Diagnostic(f"Weights learnt on {n_learnt} windows", tuple(findings), (table,), n)

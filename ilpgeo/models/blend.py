"""The forecaster: a blend of what is known to foretell, with weights learnt on windows already past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.blend_surfaces import COMPONENTS, Days, Surfaces
from ilpgeo.models.level import Level, foresee
from ilpgeo.models.localtime import local_seconds
from ilpgeo.models.mixture import learn_weights
from ilpgeo.models.points import check_question

_HISTORY_SHARE = 1 / 3
_NAMED_FROM = 0.02


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

    learn_windows: int = param(
        26, label="Windows to learn from", unit="windows", low=4, high=104, step=1,
        help="How many windows before the one foretold teach the weights.",
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
        """Return the blend for the window; few incidents leave it near the smoothed prior count."""
        check_question(past, grid)
        counts = grid.count(past.x, past.y, past.weight)
        days = _days(past, grid, context.trained_on)
        n_days, n_past = window.days, context.trained_on.days
        first = int(np.ceil(n_past * _HISTORY_SHARE))
        n_learnt = min(self.learn_windows, max(0, (n_past - first) // n_days))
        opens = [n_past - n_days * (n_learnt - at) for at in range(n_learnt)]
        ahead = n_past + (window.start - context.trained_on.after).days
        weights, surface = _blended(days, grid, [*opens, ahead], n_days, context.progress)
        level = foresee(_by_window(days, n_past, n_days), 364 / n_days if n_past > 364 + 5 * n_days else 0)
        expected = np.zeros(grid.nx * grid.ny)
        if counts.any():
            expected[grid.inside.ravel()] = surface * level.expected
        beside = _explained(weights, level, n_learnt, float(counts.sum())) if counts.any() else None
        return RiskSurface(grid, expected.reshape(grid.shape), counts, beside=beside)


def _days(past: Incidents, grid: Grid, trained_on: Period) -> Days:
    first = (np.datetime64(trained_on.start, "D") - np.datetime64("1970-01-01", "D")).astype(np.int64)
    day = local_seconds(past.t_from, past.timezone) // 86_400 - first
    return Days.of(np.clip(day, 0, trained_on.days - 1), grid.cell_of(past.x, past.y), past.weight)


def _blended(
    days: Days, grid: Grid, opens: list[int], n_days: int, progress: Progress
) -> tuple[FloatArray, FloatArray]:
    """Return the weights learnt on all but the last opening, and the blend before the last, of mass one."""
    known = Surfaces(days, grid, n_days)
    seen: list[FloatArray] = []
    came: list[FloatArray] = []
    prior = np.array([each.trust for each in COMPONENTS])
    for at, opening in enumerate(opens[:-1]):
        progress(at / len(opens))
        known.move_to(opening)
        rows = days.between(opening, opening + n_days)
        seen.append(known.at(days.cell[rows]))
        came.append(days.weight[rows])
    known.move_to(opens[-1])
    made = known.everywhere()
    weights = prior / prior.sum()
    if seen:
        weights = learn_weights(np.concatenate(seen, axis=1) * made.shape[1], np.concatenate(came), prior)
    return weights, weights @ made


def _by_window(days: Days, n_past: int, n_days: int) -> FloatArray:
    """Return the incidents of the whole windows that end with the past, oldest first."""
    n = n_past // n_days
    number: IntArray = n - 1 - (n_past - 1 - days.day) // n_days
    kept = number >= 0
    return np.bincount(number[kept], days.weight[kept], n).astype(np.float64)


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

"""ETAS on a grid: each cell has its own background, and each incident raises the risk of its cell for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.explained import Diagnostic
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.process_question import Usable, usable_incidents
from ilpgeo.models.process_words import (
    LEAST_RATIO,
    TITLE,
    background_only,
    fading_curve,
    fitted_table,
    followed_in_words,
    half_life,
    half_life_in_words,
    is_hardly_known,
    ratio_in_words,
)

# The names of the backgrounds that `ilpgeo.models.etas_fit` knows; that module loads only when asked.
BACKGROUNDS = ("pooled", "published")
_LONGEST_HISTORY_DAYS, _MOST_HISTORY = 30.0, 0.1


@dataclass(frozen=True, slots=True)
class Etas:
    """Self-exciting process in each cell; see `ilpgeo.models.etas_fit.fit_etas`."""

    name: ClassVar[str] = "etas"
    title: ClassVar[str] = "Follow-ups in the same cell (ETAS)"
    purpose: ClassVar[str] = "next"
    summary: ClassVar[str] = "Each cell's usual rate, raised for a while after every incident in it; quick and robust."
    needs: ClassVar[frozenset[str]] = frozenset()

    background: str = param(
        "pooled", label="Background", choices=BACKGROUNDS,
        help="Pooled lets cells with few incidents borrow from all others; published is the paper's, cell by cell.",
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
        """Return expected incidents: background and follow-ups of all generations; what was fitted stands beside."""
        usable = usable_incidents(past, grid, context.trained_on)
        counts = grid.count(usable.past.x, usable.past.y, usable.past.weight)
        if usable.hindrance:
            beside = background_only(usable.hindrance, usable.remarks, float(counts.sum()))
            return RiskSurface(grid, counts * (window.days / context.trained_on.days), counts, beside=beside)
        expected, beside = self._fitted(usable, grid, window, context)
        return RiskSurface(grid, expected, counts, beside=beside)

    def _fitted(self, usable: Usable, grid: Grid, window: Period, context: Context) -> tuple[FloatArray, Diagnostic]:
        from ilpgeo.models.etas_fit import expected_in_window, fit_etas

        days = float(context.trained_on.days)
        inside = np.flatnonzero(grid.inside.ravel())
        cell = np.searchsorted(inside, usable.cell[usable.dated]).astype(np.int64)
        t = usable.t[usable.dated]
        history = min(_LONGEST_HISTORY_DAYS, _MOST_HISTORY * days)
        if not (t >= history).any():
            history = 0.0
        fit = fit_etas(
            cell, t, len(inside), days, weights=usable.past.weight[usable.dated], history_days=history,
            background=self.background, progress=context.progress,
        )  # fmt: skip
        gap = max((window.start - context.trained_on.after).days, 0)
        values, followed = expected_in_window(fit, float(gap), float(window.days))
        expected = np.zeros(grid.nx * grid.ny)
        expected[inside] = values
        ratio, half = fit.branching_ratio, half_life(fit.decay_per_day)
        findings, rows, tables = [ratio_in_words(ratio, "in the same cell")], {"Branching ratio": ratio}, []
        if ratio.value >= LEAST_RATIO:
            rows["Half-life (days)"] = half
            findings.append(half_life_in_words(half))
            findings.append(followed_in_words(float(followed.sum()), float(values.sum())))
            if not is_hardly_known(half):
                tables = [fading_curve(ratio, fit.decay_per_day, fit.covariance, days)]
        if ratio.value >= LEAST_RATIO and half.value > 0.25 * days:
            findings.append("The risk hardly fades within the period: these are busy cells rather than follow-ups")
        if not fit.is_converged:
            findings.append("The values had not settled when the search ended; take them as rough")
        beside = Diagnostic(TITLE, (*findings, *usable.remarks), (fitted_table(rows), *tables), fit.n)
        return expected.reshape(grid.shape), beside

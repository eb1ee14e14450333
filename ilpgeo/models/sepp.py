"""Self-exciting point process: what happens anyway, and what follows from earlier incidents nearby."""

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
from ilpgeo.models.intervals import Estimate
from ilpgeo.models.kde import kde
from ilpgeo.models.neighbourhood import disc_sum
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

# The names of the backgrounds that `ilpgeo.models.sepp_background` knows; that module loads only when asked.
BACKGROUNDS = ("smooth", "cells")


@dataclass(frozen=True, slots=True)
class Sepp:
    """Self-exciting point process in the plane; see `ilpgeo.models.sepp_fit.fit_sepp`."""

    name: ClassVar[str] = "sepp"
    title: ClassVar[str] = "Follow-ups nearby (self-exciting process)"
    purpose: ClassVar[str] = "next"
    summary: ClassVar[str] = (
        "Tells how much follows from earlier incidents nearby, how fast that fades, and where next."
    )
    needs: ClassVar[frozenset[str]] = frozenset()

    reach_m: float = param(
        300.0, label="Reach in space", unit="m", low=25, high=5000, step=25,
        help="An incident further away to the east or the north is no follow-up.",
    )  # fmt: skip
    reach_days: float = param(
        60.0, label="Reach in time", unit="days", low=1, high=365, step=1,
        help="An incident later than this is no follow-up; the first days of the period, up to so many, are history.",
    )  # fmt: skip
    bandwidth_m: float = param(
        200.0, label="Background bandwidth", unit="m", low=25, high=5000, step=25,
        help="How far an incident reaches in what happens anyway; too wide, and busy places look like follow-ups.",
    )  # fmt: skip
    background: str = param(
        "smooth", label="Background", choices=BACKGROUNDS,
        help="Smooth is the better default; cells gives each cell a rate of its own and finds fewer follow-ups.",
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
        support = np.where(grid.inside, disc_sum(counts, self.bandwidth_m / grid.cell_m), 0.0)
        if usable.hindrance:
            smoothed = kde(usable.past.x, usable.past.y, grid, self.bandwidth_m, "gaussian", usable.past.weight)
            beside = background_only(usable.hindrance, usable.remarks, float(counts.sum()))
            return RiskSurface(grid, smoothed * (window.days / context.trained_on.days), support, beside=beside)
        expected, beside = self._fitted(usable, grid, window, context)
        return RiskSurface(grid, expected, support, beside=beside)

    def _fitted(self, usable: Usable, grid: Grid, window: Period, context: Context) -> tuple[FloatArray, Diagnostic]:
        from ilpgeo.models.sepp_fit import fit_sepp
        from ilpgeo.models.sepp_forecast import forecast

        past, days = usable.past.select(usable.dated), float(context.trained_on.days)
        t = usable.t[usable.dated]
        fit = fit_sepp(
            past.x, past.y, t, days, grid, weights=past.weight, background=self.background,
            bandwidth_m=self.bandwidth_m, reach_m=self.reach_m, reach_days=self.reach_days, progress=context.progress,
        )  # fmt: skip
        gap = max((window.start - context.trained_on.after).days, 0)
        order = np.lexsort((past.weight, past.y, past.x, t))
        coming = forecast(
            fit.trigger, fit.branching_ratio.value, fit.background_per_day, (past.x - grid.x0)[order],
            (past.y - grid.y0)[order], days - t[order], past.weight[order], grid, float(gap), float(window.days),
        )  # fmt: skip
        findings = [ratio_in_words(fit.branching_ratio, "nearby")]
        half, spread = half_life(fit.decay_per_day), fit.spread_m
        rows = {"Branching ratio": fit.branching_ratio}
        tables = []
        if fit.branching_ratio.value >= LEAST_RATIO:
            rows |= {"Half-life (days)": half, "Spread (m)": spread}
            if fit.is_fading:
                findings.append(half_life_in_words(half))
            else:
                findings.append(
                    f"The risk does not fade within {self.reach_days:g} days: these are busy places rather than "
                    "follow-ups, or the reach in time is too short"
                )
            if fit.is_fading and not is_hardly_known(half):
                within = float(fit.trigger.untruncated_share)
                tables = [fading_curve(fit.branching_ratio, fit.decay_per_day, fit.covariance, self.reach_days, within)]
            findings.append(self._spread_in_words(spread, is_same_place=fit.is_same_place))
            findings.append(followed_in_words(float(coming.followed.sum()), float(coming.expected.sum())))
        if not fit.is_converged:
            findings.append("The values had not settled when the search ended; take them as rough")
        beside = Diagnostic(TITLE, (*findings, *usable.remarks), (fitted_table(rows), *tables), fit.n)
        return coming.expected, beside

    def _spread_in_words(self, spread: Estimate, *, is_same_place: bool) -> str:
        metres, low, high = spread
        if is_same_place:
            return f"Follow-ups come at the same place: within {2 * metres:.0f} m, nearer is not told apart"
        if metres > 0.5 * self.reach_m:
            return (
                f"Follow-ups lie further apart than the reach of {self.reach_m:g} m shows (spread {metres:.0f} m); "
                "choose a longer reach in space"
            )
        if is_hardly_known(spread):
            return f"How far follow-ups spread is hardly known: {metres:.0f} m to each side fits best"
        return f"Follow-ups spread {metres:.0f} m to each side (90 % interval {low:.0f} to {high:.0f} m)"

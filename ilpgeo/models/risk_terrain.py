"""Risk terrain modelling: where the ground itself invites incidents, by what is near and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput, raise_all
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.params import check, param
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.points import check_question, check_study_area
from ilpgeo.models.risk_terrain_account import account_of
from ilpgeo.models.risk_terrain_fit import Chosen, choose_terms, folds
from ilpgeo.models.risk_terrain_terms import candidate_terms

RAISING, EITHER = "raising only", "raising or lowering"


class RiskTerrainFit(NamedTuple):
    """What `risk_terrain` returns.

    Attributes
    ----------
    expected
        Shape (ny, nx): fitted incidents per cell over the days of the counts, zero outside; they add up to the counts.
    support
        Shape (ny, nx): of the terms kept, the fewest incidents on ground where a term says what it says here.
    chosen
        The terms kept and their fit; None where there is no incident.
    """

    expected: FloatArray
    support: FloatArray
    chosen: Chosen | None


def risk_terrain(
    counts: FloatArray,
    factors: Mapping[str, FloatArray],
    grid: Grid,
    rng: np.random.Generator,
    *,
    block_m: float = 150.0,
    most_blocks: int = 3,
    may_lower: bool = False,
    progress: Progress = unwatched,
) -> RiskTerrainFit:
    """Return the incidents each cell is expected to have by the factors around it.

    Each factor makes yes-or-no statements (features within 1, 2, ... blocks; many features within them). A Poisson
    lasso, its penalty chosen by cross-validation over tiles of the ground, picks candidates; stepwise selection by
    the quasi-Poisson BIC keeps at most one statement of each factor; those are fitted without penalty.

    Parameters
    ----------
    counts
        Shape (ny, nx): incidents per cell; values outside the study area are not looked at.
    factors
        Layers of shape (ny, nx) by key, see `ilpgeo.models.risk_terrain_terms.candidate_terms`.
    rng
        Deals the tiles out to folds.
    block_m, most_blocks
        Reach of the statements.
    may_lower
        Whether a factor may also lower the rate.
    progress
        Called with the share done, 0..1.

    Raises
    ------
    InvalidInput
        For counts that are not finite and non-negative, an empty study area, or layers that do not fit.

    Notes
    -----
    See `choose_terms` for the cost. Caplan, Kennedy & Miller (2011), doi:10.1080/07418825.2010.486037.
    """
    check_study_area(grid)
    seen = counts[grid.inside].astype(np.float64)
    sound = bool(np.isfinite(seen).all() and (seen >= 0).all())
    raise_all([] if sound else ["counts must be finite and not negative"], subject="risk_terrain")
    terms = candidate_terms(factors, grid, block_m, most_blocks)
    chosen = choose_terms(terms, seen, folds(grid, rng), may_lower=may_lower, progress=progress)
    expected, support = np.zeros(grid.shape), np.zeros(grid.shape)
    if chosen is not None:
        expected[grid.inside], support[grid.inside] = _on_ground(chosen, seen)
    return RiskTerrainFit(expected, support, chosen)


def _on_ground(chosen: Chosen, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    linear = np.full(len(counts), chosen.fit.coefficient[0])
    support = np.full(len(counts), counts.sum())
    for term, effect in zip(chosen.terms, chosen.fit.coefficient[1:], strict=True):
        linear += effect * term.holds
        here, elsewhere = counts[term.holds].sum(), counts[~term.holds].sum()
        support = np.minimum(support, np.where(term.holds, here, elsewhere))
    return np.exp(linear), support


@dataclass(frozen=True, slots=True)
class RiskTerrain:
    """Expected incidents by what the ground holds: schools, bars, stations; see `risk_terrain`."""

    name: ClassVar[str] = "risk_terrain"
    title: ClassVar[str] = "Risk terrain"
    purpose: ClassVar[str] = "next"
    summary: ClassVar[str] = "Tells which features of the ground go with incidents, and where they come together."
    needs: ClassVar[frozenset[str]] = frozenset({"factors"})

    block_m: float = param(
        150.0, label="Block", unit="m", low=25, high=1000, step=25,
        help="The step in which reach is tried; about the length of a street block.",
    )  # fmt: skip
    most_blocks: int = param(
        3, label="Furthest reach", unit="blocks", low=1, high=10, step=1,
        help="A feature is tried as a risk for this many blocks around it at most.",
    )  # fmt: skip
    direction: str = param(
        RAISING, label="Effect of a factor", choices=(RAISING, EITHER),
        help="Whether a factor may also lower the expectation near it, as a guarded place might.",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)

    def answer(
        self, past: Incidents, grid: Grid, window: Period, context: Context, rng: np.random.Generator
    ) -> RiskSurface:
        """Return the fitted incidents of each cell, scaled to the window; beside it the factors kept.

        Raises
        ------
        InvalidInput
            Where the workspace has no factor layers.
        """
        check_question(past, grid)
        if not context.factors:
            raise InvalidInput(
                f"{self.title} needs factor layers (schools, bars, stations ...); add one with: "
                "ilpgeo factors add NAME FILE"
            )
        counts = grid.count(past.x, past.y, past.weight)
        fit = risk_terrain(
            counts, context.factors, grid, rng,
            block_m=self.block_m, most_blocks=self.most_blocks, may_lower=self.direction == EITHER,
            progress=context.progress,
        )  # fmt: skip
        return RiskSurface(
            grid,
            fit.expected * (window.days / context.trained_on.days),
            fit.support,
            beside=account_of(fit.chosen, counts[grid.inside], tuple(context.factors)),
        )

"""A back-test as a plain record: what a script reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ilpgeo.backtest import metrics
from ilpgeo.backtest.run import CAPTURE_SHARES
from ilpgeo.core.recipes import Recipe
from ilpgeo.reports.tables import explanation_record

if TYPE_CHECKING:
    from ilpgeo.backtest.run import BackTest, Scores
    from ilpgeo.pipeline.tested import Tested

# The keys of `metrics.metrics_of`, in its order.
METRICS = (
    "hit_rate", "pai", "pei_star", "rri_levine", "rri_expected_over_observed", "ser_per_km2", "clumpiness", "kept",
)  # fmt: skip


def backtest_record(tested: Tested) -> dict[str, Any]:
    """Return a back-test as a JSON-able document: a row for each model and flagged area, one for each whole surface.

    Where the release gate withheld the tables (too few incidents), there are no rows.
    """
    test, told = tested.test, explanation_record(tested.explained)
    rows = [_row(test, scores, flag, tested.recipe.seed) for flag in range(len(test.flags)) for scores in test.scores]
    surfaces = [_surface(test, scores, tested.recipe.seed) for scores in test.scores]
    first, last = test.folds[0], test.folds[-1]
    return {
        "windows": len(test.folds),
        "first_window": f"{first.window.start}..{first.window.end}",
        "last_window": f"{last.window.start}..{last.window.end}",
        "version": tested.recipe.version,
        "recipe": recipe_record(tested.recipe),
        "models": rows if told["tables"] else [],
        "surfaces": surfaces if told["tables"] else [],
        "findings": told["findings"],
    }


def recipe_record(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as a JSON-able document."""
    import tomllib

    return {name: _plain(value) for name, value in tomllib.loads(recipe.text()).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _row(test: BackTest, scores: Scores, flag: int, seed: int) -> dict[str, Any]:
    cells = int(test.cells[flag])
    found = [each.pooled(seed) for each in metrics.metrics_of(test, scores, flag)]
    apart = metrics.paired_difference(test, scores, test.scores[0], flag, seed)
    return {
        "name": scores.name,
        "title": scores.title,
        "flagged": str(test.flags[flag]),
        "flagged_km2": round(cells * test.cell_km2, 9),
        "flagged_share": _number(cells / test.n_cells),
        "n": _number(scores.hits[:, flag].sum()),
        "total": _number(test.total.sum()),
        **{key: value for name, each in zip(METRICS, found, strict=True) for key, value in _pair(name, each).items()},
        **_pair("difference", apart),
    }


def _pair(name: str, estimate: metrics.Estimate) -> dict[str, Any]:
    return {name: _number(estimate.value), f"{name}_interval": [_number(estimate.low), _number(estimate.high)]}


def _surface(test: BackTest, scores: Scores, seed: int) -> dict[str, Any]:
    """Return what is said of a whole surface, whatever is flagged."""
    gained = metrics.log_score_gained(test, scores, test.scores[0], seed)
    came = [_number(each) for each in metrics.came_per_expected(scores)]
    return {
        "name": scores.name,
        "title": scores.title,
        **_pair("log_score_gained", gained),
        "expected": _number(scores.expected.sum()),
        "came_per_expected_by_tenth": came,
        "caught_by_ground": [
            [_number(share), _number(caught)]
            for share, caught in zip(CAPTURE_SHARES, metrics.caught_by_ground(test, scores), strict=True)
        ],
    }


def _number(value: float) -> float | int | None:
    """Return a finite number, whole where it is whole; None where it is not defined."""
    value = float(value)
    if not np.isfinite(value):
        return None
    return int(value) if value == int(value) else value

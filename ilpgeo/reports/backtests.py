"""A back-test as a plain record: what a script reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ilpgeo.backtest import metrics
from ilpgeo.core.recipes import Recipe
from ilpgeo.reports.tables import explanation_record

if TYPE_CHECKING:
    from ilpgeo.backtest.run import BackTest, Scores
    from ilpgeo.pipeline.tested import Tested


def backtest_record(tested: Tested) -> dict[str, Any]:
    """Return a back-test as a JSON-able document: a row for each model and flagged area.

    Where the release gate withheld the tables (too few incidents), there are no rows.
    """
    test, told = tested.test, explanation_record(tested.explained)
    rows = [_row(test, scores, flag, tested.recipe.seed) for flag in range(len(test.flags)) for scores in test.scores]
    first, last = test.folds[0], test.folds[-1]
    return {
        "windows": len(test.folds),
        "first_window": f"{first.window.start}..{first.window.end}",
        "last_window": f"{last.window.start}..{last.window.end}",
        "version": tested.recipe.version,
        "recipe": recipe_record(tested.recipe),
        "models": rows if told["tables"] else [],
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
    hits = scores.hits[:, flag]
    rate = metrics.hit_rate_interval(test, scores, flag, seed)
    apart = metrics.paired_difference(test, scores, test.scores[0], flag, seed)
    return {
        "name": scores.name,
        "title": scores.title,
        "flagged": str(test.flags[flag]),
        "flagged_km2": round(cells * test.cell_km2, 9),
        "flagged_share": _number(cells / test.n_cells),
        "n": _number(hits.sum()),
        "total": _number(test.total.sum()),
        "hit_rate": _number(rate.value),
        "hit_rate_interval": [_number(rate.low), _number(rate.high)],
        "difference": _number(apart.value),
        "difference_interval": [_number(apart.low), _number(apart.high)],
        "pai": _number(metrics.pai(hits, test.total, cells / test.n_cells)),
        "pei_star": _number(metrics.pei_star(hits, test.best[:, flag])),
    }


def _number(value: float) -> float | int | None:
    """Return a finite number, whole where it is whole; None where it is not defined."""
    value = float(value)
    if not np.isfinite(value):
        return None
    return int(value) if value == int(value) else value

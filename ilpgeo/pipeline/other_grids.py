"""Sensitivity: the same test on other cells, other corners of the grid and other bandwidths."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ilpgeo.backtest.plan import Flag
from ilpgeo.backtest.run import BackTest, Contestant
from ilpgeo.backtest.spread import Variant, explain_spread
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import Param, params_of
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.types import Access, Answer, Model, Released
from ilpgeo.pipeline.catalogue import build_model
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.tested import bench_of, entry_of, require_given, settled, titled

CELL_FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)
THIRDS = tuple((east / 3, north / 3) for north in range(3) for east in range(3))
REACH_FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)
_REACHES = ("bandwidth_m", "reach_m", "eps_m", "max_distance_m")


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How far the result depends on choices that no data make.

    Attributes
    ----------
    recipe
        What was tested, on the cells that were asked for.
    explained
        In words and tables.
    """

    recipe: Recipe
    explained: Released[Answer]


def sensitivity(opened: Opened, recipe: Recipe, access: Access, progress: Progress = unwatched) -> Spread:
    """Return the spread of the first model's hit rate over cell sizes, grid shifts and its bandwidth.

    Parameters
    ----------
    recipe
        Its first model is tried, beside the prior count; without one the prior count alone. Flagged areas are a share
        or km2: a number of cells would be other ground with every cell size.

    Raises
    ------
    InvalidInput
        When the recipe cannot be followed.
    """
    from ilpgeo.safeguards.release import release_answer

    recipe = settled(opened, recipe, access)
    flag = recipe.flags[len(recipe.flags) // 2]
    if Flag.parse(flag).unit == "cells":
        raise InvalidInput("flag a share of the ground or km2: so many cells are other ground with every cell size")
    recipe = replace(recipe, flags=(flag,), models=recipe.models[:1])
    entry = recipe.models[0] if recipe.models else Entry("prior_count")
    model = build_model(entry.name, entry.settings)
    require_given(opened, model)
    passes = [*_grids(recipe), *_reaches(recipe, model)]
    found: list[Variant] = []
    for at, (on, entrants, names) in enumerate(passes):
        test = bench_of(opened, on, access).run(entrants, _part(progress, at, len(passes)))
        found += _variants(test, names)
        progress((at + 1) / len(passes))
    told = explain_spread(found, titled(model), Flag.parse(flag).spoken, recipe.seed)
    return Spread(recipe, release_answer(told, opened.workspace.settings.small_count))


def _part(progress: Progress, at: int, n: int) -> Callable[[float], None]:
    return lambda share: progress((at + share) / n)


_Pass = tuple[Recipe, Sequence[Contestant], Sequence[tuple[str, str, float]]]


def _prior() -> Contestant:
    return Contestant("prior_count", "Prior count", build_model("prior_count", {}))


def _entrants(entry: Entry) -> list[Contestant]:
    alone = [_prior()]
    if entry.name != "prior_count":
        alone.append(Contestant(str(entry), entry.name, build_model(entry.name, entry.settings)))
    return alone


def _grids(recipe: Recipe) -> Iterator[_Pass]:
    """Yield the passes on other grids: each is (recipe, who takes part, what the last contestant stands for)."""
    entry = recipe.models[0] if recipe.models else Entry("prior_count")
    for factor in CELL_FACTORS:
        cell_m = float(round(recipe.cell_m * factor))
        yield replace(recipe, cell_m=cell_m), _entrants(entry), [("Cell size", f"{cell_m:g} m", cell_m)]
    for at, (east, north) in enumerate(THIRDS):
        shift = (recipe.shift_m[0] + east * recipe.cell_m, recipe.shift_m[1] + north * recipe.cell_m)
        name = f"{shift[0]:.0f} m east, {shift[1]:.0f} m north"
        yield replace(recipe, shift_m=shift), _entrants(entry), [("Grid shift", name, float(at))]


def _reaches(recipe: Recipe, model: Model) -> Iterator[_Pass]:
    """Yield the one pass in which the model is tried with other bandwidths, where it has one."""
    reach = reach_of(model)
    if reach is None or not recipe.models:
        return
    entry, own = recipe.models[0], float(getattr(model, reach.name))
    entrants, names = [_prior()], []
    for factor in REACH_FACTORS:
        value = float(f"{own * factor:.6g}")
        if reach.fault(value) is None:
            tried = entry_of(build_model(entry.name, {**entry.settings, reach.name: value}))
            entrants.append(Contestant(str(tried), str(tried), build_model(tried.name, tried.settings)))
            names.append((reach.label, f"{value:g} {reach.unit}", value))
    yield recipe, entrants, names


def reach_of(model: Model) -> Param | None:
    """Return the parameter that says how far a model smooths or reaches, in metres; None where it has none."""
    metres = {each.name: each for each in params_of(model) if each.unit == "m" and isinstance(each.default, float)}
    return next((metres[name] for name in _REACHES if name in metres), next(iter(metres.values()), None))


def _variants(test: BackTest, names: Sequence[tuple[str, str, float]]) -> list[Variant]:
    prior, others = test.scores[0], test.scores[1:] or test.scores
    return [
        Variant(what, name, value, np.array(scores.hits[:, 0]), np.array(prior.hits[:, 0]), test.total)
        for (what, name, value), scores in zip(names, others, strict=True)
    ]

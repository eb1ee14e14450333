"""Back-tests of a workspace: from a recipe to scores in words, tables and curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from ilpgeo.backtest.baselines import baselines
from ilpgeo.backtest.evidence import Evidence
from ilpgeo.backtest.plan import (
    LONGEST_MONTHS,
    MOST_UNCOVERED,
    Flag,
    Fold,
    Horizon,
    asked_for,
    days_last_year,
    fitting_folds,
    rolling_folds,
)
from ilpgeo.backtest.report import explain_backtest
from ilpgeo.backtest.run import BackTest, Contestant, run_backtest
from ilpgeo.core import wording as words
from ilpgeo.core.arrays import BoolArray, TimeArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import params_of
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.query import Level, Period, nearest_months
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.types import Access, Answer, Context, Grid, Model, Query, Released
from ilpgeo.pipeline.catalogue import build_model
from ilpgeo.pipeline.factors import FactorLayers
from ilpgeo.pipeline.opened import Opened, coverage, is_monthly, now
from ilpgeo.pipeline.scope import covered_days, held_runs, require_known, scope_of
from ilpgeo.pipeline.source_register import permitted
from ilpgeo.pipeline.staged import lacking, past_incidents


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """A back-test and what was asked.

    Attributes
    ----------
    recipe
        With the store version and the last day it was run on: it gives the same numbers again.
    test
        The scores; the first is the prior count's.
    explained
        The same in words, tables and curves.
    """

    recipe: Recipe
    test: BackTest
    explained: Released[Answer]


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """What a recipe comes down to on this workspace: the same for all who are tested on it.

    Attributes
    ----------
    recipe
        With everything that was left to the workspace written in.
    """

    recipe: Recipe
    folds: tuple[Fold, ...]
    grid: Grid
    evidence: Evidence
    flags: tuple[Flag, ...]
    context_of: Callable[[Period], Context]

    def run(self, contestants: Sequence[Contestant], progress: Progress = unwatched) -> BackTest:
        """Return the contestants' scores."""
        return run_backtest(
            contestants, self.folds, self.evidence, self.grid, self.flags, self.context_of, self.recipe.seed, progress
        )


def backtest(opened: Opened, recipe: Recipe, access: Access, progress: Progress = unwatched) -> Tested:
    """Return how the models of a recipe would have done, beside the prior count and the other baselines.

    Parameters
    ----------
    progress
        Called with the share done, 0..1; raises Cancelled when the answer is not wanted any more.

    Raises
    ------
    InvalidInput
        When the recipe cannot be followed: a model unknown or without an expectation, too few data.
    """
    from ilpgeo.safeguards.release import release_answer

    bench = bench_of(opened, recipe, access)
    test = bench.run(contestants(opened, bench.recipe), progress)
    explained = release_answer(explain_backtest(test, bench.recipe.seed), opened.workspace.settings.small_count)
    return Tested(bench.recipe, test, explained)


def bench_of(opened: Opened, recipe: Recipe, access: Access) -> Bench:
    """Return what a recipe comes down to: its windows, its cells and the incidents it draws from.

    Raises
    ------
    InvalidInput
        When the data do not reach far enough or do not cover the area.
    """
    recipe = settled(opened, recipe, access)
    folds = _folds(opened, recipe)
    whole = Period(folds[0].trained_on.start, folds[-1].window.end)
    query = Query(_widest(access), whole, areas=recipe.areas, offences=recipe.offences, sources=recipe.sources)
    scope = scope_of(opened, query, access, None)
    covered = (scope.place >= 0) & (covered_days(opened, whole, recipe.sources) >= (1 - MOST_UNCOVERED) * whole.days)
    if not covered.any():
        raise InvalidInput(_too_short(opened, whole, scope.place >= 0, recipe))
    grid = _grid(opened, covered, recipe)
    where = coverage(opened)
    layers = FactorLayers(opened, grid)
    return Bench(
        recipe,
        folds,
        grid,
        _evidence(opened, folds, covered, recipe),
        tuple(Flag.parse(flag) for flag in recipe.flags),
        lambda period: Context(period, opened.areas, where, factors=layers),
    )


def _too_short(opened: Opened, whole: Period, finest: BoolArray, recipe: Recipe) -> str:
    """Say what a test would need, the longest run of days there is, and what could be tested on it."""
    asked = asked_for(Horizon.parse(recipe.horizon), recipe.windows, recipe.learn_days)
    needed = f"back-test: {asked}, needs data without a gap, {words.span(whole)}"
    held = held_runs(opened, Period(date.min, whole.end), finest, recipe.sources)
    if not held:
        return f"{needed}, and there are none for this area; test another area"
    longest = max(held, key=lambda each: each.days)
    days = words.plural(longest.days, "day")
    return f"{needed}; the longest run here is {words.span(longest)} ({days}). {_what_fits(held, whole.end, recipe)}"


def _what_fits(held: Sequence[Period], end: date, recipe: Recipe) -> str:
    """Say what could be tested instead, on the unbroken runs of days that there are."""
    horizon, newest = Horizon.parse(recipe.horizon), held[-1]
    n = fitting_folds(end, horizon, recipe.windows, recipe.learn_days, newest.start) if newest.end == end else 0
    if n:
        return words.opening(words.plural(n, "window fits", "windows fit"))
    if any(fitting_folds(each.end, horizon, 1, horizon.days, each.start) for each in held):
        return "Bring in what is missing, or test fewer windows, learnt from fewer days, that end with such a run"
    return f"No run holds {horizon.spoken} to test on and as much before it: bring in what is missing"


def contestants(opened: Opened, recipe: Recipe) -> tuple[Contestant, ...]:
    """Return who takes part: the prior count first, the recipe's models, then the other baselines.

    The same days last year are left out where no area has data for them.
    """
    found = [Contestant("prior_count", "Prior count", build_model("prior_count", {}))]
    for entry in recipe.models:
        if entry == Entry("prior_count"):
            continue
        model = build_model(entry.name, entry.settings)
        require_given(opened, model)
        found.append(Contestant(str(entry), titled(model), model))

    def most_covered(period: Period) -> int:
        return int(covered_days(opened, period, recipe.sources).max(initial=0))

    monthly = is_monthly(opened, recipe.sources)
    return (*found, *baselines(_folds(opened, recipe), most_covered, is_monthly=monthly))


def require_given(opened: Opened, model: Model) -> None:
    """Raise InvalidInput where a model needs what the workspace, or a test, does not have."""
    missing = lacking(opened, type(model))
    if missing:
        raise InvalidInput(f"{model.title} needs {' and '.join(missing)}, which this workspace does not have")


def entry_of(model: Model) -> Entry:
    """Return a model as a recipe names it: with the settings that differ from its own."""
    values = {each.name: (getattr(model, each.name), each.default) for each in params_of(model)}
    return Entry(model.name, {name: value for name, (value, default) in values.items() if value != default})


def titled(model: Model) -> str:
    """Return a model's name with the settings that differ from its own, in words.

    Examples
    --------
    >>> titled(build_model("kde", {"bandwidth_m": 200}))
    'Kernel density, bandwidth 200 m'
    """
    changed = [
        each.told(getattr(model, each.name)) for each in params_of(model) if getattr(model, each.name) != each.default
    ]
    return ", ".join([model.title, *changed])


def settled(opened: Opened, recipe: Recipe, access: Access = Access()) -> Recipe:  # noqa: B008  (frozen)
    """Return the recipe with everything that was left to the workspace written in.

    Sources that its areas' level, or the agency of who asks, may not be shown are left out of it.
    """
    version = opened.store.version()
    if recipe.version not in {"", version}:
        raise InvalidInput(f"the recipe is of data version {recipe.version}; open that version to run it again")
    require_known(opened, recipe.offences, recipe.sources)
    agencies = (access.agency,) if access.agency else ()
    recipe = replace(recipe, sources=permitted(opened, _level_of(opened, recipe.areas), recipe.sources, agencies))
    horizon = Horizon.parse(recipe.horizon)
    if is_monthly(opened, recipe.sources) and horizon.unit != "m":
        horizon = Horizon(min(LONGEST_MONTHS, nearest_months(horizon.n)), "m")
    last = Period.parse(str(recipe.last or now(opened, None, recipe.sources) - timedelta(days=1))).end
    cell_m = float(recipe.cell_m or opened.workspace.settings.cell_m)
    models = tuple(dict.fromkeys(entry_of(build_model(each.name, each.settings)) for each in recipe.models))
    return replace(recipe, models=models, version=version, horizon=str(horizon), last=last, cell_m=cell_m)


def _folds(opened: Opened, recipe: Recipe) -> tuple[Fold, ...]:
    first = _first_day(opened, recipe)
    if first is None or recipe.last is None:
        raise InvalidInput("there are no data to test on; bring a file in first")
    return rolling_folds(recipe.last, Horizon.parse(recipe.horizon), recipe.windows, recipe.learn_days, first)


def _first_day(opened: Opened, recipe: Recipe) -> date | None:
    """Return the first day of the recipe's sources, None without data."""
    firsts = (
        each.first
        for each in opened.store.files()
        if each.first and (not recipe.sources or each.source in recipe.sources)
    )
    return min(firsts, default=None)


def _days_used(opened: Opened, recipe: Recipe) -> Period:
    """Return the days a test draws from: those of its folds, and the same days a year before as far as there are."""
    folds, first = _folds(opened, recipe), _first_day(opened, recipe)
    start, year_before = folds[0].trained_on.start, days_last_year(folds).start
    return Period(min(start, max(year_before, first or start)), folds[-1].window.end)


def _level_of(opened: Opened, areas: tuple[str, ...]) -> Level:
    """Return the highest level of some areas; national for everywhere."""
    held = opened.areas
    found = [held.levels[int(held.type[held.at(area)])] for area in areas]
    return max(found, key=lambda level: level.rank, default=Level.NATIONAL)


def _widest(access: Access) -> Level:
    return next(level for level in Level if level in access.levels)


def _grid(opened: Opened, covered: BoolArray, recipe: Recipe) -> Grid:
    from ilpgeo.areas.grids import grid_over

    areas = opened.areas
    return grid_over(
        areas.geometry[areas.finest[covered]], recipe.cell_m, opened.workspace.settings.crs, recipe.shift_m
    )


def _evidence(opened: Opened, folds: Sequence[Fold], covered: BoolArray, recipe: Recipe) -> Evidence:
    from ilpgeo.models.localtime import local_seconds

    timezone = opened.workspace.settings.timezone

    def local_day(times: TimeArray) -> TimeArray:
        return np.asarray((local_seconds(times, timezone) // 86_400).astype("datetime64[D]"))

    incidents = past_incidents(opened, _days_used(opened, recipe), covered, recipe.offences, recipe.sources)
    day = local_day(incidents.t_from)
    # Where nobody wrote down when it was reported, it is taken to have been known the last day it may have happened.
    known = local_day(np.maximum(incidents.t_from, incidents.t_to - np.timedelta64(1, "s")))
    if incidents.t_reported is not None:
        says = ~np.isnat(incidents.t_reported)
        known[says] = np.maximum(day[says], local_day(incidents.t_reported[says]))
        return Evidence(incidents, day, known)
    starts = np.array([fold.window.start for fold in folds], "datetime64[D]")
    is_known_at_once = np.searchsorted(starts, day, side="right") == np.searchsorted(starts, known, side="right")
    return Evidence(incidents, day, None if is_known_at_once.all() else known)

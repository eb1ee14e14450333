"""The lab's sweeps: a model's settings tried point by point, each beside the prior count on the same windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ilpgeo.backtest.plan import Flag
from ilpgeo.backtest.response import Tried, best_of, explain_sweep
from ilpgeo.backtest.run import Contestant
from ilpgeo.backtest.sweep import Point, SweepPlan, points_of
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.params import Param, params_of
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.types import Access, Answer, Released
from ilpgeo.pipeline.catalogue import build_model, model_classes
from ilpgeo.pipeline.lab_shelf import SweepFile
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.tested import Bench, bench_of, entry_of, require_given, settled

POINTS_A_PASS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Swept:
    """What a sweep has found so far.

    Attributes
    ----------
    recipe
        With the best point as its one model: tests the best settings beside all baselines.
    every
        With every point tried as a model, in the order of the plan: gives the whole table again.
    n_done, n_points
        Points worked out, and in all.
    best
        The model with the settings that did best; None before the first.
    explained
        In words, a response surface and a table.
    """

    recipe: Recipe
    every: Recipe
    n_done: int
    n_points: int
    best: Entry | None
    explained: Released[Answer]


def sweep(
    opened: Opened,
    recipe: Recipe,
    plan: SweepPlan,
    access: Access,
    progress: Progress = unwatched,
    flag: str = "",
) -> Swept:
    """Work out every point of a sweep that is not kept yet, and return what was found.

    Some points share each pass over the windows. Each pass is kept as soon as it is done, so that a sweep that was
    stopped goes on where it was, and ends with the same result.

    Parameters
    ----------
    recipe
        Where, when and how to test; its models are not asked.
    flag
        The flagged area that is judged by, one of the recipe's; empty for its middle one.

    Raises
    ------
    InvalidInput
        When plan or recipe cannot be followed.
    """
    bench = bench_of(opened, _alone(recipe), access)
    file = SweepFile.of(opened.workspace.folder, bench.recipe, plan, access)
    points = _points(opened, plan)
    done = file.tried(0)
    left = [point for point in points if point not in done]
    while left:
        chunk, left = left[:POINTS_A_PASS], left[POINTS_A_PASS:]
        n_before = len(points) - len(left) - len(chunk)
        _work(bench, file, plan, chunk, _part(progress, n_before, len(chunk), len(points)))
        progress((n_before + len(chunk)) / len(points))
    return _told(opened, bench.recipe, plan, file, points, flag)


def swept(opened: Opened, recipe: Recipe, plan: SweepPlan, access: Access, flag: str = "") -> Swept:
    """Return what a sweep has found so far, without working on it."""
    recipe = settled(opened, _alone(recipe), access)
    file = SweepFile.of(opened.workspace.folder, recipe, plan, access)
    return _told(opened, recipe, plan, file, _points(opened, plan), flag)


def _part(progress: Progress, n_before: int, n: int, n_points: int) -> Progress:
    return lambda share: progress((n_before + share * n) / n_points)


def _alone(recipe: Recipe) -> Recipe:
    return replace(recipe, models=())


def _params(plan: SweepPlan) -> tuple[Param, ...]:
    kind = next((each for each in model_classes() if each.name == plan.entry.name), None)
    if kind is None:
        raise InvalidInput(f"there is no model {plan.entry.name!r}")
    known = {each.name: each for each in params_of(kind)}
    return tuple(known[axis.name] for axis in plan.axes if axis.name in known)


def _points(opened: Opened, plan: SweepPlan) -> tuple[Point, ...]:
    require_given(opened, build_model(plan.entry.name, plan.entry.settings))
    return points_of(plan, _params(plan))


def _entry(plan: SweepPlan, point: Point) -> Entry:
    return entry_of(build_model(plan.entry.name, {**plan.entry.settings, **dict(point)}))


def _work(bench: Bench, file: SweepFile, plan: SweepPlan, chunk: Sequence[Point], progress: Progress) -> None:
    """Work out some points in one pass and keep them; where one cannot be tried, each alone."""
    contestants, faults = [], []
    for point in chunk:
        try:
            entry = _entry(plan, point)
            contestants.append((point, Contestant(str(entry), str(entry), build_model(entry.name, entry.settings))))
        except InvalidInput as error:
            faults.append((point, None, str(error)))
    is_new = file.windows() is None
    prior = [Contestant("prior_count", "Prior count", build_model("prior_count", {}))] if is_new else []
    try:
        test = bench.run([*prior, *(each for _, each in contestants)], progress) if prior or contestants else None
    except InvalidInput as error:
        if len(chunk) == 1 and not is_new:
            file.add([(chunk[0], None, str(error))])
            return
        if is_new:
            _work(bench, file, plan, (), progress)
        for point in chunk:
            _work(bench, file, plan, (point,), progress)
        return
    if test is not None and is_new:
        file.begin(bench.recipe, plan, test.total, test.scores[0].hits)
    hits: list[FloatArray] = [] if test is None else [each.hits for each in test.scores[len(prior) :]]
    file.add([*((point, each, "") for (point, _), each in zip(contestants, hits, strict=True)), *faults])


def _told(
    opened: Opened, recipe: Recipe, plan: SweepPlan, file: SweepFile, points: Sequence[Point], flag: str
) -> Swept:
    from ilpgeo.safeguards.release import release_answer

    at = recipe.flags.index(flag) if flag in recipe.flags else len(recipe.flags) // 2
    kept = file.tried(at)
    tried: list[Tried] = [kept[point] for point in points if point in kept]
    words = Flag.parse(recipe.flags[at]).spoken
    found = explain_sweep(tried, len(points), _params(plan), words, recipe.seed)
    best = best_of(tried)
    entry = None if best is None or not np.isfinite(best.rate().value) else _entry(plan, best.point)
    usable = [_entry(plan, each.point) for each in tried if not each.fault]
    return Swept(
        replace(recipe, models=(entry,) if entry else ()),
        replace(recipe, models=tuple(dict.fromkeys(usable))),
        len(tried),
        len(points),
        entry,
        release_answer(found, opened.workspace.settings.small_count),
    )

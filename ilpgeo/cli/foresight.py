"""The back-test on the command line: options over a recipe, the recipe over the workspace's own choices."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ilpgeo.cli.values import access_of
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import months_later
from ilpgeo.core.recipes import Entry, Recipe

if TYPE_CHECKING:
    from ilpgeo.core.types import Answer, Released
    from ilpgeo.pipeline import Opened

_BAR = 30


def backtest(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Test models on days they had not seen."""
    from ilpgeo import pipeline
    from ilpgeo.reports import backtests, tables

    if options.output and options.output.suffix.lower() != ".csv":
        raise InvalidInput(f"{options.output}: a back-test is written as .csv")
    recipe = Recipe.read(options.recipe) if options.recipe else Recipe()
    recipe = _overridden(recipe, options)
    if not recipe.models and not options.recipe:
        raise InvalidInput("name a model with --model NAME or a recipe with --recipe FILE.toml; see `ilpgeo models`")
    opened = pipeline.open_workspace(options.workspace, recipe.version)
    if options.first:
        recipe = _from(opened, recipe, options.first, has_folds=options.folds is not None)
    if options.spread:
        spread = pipeline.sensitivity(opened, recipe, access_of(opened), _shown)
        _write(options, spread.recipe, spread.explained)
        record = {"recipe": backtests.recipe_record(spread.recipe), **tables.explanation_record(spread.explained)}
        return record, "\n".join(f"{said}." for said in record["findings"])
    tested = pipeline.backtest(opened, recipe, access_of(opened), _shown)
    _write(options, tested.recipe, tested.explained)
    record = backtests.backtest_record(tested)
    return record, _text(record)


def _write(options: argparse.Namespace, recipe: Recipe, explained: Released[Answer]) -> None:
    """Write the recipe and the tables to where the command line says."""
    from ilpgeo.reports import tables

    if options.save_recipe:
        options.save_recipe.parent.mkdir(parents=True, exist_ok=True)
        options.save_recipe.write_text(recipe.text(), "utf-8")
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(tables.tables_csv(explained), "utf-8")


def _overridden(recipe: Recipe, options: argparse.Namespace) -> Recipe:
    """Return the recipe with what the command line says instead."""
    given = {
        "models": tuple(Entry.parse(text) for text in options.model),
        "horizon": options.horizon,
        "windows": options.folds,
        "learn_days": options.learn,
        "flags": tuple(options.flag_area),
        "cell_m": options.cell,
        "shift_m": options.shift,
        "areas": tuple(options.area),
        "offences": tuple(options.offence),
        "sources": tuple(options.source),
        "last": options.last,
        "seed": options.seed,
    }
    return replace(recipe, **{name: value for name, value in given.items() if value not in (None, ())})


def _from(opened: Opened, recipe: Recipe, first: date, *, has_folds: bool) -> Recipe:
    """Return the recipe with its first window starting on a day, or as soon after it as windows to its end fit."""
    from ilpgeo import pipeline
    from ilpgeo.backtest.plan import Horizon

    recipe = pipeline.settled(opened, recipe)
    assert recipe.last is not None, "a settled recipe has a last day"
    horizon = Horizon.parse(recipe.horizon)
    start = first if horizon.unit == "d" or first.day == 1 else months_later(first, 1)
    if horizon.unit == "m":
        beyond = (recipe.last + timedelta(days=1)).replace(day=1)
        fitting = ((beyond.year - start.year) * 12 + beyond.month - start.month) // horizon.n
    else:
        fitting = ((recipe.last - start).days + 1) // horizon.n
    if fitting < 1:
        raise InvalidInput(f"no window of {horizon} fits between {first} and {recipe.last}, the last day of data")
    if not has_folds:
        return replace(recipe, windows=fitting)
    if recipe.windows > fitting:
        raise InvalidInput(f"{fitting} windows of {horizon} fit from {first} to {recipe.last}, not {recipe.windows}")
    n = horizon.n * recipe.windows
    after = months_later(start, n) if horizon.unit == "m" else start + timedelta(days=n)
    return replace(recipe, last=after - timedelta(days=1))


def _shown(share: float) -> None:
    """Show how far the test is on one line of a terminal; silent in a pipe."""
    if sys.stderr.isatty():
        done = round(_BAR * share)
        sys.stderr.write(f"\r[{'#' * done}{'.' * (_BAR - done)}] {share:4.0%}" + ("\n" if share >= 1 else ""))
        sys.stderr.flush()


def _text(record: dict[str, Any]) -> str:
    lines = [f"{record['windows']} windows, {record['first_window']} to {record['last_window']}", ""]
    wide = max((len(each["title"]) for each in record["models"]), default=5)
    if record["models"]:
        lines.append(f"{'ground':>9}  {'model':<{wide}}  {'caught':>7}  {'95 % interval':>17}  {'PAI':>6}  {'PEI':>5}")
    for each in record["models"]:
        between = " to ".join("-" if end is None else f"{end:.1%}" for end in each["hit_rate_interval"])
        lines.append(
            f"{each['flagged']:>9}  {each['title']:<{wide}}  {_share(each['hit_rate']):>7}  {between:>17}  "
            f"{_rounded(each['pai']):>6}  {_rounded(each['pei_star']):>5}"
        )
    return "\n".join([*lines, "", *(f"{said}." for said in record["findings"])])


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _rounded(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"

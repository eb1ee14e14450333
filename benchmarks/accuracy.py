"""`make accuracy`: how well the forecast does on days it had not seen, beside every other model; docs/accuracy.md.

Every question (a city, an offence, a horizon, days learnt from, a cell size) is a back-test of its own. Answers are
kept in benchmarks/accuracy.json one by one: stopped and started again, it goes on where it was; `--fresh` asks again
what was answered, but for the cities whose data are not at hand.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from benchmarks.accuracy_cities import City, is_at_hand, load
from benchmarks.accuracy_page import PAGE, page
from benchmarks.measuring import HERE
from ilpgeo.backtest import metrics
from ilpgeo.backtest.baselines import baselines
from ilpgeo.backtest.evidence import Evidence
from ilpgeo.backtest.plan import Flag, Fold, Horizon, rolling_folds
from ilpgeo.backtest.run import BackTest, Contestant, run_backtest
from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period, months_later
from ilpgeo.core.space import Grid
from ilpgeo.models.registry import model_class

KEPT = HERE / "accuracy.json"
FLAGS = ("1%", "2%", "5%")
WINDOWS, LEAST_WINDOWS = 26, 8

ALWAYS = (
    ("prior_count", {}),
    ("blend", {}),
    ("kde", {"bandwidth_m": 300.0}),
    ("kde", {"bandwidth_m": 100.0, "kernel": "gaussian"}),
    ("kde", {"bandwidth_m": 500.0}),
    ("prospective", {}),
)
GALLERY = (
    ("adaptive_kde", {}),
    ("etas", {}),
    ("prospective", {"reach_m": 800.0, "reach_weeks": 26}),
    ("dbscan", {}),
    ("st_dbscan", {}),
    ("nnh", {}),
    ("hdbscan", {}),
    ("optics", {}),
)
SLOW = (("sepp", {}),)


@dataclass(frozen=True, slots=True)
class Question:
    """One back-test of the table.

    `has_gallery` asks the registry's other models as well, `has_slow` the slow ones; `is_unseen` marks a city or an
    offence that no choice about the forecast was made on.
    """

    city: str
    offence: str
    horizon: str
    learn_days: int
    cell_m: float = 150.0
    has_gallery: bool = False
    has_slow: bool = False
    is_unseen: bool = False

    @property
    def key(self) -> str:
        """Its name in the file of answers."""
        return f"{self.city} / {self.offence} / {self.horizon} / {self.learn_days} d / {self.cell_m:g} m"


def _crossed(city: str, offences: Sequence[str], horizons: Sequence[str], learn_days: int) -> list[Question]:
    return [Question(city, offence, horizon, learn_days) for offence in offences for horizon in horizons]


def _unseen(city: str, offences: Sequence[str], horizons: Sequence[str], learn_days: int) -> list[Question]:
    return [replace(each, is_unseen=True) for each in _crossed(city, offences, horizons, learn_days)]


MCI = ("assault", "break and enter", "auto theft", "robbery", "theft over")
CHICAGO = ("burglary", "robbery", "motor vehicle theft", "homicide")
ENGLAND = ("burglary", "vehicle crime", "robbery", "possession of weapons")
UNSEEN = (
    *_unseen("San Francisco", ("robbery",), ("7d", "1d", "14d"), 150),
    *_unseen("New York, shootings", ("shooting",), ("7d", "1d"), 150),
    *_unseen("New York, homicides", ("homicide",), ("7d", "14d", "1m"), 365),
    *_unseen("Houston", ("auto theft", "aggravated assault", "murder"), ("7d",), 60),
    *_unseen("Vancouver", ("theft from vehicle", "other theft"), ("7d",), 150),
    *_unseen("Chicago", ("arson", "kidnapping", "public peace violation"), ("7d",), 365),
    *_unseen("Chicago", ("weapons violation",), ("1d", "1m"), 365),
    *_unseen("South Yorkshire", ("bicycle theft", "shoplifting", "drugs"), ("1m",), 365),
    *_unseen("Avon and Somerset", ("theft from the person",), ("1m",), 365),
)
SHORT = (
    *_crossed("Toronto", ("robbery", "theft over"), ("7d",), 60),
    *_crossed("Chicago", ("homicide",), ("7d", "14d"), 120),
    *_crossed("South Yorkshire", ("robbery",), ("1m",), 120),
    *_crossed("Avon and Somerset", ("robbery", "theft from the person"), ("1m",), 120),
    *_crossed("Vancouver", ("theft of vehicle",), ("1d",), 60),
    *_crossed("Memphis", ("robbery",), ("7d", "1d"), 60),
    *_crossed("Medellin", ("homicide",), ("7d",), 120),
    *_crossed("Cincinnati", ("burglary",), ("7d",), 30),
    *_crossed("Cincinnati", ("burglary",), ("1d",), 60),
    *_crossed("San Francisco", ("robbery",), ("7d",), 60),
    *_crossed("New York, shootings", ("shooting",), ("7d", "1d"), 120),
    *_crossed("New York, homicides", ("homicide",), ("14d",), 120),
)
QUESTIONS = (
    Question("Memphis", "robbery", "7d", 150, has_gallery=True, has_slow=True),
    Question("Toronto", "theft over", "7d", 730, has_gallery=True),
    *_crossed("Toronto", MCI, ("7d", "1m", "1d", "14d", "3m"), 365),
    *_crossed("Chicago", CHICAGO, ("7d", "1m", "1d", "14d"), 365),
    *_crossed("South Yorkshire", ENGLAND, ("1m", "3m"), 365),
    *_crossed("Avon and Somerset", ENGLAND, ("1m",), 365),
    *_crossed("Houston", ("burglary", "robbery", "rape"), ("1d", "7d"), 60),
    *_crossed("Vancouver", ("theft of bicycle", "theft of vehicle"), ("1d", "7d"), 150),
    *_crossed("Medellin", ("homicide",), ("7d", "1m", "3m"), 730),
    *_crossed("Cincinnati", ("burglary",), ("1d", "14d"), 365),
    Question("Cincinnati", "burglary", "7d", 365, has_gallery=True),
    Question("Toronto", "robbery", "7d", 730),
    Question("Toronto", "robbery", "7d", 365, 100.0),
    Question("Toronto", "robbery", "7d", 365, 300.0),
    Question("Toronto", "theft over", "7d", 1460),
    *UNSEEN,
    *SHORT,
)


@dataclass(frozen=True, slots=True)
class TiesByChance:
    """The prior count with equal cells in random order: what its flagged ground catches when nobody is unlucky."""

    name: ClassVar[str] = "prior_count_by_chance"
    title: ClassVar[str] = "Prior count, ties by chance"
    purpose: ClassVar[str] = "where"
    summary: ClassVar[str] = "The prior count, equal cells in random order."
    needs: ClassVar[frozenset[str]] = frozenset()

    def answer(
        self, past: Incidents, grid: Grid, window: Period, context: Context, rng: np.random.Generator
    ) -> RiskSurface:
        counts = grid.count(past.x, past.y, past.weight)
        level = window.days / context.trained_on.days
        expected = np.where(grid.inside, (counts + 1e-4) * (1 + 1e-3 * rng.random(grid.shape)), 0.0) * level
        return RiskSurface(grid, expected, counts)


def contestants(city: City, question: Question, folds: Sequence[Fold]) -> list[Contestant]:
    """Return who takes part: the prior count first, the blend second, last year only where the data hold it."""
    found = []
    for name, settings in ALWAYS + (GALLERY if question.has_gallery else ()) + (SLOW if question.has_slow else ()):
        model = model_class(name)(**settings)
        words = ", ".join(f"{value:g} m" if "_m" in key else str(value) for key, value in settings.items())
        title = f"{model.title}, {words}" if words else model.title
        found.append(Contestant(f"{name} {words}".strip(), title, model))
    found.append(Contestant("prior_count_by_chance", TiesByChance.title, TiesByChance()))
    return [*found, *baselines(folds, city.covered_days, is_monthly=city.is_monthly)]


def folds_of(city: City, question: Question) -> tuple[Fold, ...]:
    """Return 26 windows up to the last day of data, or as many as there are."""
    first, last = city.day.min().astype(object), city.day.max().astype(object)
    if city.is_monthly:
        last = Period(last, last).start
        last = months_later(last, 1).fromordinal(months_later(last, 1).toordinal() - 1)
    horizon = Horizon.parse(question.horizon)
    for n in range(WINDOWS, LEAST_WINDOWS - 1, -1):
        try:
            return rolling_folds(last, horizon, n, question.learn_days, first)
        except InvalidInput:
            continue
    raise InvalidInput(f"{question.key}: fewer than {LEAST_WINDOWS} windows")


def answered(
    city: City, question: Question, grid: Grid | None = None, others: Sequence[Contestant] = ()
) -> dict[str, Any]:
    """Return the whole result of one question, ready for JSON; `others` take part beside the models always asked."""
    began = time.process_time()
    incidents, day = city.incidents(question.offence)
    grid, folds = grid or city.grid(question.cell_m), folds_of(city, question)
    flags = [Flag.parse(flag) for flag in FLAGS]
    asked = [*contestants(city, question, folds), *others]
    test = run_backtest(asked, folds, Evidence(incidents, day), grid, flags, Context)
    return {
        "city": question.city,
        "offence": question.offence,
        "horizon": question.horizon,
        "learn_days": question.learn_days,
        "cell_m": question.cell_m,
        "unseen": question.is_unseen,
        "windows": len(folds),
        "first": str(folds[0].window.start),
        "last": str(folds[-1].window.end),
        "cells": test.n_cells,
        "incidents": float(test.total.sum()),
        "learnt": float(test.past.mean()),
        "models": [_record(test, number) for number in range(len(asked))],
        "cpu_s": round(time.process_time() - began, 1),
    }


def _record(test: BackTest, number: int) -> dict[str, Any]:
    scores, prior, blend = test.scores[number], test.scores[0], test.scores[1]
    flags = range(len(FLAGS))
    gain = metrics.pooled_interval(scores.log_score - prior.log_score, test.total)
    return {
        "name": scores.name,
        "title": scores.title,
        "hit_rate": [_triple(metrics.hit_rate_interval(test, scores, flag)) for flag in flags],
        "over_prior": [_triple(metrics.paired_difference(test, scores, prior, flag)) for flag in flags],
        "blend_over": [_triple(metrics.paired_difference(test, blend, scores, flag)) for flag in flags],
        "log_score_gained": _triple(gain),
        "expected_per_incident": round(float(scores.expected.sum() / max(test.total.sum(), 1e-9)), 3),
    }


def _triple(estimate: metrics.Estimate) -> list[float | None]:
    numbers = (estimate.value, estimate.low, estimate.high)
    return [round(number, 5) if np.isfinite(number) else None for number in numbers]


def main() -> int:
    """Answer what is not answered yet, then write the page; return 1 where something is left for want of time."""
    parser = argparse.ArgumentParser("python -m benchmarks.accuracy", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="forget the answers that can be had again")
    parser.add_argument("--minutes", type=float, default=20.0, help="CPU minutes after which nothing new is begun")
    parser.add_argument("--only", default="", help="only questions whose name holds this text")
    options = parser.parse_args()
    kept: dict[str, Any] = json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else {}
    if options.fresh:
        kept = without(kept, options.only)
    cities: dict[str, City | None] = {}
    left, skipped = [], []
    for question in QUESTIONS:
        if question.key in kept or options.only not in question.key:
            continue
        if time.process_time() > 60 * options.minutes:
            left.append(question.key)
            continue
        if question.city not in cities:
            cities[question.city] = load(question.city)
        city = cities[question.city]
        if city is None:
            skipped.append(question.key)
            print(f"skipped, its data are not at hand: {question.key}", flush=True)
            continue
        try:
            kept[question.key] = answered(city, question)
        except InvalidInput as error:
            print(f"skipped: {error}", flush=True)
            continue
        print(f"{kept[question.key]['cpu_s']:7.1f} s  {question.key}", flush=True)
        keep(kept)
    write_page(kept)
    print(
        f"{len(kept)} questions answered, {len(left)} left for want of time, {len(skipped)} without data: {PAGE.name}"
    )
    return 1 if left else 0


def without(kept: dict[str, Any], only: str) -> dict[str, Any]:
    """Return the answers without those that can be had again to the questions whose name holds a text."""
    again = {question.key for question in QUESTIONS if only in question.key and is_at_hand(question.city)}
    return {key: answer for key, answer in kept.items() if key not in again}


def keep(kept: dict[str, Any]) -> None:
    """Write down the answers, one a line."""
    lines = (f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(kept[key], ensure_ascii=False)}" for key in kept)
    _write(KEPT, "{\n" + ",\n".join(lines) + "\n}\n")


def write_page(kept: dict[str, Any]) -> None:
    """Write docs/accuracy.md from the answers kept, in the order of the questions; peers of other packages last."""
    order = [question.key for question in QUESTIONS]
    shown = [kept[key] for key in order if key in kept] + [kept[key] for key in kept if key not in order]
    _write(PAGE, page(shown, FLAGS, [key for key in order if key not in kept]))


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())

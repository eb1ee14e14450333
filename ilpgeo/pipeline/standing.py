"""Standing tests: the usual back-test of a model, and how a published one does on the days since."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ilpgeo import __version__
from ilpgeo.backtest import metrics
from ilpgeo.backtest.metrics import Estimate
from ilpgeo.backtest.plan import Horizon
from ilpgeo.core.errors import Cancelled, IlpgeoError, InvalidInput
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.publications import Drift, Measured, Publication, Verdict
from ilpgeo.core.query import Period, months_later
from ilpgeo.core.recipes import Entry, Recipe
from ilpgeo.core.types import Access
from ilpgeo.pipeline.catalogue import build_model
from ilpgeo.pipeline.foreseen import LEARN_DAYS, Forecaster
from ilpgeo.pipeline.opened import Opened, is_monthly, now, open_workspace
from ilpgeo.pipeline.recorded import records_of
from ilpgeo.pipeline.tested import Tested, backtest, entry_of
from ilpgeo.store.lock import try_lock

DEFAULT = Entry("blend")
HORIZON, HORIZON_MONTHLY = "28d", "1m"
WINDOWS = 26
_LEARN_SHARE = 1 / 2
LOCK = ".standing.lock"


def default_forecaster(opened: Opened) -> Forecaster:
    """Return what looks ahead where nothing is published."""
    return Forecaster(DEFAULT, float(opened.workspace.settings.cell_m), LEARN_DAYS)


def usual_recipe(opened: Opened, model: Entry, offence: str = "", area: str = "", cell_m: float = 0.0) -> Recipe:
    """Return how a model is tested when nobody says otherwise: as many windows, and as long a past, as the data allow.

    26 windows of 28 days (of a month, where the data know no better), each learnt from three years; with less data,
    half of them are learnt from.
    """
    first = min((each.first for each in opened.store.files() if each.first), default=None)
    horizon = HORIZON_MONTHLY if is_monthly(opened) else HORIZON
    days = 0 if first is None else (now(opened) - first).days
    learnt = min(LEARN_DAYS, max(1, int(days * _LEARN_SHARE)))
    windows = min(WINDOWS, max(1, (days - learnt) // Horizon.parse(horizon).days))
    return Recipe(
        models=(model,),
        horizon=horizon,
        windows=windows,
        learn_days=learnt,
        cell_m=cell_m or float(opened.workspace.settings.cell_m),
        areas=(area,) if area else (),
        offences=(offence,) if offence else (),
    )


def verdict_on(tested: Tested, model: Entry) -> Verdict:
    """Return what a back-test says of one of its models, at the middle one of its flagged areas.

    Raises
    ------
    InvalidInput
        When the model did not take part.
    """
    test, seed = tested.test, tested.recipe.seed
    name = str(entry_of(build_model(model.name, model.settings)))
    scores = next((each for each in test.scores if each.name == name), None)
    if scores is None:
        raise InvalidInput(f"{model} did not take part in this back-test; test it first")
    flag = len(test.flags) // 2
    return Verdict(
        hit_rate=_measured(metrics.hit_rate_interval(test, scores, flag, seed)),
        prior=_measured(metrics.hit_rate_interval(test, test.scores[0], flag, seed)),
        difference=_measured(metrics.paired_difference(test, scores, test.scores[0], flag, seed)),
        ground=str(test.flags[flag]),
        flagged_km2=int(test.cells[flag]) * test.cell_km2,
        horizon=tested.recipe.horizon,
        n_windows=len(test.folds),
        tested_on=Period(test.folds[0].window.start, test.folds[-1].window.end),
        learnt_days=test.folds[-1].trained_on.days,
        n=round(float(test.total.sum())),
    )


def _measured(estimate: Estimate) -> Measured:
    return Measured(estimate.value, estimate.low, estimate.high)


def judge_default(
    opened: Opened, offence: str = "", progress: Progress = unwatched
) -> tuple[Verdict | None, str]:  # fmt: skip
    """Return the default's verdict on the data there are now, or None and why it cannot be tested; recorded.

    Parameters
    ----------
    offence
        Empty tests on all offences together.
    """
    records, version = records_of(opened), opened.store.version()
    recipe = usual_recipe(opened, DEFAULT, offence)
    known = known_default_verdict(opened, offence)
    if known is not None:
        return known
    try:
        verdict, refusal = verdict_on(backtest(opened, recipe, Access(), progress), DEFAULT), ""
    except InvalidInput as error:
        verdict, refusal = None, str(error)
    if verdict is not None and verdict.is_empty:
        verdict, refusal = None, "nothing happened in the windows"
    records.note_test(_subject(recipe), version, verdict, refusal)
    return verdict, refusal


def known_default_verdict(opened: Opened, offence: str = "") -> tuple[Verdict | None, str] | None:
    """Return what `judge_default` recorded for the data there are now; None where it was not tested yet."""
    recipe = usual_recipe(opened, DEFAULT, offence)
    return records_of(opened).test(_subject(recipe), opened.store.version())


def _subject(recipe: Recipe) -> str:
    """Return what a test is recorded under: a new release may foresee otherwise, and is tested anew."""
    return f"# ilpgeo {__version__}\n{recipe.text()}"


def drift(opened: Opened, publication: Publication, progress: Progress = unwatched) -> Drift:
    """Return how a published model does on the whole windows since its back-test; recorded for this data version.

    The windows, days learnt from, flagged ground and grid are the back-test's. When it has drifted: see `Drift`.
    """
    records, version = records_of(opened), opened.store.version()
    known = records.drift(publication.id, version)
    if known is not None:
        return known
    recipe = _since(opened, publication)
    if recipe is None:
        nothing = Measured(math.nan)
        found = Drift(nothing, nothing, 0, None, 0, publication.verdict.hit_rate)
    else:
        verdict = verdict_on(backtest(opened, recipe, Access(), progress), publication.model)
        found = Drift(
            verdict.hit_rate, verdict.prior, verdict.n_windows, verdict.tested_on, verdict.n,
            publication.verdict.hit_rate,
        )  # fmt: skip
    records.note_drift(publication.id, version, found)
    return found


def _since(opened: Opened, publication: Publication) -> Recipe | None:
    """Return the back-test of the whole windows since a publication's own, the newest 26; None without one."""
    recipe = Recipe.from_text(publication.recipe, f"the recipe of publication {publication.id}")
    horizon, today = Horizon.parse(recipe.horizon), now(opened, None, recipe.sources)
    begun = publication.verdict.tested_on.after
    if horizon.unit == "m":
        months = (today.year - begun.year) * 12 + today.month - begun.month
        windows = months // horizon.n
        last = months_later(begun, windows * horizon.n) - timedelta(days=1)
    else:
        windows = (today - begun).days // horizon.n
        last = begun + timedelta(days=windows * horizon.n - 1)
    if windows < 1:
        return None
    return replace(recipe, models=(publication.model,), windows=min(windows, WINDOWS), last=last, version="")


def needs_tests(opened: Opened) -> bool:
    """Return whether a standing test is missing for the data there are now."""
    return known_default_verdict(opened) is None or bool(_undrifted(opened))


def _undrifted(opened: Opened) -> tuple[Publication, ...]:
    """Return the publications that stand and whose drift is not known for the data there are now."""
    records, version, today = records_of(opened), opened.store.version(), opened.workspace.settings.today()
    return tuple(
        each for each in records.publications() if each.is_valid(today) and records.drift(each.id, version) is None
    )


def catch_up(opened: Opened, progress: Progress = unwatched) -> None:
    """Make the standing tests that are missing for the data there are now: the default's, and the publications' drift.

    Two processes never do the same at once: the second goes away.
    """
    held = try_lock(opened.workspace.folder / LOCK)
    if held is None:
        return
    try:
        judge_default(opened, "", progress)
        for each in _undrifted(opened):
            try:
                drift(opened, each, progress)
            except Cancelled:
                raise
            except IlpgeoError:
                continue  # a model that cannot be run any more; the card says so
    finally:
        held.release()


def main(folder: str) -> None:
    """Catch up on a workspace at the lowest priority, and end with the process that asked for it."""
    os.nice(19)
    asked_by = os.getppid()

    def watch(share: float) -> None:
        if os.getppid() != asked_by:
            raise Cancelled(f"nobody waits any more, at {share:.0%}")

    catch_up(open_workspace(Path(folder)), watch)


if __name__ == "__main__":
    main(sys.argv[1])

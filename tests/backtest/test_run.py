"""The pass itself: what a model sees, what it is scored on, and what does not depend on how it is run."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar

import numpy as np
import pytest

from ilpgeo.backtest.baselines import LastWeeks, SameWindowLastYear, Uniform
from ilpgeo.backtest.evidence import Evidence
from ilpgeo.backtest.metrics import hit_rate, paired_difference
from ilpgeo.backtest.plan import Flag, Fold, Horizon, rolling_folds
from ilpgeo.backtest.run import CAPTURE_SHARES, BackTest, Contestant, run_backtest
from ilpgeo.core.answers import Diagnostic, RiskSurface
from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.blend import Blend
from ilpgeo.models.etas import Etas
from ilpgeo.models.kde import Kde
from ilpgeo.models.prior_count import PriorCount
from ilpgeo.models.prospective import Prospective

FIRST, LAST = date(2020, 1, 1), date(2021, 12, 31)
FLAGS = (Flag.parse("2%"), Flag.parse("5%"))


def study(side: int = 20) -> Grid:
    inside = np.ones((side, side), bool)
    inside[:3, :4] = False
    return Grid(0.0, 0.0, 100.0, side, side, "EPSG:32617", inside)


def evidence(n: int = 4000, seed: int = 1) -> Evidence:
    """Two years of incidents, dense in a few cells and shifting slowly."""
    rng = np.random.default_rng(seed)
    day = rng.integers(0, (LAST - FIRST).days + 1, n)
    pile = rng.integers(0, 12, n)
    x = np.clip(120.0 * pile + 250 + day / 20 + rng.normal(0, 60, n), 0, 1999)
    y = np.clip(130.0 * ((pile * 5) % 12) + 320 + rng.normal(0, 60, n), 0, 1999)
    start = np.datetime64(FIRST, "s") + (day * 86_400 + rng.integers(0, 86_400, n)).astype("timedelta64[s]")
    return Evidence(Incidents.from_xy(x, y, t_from=start), start.astype("datetime64[D]"))


def folds(n: int = 6, horizon: int = 14, training: int = 300) -> tuple[Fold, ...]:
    return rolling_folds(LAST, Horizon(horizon, "d"), n, training, FIRST)


def run(
    *models: object, given: Evidence | None = None, over: tuple[Fold, ...] | None = None, **more: object
) -> BackTest:
    contestants = [Contestant(f"{model.name}-{at}", model.title, model) for at, model in enumerate(models)]
    return run_backtest(contestants, over or folds(), given or evidence(), study(), FLAGS, Context, **more)


@dataclass(frozen=True)
class Spy:
    """Remembers what it was shown."""

    name: ClassVar[str] = "spy"
    title: ClassVar[str] = "Spy"
    seen: list = None

    def answer(self, past, grid, window, context, rng):
        self.seen.append((past, window, context.trained_on, rng.random()))
        return RiskSurface(grid, grid.count(past.x, past.y), grid.count(past.x, past.y))


def test_by_hand() -> None:
    # Cell 0 saw three incidents, cell 1 one; in the window cell 1 sees two and cell 2 one.
    grid = Grid(0.0, 0.0, 10.0, 4, 1, "EPSG:32617", np.ones((1, 4), bool))
    day = np.array(["2021-01-01"] * 4 + ["2021-01-05"] * 3, "datetime64[D]")
    x = np.array([5.0, 5, 5, 15, 15, 15, 25])
    given = Evidence(Incidents.from_xy(x, np.full(7, 5.0), t_from=day.astype("datetime64[s]")), day)
    over = rolling_folds(date(2021, 1, 5), Horizon(1, "d"), 1, 4, date(2021, 1, 1))
    test = run_backtest(
        [Contestant("p", "Prior count", PriorCount())], over, given, grid,
        [Flag.parse("1cell"), Flag.parse("2cells")], Context,
    )  # fmt: skip
    (scores,) = test.scores
    assert test.total.tolist() == [3]
    assert test.past.tolist() == [4]
    assert test.best.tolist() == [[2, 3]]
    assert scores.hits.tolist() == [[0, 2]]
    assert scores.past.tolist() == [[3, 4]]
    assert scores.predicted == pytest.approx(np.array([[0.75, 1.0]]))
    assert np.isnan(scores.kept).all()


@dataclass(frozen=True)
class Marching:
    """Expects most in the cells of a column that moves on by two cells of four with every window."""

    name: ClassVar[str] = "marching"
    title: ClassVar[str] = "Marching"

    def answer(self, past, grid, window, context, rng):
        expected = np.zeros(grid.shape)
        at = (window.start - date(2021, 1, 5)).days
        expected[0, 2 * at : 2 * at + 4] = 1.0 - np.arange(4) / 100
        return RiskSurface(grid, expected, expected)


def test_what_is_kept_and_what_a_share_of_the_ground_catches_by_hand() -> None:
    # Four of twenty cells are flagged; from window to window two of them stay. One incident falls in cell 1 each day.
    grid = Grid(0.0, 0.0, 10.0, 20, 1, "EPSG:32617", np.ones((1, 20), bool))
    day = np.arange(np.datetime64("2021-01-01"), np.datetime64("2021-01-08"))
    given = Evidence(Incidents.from_xy(np.full(7, 15.0), np.full(7, 5.0), t_from=day.astype("datetime64[s]")), day)
    over = rolling_folds(date(2021, 1, 7), Horizon(1, "d"), 3, 4, date(2021, 1, 1))
    test = run_backtest([Contestant("m", "M", Marching())], over, given, grid, [Flag.parse("4cells")], Context)
    (scores,) = test.scores
    assert np.isnan(scores.kept[0, 0]) and scores.kept[1:, 0].tolist() == [0.5, 0.5]
    assert scores.hits[:, 0].tolist() == [1, 0, 0]
    # In the first window the second cell of the twenty is the second highest: caught from 10 % of the ground on.
    caught = dict(zip(CAPTURE_SHARES.round(3).tolist(), scores.captured[0].tolist(), strict=True))
    assert (caught[0.05], caught[0.095], caught[0.1], caught[0.2]) == (0, 0, 1, 1)


def test_every_window_has_random_numbers_of_its_own() -> None:
    spy = Spy([])
    run(spy)
    assert len({number for *_, number in spy.seen}) == len(folds())


def test_a_model_sees_the_past_of_its_fold_and_nothing_else() -> None:
    spy = Spy([])
    run(spy)
    for (past, window, trained_on, _), fold in zip(spy.seen, folds(), strict=True):
        days = past.t_from.astype("datetime64[D]")
        assert (window, trained_on) == (fold.window, fold.trained_on)
        assert days.max() < np.datetime64(window.start)
        assert days.min() >= np.datetime64(trained_on.start)


def test_shuffling_the_future_changes_no_prediction() -> None:
    given = evidence()
    late = np.flatnonzero(given.day >= np.datetime64(folds()[0].window.start))
    shuffled = np.arange(len(given.day))
    shuffled[late] = np.random.default_rng(5).permutation(late)
    moved = replace(
        given, incidents=replace(given.incidents, x=given.incidents.x[shuffled], y=given.incidents.y[shuffled])
    )
    first, second = Spy([]), Spy([])
    run(first, given=given, over=folds()[:1])
    run(second, given=moved, over=folds()[:1])
    np.testing.assert_array_equal(first.seen[0][0].x, second.seen[0][0].x)
    for model in (PriorCount(), Kde(), Blend(), Etas(), Prospective(), LastWeeks(), SameWindowLastYear(), Uniform()):
        one, other = (run(model, given=each, over=folds()[:1]).scores[0] for each in (given, moved))
        np.testing.assert_array_equal(one.predicted, other.predicted)
        np.testing.assert_array_equal(one.bin_predicted, other.bin_predicted)


def test_what_was_reported_late_is_learnt_late() -> None:
    given = evidence()
    late = replace(given, known=given.day + np.timedelta64(30, "D"))
    spy = Spy([])
    run(spy, given=late)
    for (past, window, _, _), fold in zip(spy.seen, folds(), strict=True):
        assert past.t_from.astype("datetime64[D]").max() <= np.datetime64(window.start - timedelta(days=31))
        assert len(past) < len(given.during(fold.trained_on))


def test_an_additive_model_scores_as_if_it_were_asked_anew() -> None:
    @dataclass(frozen=True)
    class Plain:
        name: ClassVar[str] = "plain"
        title: ClassVar[str] = "Plain"
        model: object = None

        def answer(self, *asked):
            return self.model.answer(*asked)

    for model in (PriorCount(), Kde(200.0), Kde(150.0, "gaussian")):
        rolled, anew = (run(each).scores[0] for each in (model, Plain(model)))
        np.testing.assert_array_equal(rolled.hits, anew.hits)
        np.testing.assert_allclose(rolled.predicted, anew.predicted, rtol=5e-3)
        np.testing.assert_allclose(rolled.log_score, anew.log_score, rtol=1e-3)


def test_the_same_seed_gives_the_same_scores_whoever_else_takes_part() -> None:
    alone = run_backtest([Contestant("u", "U", Uniform())], folds(), evidence(), study(), FLAGS, Context, seed=3)
    others = [Contestant("p", "P", PriorCount()), Contestant("u", "U", Uniform())]
    beside = run_backtest(others, folds(), evidence(), study(), FLAGS, Context, seed=3)
    np.testing.assert_array_equal(alone.scores[0].hits, beside.scores[1].hits)
    changed = run_backtest([Contestant("u", "U", Uniform())], folds(), evidence(), study(), FLAGS, Context, seed=4)
    assert (changed.scores[0].hits != alone.scores[0].hits).any()


def test_baselines_are_what_they_say() -> None:
    given = evidence()
    over = folds(2, 7, 400)
    test = run(SameWindowLastYear(), LastWeeks(), PriorCount(), given=given, over=over)
    for at, fold in enumerate(over):
        year_before = given.during(fold.window.shifted(-364))
        inside = study().cell_of(year_before.x, year_before.y) >= 0
        assert test.scores[0].expected[at] == pytest.approx(inside.sum())
    assert test.scores[1].expected[-1] == pytest.approx(test.scores[2].expected[-1], rel=0.4)


def test_last_year_is_shown_its_year_however_little_the_others_learn_from() -> None:
    given, over = evidence(), folds(3, 7, 60)
    last_year = Contestant("y", "Y", SameWindowLastYear(), Period.year_before)
    test = run_backtest([Contestant("p", "P", PriorCount()), last_year], over, given, study(), FLAGS, Context)
    for at, fold in enumerate(over):
        year_before = given.during(fold.window.year_before())
        assert test.scores[1].expected[at] == (study().cell_of(year_before.x, year_before.y) >= 0).sum() > 0


def test_nobody_is_shown_the_days_of_the_window() -> None:
    cheat = Contestant("c", "C", PriorCount(), lambda window: window)
    with pytest.raises(InvalidInput, match="shown to a contestant that looks ahead"):
        run_backtest([Contestant("u", "U", Uniform()), replace(cheat, model=Uniform())], folds(), evidence(), study(),
                     FLAGS, Context)  # fmt: skip


def test_scores_keep_their_bounds_and_a_good_model_beats_chance() -> None:
    test = run(PriorCount(), Uniform(), Kde(150.0), over=folds(20, 14, 300))
    prior, chance, _ = test.scores
    for scores in test.scores:
        assert (scores.hits <= test.best).all()
        assert (scores.hits[:, 0] <= scores.hits[:, 1]).all()
        assert (np.diff(scores.captured, axis=1) >= 0).all()
        assert (scores.kept[1:] >= 0).all()
        assert (scores.kept[1:] <= 1).all()
        assert scores.bin_observed.sum(1) == pytest.approx(test.total)
    assert hit_rate(chance.hits[:, 1], test.total) == pytest.approx(0.05, abs=0.03)
    assert paired_difference(test, prior, chance, 1).low > 0.1


def test_a_pass_can_be_stopped() -> None:
    def stop(share: float) -> None:
        if share > 0.3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        run(PriorCount(), progress=stop)


def test_what_cannot_be_tested_is_refused() -> None:
    @dataclass(frozen=True)
    class Words:
        name: ClassVar[str] = "words"
        title: ClassVar[str] = "Words"

        def answer(self, past, grid, window, context, rng):
            return Diagnostic("words", (), (), 0.0)

    with pytest.raises(InvalidInput, match="Words answers with no expectation"):
        run(Words())
    with pytest.raises(InvalidInput, match="same name"):
        run_backtest([Contestant("a", "A", PriorCount())] * 2, folds(), evidence(), study(), FLAGS, Context)

"""A back-test's tables against numbers worked out by hand, and the bounds and orderings its metrics keep."""

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ilpgeo.backtest import metrics
from ilpgeo.backtest.evidence import Evidence
from ilpgeo.backtest.plan import Flag, Horizon, rolling_folds
from ilpgeo.backtest.report import explain_backtest
from ilpgeo.backtest.run import CAPTURE_SHARES, BackTest, Contestant, Scores, run_backtest
from ilpgeo.core.explained import Table
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.space import Grid
from ilpgeo.models.kde import Kde
from ilpgeo.models.prior_count import PriorCount
from ilpgeo.safeguards.release import release_answer

FIRST, DAYS = date(2021, 1, 1), 40
NAN = float("nan")


def column(*values: float) -> np.ndarray:
    return np.array(values, float)[:, None]


def toy() -> BackTest:
    """Two windows of 10 and 30 incidents; 4 of 200 cells of 0.25 km2 flagged; 50 and 150 learnt from."""

    def scores(name: str, hits: np.ndarray, past: np.ndarray, predicted: np.ndarray, kept: float) -> Scores:
        return Scores(
            name, name, hits, past, predicted, clumpiness=column(0.2, 0.6), kept=column(NAN, kept),
            log_score=np.array([-12.0, -20.0]) + (4.0 if name == "Better" else 0.0), expected=np.array([12.0, 24.0]),
            captured=np.outer([1.0, 3.0], np.ones(len(CAPTURE_SHARES))),
            bin_predicted=np.full((2, 10), 2.0), bin_observed=np.tile([3.0] + [1.0] * 9, (2, 1)),
        )  # fmt: skip

    folds = rolling_folds(date(2021, 2, 9), Horizon(7, "d"), 2, 20, FIRST)
    return BackTest(
        folds, (Flag.parse("4cells"),), np.array([4]), 200, 0.25, np.array([10.0, 30.0]), np.array([50.0, 150.0]),
        column(8.0, 12.0),
        (
            scores("Prior count", column(2.0, 6.0), column(10.0, 40.0), column(1.0, 5.0), 0.75),
            scores("Better", column(4.0, 6.0), column(10.0, 30.0), column(6.0, 9.0), 0.5),
        ),
    )  # fmt: skip


def tables(test: BackTest) -> dict[str, Table]:
    return {table.title: table for table in explain_backtest(test).tables}


def test_every_metric_by_hand() -> None:
    row = {name: values[1] for name, values in tables(toy())["Metrics"].columns.items()}
    assert row["Model"] == "Better" and row["Ground"] == "4 cells"
    assert row["Hit rate"] == pytest.approx(10 / 40)
    assert row["Beside the prior count"] == pytest.approx(2 / 40)
    assert row["PAI"] == pytest.approx(0.25 / 0.02)
    assert row["PEI"] == pytest.approx(10 / 20)
    assert row["RRI (Levine)"] == pytest.approx((10 / 40) / (40 / 200))
    assert row["RRI (expected/observed)"] == pytest.approx(15 / 10)
    assert row["SER (per km\u00b2)"] == pytest.approx(10 / (2 * 4 * 0.25))
    assert row["Clumpiness"] == pytest.approx(0.4)
    assert row["Kept from window to window"] == pytest.approx(0.5)
    surface = tables(toy())["Likelihood of the whole surface"].columns
    assert surface["Log score gained per incident"].tolist() == pytest.approx([0, 8 / 40])
    assert surface["Expected per incident that came"].tolist() == pytest.approx([36 / 40] * 2)
    tenths = tables(toy())["Came per expected, highest cells first (1 is right)"].columns["Better"]
    assert tenths.tolist() == pytest.approx([1.5] + [0.5] * 9)
    assert set(tables(toy())["Incidents caught (%) by share of the ground"].columns["Better"]) == {100 * 4 / 40}


def test_the_findings_name_days_and_differences_as_people_write_them() -> None:
    found = explain_backtest(toy())
    assert found.title == "Back-test on 2 windows, 27 Jan \u2013 9 Feb 2021"
    assert any("Better catches" in each and "+5.0 points beside" in each for each in found.findings)
    worse = replace(toy(), scores=tuple(reversed(toy().scores)))
    assert any("\u22125.0 points beside" in each for each in explain_backtest(worse).findings)


def test_ground_and_few_incidents_are_told_as_people_write_them() -> None:
    first, better = toy().scores
    test = replace(toy(), scores=(replace(first, title="Prior count"), better), flags=(Flag.parse("0.65km2"),))
    said = explain_backtest(test).findings
    assert said[0].startswith("With 0.65 km\u00b2 of the ground flagged, the prior count catches ")
    assert said[1].endswith("beside the prior count")
    assert "Only 40 incidents in all windows: ranks of models may be chance" in said
    assert set(tables(test)["Metrics"].columns["Ground"].tolist()) == {"0.65 km\u00b2"}


def test_a_single_window_is_a_row_and_no_curve() -> None:
    title = "Caught window by window (%), 4 cells flagged"
    assert tables(toy())[title].chart == "line"
    by_window = [each.name for each in fields(Scores) if each.name not in {"name", "title"}]
    scores = tuple(replace(each, **{name: getattr(each, name)[:1] for name in by_window}) for each in toy().scores)
    alone = replace(
        toy(), scores=scores, **{name: getattr(toy(), name)[:1] for name in ("folds", "total", "past", "best")}
    )
    assert tables(alone)[title].chart == "table"
    assert "Only 10 incidents in the window: ranks of models may be chance" in explain_backtest(alone).findings


def test_every_metric_of_each_window_by_hand() -> None:
    table = tables(toy())["Window by window"]
    (second,) = np.flatnonzero((table.columns["Model"] == "Better") & (table.columns["Incidents"] == 30))
    row = {name: values[second] for name, values in table.columns.items()}
    assert str(row["Window from"]) == "2021-02-03" and str(row["to"]) == "2021-02-09"
    assert (row["Caught"], row["Expected there"], row["Log score"]) == (6, 9, -16)
    assert row["Hit rate"] == pytest.approx(6 / 30)
    exact = stats.binomtest(6, 30).proportion_ci(0.95)
    assert (row["Hit rate, at least"], row["Hit rate, at most"]) == pytest.approx((exact.low, exact.high))
    assert row["PAI"] == pytest.approx(0.2 / 0.02)
    assert row["PEI"] == pytest.approx(6 / 12)
    assert row["RRI (Levine)"] == pytest.approx((6 / 30) / (30 / 150))
    assert row["RRI (expected/observed)"] == pytest.approx(1.5)
    assert row["SER (per km\u00b2)"] == pytest.approx(6)
    assert row["Clumpiness"] == pytest.approx(0.6)
    assert row["Kept from window to window"] == pytest.approx(0.5)
    first = table.columns["Kept from window to window"][second - 1]
    assert np.isnan(first), "nothing was flagged before the first window"
    curve = tables(toy())["Caught window by window (%), 4 cells flagged"]
    assert curve.columns["Better"].tolist() == pytest.approx([40, 20])


def test_a_window_with_few_incidents_is_withheld_from_what_is_released() -> None:
    released = release_answer(explain_backtest(toy()), 11).value
    left = {table.title: table for table in released.tables}
    assert set(left["Window by window"].columns["Incidents"]) == {30}
    assert len(left["Caught window by window (%), 4 cells flagged"]) == 1


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_interval_of_one_window_is_the_exact_binomial_one(hits: int, missed: int) -> None:
    low, high = metrics.exact_interval(np.array([hits * 1.0]), np.array([hits * 1.0 + missed]))
    if hits + missed == 0:
        assert np.isnan([low[0], high[0]]).all()
        return
    right = stats.binomtest(hits, hits + missed).proportion_ci(0.95)
    assert (low[0], high[0]) == pytest.approx((right.low, right.high), abs=1e-9)


def test_every_metric_has_an_interval_and_it_holds_the_pooled_number() -> None:
    test = drawn(seed=3, n=900, n_folds=8)
    table = explain_backtest(test).tables[1]
    assert table.title == "Intervals of the metrics"
    value, low, high = (table.columns[name] for name in ("Value", "low", "high"))
    assert len(value) == len(test.scores) * len(test.flags) * 8
    assert ((low <= value + 1e-9) & (value <= high + 1e-9)).mean() > 0.95
    assert (low < high).mean() > 0.8
    pai, rate = (table.columns["Metric"] == name for name in ("PAI", "Hit rate"))
    share = np.repeat(test.cells / test.n_cells, len(test.scores))
    np.testing.assert_allclose(low[pai] * share, low[rate])


@pytest.mark.parametrize(("n_folds", "is_said"), [(3, False), (4, True), (11, True), (12, False)])
def test_few_windows_are_told_to_make_differences_too_sure(n_folds: int, is_said: bool) -> None:
    findings = explain_backtest(drawn(seed=3, n=900, n_folds=n_folds)).findings
    assert any(f"Only {n_folds} windows to draw from" in each for each in findings) == is_said


def drawn(seed: int, n: int, n_folds: int) -> BackTest:
    """A back-test of incidents at random around a few places."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(100, 900, (4, 2))
    x, y = np.clip(places[rng.integers(0, 4, n)] + rng.normal(0, 80, (n, 2)), 0, 999).T
    day = np.datetime64(FIRST, "D") + rng.integers(0, DAYS, n).astype("timedelta64[D]")
    inside = rng.random((10, 10)) < 0.8
    inside[0, 0] = True
    grid = Grid(0.0, 0.0, 100.0, 10, 10, "EPSG:32617", inside)
    folds = rolling_folds(date(2021, 2, 9), Horizon(2, "d"), n_folds, 10, FIRST)
    entrants = [Contestant(model.name, model.title, model) for model in (PriorCount(), Kde(150.0))]
    flags = [Flag.parse(text) for text in ("2cells", "10%", "30%")]
    given_ = Evidence(Incidents.from_xy(x, y, t_from=day.astype("datetime64[s]")), day)
    return run_backtest(entrants, folds, given_, grid, flags, Context)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**20), st.integers(0, 300), st.integers(1, 6))
def test_metrics_keep_their_bounds_and_orders(seed: int, n: int, n_folds: int) -> None:
    test = drawn(seed, n, n_folds)
    for scores in test.scores:
        assert (np.diff(scores.hits, axis=1) >= 0).all(), "more ground never catches less"
        assert (scores.hits <= test.best).all() and (test.best <= test.total[:, None]).all()
        assert (np.diff(scores.captured, axis=1) >= 0).all()
        assert (scores.captured <= test.total[:, None]).all()
        for flag, cells in enumerate(test.cells):
            found = {each.name: each for each in metrics.metrics_of(test, scores, flag)}
            share = cells / test.n_cells
            for values, most in (
                (found["Hit rate"].by_fold(), 1.0),
                (found["PAI"].by_fold(), 1 / share),
                (found["PEI"].by_fold(), 1.0),
                (found["Kept from window to window"].by_fold(), 1.0),
            ):
                known = values[np.isfinite(values)]
                assert ((known >= 0) & (known <= most + 1e-9)).all()
            compact = found["Clumpiness"].by_fold()
            assert (np.abs(compact[np.isfinite(compact)]) <= 1).all()
            caught, efficient = found["Hit rate"].pooled(), found["PEI"].pooled()
            if test.total.sum():
                assert 0 <= caught.value <= efficient.value + 1e-12, "no choice of ground catches more than all"
            if n_folds >= 4 and np.isfinite(caught.low):
                assert 0 <= caught.low <= caught.high <= 1

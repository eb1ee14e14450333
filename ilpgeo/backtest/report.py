"""A back-test in words, tables and curves: the form in which people see it."""

from __future__ import annotations

import numpy as np

from ilpgeo.backtest import metrics
from ilpgeo.backtest.metrics import Estimate
from ilpgeo.backtest.run import CAPTURE_SHARES, BackTest
from ilpgeo.core import wording as words
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.query import Period

N_CURVES = 4
_FEW_FOLDS = 12


def explain_backtest(test: BackTest, seed: int = 0) -> Diagnostic:
    """Return what a test found. The first contestant is what the others are compared with."""
    tables = (
        metrics_table(test, seed),
        intervals_table(test, seed),
        capture_table(test),
        calibration_table(test),
        run_table(test),
        likelihood_table(test, seed),
        windows_table(test),
    )
    tested = Period(test.folds[0].window.start, test.folds[-1].window.end)
    title = f"Back-test on {words.plural(len(test.folds), 'window')}, {words.span(tested)}"
    return Diagnostic(title, _findings(test, seed), tables, float(test.total.sum()))


def _findings(test: BackTest, seed: int) -> tuple[str, ...]:
    if test.total.sum() == 0:
        return ("Nothing happened in the windows: there is nothing to judge by",)
    flag = len(test.flags) // 2
    base = test.scores[0]
    beside = base.title if base.title != "Prior count" else "the prior count"
    first = metrics.hit_rate_interval(test, base, flag, seed)
    ground = f"{test.flags[flag].spoken} of the ground flagged"
    said = [f"With {ground}, {beside} catches {_share(first)} of the incidents to come"]
    for scores in test.scores[1:]:
        rate = metrics.hit_rate_interval(test, scores, flag, seed)
        apart = metrics.paired_difference(test, scores, base, flag, seed)
        said.append(f"{scores.title} catches {_share(rate)}: {_verdict(apart)} {beside}")
    if test.unreported_share is not None:
        said.append(
            f"Each window was forecast from what had been reported before it: {test.unreported_share:.1%} of the "
            "earlier incidents were reported (or over) too late and left out"
        )
    few = test.total.sum()
    if few < 100:
        said.append(
            f"Only {words.plural(round(few), 'incident')} in {'all windows' if len(test.folds) > 1 else 'the window'}: "
            "ranks of models may be chance"
        )
    if metrics.LEAST_FOLDS <= len(test.folds) < _FEW_FOLDS:
        said.append(
            f"Only {len(test.folds)} windows to draw from: the intervals of differences are too narrow, and what is "
            "called sure may be chance"
        )
    return tuple(said)


def _share(rate: Estimate) -> str:
    if np.isnan(rate.low):
        return f"{rate.value:.1%}"
    return f"{rate.value:.1%} (95 % interval {rate.low:.1%} to {rate.high:.1%})"


def _verdict(apart: Estimate) -> str:
    points = f"{words.signed(100 * apart.value)} points"
    if np.isnan(apart.low):
        return f"{points} beside"
    between = f"{points} ({words.signed(100 * apart.low)} to {words.signed(100 * apart.high)})"
    if apart.low > 0:
        return f"{between}, surely more than"
    if apart.high < 0:
        return f"{between}, surely less than"
    return f"{between}, not surely different from"


def metrics_table(test: BackTest, seed: int = 0) -> Table:
    """Return every metric of every contestant at every flagged area, pooled over the windows."""
    rows: list[dict[str, object]] = []
    for flag, name in enumerate(test.flags):
        for scores in test.scores:
            rate, *others = metrics.metrics_of(test, scores, flag)
            caught = rate.pooled(seed)
            apart = metrics.paired_difference(test, scores, test.scores[0], flag, seed)
            rows.append(
                {
                    "Model": scores.title,
                    "Ground": name.spoken,
                    "Hit rate": caught.value,
                    "Hit rate, at least": caught.low,
                    "Hit rate, at most": caught.high,
                    "Beside the prior count": apart.value,
                    "Beside the prior count, at least": apart.low,
                    "Beside the prior count, at most": apart.high,
                    **{each.name: float(each.formula(*each.series)) for each in others},
                }
            )
    return Table("Metrics", {name: np.array([row[name] for row in rows]) for name in rows[0]})


def intervals_table(test: BackTest, seed: int = 0) -> Table:
    """Return every metric of every contestant at every flagged area with its interval, one a row."""
    columns: dict[str, list[object]] = {"Model": [], "Ground": [], "Metric": [], "Value": [], "low": [], "high": []}
    for flag, name in enumerate(test.flags):
        for scores in test.scores:
            for each in metrics.metrics_of(test, scores, flag):
                found = each.pooled(seed)
                row = (scores.title, name.spoken, each.name, found.value, found.low, found.high)
                for column, value in zip(columns.values(), row, strict=True):
                    column.append(value)
    return Table("Intervals of the metrics", {name: np.array(values) for name, values in columns.items()})


def capture_table(test: BackTest) -> Table:
    """Return the incidents caught against the share of the ground, both in percent, one curve for each contestant."""
    curves = {scores.title: 100 * metrics.caught_by_ground(test, scores) for scores in test.scores[:N_CURVES]}
    return Table("Incidents caught (%) by share of the ground", {"Ground (%)": 100 * CAPTURE_SHARES, **curves}, "line")


def calibration_table(test: BackTest) -> Table:
    """Return incidents that came over incidents expected, by tenths of what was expected, highest cells first."""
    tenth = np.arange(1, test.scores[0].bin_predicted.shape[1] + 1)
    curves = {each.title: metrics.came_per_expected(each) for each in test.scores[:N_CURVES]}
    return Table("Came per expected, highest cells first (1 is right)", {"Tenth": tenth, **curves}, "line")


def likelihood_table(test: BackTest, seed: int = 0) -> Table:
    """Return the log score per incident beside the first contestant's: how well the whole surface foretold."""
    names, values = [], []
    for scores in test.scores:
        gain = metrics.log_score_gained(test, scores, test.scores[0], seed)
        names.append(scores.title)
        values.append((gain.value, gain.low, gain.high, _ratio(scores.expected.sum(), test.total.sum())))
    gain, low, high, level = np.array(values).T
    columns = {"Model": np.array(names), "Log score gained per incident": gain, "low": low, "high": high}
    return Table("Likelihood of the whole surface", {**columns, "Expected per incident that came": level})


def run_table(test: BackTest) -> Table:
    """Return the share caught in each window, one curve for each contestant, at the middle one of the flagged areas."""
    flag = len(test.flags) // 2
    curves = {each.title: 100 * metrics.metrics_of(test, each, flag)[0].by_fold() for each in test.scores[:N_CURVES]}
    number = np.arange(1, len(test.folds) + 1)
    title = f"Caught window by window (%), {test.flags[flag].spoken} flagged"
    columns = {"Window (1 is the oldest)": number, **curves, "Incidents": test.total}
    return Table(title, columns, "line" if len(test.folds) > 1 else "table", counts="Incidents")


def windows_table(test: BackTest) -> Table:
    """Return every metric of every contestant at every flagged area in each window alone, one window a row."""
    start, end = (
        np.array([getattr(fold.window, side) for fold in test.folds], "datetime64[D]") for side in ("start", "end")
    )
    parts: list[dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]] = []
    n = len(test.folds)
    for flag, name in enumerate(test.flags):
        for scores in test.scores:
            rate, *others = metrics.metrics_of(test, scores, flag)
            low, high = metrics.exact_interval(scores.hits[:, flag], test.total)
            parts.append(
                {
                    "Window from": start,
                    "to": end,
                    "Model": np.full(n, scores.title),
                    "Ground": np.full(n, name.spoken),
                    "Incidents": test.total,
                    "Caught": scores.hits[:, flag],
                    "Expected there": scores.predicted[:, flag],
                    rate.name: rate.by_fold(),
                    f"{rate.name}, at least": low,
                    f"{rate.name}, at most": high,
                    **{each.name: each.by_fold() for each in others},
                    "Log score": scores.log_score,
                }
            )
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Table("Window by window", joined, counts="Incidents")


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom else float("nan")

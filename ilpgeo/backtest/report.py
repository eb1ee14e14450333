"""A back-test in words, tables and curves: the form in which people see it."""

from __future__ import annotations

import numpy as np

from ilpgeo.backtest import metrics
from ilpgeo.backtest.metrics import Estimate
from ilpgeo.backtest.run import CAPTURE_SHARES, BackTest
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.explained import Diagnostic, Table

N_CURVES = 4


def explain_backtest(test: BackTest, seed: int = 0) -> Diagnostic:
    """Return what a test found. The first contestant is what the others are compared with."""
    tables = (
        metrics_table(test, seed),
        capture_table(test),
        calibration_table(test),
        likelihood_table(test, seed),
        *(windows_table(test, flag) for flag in range(len(test.flags))),
    )
    title = f"Back-test on {len(test.folds)} windows, {test.folds[0].window.start} to {test.folds[-1].window.end}"
    return Diagnostic(title, _findings(test, seed), tables, float(test.total.sum()))


def _findings(test: BackTest, seed: int) -> tuple[str, ...]:
    if test.total.sum() == 0:
        return ("Nothing happened in the windows: there is nothing to judge by",)
    flag = len(test.flags) // 2
    base = test.scores[0]
    ground = f"the {test.flags[flag]} of the ground flagged"
    first = metrics.hit_rate_interval(test, base, flag, seed)
    said = [f"With {ground}, {base.title} catches {_share(first)} of the incidents to come"]
    for scores in test.scores[1:]:
        rate = metrics.hit_rate_interval(test, scores, flag, seed)
        apart = metrics.paired_difference(test, scores, base, flag, seed)
        said.append(f"{scores.title} catches {_share(rate)}: {_verdict(apart)} {base.title}")
    if test.unreported_share is not None:
        said.append(
            f"Each window was forecast from what had been reported before it: {test.unreported_share:.1%} of the "
            "earlier incidents were reported too late and left out"
        )
    few = test.total.sum()
    if few < 100:
        said.append(
            f"Only {few:.0f} incidents in all windows: the intervals are wide, and ranks of models may be chance"
        )
    return tuple(said)


def _share(rate: Estimate) -> str:
    if np.isnan(rate.low):
        return f"{rate.value:.1%}"
    return f"{rate.value:.1%} (95 % interval {rate.low:.1%} to {rate.high:.1%})"


def _verdict(apart: Estimate) -> str:
    points = f"{100 * apart.value:+.1f} points"
    if np.isnan(apart.low):
        return f"{points} beside"
    between = f"{points} ({100 * apart.low:+.1f} to {100 * apart.high:+.1f})"
    if apart.low > 0:
        return f"{between}, surely more than"
    if apart.high < 0:
        return f"{between}, surely less than"
    return f"{between}, not surely different from"


def metrics_table(test: BackTest, seed: int = 0) -> Table:
    """Return every metric of every contestant at every flagged area, pooled over the windows."""
    rows: list[dict[str, object]] = []
    for flag, (k, name) in enumerate(zip(test.cells.tolist(), test.flags, strict=True)):
        share, km2 = k / test.n_cells, k * test.cell_km2
        for scores in test.scores:
            hits, best = scores.hits[:, flag], test.best[:, flag]
            rate = metrics.hit_rate_interval(test, scores, flag, seed)
            apart = metrics.paired_difference(test, scores, test.scores[0], flag, seed)
            rows.append(
                {
                    "Model": scores.title,
                    "Ground": str(name),
                    "Hit rate": rate.value,
                    "low": rate.low,
                    "high": rate.high,
                    "Difference": apart.value,
                    "least": apart.low,
                    "most": apart.high,
                    "PAI": metrics.pai(hits, test.total, share),
                    "PEI": metrics.pei_star(hits, best),
                    "RRI (Levine)": metrics.rri_levine(hits, scores.past[:, flag], test.total, test.past),
                    "RRI (expected/observed)": metrics.rri_predicted(hits, scores.predicted[:, flag]),
                    "SER (per km\u00b2)": metrics.ser(hits, km2),
                    "Clumpiness": _mean(scores.clumpiness[:, flag]),
                    "Kept from window to window": _mean(scores.kept[:, flag]),
                }
            )
    return Table("Metrics", {name: np.array([row[name] for row in rows]) for name in rows[0]})


def capture_table(test: BackTest) -> Table:
    """Return the share of the incidents caught against the share of the ground, one curve for each contestant."""
    total = max(float(test.total.sum()), 1e-9)
    curves = {scores.title: scores.captured.sum(0) / total for scores in test.scores[:N_CURVES]}
    return Table("Incidents caught by share of the ground", {"Ground (%)": 100 * CAPTURE_SHARES, **curves}, "line")


def calibration_table(test: BackTest) -> Table:
    """Return incidents that came over incidents expected, by tenths of what was expected, highest cells first."""
    tenth = np.arange(1, test.scores[0].bin_predicted.shape[1] + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        curves = {
            each.title: np.where(
                each.bin_predicted.sum(0) > 0, each.bin_observed.sum(0) / each.bin_predicted.sum(0), np.nan
            )
            for each in test.scores[:N_CURVES]
        }
    return Table("Came per expected, highest cells first (1 is right)", {"Tenth": tenth, **curves}, "line")


def likelihood_table(test: BackTest, seed: int = 0) -> Table:
    """Return the log score per incident beside the first contestant's: how well the whole surface foretold."""
    names, values = [], []
    for scores in test.scores:
        gain = metrics.pooled_interval(scores.log_score - test.scores[0].log_score, test.total, seed)
        names.append(scores.title)
        values.append((gain.value, gain.low, gain.high, _ratio(scores.expected.sum(), test.total.sum())))
    gain, low, high, level = np.array(values).T
    columns = {"Model": np.array(names), "Log score gained per incident": gain, "low": low, "high": high}
    return Table("Likelihood of the whole surface", {**columns, "Expected per incident that came": level})


def windows_table(test: BackTest, flag: int) -> Table:
    """Return the incidents of each window and how many each contestant caught."""
    starts = np.array([fold.window.start for fold in test.folds], "datetime64[D]")
    columns: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "Window from": starts,
        "Incidents": test.total,
    }
    caught = {f"Caught: {scores.title}": scores.hits[:, flag] for scores in test.scores}
    return Table(f"Window by window, {test.flags[flag]} flagged", {**columns, **caught})


def _mean(values: FloatArray) -> float:
    kept = values[np.isfinite(values)]
    return float(kept.mean()) if kept.size else float("nan")


def _ratios(top: FloatArray, bottom: FloatArray) -> FloatArray:
    return np.array([_ratio(*pair) for pair in zip(top, bottom, strict=True)])


def _ratio(top: float, bottom: float) -> float:
    return float(top / bottom) if bottom else float("nan")

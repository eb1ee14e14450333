"""The response of a score to the settings: what a sweep found, as words, a curve or a map of settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ilpgeo.backtest.metrics import Estimate, pooled_hit_rate, pooled_interval
from ilpgeo.backtest.sweep import Point
from ilpgeo.core import wording as words
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.core.params import Param

FEWEST_TO_COMPARE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """How one point did.

    Attributes
    ----------
    point
        The settings.
    hits, prior, total
        Shape (folds,): incidents of each window in the flagged cells, in those of the prior count, and in all.
    fault
        Why it could not be tried; empty where it was.
    """

    point: Point
    hits: FloatArray
    prior: FloatArray
    total: FloatArray
    fault: str = ""

    def rate(self, seed: int = 0) -> Estimate:
        """Return the pooled hit rate."""
        return pooled_hit_rate(self.hits, self.total, seed)

    def apart(self, seed: int = 0) -> Estimate:
        """Return how much higher the hit rate is than the prior count's on the same windows."""
        return pooled_interval(self.hits - self.prior, self.total, seed)


def best_of(tried: Sequence[Tried]) -> Tried | None:
    """Return the point with the highest hit rate, the first among equals; None where nothing was tried."""
    usable = [each for each in tried if not each.fault and each.total.sum() > 0]
    return max(usable, key=lambda each: each.rate().value, default=None)


def explain_sweep(tried: Sequence[Tried], n_points: int, params: Sequence[Param], flag: str, seed: int) -> Diagnostic:
    """Return what a sweep found so far.

    Parameters
    ----------
    tried
        In the order of the plan.
    n_points
        How many there are in all.
    params
        The settings that were varied, in the order of the plan.
    flag
        The flagged area in words.
    """
    usable = [each for each in tried if not each.fault]
    title = f"{len(tried)} of {n_points} settings tried"
    if not usable:
        return Diagnostic(title, tuple(each.fault for each in tried[:3]), (), 0.0)
    tables = [*_surface(usable, params, flag), _rows(usable, params, seed)]
    return Diagnostic(title, _findings(tried, usable, params, flag, seed), tuple(tables), float(usable[0].total.sum()))


def named(point: Point, params: Sequence[Param]) -> str:
    """Return a point in words."""
    known = {each.name: each for each in params}
    return words.listed([known[name].told(value) for name, value in point])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _findings(
    tried: Sequence[Tried], usable: Sequence[Tried], params: Sequence[Param], flag: str, seed: int
) -> tuple[str, ...]:
    best = best_of(usable)
    if best is None:
        return ("Nothing happened in the windows: there is nothing to judge by",)
    rate, apart = best.rate(seed), best.apart(seed)
    said = [
        f"The {'one point tried' if len(usable) == 1 else f'best of {len(usable)}'}, with {named(best.point, params)}, "
        f"catches {rate.value:.1%} of the incidents on {flag} of the ground{_between(rate)}"
    ]
    if np.isfinite(apart.low):
        sure = "surely more" if apart.low > 0 else "surely less" if apart.high < 0 else "not surely different"
        said.append(
            f"Beside the prior count that is {words.signed(100 * apart.value)} points "
            f"({words.signed(100 * apart.low)} to {words.signed(100 * apart.high)}), {sure}"
        )
    alike = _as_good(best, usable, seed)
    if len(usable) >= FEWEST_TO_COMPARE:
        rates = [each.rate().value for each in usable]
        said.append(f"Over all settings tried the hit rate runs from {min(rates):.1%} to {max(rates):.1%}")
        said.append(_choice(alike, len(usable)))
        said.append(
            "The best of many is partly luck: it did best on these windows, and will do a little worse on the next"
        )
    failed = len(tried) - len(usable)
    if failed:
        why = next(each.fault for each in tried if each.fault)
        said.append(f"{failed} could not be tried: {why}")
    return tuple(said)


def _choice(n_alike: int, n: int) -> str:
    """Say how many points do as well as the best, itself included, for all that is known."""
    if n_alike == n:
        return f"Not one of the {n} is surely worse than the best: the choice is yours"
    if n_alike > 1:
        return f"{n_alike} of the {n} are not surely worse than the best: among them the choice is yours"
    return "All others are surely worse than the best"


def _between(rate: Estimate) -> str:
    return "" if np.isnan(rate.low) else f" (95 % interval {rate.low:.1%} to {rate.high:.1%})"


def _as_good(best: Tried, usable: Sequence[Tried], seed: int) -> int:
    """Return how many points are not surely worse than the best, itself included."""
    lost = [pooled_interval(best.hits - each.hits, best.total, seed).low for each in usable if each is not best]
    return 1 + sum(not low > 0 for low in lost)


def _surface(usable: Sequence[Tried], params: Sequence[Param], flag: str) -> list[Table]:
    """Return the curve of one number, or the map of two settings; nothing where there are more."""
    title = f"Hit rate (%) by setting, {flag} flagged"
    rate = np.array([100 * each.rate().value for each in usable])
    prior = np.array([100 * _share(each.prior, each.total) for each in usable])
    columns = [np.array([dict(each.point)[param.name] for each in usable]) for param in params]
    if len(params) == 1 and columns[0].dtype.kind in "if":
        order = np.argsort(columns[0], kind="stable")
        best = float(columns[0][int(rate.argmax())])
        shown = {_heading(params[0]): columns[0][order], "This model": rate[order], "Prior count": prior[order]}
        return [Table(title, shown, "line", mark=best)]
    if len(params) == 1:
        shown = {_heading(params[0]): np.array([_shown(each) for each in columns[0].tolist()]), "Hit rate (%)": rate}
        return [Table(title, shown, "bars")]
    if len(params) == 2:
        order = np.lexsort((columns[0], columns[1]))
        shown = {_heading(p): values[order] for p, values in zip(params, columns, strict=True)}
        return [Table(title, {**shown, "Hit rate (%)": rate[order]}, "heat")]
    return []


def _rows(usable: Sequence[Tried], params: Sequence[Param], seed: int) -> Table:
    ordered = sorted(usable, key=lambda each: -each.rate().value)
    columns = {_heading(p): np.array([dict(each.point)[p.name] for each in ordered]) for p in params}
    rates, aparts = [each.rate(seed) for each in ordered], [each.apart(seed) for each in ordered]
    columns["Hit rate (%)"] = np.array([100 * each.value for each in rates])
    columns["at least"] = np.array([100 * each.low for each in rates])
    columns["at most"] = np.array([100 * each.high for each in rates])
    columns["Beside the prior count (points)"] = np.array([100 * each.value for each in aparts])
    columns["no less than"] = np.array([100 * each.low for each in aparts])
    columns["no more than"] = np.array([100 * each.high for each in aparts])
    return Table("All settings tried, best first", columns)


def _heading(param: Param) -> str:
    return f"{param.label} ({param.unit})" if param.unit else param.label


def _share(top: FloatArray, bottom: FloatArray) -> float:
    return float(top.sum() / bottom.sum()) if bottom.sum() else float("nan")

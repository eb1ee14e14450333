"""The spread of a result over choices that no data make, in words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ilpgeo.backtest.metrics import Estimate, pooled_hit_rate, pooled_interval
from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.explained import Diagnostic, Table

_STEADY = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One choice and its result.

    Attributes
    ----------
    what, name, value
        What was varied, the choice in words, and as a number to draw it by.
    hits, prior, total
        Shape (folds,): incidents of each window in the flagged cells, in those of the prior count, and in all.
    """

    what: str
    name: str
    value: float
    hits: FloatArray
    prior: FloatArray
    total: FloatArray

    def rate(self, seed: int = 0) -> Estimate:
        """Return the pooled hit rate."""
        return pooled_hit_rate(self.hits, self.total, seed)

    def apart(self, seed: int = 0) -> Estimate:
        """Return how much higher it is than the prior count's under the same choice."""
        return pooled_interval(self.hits - self.prior, self.total, seed)


def explain_spread(variants: Sequence[Variant], model: str, flag: str, seed: int = 0) -> Diagnostic:
    """Return how far the hit rate depends on each choice, beside how unsure it is anyway.

    Parameters
    ----------
    model, flag
        What was tested and how much ground was flagged, in words.
    """
    groups: dict[str, list[Variant]] = {}
    for each in variants:
        groups.setdefault(each.what, []).append(each)
    n = max((float(each.total.sum()) for each in variants), default=0.0)
    title = f"How steady {model} is, {flag} of the ground flagged"
    if n == 0:
        return Diagnostic(title, ("Nothing happened in the windows: there is nothing to judge by",), (), 0.0)
    said = tuple(_said(what, group, seed) for what, group in groups.items())
    tables = [_summary(groups, seed), *(_chart(what, group) for what, group in groups.items())]
    return Diagnostic(title, said, (*tables, _rows(variants, seed)), n)


def _said(what: str, group: Sequence[Variant], seed: int) -> str:
    rates = np.array([each.rate().value for each in group])
    low, high = group[int(rates.argmin())], group[int(rates.argmax())]
    spread, unsure = float(rates.max() - rates.min()), _width(group, seed)
    text = (
        f"{what}: the hit rate runs from {rates.min():.1%} ({low.name}) to {rates.max():.1%} ({high.name}), "
        f"{100 * spread:.1f} points apart"
    )
    if np.isnan(unsure):
        return text
    much = "little" if spread < _STEADY * unsure else "as much as" if spread < unsure else "more than"
    beside = "beside its interval" if much == "little" else "chance does"
    verdict = f"this choice moves it {much} {beside} (interval {100 * unsure:.1f} points wide)"
    ahead = sum(each.apart(seed).low > 0 for each in group)
    behind = sum(each.apart(seed).high < 0 for each in group)
    return f"{text}; {verdict}; {_beside_prior(ahead, behind, len(group))}"


def _beside_prior(n_ahead: int, n_behind: int, n: int) -> str:
    """Say in how many of the choices the model is surely better, and surely worse, than the prior count."""
    if n in {n_ahead, n_behind}:
        return f"in every choice it is surely {'ahead of' if n_ahead else 'behind'} the prior count"
    if not n_ahead and not n_behind:
        return "in no choice is it surely ahead of the prior count or behind it"
    counts = [str(each) if each else "none" for each in (n_ahead, n_behind)]
    return f"in {counts[0]} of {n} choices it is surely ahead of the prior count, in {counts[1]} surely behind"


def _width(group: Sequence[Variant], seed: int) -> float:
    widths = [each.rate(seed).high - each.rate(seed).low for each in group]
    return float(np.mean(widths))


def _summary(groups: dict[str, list[Variant]], seed: int) -> Table:
    rates = [[100 * each.rate().value for each in group] for group in groups.values()]
    aparts = [[100 * each.apart().value for each in group] for group in groups.values()]
    return Table(
        "Spread",
        {
            "What was varied": np.array(list(groups)),
            "Choices": np.array([len(group) for group in groups.values()]),
            "Hit rate, lowest (%)": np.array([min(each) for each in rates]),
            "highest (%)": np.array([max(each) for each in rates]),
            "Interval, wide (points)": np.array([100 * _width(group, seed) for group in groups.values()]),
            "Beside the prior count, least (points)": np.array([min(each) for each in aparts]),
            "most (points)": np.array([max(each) for each in aparts]),
        },
    )


def _chart(what: str, group: Sequence[Variant]) -> Table:
    rate = np.array([100 * each.rate().value for each in group])
    prior = np.array([100 * float(each.prior.sum() / each.total.sum()) for each in group])
    title = f"Hit rate (%) by {what.lower()}"
    if what == "Grid shift" or len(group) < 3:
        return Table(title, {what: np.array([each.name for each in group]), "Hit rate (%)": rate}, "bars")
    at = np.array([each.value for each in group])
    return Table(title, {f"{what} (m)": at, "This model": rate, "Prior count": prior}, "line")


def _rows(variants: Sequence[Variant], seed: int) -> Table:
    rates, aparts = [each.rate(seed) for each in variants], [each.apart(seed) for each in variants]
    return Table(
        "Every choice",
        {
            "What was varied": np.array([each.what for each in variants]),
            "Choice": np.array([each.name for each in variants]),
            "Hit rate (%)": np.array([100 * each.value for each in rates]),
            "at least": np.array([100 * each.low for each in rates]),
            "at most": np.array([100 * each.high for each in rates]),
            "Beside the prior count (points)": np.array([100 * each.value for each in aparts]),
            "no less than": np.array([100 * each.low for each in aparts]),
            "no more than": np.array([100 * each.high for each in aparts]),
        },
    )

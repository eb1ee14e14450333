"""What stands beside a risk terrain: the factors kept with their rate ratios, and those left out."""

from __future__ import annotations

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.explained import Diagnostic, Table
from ilpgeo.models.risk_terrain_fit import Chosen
from ilpgeo.models.risk_terrain_terms import Term

TITLE = "Factors of the risk terrain"
# 90 %, as everywhere.
_Z = 1.6448536269514722


def account_of(chosen: Chosen | None, counts: FloatArray, layers: tuple[str, ...]) -> Diagnostic:
    """Return the table of factors kept, with rate ratio, interval and reach, and what the findings are.

    Parameters
    ----------
    counts
        Shape (n,): incidents of each inside cell.
    layers
        Keys of the factor layers there were.
    """
    n = float(counts.sum())
    if chosen is None:
        return Diagnostic(TITLE, ("There is no incident to tell by which factors matter",), (), 0.0)
    ratio, low, high = _ratios(chosen)
    findings = [
        _sentence(term, *numbers)
        for term, *numbers in zip(chosen.terms, ratio.tolist(), low.tolist(), high.tolist(), strict=True)
    ]
    names = sorted({key.rpartition(" ")[0] for key in layers})
    left = [name for name in names if name not in {term.factor for term in chosen.terms}]
    if left:
        findings.append(f"Left out, for they tell nothing more about where incidents happen: {', '.join(left)}")
    if chosen.terms:
        findings.append(
            f"The ground with most risk is expected to have {_range(chosen):,.1f} times that of the ground with least"
        )
        findings.append(
            f"Chosen from {chosen.n_candidates} statements: the intervals do not count the choosing and are a little "
            "too narrow"
        )
    if chosen.dispersion > 1.5:
        findings.append(
            f"Counts vary {chosen.dispersion:,.1f} times as much as chance alone would make them: much is not in these "
            "factors; the intervals are widened for it"
        )
    tables = (_table(chosen, counts, ratio, low, high),) if chosen.terms else ()
    return Diagnostic(TITLE, tuple(findings), tables, n)


def _ratios(chosen: Chosen) -> tuple[FloatArray, FloatArray, FloatArray]:
    effect = chosen.fit.coefficient[1:]
    error = np.sqrt(np.diag(chosen.fit.covariance)[1:] * chosen.dispersion)
    return np.exp(effect), np.exp(effect - _Z * error), np.exp(effect + _Z * error)


def _sentence(term: Term, ratio: float, low: float, high: float) -> str:
    where = "where they lie dense " if term.is_density else ""
    return (
        f"{term.factor}: {where}within {term.within_m:,.0f} m a cell has {ratio:.2f} times the incidents it would have "
        f"elsewhere, all else equal (90 % interval {low:.2f} to {high:.2f})"
    )


def _table(chosen: Chosen, counts: FloatArray, ratio: FloatArray, low: FloatArray, high: FloatArray) -> Table:
    return Table(
        "Factors kept",
        {
            "Factor": np.array([term.factor for term in chosen.terms]),
            "Ground": np.array([term.words for term in chosen.terms]),
            "Rate ratio": ratio,
            "Low": low,
            "High": high,
            "Share of the ground (%)": np.array([100.0 * term.holds.mean() for term in chosen.terms]),
            "Incidents there": np.rint([counts[term.holds].sum() for term in chosen.terms]).astype(np.int64),
        },
        counts="Incidents there",
    )


def _range(chosen: Chosen) -> float:
    """Return how many times the least expectation of the ground its highest is."""
    linear = np.zeros(len(chosen.terms[0].holds))
    for term, effect in zip(chosen.terms, chosen.fit.coefficient[1:], strict=True):
        linear += effect * term.holds
    return float(np.exp(linear.max() - linear.min()))

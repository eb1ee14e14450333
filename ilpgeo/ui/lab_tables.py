"""The back-test's tables as people read them: percentages and intervals in words, one flagged ground at a time."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.types import Diagnostic, Table

OTHERS: Mapping[str, str] = MappingProxyType({
    "PEI": "PEI",
    "RRI (expected/observed)": "Expected per caught",
    "RRI (Levine)": "Recapture",
    "SER (per km\u00b2)": "Caught per km\u00b2",
    "Clumpiness": "Compact",
})  # fmt: skip


def grounds(found: Diagnostic) -> list[str]:
    """Return the flagged grounds there are."""
    return list(dict.fromkeys(str(each) for each in _named(found, "Metrics").columns["Ground"].tolist()))


def by_model(found: Diagnostic, ground: str) -> Table:
    """Return the metrics of every model at one flagged ground."""
    metrics = _named(found, "Metrics").columns
    kept = metrics["Ground"] == ground
    of = {name: values[kept] for name, values in metrics.items()}
    columns = {
        "Model": of["Model"],
        "Caught (%)": 100 * of["Hit rate"],
        "95 % interval": _between(of["Hit rate, at least"], of["Hit rate, at most"]),
        "Beside the prior count (points)": 100 * of["Beside the prior count"],
        "its 95 % interval": _between(of["Beside the prior count, at least"], of["Beside the prior count, at most"]),
        "PAI": of["PAI"],
        "Kept from window to window (%)": 100 * of["Kept from window to window"],
    }
    return Table(f"With {ground} of the ground flagged", columns)


def others(found: Diagnostic, ground: str) -> Table:
    """Return the metrics of every model at one flagged ground that `by_model` leaves out, each with its interval."""
    given = _named(found, "Intervals").columns
    kept = given["Ground"] == ground
    of = {name: values[kept] for name, values in given.items()}
    models = list(dict.fromkeys(of["Model"].tolist()))
    columns: dict[str, npt.NDArray[np.str_]] = {"Model": np.array(models)}
    for metric, heading in OTHERS.items():
        rows = np.flatnonzero(of["Metric"] == metric)
        told = zip(of["Value"][rows].tolist(), of["low"][rows].tolist(), of["high"][rows].tolist(), strict=True)
        columns[heading] = np.array([_with_range(*each) for each in told])
    return Table(f"More on the {ground} flagged, with 95 % intervals", columns)


def likelihood(found: Diagnostic) -> Table:
    """Return how well each model's whole surface foretold."""
    given = _named(found, "Likelihood").columns
    columns = {
        "Model": given["Model"],
        "Log score gained per incident": given["Log score gained per incident"],
        "95 % interval": np.array([_range(*pair) for pair in zip(given["low"], given["high"], strict=True)]),
        "Expected per incident that came": given["Expected per incident that came"],
    }
    return Table("The whole surface, not only the flagged ground", columns)


def _named(found: Diagnostic, start: str) -> Table:
    return next(table for table in found.tables if table.title.startswith(start))


def _between(low: FloatArray, high: FloatArray) -> npt.NDArray[np.str_]:
    return np.array([_range(100 * a, 100 * b, 1) for a, b in zip(low.tolist(), high.tolist(), strict=True)])


def _with_range(value: float, low: float, high: float) -> str:
    if not np.isfinite(value):
        return "\u2013"
    between = _range(low, high)
    return f"{value:.2f}".replace("-", "\u2212") + ("" if between == "\u2013" else f" ({between})")


def _range(low: float, high: float, digits: int = 2) -> str:
    if not (np.isfinite(low) and np.isfinite(high)):
        return "\u2013"
    return f"{low:.{digits}f} to {high:.{digits}f}".replace("-", "\u2212")

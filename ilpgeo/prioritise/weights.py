"""What each offence counts: harm weight times the weight of the control strategy in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

import numpy as np

from ilpgeo.core.arrays import FloatArray, frozen
from ilpgeo.core.errors import raise_all


@dataclass(frozen=True, slots=True)
class StrategyEntry:
    """A commander's weight for one offence, with who set it, why, and the last day it holds."""

    offence: str
    weight: float
    owner: str
    reason: str
    expires: date


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Weight of each offence, shape (offences,), and plain sentences for the screen."""

    value: FloatArray
    remarks: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", frozen(self.value))


def read_strategy(table: Mapping[str, Mapping[str, str]], subject: str = "strategy.csv") -> tuple[StrategyEntry, ...]:
    """Return the entries of a control-strategy table by offence; raise InvalidInput listing every fault."""
    entries, faults = [], []
    for row, (offence, columns) in enumerate(table.items(), start=2):
        where = f"row {row}, {offence}"
        found = [f"{where}: {need} is missing" for need in ("owner", "reason", "expires") if not columns.get(need)]
        try:
            weight = float(columns.get("weight", ""))
        except ValueError:
            weight = -1.0
        if not 0 <= weight < float("inf"):
            found.append(f"{where}: weight {columns.get('weight', '')!r} is not a number of 0 or more")
        try:
            expires = date.fromisoformat(columns.get("expires", ""))
        except ValueError:
            expires = date.min
            if columns.get("expires"):
                found.append(f"{where}: expires {columns['expires']!r} is not a date such as 2025-12-31")
        faults += found
        if not found:
            entries.append(StrategyEntry(offence, weight, columns["owner"], columns["reason"], expires))
    raise_all(faults, subject=subject)
    return tuple(entries)


def weigh(
    offences: Sequence[str], harm: Mapping[str, float], strategy: Sequence[StrategyEntry], today: date
) -> Weights:
    """Return harm weight times control-strategy weight per offence.

    Without a harm table every offence counts 1. An offence missing from a table counts its median, neither nothing nor
    most, and a remark names it. An entry of the strategy counts through the day it expires; after that a remark says
    that it no longer does.
    """
    remarks = []
    missing = [offence for offence in offences if offence not in harm]
    fallback = median(harm.values()) if harm else 1.0
    if not harm:
        remarks.append("There is no harm table: every offence counts the same")
    elif missing:
        remarks.append(f"Not in the harm table, counted with its median of {fallback:g}: {', '.join(missing)}")
    value = np.array([harm.get(offence, fallback) for offence in offences], np.float64)
    for entry in strategy:
        if entry.offence not in offences:
            continue
        said = f"{entry.offence} x {entry.weight:g} ({entry.owner}: {entry.reason}"
        if entry.expires < today:
            remarks.append(f"The control strategy's {said}) expired on {entry.expires} and no longer counts")
        else:
            value[list(offences).index(entry.offence)] *= entry.weight
            remarks.append(f"Control strategy: {said}, until {entry.expires})")
    if len(offences) and not value.any():
        remarks.append("Every offence asked for weighs 0: the ranking says nothing; change the weights or the offences")
    return Weights(value, tuple(remarks))

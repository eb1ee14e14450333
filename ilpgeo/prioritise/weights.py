"""What each offence counts: harm weight times the weight of the control strategy in force where an area lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, frozen
from ilpgeo.core.query import Level
from ilpgeo.core.strategy import Emphasis
from ilpgeo.core.wording import day


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Weight of each offence, shape (offences,) or (areas, offences), and plain sentences for the screen."""

    value: FloatArray
    remarks: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", frozen(self.value))


def harm_weights(offences: Sequence[str], harm: Mapping[str, float]) -> Weights:
    """Return the harm weight of each offence, shape (offences,).

    Without a harm table every offence counts 1. An offence missing from it counts its median, neither nothing nor most,
    and a remark names it.
    """
    remarks = []
    missing = [offence for offence in offences if offence not in harm]
    fallback = median(harm.values()) if harm else 1.0
    if not harm:
        remarks.append("There is no harm table: every offence counts the same")
    elif missing:
        remarks.append(f"Not in the harm table, counted with its median of {fallback:g}: {', '.join(missing)}")
    value = np.array([harm.get(offence, fallback) for offence in offences], np.float64)
    if len(offences) and not value.any():
        remarks.append("Every offence asked for weighs 0: the ranking says nothing; change the weights or the offences")
    return Weights(value, tuple(remarks))


def emphasise(
    offences: Sequence[str], lines: Sequence[Sequence[str]], level: Level, strategy: Sequence[Emphasis], today: date
) -> Weights:
    """Return the factor of the control strategy for each area and offence, shape (areas, offences).

    Of the entries that hold for an area the closest counts, alone: one set at the area's own level before one of the
    level above, one for a named area before one for everywhere, the later one before the earlier. Entries of a finer
    level than the one ranked do not count.

    Parameters
    ----------
    lines
        Of each area its own id and the ids of all it lies in.
    strategy
        In the order they were begun.
    """
    value = np.ones((len(lines), len(offences)))
    by = np.full(value.shape, -1, np.int64)
    asked = [each for each in strategy if each.offence in offences and each.level.rank >= level.rank]
    holding = [each for each in asked if each.holds_on(today)]
    holding.sort(key=lambda each: (-each.level.rank, bool(each.area)))
    for at, each in enumerate(holding):
        column = list(offences).index(each.offence)
        inside = _inside(each, lines)
        value[inside, column] = each.weight
        by[inside, column] = at
    remarks = [_told(each, int(_inside(each, lines).sum()), int((by == at).sum())) for at, each in enumerate(holding)]
    remarks += [
        f"{_words(each)} expired on {day(each.expires)} and no longer counts"
        for each in asked
        if each.expires < today and each.ended is None
    ]
    return Weights(value, tuple(remarks))


def _inside(entry: Emphasis, lines: Sequence[Sequence[str]]) -> BoolArray:
    return np.array([not entry.area or entry.area in line for line in lines], np.bool_)


def _words(entry: Emphasis) -> str:
    return f"{entry.offence} \u00d7 {entry.weight:g} ({entry.level}, {entry.owner}: {entry.reason})"


def _told(entry: Emphasis, n_inside: int, n_left: int) -> str:
    said = f"{_words(entry)}, until {day(entry.expires)}"
    if n_left == n_inside:
        return said
    return f"{said}; a closer priority takes its place in {n_inside - n_left} of {n_inside} areas"

"""Rolling origins: which days each test learns from and which it looks ahead to."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ilpgeo.core import wording as words
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import DAYS_A_MONTH, Period, months_later, nearest_months

LONGEST_DAYS, LONGEST_MONTHS = 92, 3
MOST_UNCOVERED = 0.02
_SHORTEST_MONTH_DAYS, _LONGEST_MONTH_DAYS = 28, 31


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far a test looks ahead: some days, or some whole calendar months (all that monthly data can tell apart).

    >>> str(Horizon.parse("7d")), str(Horizon.parse("1m")), str(Horizon.parse("2w"))
    ('7d', '1m', '14d')
    """

    n: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Horizon:
        """Return the horizon written as ``7d``, ``2w`` or ``1m``; 1 to 92 days or 1 to 3 months."""
        found = re.fullmatch(r"\s*(\d+)\s*([dwm])\s*", text)
        n, unit = (int(found[1]), found[2]) if found else (0, "")
        if unit == "w":
            n, unit = 7 * n, "d"
        if not 1 <= n <= (LONGEST_MONTHS if unit == "m" else LONGEST_DAYS):
            raise InvalidInput(f"horizon {text!r} is not of the form 7d (1 to 92 days), 2w or 1m (1 to 3 months)")
        return cls(n, unit)

    @property
    def days(self) -> int:
        """Its length, about, for months."""
        return self.n if self.unit == "d" else round(self.n * DAYS_A_MONTH)

    @property
    def spoken(self) -> str:
        """Its length in words, ``7 days``, ``1 month``."""
        return words.plural(self.n, "day" if self.unit == "d" else "month")

    def __str__(self) -> str:
        return f"{self.n}{self.unit}"


@dataclass(frozen=True, slots=True)
class Fold:
    """One test: the model learns from `trained_on` and is judged on `window`, which starts the day after."""

    trained_on: Period
    window: Period


def rolling_folds(last: date, horizon: Horizon, n_folds: int, training_days: int, first: date) -> tuple[Fold, ...]:
    """Return the folds, oldest first: windows side by side, the newest as late as it can lie.

    Parameters
    ----------
    last
        The last complete day of data. Windows of days end with it, windows of months with the last whole month.
    n_folds
        How many windows.
    training_days
        Days learnt from before each window; before windows of months as many whole months as come nearest.
    first
        The first day of data; no fold learns from earlier days.

    Raises
    ------
    InvalidInput
        When a number is out of bounds, or the data do not reach back far enough; the message says what would fit.
    """
    faults = []
    if n_folds < 1:
        faults.append(f"at least one window is needed, not {n_folds}")
    if training_days < 1:
        faults.append(f"a model learns from at least one day, not {training_days}")
    if faults:
        raise InvalidInput(f"back-test: {'; '.join(faults)}", faults)
    if last < first:
        raise InvalidInput(f"back-test: the last day is {words.day(last)}, but the data start on {words.day(first)}")
    fitting = fitting_folds(last, horizon, n_folds, training_days, first)
    if fitting < n_folds:
        n = words.plural(fitting, "window")
        advice = f"at most {n}" if fitting else "a shorter horizon or fewer days to learn from"
        raise InvalidInput(
            f"back-test: {asked_for(horizon, n_folds, training_days)}, up to {words.day(last)}, reaches back too far: "
            f"the data start on {words.day(first)}; choose {advice}"
        )
    return tuple(_fold(last, horizon, training_days, back) for back in range(n_folds - 1, -1, -1))


def fitting_folds(last: date, horizon: Horizon, n_folds: int, training_days: int, first: date) -> int:
    """Return how many of the windows asked for fit into the data, with the days learnt from before them."""
    held = (last - first).days + 1
    if training_days > held + _LONGEST_MONTH_DAYS:
        return 0
    fitting = min(n_folds, held // (horizon.n if horizon.unit == "d" else _SHORTEST_MONTH_DAYS * horizon.n))
    while fitting and _fold(last, horizon, training_days, fitting - 1).trained_on.start < first:
        fitting -= 1
    return fitting


def asked_for(horizon: Horizon, n_folds: int, training_days: int) -> str:
    """Return what is tested, in words.

    >>> asked_for(Horizon(3, "m"), 156, 365)
    'a test on 156 windows of 3 months, each learnt from 365 days before it'
    """
    n = words.plural(n_folds, "window")
    return f"a test on {n} of {horizon.spoken}, each learnt from {words.plural(training_days, 'day')} before it"


def days_last_year(folds: Sequence[Fold]) -> Period:
    """Return the days a year before the windows, from those of the first to those of the last."""
    return Period(folds[0].window.year_before().start, folds[-1].window.year_before().end)


def _fold(last: date, horizon: Horizon, training_days: int, back: int) -> Fold:
    """Return the fold whose window is the `back`-th before the newest."""
    if horizon.unit == "m":
        beyond = (last + timedelta(days=1)).replace(day=1)
        start = months_later(beyond, -horizon.n * (back + 1))
        window = Period(start, months_later(start, horizon.n) - timedelta(days=1))
        learnt = nearest_months(training_days)
        return Fold(Period(months_later(start, -learnt), start - timedelta(days=1)), window)
    end = last - timedelta(days=horizon.n * back)
    window = Period.ending(end, horizon.n)
    return Fold(Period.ending(window.start - timedelta(days=1), training_days), window)


@dataclass(frozen=True, slots=True)
class Flag:
    """How much ground is flagged: a share of the study area, km2 or a number of cells.

    >>> Flag.parse("2%").cells(10_000, 0.0225), Flag.parse("0.45km2").cells(10_000, 0.0225)
    (200, 20)
    """

    value: float
    unit: str

    @classmethod
    def parse(cls, text: str) -> Flag:
        """Return the flag written as ``2%``, ``0.65km2`` or ``20cells``."""
        found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*(%|km2|km\u00b2|cells?)\s*", text)
        if not found or not 0 < float(found[1]) < math.inf:
            raise InvalidInput(f"flagged area {text!r} is not of the form 2%, 0.65km2 or 20cells")
        unit = "km2" if found[2].startswith("km") else found[2]
        return cls(float(found[1]), "cells" if unit.startswith("cell") else unit)

    def cells(self, n_cells: int, cell_km2: float) -> int:
        """Return the number of cells: at least one, at most all, never more ground than was asked for."""
        wanted = {"%": self.value / 100 * n_cells, "km2": self.value / cell_km2, "cells": self.value}[self.unit]
        return max(1, int(min(wanted + 1e-9, n_cells)))

    @property
    def spoken(self) -> str:
        """How much it is in words: ``2%``, ``0.65 km\u00b2``, ``1 cell``."""
        return "1 cell" if str(self) == "1 cells" else str(self).replace("km2", "km\u00b2")

    def __str__(self) -> str:
        return f"{self.value:g}{'' if self.unit == '%' else ' '}{self.unit}"

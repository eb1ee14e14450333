"""Rolling origins: which days each test learns from and which it looks ahead to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Period

LONGEST_HORIZON_DAYS = 92


@dataclass(frozen=True, slots=True)
class Fold:
    """One test: the model learns from `trained_on` and is judged on `window`, which starts the day after."""

    trained_on: Period
    window: Period


def rolling_folds(last: date, horizon_days: int, n_folds: int, training_days: int, first: date) -> tuple[Fold, ...]:
    """Return the folds, oldest first: windows side by side that end with `last`.

    Parameters
    ----------
    last
        The last day of the last window: the last complete day of data.
    horizon_days
        Length of a window, 1 to 92.
    n_folds
        How many windows.
    training_days
        Days learnt from before each window.
    first
        The first day of data; no fold learns from earlier days.

    Raises
    ------
    InvalidInput
        When a number is out of bounds, or the data do not reach back far enough; the message says what would fit.
    """
    faults = []
    if not 1 <= horizon_days <= LONGEST_HORIZON_DAYS:
        faults.append(f"the horizon must be 1 to {LONGEST_HORIZON_DAYS} days, not {horizon_days}")
    if n_folds < 1:
        faults.append(f"at least one window is needed, not {n_folds}")
    if training_days < 1:
        faults.append(f"a model learns from at least one day, not {training_days}")
    if faults:
        raise InvalidInput(f"back-test: {'; '.join(faults)}", faults)
    start = last - timedelta(days=horizon_days * n_folds - 1)
    reach = (start - first).days
    if reach < training_days:
        fitting = ((last - first).days + 1 - training_days) // horizon_days
        advice = f"{fitting} windows fit" if fitting > 0 else "choose a shorter horizon or fewer days to learn from"
        raise InvalidInput(
            f"back-test: {n_folds} windows of {horizon_days} days and {training_days} days before them reach back to "
            f"{start - timedelta(days=training_days)}, but the data start on {first}; {advice}"
        )
    folds = []
    for at in range(n_folds):
        opening = start + timedelta(days=horizon_days * at)
        window = Period(opening, opening + timedelta(days=horizon_days - 1))
        folds.append(Fold(Period.ending(opening - timedelta(days=1), training_days), window))
    return tuple(folds)


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
        found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*(%|km2|cells?)\s*", text)
        if not found or not float(found[1]) > 0:
            raise InvalidInput(f"flagged area {text!r} is not of the form 2%, 0.65km2 or 20cells")
        return cls(float(found[1]), "cells" if found[2].startswith("cell") else found[2])

    def cells(self, n_cells: int, cell_km2: float) -> int:
        """Return the number of cells: at least one, at most all, never more ground than was asked for."""
        wanted = {"%": self.value / 100 * n_cells, "km2": self.value / cell_km2, "cells": self.value}[self.unit]
        return min(max(1, int(wanted + 1e-9)), n_cells)

    def __str__(self) -> str:
        return f"{self.value:g}{'' if self.unit == '%' else ' '}{self.unit}"

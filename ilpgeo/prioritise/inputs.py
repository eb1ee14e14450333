"""What a ranking is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray, frozen
from ilpgeo.core.briefing import Reason
from ilpgeo.core.errors import InvalidInput, raise_all


@dataclass(frozen=True, slots=True, eq=False)
class RankingInputs:
    """Counts of the areas to rank; n areas, all arrays in the same order.

    Attributes
    ----------
    id, name, parent
        Length n; `parent` is the name of the area it lies in, empty for the coarsest.
    offences
        Length k.
    trained
        Shape (n, k): incidents in the days the expectation rests on.
    exposure_days
        Shape (n,): how many of those days have data; areas with 0 are *no data*.
    n, previous, last_year
        Shape (n,): incidents in the period, the period before it, and 52 weeks earlier.
    previous_covered, last_year_covered
        Shape (n,): whether that period has data throughout.
    history, history_covered
        Shape (n, periods): incidents in the latest periods of equal length, and whether they have data; persistence is
        read from them. Any number of periods, 0 included.
    period_days, window_days
        Days counted and days looked ahead to.
    weights
        Shape (k,), or (n, k) where they differ by area: harm times control strategy (see
        `ilpgeo.prioritise.weights`), times the grading of the sources where that is asked for.
    plain_weights
        Shape (k,) or (n, k): the same without the control strategy, to tell what it moved; None where it has no part.
    seed
        Of the simulated ranks.
    unit
        One ranked area in words (``neighbourhood``).
    remarks
        Further reasons by area id (time of week, data quality).
    covered_share
        By area id, where data are for part of an area only: for which share of it.
    """

    id: tuple[str, ...]
    name: tuple[str, ...]
    parent: tuple[str, ...]
    offences: tuple[str, ...]
    trained: IntArray
    exposure_days: FloatArray
    n: IntArray
    previous: IntArray
    previous_covered: BoolArray
    last_year: IntArray
    last_year_covered: BoolArray
    history: IntArray
    history_covered: BoolArray
    period_days: int
    window_days: int
    weights: FloatArray
    seed: int = 0
    unit: str = "area"
    remarks: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    plain_weights: FloatArray | None = None
    covered_share: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n, k = len(self.id), len(self.offences)
        wanted = {
            "name": (n,),
            "parent": (n,),
            "trained": (n, k),
            "history": (n, np.shape(self.history)[-1]),
            "history_covered": np.shape(self.history),
            "weights": (k,) if np.ndim(self.weights) == 1 else (n, k),
        } | dict.fromkeys(
            ("exposure_days", "n", "previous", "previous_covered", "last_year", "last_year_covered"), (n,)
        )
        faults = [
            f"{name} has shape {np.shape(getattr(self, name))}, expected {shape}"
            for name, shape in wanted.items()
            if np.shape(getattr(self, name)) != shape
        ]
        if min(self.period_days, self.window_days) < 1:
            faults.append("period and window must be at least one day long")
        raise_all(faults, subject="ranking inputs")
        if n and not k:
            raise InvalidInput("ranking inputs: no offence to rank by; choose at least one")
        for column in fields(self):
            value = getattr(self, column.name)
            if isinstance(value, np.ndarray):
                object.__setattr__(self, column.name, frozen(value))

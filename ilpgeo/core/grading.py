"""How far sources are trusted, in words common to all scales, and how much each word weighs."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import ClassVar

from ilpgeo.core.errors import InvalidInput, raise_all


class Trust(StrEnum):
    """What the reliability grades of every scale come down to, best first."""

    RELIABLE = "reliable"
    MOSTLY = "mostly reliable"
    UNTESTED = "untested"
    DOUBTFUL = "doubtful"
    UNGRADED = "not graded"


@dataclass(frozen=True, slots=True)
class GradeWeights:
    """How much an incident weighs where an order is made, by how far its source is trusted: 0 (not at all) to 1.

    Weights move ranks and the choice of hotspots. A number of incidents, counted or expected, is never weighted.

    Raises
    ------
    InvalidInput
        For a weight outside 0 to 1, or where every weight is 0.
    """

    KIND: ClassVar[str] = "grade-weights"
    NAME: ClassVar[str] = "table of weights"

    reliable: float = 1.0
    mostly: float = 1.0
    untested: float = 1.0
    doubtful: float = 1.0
    ungraded: float = 1.0

    def __post_init__(self) -> None:
        faults = [
            f"the weight of {trust} must lie between 0 and 1, not {weight:g}"
            for trust, weight in zip(Trust, self.values, strict=True)
            if not (math.isfinite(weight) and 0 <= weight <= 1)
        ]
        if not faults and not any(self.values):
            faults.append("at least one weight must be above 0: otherwise nothing is left to rank by")
        raise_all(faults, subject="weights by grading")

    @property
    def values(self) -> tuple[float, ...]:
        """The weights in the order of `Trust`."""
        return tuple(float(getattr(self, each.name)) for each in fields(self))

    @property
    def is_plain(self) -> bool:
        """Whether they change nothing: all are the same."""
        return len(set(self.values)) == 1

    def of(self, trust: Trust) -> float:
        """Return the weight of a grade."""
        return self.values[list(Trust).index(trust)]

    @property
    def text(self) -> str:
        """The weights as they are written in an address and on the command line: ``1,0.8,0.5,0.25,0.5``."""
        return ",".join(f"{each:g}" for each in self.values)

    @property
    def words(self) -> str:
        """The weights in words: ``reliable 1, mostly reliable 0.8, ...``."""
        return ", ".join(f"{trust} {weight:g}" for trust, weight in zip(Trust, self.values, strict=True))

    @classmethod
    def parse(cls, text: str) -> GradeWeights:
        """Return the weights written as five numbers, in the order of `Trust`.

        Examples
        --------
        >>> GradeWeights.parse("1,0.8,0.5,0.25,0.5").of(Trust.MOSTLY)
        0.8
        """
        try:
            given = [float(each) for each in text.split(",")]
        except ValueError:
            given = []
        if len(given) != len(Trust):
            raise InvalidInput(
                f"weights {text!r} are not five numbers with commas, for {', '.join(Trust)}: 1,0.8,0.5,0.25,0.5"
            )
        return cls(*given)

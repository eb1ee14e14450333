"""Evaluations: what was compared with what, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from ilpgeo.core.errors import raise_all
from ilpgeo.core.query import Period
from ilpgeo.core.taskings import Place

WIDEST_RING_M = 5000.0


class Role(StrEnum):
    """What a place is in an evaluation."""

    TREATED = "treated"
    COMPARISON = "comparison"
    DISPLACEMENT = "around it"
    COMPARISON_DISPLACEMENT = "around the comparison"


@dataclass(frozen=True, slots=True)
class Design:
    """What is compared with what, chosen before looking at the outcome.

    Attributes
    ----------
    treated, comparison
        Where something was done, and the places like it where nothing was.
    before, after
        The days compared.
    ring_m
        Width of the ground around both that incidents may have moved to, metres; 0 for none.
    displacement
        Areas that incidents may have moved to, in place of the ring around the treated place.
    offences
        Which count; empty: all.
    by_area
        Counts are set against the size of the ground: where the comparison is much larger or smaller.
    chosen_on
        The days whose counts the treated place was chosen for; None where it was not chosen for its counts.
    """

    treated: Place
    comparison: tuple[Place, ...]
    before: Period
    after: Period
    ring_m: float = 0.0
    displacement: tuple[Place, ...] = ()
    offences: tuple[str, ...] = ()
    by_area: bool = False
    chosen_on: Period | None = None

    def __post_init__(self) -> None:
        faults = self.treated.faults()
        faults += [] if self.comparison else ["choose at least one place to compare with, on the map or as proposed"]
        faults += [fault for each in (*self.comparison, *self.displacement) for fault in each.faults()]
        if self.before.end >= self.after.start:
            faults.append(
                f"the days before end on {self.before.end}, not before the days after start, on {self.after.start}"
            )
        if not 0 <= self.ring_m <= WIDEST_RING_M:
            faults.append(f"the ring around the places must be 0 to {WIDEST_RING_M:g} m wide, not {self.ring_m:g}")
        raise_all(faults, subject="evaluation")

    def called(self, role: Role) -> str:
        """Return what a place of a role is called; areas chosen for displacement need not lie around the treated."""
        return "May have moved to" if role is Role.DISPLACEMENT and self.displacement else role.capitalize()


@dataclass(frozen=True, slots=True)
class Figure:
    """A difference with its 95 % interval; all in steps of the least count told where `is_coarse`."""

    value: float
    low: float
    high: float
    is_coarse: bool = False

    @property
    def is_told_apart(self) -> bool:
        """Whether the interval leaves out no difference."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Side:
    """One of the places compared. Counts are None where withheld.

    Attributes
    ----------
    before_weight, after_weight
        What the counts are divided by: their time and ground beside the treated place's after.
    """

    role: Role
    name: str
    before: int | None
    after: int | None
    area_km2: float
    before_weight: float
    after_weight: float
    polygon: Any


@dataclass(frozen=True, slots=True)
class LongerRun:
    """The same test with the longer run before in place of the days before.

    Attributes
    ----------
    expected
        Incidents of the treated place in as many days as before, at the rate of the longer run.
    peak_p
        How likely a count as high as the one before is at that rate.
    """

    period: Period
    expected: float
    peak_p: float
    figure: Figure


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What came of an evaluation.

    Attributes
    ----------
    figure
        Incidents by which the treated place changed more than its comparison, what moved next door counted in, over as
        many days as the days after.
    harm
        The same in units of harm; None where withheld or where every offence counts the same.
    harm_source
        Where the weights come from.
    longer
        None where there are no data before the days before, or it is withheld.
    cautions
        What must be known of the data and the places, one sentence each.
    """

    design: Design
    sides: tuple[Side, ...]
    figure: Figure
    harm: Figure | None
    harm_source: str
    longer: LongerRun | None
    cautions: tuple[str, ...]
    crs: str
    version: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation kept with its tasking.

    Attributes
    ----------
    sentences
        What came of it, in the words that were on the screen.
    data_version
        The store version it rests on: the same design gives the same figures again.
    """

    KIND: ClassVar[str] = "evaluation"
    NAME: ClassVar[str] = "evaluation"

    tasking: str
    design: Design
    figure: Figure
    sentences: tuple[str, ...]
    data_version: str

    def __post_init__(self) -> None:
        raise_all([] if self.tasking else ["it belongs to no tasking"], subject="evaluation")

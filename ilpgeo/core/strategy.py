"""The control strategy: what decision makers give more weight, at which level, why, and until when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ilpgeo.core.errors import raise_all
from ilpgeo.core.query import Level

HEAVIEST = 1000.0
LONGEST_REASON = 1000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Emphasis:
    """One entry of the control strategy: a factor on the harm weight of one offence group.

    Attributes
    ----------
    offence
        The offence group.
    weight
        The factor: above 1 more, below 1 less, 0 none at all.
    owner, reason
        Who set it and why.
    level, area
        The level that set it, and the area it is for; empty: everywhere. It holds at this level and below.
    start, expires
        The first and the last day it holds.
    ended
        The day it was taken back; None while it stands.
    """

    KIND: ClassVar[str] = "emphasis"
    NAME: ClassVar[str] = "priority of the control strategy"

    offence: str
    weight: float
    owner: str
    reason: str
    level: Level
    start: date
    expires: date
    area: str = ""
    ended: date | None = None

    def __post_init__(self) -> None:
        faults = [
            f"{word} is needed"
            for word, text in (("an offence group", self.offence), ("an owner", self.owner), ("a reason", self.reason))
            if not text.strip()
        ]
        if not (math.isfinite(self.weight) and 0 <= self.weight <= HEAVIEST):
            faults.append(f"the weight {self.weight:g} must lie between 0 and {HEAVIEST:g}")
        if self.expires < self.start:
            faults.append(f"it ends on {self.expires}, before it starts on {self.start}; swap the two dates")
        if len(self.reason) > LONGEST_REASON or len(self.owner) > LONGEST_NAME:
            faults.append(f"the reason fits {LONGEST_REASON} characters, the owner {LONGEST_NAME}")
        raise_all(faults, subject=self.NAME)

    def holds_on(self, day: date) -> bool:
        """Return whether it counts on a day: begun, not expired, not taken back by then."""
        return self.start <= day <= self.expires and (self.ended is None or day < self.ended)

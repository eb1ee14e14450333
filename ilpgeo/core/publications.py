"""Publications: a model an analyst stands for, how it was tested, and the card a commander reads."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from ilpgeo.core.query import Level, Period, Query
from ilpgeo.core.recipes import Entry, Recipe

LEAST_DRIFT_WINDOWS = 4


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its 95 % interval; NaN where there is none."""

    value: float
    low: float = math.nan
    high: float = math.nan

    @property
    def has_interval(self) -> bool:
        """Whether there were enough windows for an interval."""
        return not math.isnan(self.low)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a back-test says of one model beside the prior count.

    Attributes
    ----------
    hit_rate, prior, difference
        Share of the incidents to come that lay on the flagged ground: the model's, the prior count's, and how much more
        the model caught, window by window.
    ground, flagged_km2
        The flagged ground as it was asked for (``2%``) and its area.
    horizon, n_windows, tested_on
        Length of a window (``28d``), how many, and the days from the first to the last.
    learnt_days
        Days learnt from before each window.
    n
        Incidents in all windows.
    """

    hit_rate: Measured
    prior: Measured
    difference: Measured
    ground: str
    flagged_km2: float
    horizon: str
    n_windows: int
    tested_on: Period
    learnt_days: int
    n: int

    @property
    def is_loss(self) -> bool:
        """Whether the model caught less than the prior count."""
        return self.difference.value < 0

    @property
    def is_sure_loss(self) -> bool:
        """Whether the whole interval of the difference lies below nothing."""
        return self.difference.high < 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened in the windows, so that nothing can be said."""
        return math.isnan(self.hit_rate.value)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an analyst wants to publish.

    Attributes
    ----------
    model
        With the settings that differ from its own.
    offence, area
        What and where it is for; empty means every offence, and everywhere.
    level
        The level it is for; None means every level.
    cell_m
        Side of a cell, metres.
    note, owner, expires_on
        Why it is published, who stands for it, and the last day it is shown.
    approver
        Who agreed; may be empty.
    reason
        Why it is published although it loses to the prior count.
    recipe
        How it is to be tested; None is the usual way.
    """

    model: Entry
    offence: str = ""
    area: str = ""
    level: Level | None = None
    cell_m: float = 0.0
    note: str = ""
    owner: str = ""
    expires_on: date | None = None
    approver: str = ""
    reason: str = ""
    recipe: Recipe | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """A published model; see `Draft` for what it shares with it.

    Attributes
    ----------
    id
        Unique.
    data_version
        The store version it was tested on.
    recipe
        The back-test, as TOML; it gives the same numbers again.
    verdict
        What the back-test said.
    published_at
        UTC.
    withdrawn_at, withdrawn_by, withdrawn_why
        None and empty while it stands.
    """

    id: str
    model: Entry
    offence: str
    area: str
    level: Level | None
    cell_m: float
    note: str
    owner: str
    approver: str
    reason: str
    data_version: str
    recipe: str
    verdict: Verdict
    published_at: datetime
    expires_on: date
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""

    def is_valid(self, today: date) -> bool:
        """Return whether it is to be shown on a day."""
        return self.withdrawn_at is None and today <= self.expires_on

    def fits(self, query: Query, line: tuple[str, ...]) -> bool:
        """Return whether it speaks of a question.

        Parameters
        ----------
        line
            The area asked about and all it lies in, finest first.
        """
        is_offence = not self.offence or query.offences == (self.offence,)
        return is_offence and (not self.area or self.area in line) and self.level in {None, query.level}

    def specificity(self, line: tuple[str, ...]) -> tuple[int, bool, bool]:
        """Return how closely it speaks of a place: its area first, then its offence, then its level."""
        return (len(line) - line.index(self.area) if self.area else 0, bool(self.offence), self.level is not None)


@dataclass(frozen=True, slots=True)
class Drift:
    """How a published model does on the days since it was tested.

    Attributes
    ----------
    live, prior
        Hit rates pooled over the windows since, at the same share of the ground.
    n_windows, since, n
        How many whole windows there were, their days (None before there is one) and the incidents in them.
    expected
        The back-test's hit rate.
    """

    live: Measured
    prior: Measured
    n_windows: int
    since: Period | None
    n: int
    expected: Measured

    @property
    def is_judged(self) -> bool:
        """Whether there are enough windows to say anything."""
        return self.n_windows >= LEAST_DRIFT_WINDOWS and not math.isnan(self.live.value)

    @property
    def is_outside(self) -> bool:
        """Whether the live hit rate lies outside the back-test's interval, which may still be chance."""
        if not (self.is_judged and self.expected.has_interval):
            return False
        return not self.expected.low <= self.live.value <= self.expected.high

    @property
    def has_drifted(self) -> bool:
        """Whether it does worse than tested.

        The live hit rate lies below the low end of the back-test's interval, and its own interval, wider where there
        are few windows yet, below the back-test's hit rate.
        """
        return self.is_outside and self.live.value < self.expected.low and self.live.high < self.expected.value


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What stands beside a forecast: which model, how it was tested, how long it is good for.

    Attributes
    ----------
    model, title, summary
        The model shown, and what it is in words.
    cell_m, learn_days
        Side of a cell, and the days learnt from.
    publication
        None: nothing valid is published for the question, the default is shown.
    passed_over, fault
        The publication that would be shown, could it still be run (`fault` says why it cannot); where the default is
        shown also the one that has expired.
    verdict
        None: not tested yet, or it cannot be (`untested` says why).
    tested_offence, tested_area
        What the verdict is of: an offence (empty: all of them), the name of an area (empty: everywhere).
    drift
        None where it is not known yet.
    """

    model: Entry
    title: str
    summary: str
    cell_m: float
    learn_days: int
    publication: Publication | None = None
    passed_over: Publication | None = None
    fault: str = ""
    verdict: Verdict | None = None
    untested: str = ""
    tested_offence: str = ""
    tested_area: str = ""
    drift: Drift | None = None

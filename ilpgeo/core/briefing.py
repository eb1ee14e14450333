"""What a commander is shown: hotspots, priorities, the briefing; and Released, without which nothing is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.query import Level, Period, Query


class Tier(StrEnum):
    """Risk tiers by the published rule, highest first; *no data* is outside the ranking."""

    CRITICAL = "critical"
    HIGH = "high"
    ELEVATED = "elevated"
    ROUTINE = "routine"
    NO_DATA = "no data"


Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an area ranks where it does, in words and numbers.

    Attributes
    ----------
    kind
        ``volume``, ``change``, ``last_year``, ``harm``, ``significance``, ``persistence``, ``time``, ``quality``.
    text
        One plain sentence without a full stop.
    n
        The smallest count the sentence rests on; the release gate drops it below the threshold. None: no count.
    """

    kind: str
    text: str
    n: float | None = None


@dataclass(frozen=True, slots=True)
class Priority:
    """One ranked area. Counts that the release gate withheld are None and `suppressed` is true.

    Attributes
    ----------
    id, name, parent
        The area and the name of the area it lies in (empty for the coarsest).
    rank, rank_interval
        1 is the highest; 90 % interval from simulation; None for *no data*.
    tier, score
        Tier by the published rule; expected harm-weighted incidents in the window.
    expected, expected_interval
        Expected incidents in the window, 90 % interval.
    n, previous, last_year
        Incidents in the period, in the period before, in the same period 52 weeks earlier; None when withheld, and
        where there are no data.
    trained_n
        Incidents the expectation rests on; None likewise.
    components
        Share of the score by offence group.
    plain_rank
        The rank without the control strategy; None where it has no part, or is withheld.
    likely
        Range the count of the window will most likely fall into: the interval of the expectation widened by chance.
    covered_share
        Share of the finest areas inside it that have data, 0..1; what is said of the area rests on those alone.
    trained_by_offence
        `trained_n` by offence group: what the release gate judges `components` by; empty once released.
    """

    id: str
    name: str
    parent: str
    rank: int | None
    rank_interval: tuple[int, int] | None
    tier: Tier
    score: float | None
    expected: float | None
    expected_interval: Interval | None
    n: int | None
    previous: int | None
    last_year: int | None
    trained_n: int | None
    components: Mapping[str, float]
    reasons: tuple[Reason, ...]
    suppressed: bool = False
    likely: Interval | None = None
    covered_share: float = 1.0
    trained_by_offence: Mapping[str, int] = field(default_factory=dict)
    plain_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the data behind a picture are.

    Attributes
    ----------
    geocoded_share
        Share of the rows read with usable coordinates, 0..1; under 0.85 the map carries a red warning.
    unplaced_share
        Share of the incidents of the period in no area.
    coarse_share
        Share of incidents whose time is known to the day or coarser.
    remarks
        Plain sentences to show.
    """

    geocoded_share: float
    unplaced_share: float
    coarse_share: float
    remarks: tuple[str, ...]

    @property
    def light(self) -> str:
        """``good``, ``fair`` or ``poor``."""
        if self.geocoded_share < 0.85 or self.unplaced_share > 0.15:
            return "poor"
        return "fair" if self.geocoded_share < 0.95 or self.unplaced_share > 0.05 or self.remarks else "good"


@dataclass(frozen=True, slots=True)
class Briefing:
    """The ranked areas of one question, with all that must stand beside a number.

    Attributes
    ----------
    query
        The question, as asked after access was applied; `ranked_level` and `ranked_type` say what was ranked
        (the level below, where the level asked for holds one area only).
    now
        The day after the last complete day of data (or the as-of date).
    window, trained_on
        The days looked ahead to, and the days the expectation rests on.
    priorities
        Ranked areas by rank, then areas without data by name.
    total, unplaced, suppressed_total
        Incidents in the period; those in no area, or in one without data (strays over a border); those of the areas
        whose count is withheld. The areas' n plus unplaced plus suppressed_total make total. Total and
        suppressed_total are None, both, where the count of every area is withheld and their sum would tell a small one.
    previous_total, last_year_total
        None when the period compared with is not covered.
    tier_rule
        The rule in words.
    version
        Store version.
    strategy
        The control strategy in force, a sentence each, and what of it no longer counts.
    sources_left_out
        Sources with incidents that are not in this picture, because their handling rule keeps them below its level.
    readers, n_not_given
        The agencies it is for, where they are named, and how many further sources are left out because they are not
        given to one of them.
    """

    query: Query
    ranked_level: Level
    ranked_type: str
    now: date
    window: Period
    trained_on: Period
    priorities: tuple[Priority, ...]
    total: int | None
    unplaced: int
    suppressed_total: int | None
    previous_total: int | None
    last_year_total: int | None
    tier_rule: str
    quality: Quality
    version: str
    strategy: tuple[str, ...] = ()
    sources_left_out: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    n_not_given: int = 0


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A place where incidents concentrate, as a polygon in the workspace's CRS.

    Attributes
    ----------
    id, name, rank
        Stable id within the answer, unique human name, 1 for the most incidents.
    n, area_km2, density_km2, share
        Incidents in it over the days trained on, its area, incidents per km2, share of all incidents in scope.
    peak
        Peak time of week in words, or ``time of week unknown``.
    polygon
        Shapely polygon or multipolygon.
    expected
        Of a forecast: incidents expected in it in the window.
    n_period
        Of a forecast: incidents in it in the question's period; None also where withheld.
    """

    id: str
    name: str
    rank: int
    n: int
    area_km2: float
    density_km2: float
    share: float
    peak: str
    polygon: Any
    expected: float | None = None
    n_period: int | None = None


@dataclass(frozen=True, slots=True)
class HotspotSet:
    """The hotspots of one model in one scope, with what they rest on.

    Attributes
    ----------
    total
        Incidents in scope over the days trained on; None when withheld.
    withheld
        Hotspots left out because they rest on too few incidents.
    window
        Of a forecast: the days looked ahead to.
    """

    model: str
    query: Query
    trained_on: Period
    hotspots: tuple[Hotspot, ...]
    total: int | None
    withheld: int
    crs: str
    version: str
    window: Period | None = None


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Incidents in one step of a trend, with the usual range (10th to 90th percentile of earlier years or steps)."""

    period: Period
    n: int | None
    usual: Interval | None


@dataclass(frozen=True, slots=True, eq=False)
class AreaPicture:
    """The three small pictures of one area.

    Attributes
    ----------
    trend
        Steps of equal length, oldest first.
    week
        Shape (7, 24), Monday first: how busy each hour of the week is beside the area's average hour (1.0);
        None when the times are too coarse or the incidents too few.
    week_note
        What the picture rests on, or why there is none; unknown times are named here.
    mix
        (offence, incidents in the period), largest first; None where withheld.
    """

    id: str
    name: str
    trend: tuple[TrendPoint, ...]
    week: FloatArray | None
    week_note: str
    mix: tuple[tuple[str, int | None], ...]


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Released(Generic[T]):
    """Something that passed the release gate; maps, tables, reports and downloads accept nothing else.

    Constructed only in `ilpgeo.safeguards.release`.
    """

    value: T
    notes: tuple[str, ...] = ()

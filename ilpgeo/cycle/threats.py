"""From the counts of one offence group to its line in the threat assessment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ilpgeo.core.assessment import Compared, Confidence, Threat
from ilpgeo.core.query import Period
from ilpgeo.cycle.rates import compare_rates, course_of, usual_dispersion

LEAST_GEOCODED, GOOD_GEOCODED = 0.85, 0.95  # the first: Ratcliffe 2004, doi:10.1080/13658810310001596076
LEAST_COVERED, FEW = 0.8, 20


@dataclass(frozen=True, slots=True)
class Held:
    """What the busiest places hold: a share of the incidents, and what chance alone would put there."""

    top1: float
    top5: float
    chance1: float
    chance5: float


@dataclass(frozen=True, slots=True)
class Group:
    """The counts of one offence group.

    Attributes
    ----------
    n, before, last_year
        Incidents in the period and in those compared with; None: no data throughout.
    history
        Incidents in earlier periods of equal length, oldest first, those with data throughout only.
    weight
        What one incident weighs.
    areas_with
        Areas with at least one incident.
    n_year, held
        Incidents of the year and what the busiest places hold of them; None without any.
    geocoded, covered
        Share of the rows of its sources with usable coordinates; share of the scope's days with data.
    doubts, grave
        What else lowers the confidence by one step each, and by two.
    """

    offence: str
    n: int
    before: int | None
    last_year: int | None
    history: tuple[int, ...]
    weight: float
    areas_with: int
    n_year: int
    held: Held | None
    geocoded: float = 1.0
    covered: float = 1.0
    doubts: tuple[str, ...] = ()
    grave: tuple[str, ...] = ()


def assess_groups(groups: Sequence[Group], period: Period) -> tuple[Threat, ...]:
    """Return the line of each group, most harm first; raw counts, to be released by the gate.

    Notes
    -----
    Where the history shows that counts jump more than chance from one period to the next, the intervals are widened by
    it (see `rates.usual_dispersion`).
    """
    total = sum(each.n * each.weight for each in groups)
    lines = [_line(each, period, total) for each in groups]
    return tuple(sorted(lines, key=lambda each: (-(each.harm or 0.0), -(each.n or 0), each.offence)))


def _line(group: Group, period: Period, all_harm: float) -> Threat:
    dispersion = usual_dispersion(group.history)
    before = _beside(group.n, group.before, period, period.previous(), dispersion)
    last_year = _beside(group.n, group.last_year, period, period.year_before(), dispersion)
    harm = group.n * group.weight
    confidence, doubts = judge(group)
    held = group.held
    return Threat(
        offence=group.offence,
        n=group.n,
        weight=group.weight,
        harm=harm,
        harm_share=harm / all_harm if all_harm else None,
        before=before,
        last_year=last_year,
        course=course_of(before.direction, last_year.direction),
        areas_with=group.areas_with,
        top1=held.top1 if held else None,
        top5=held.top5 if held else None,
        chance1=held.chance1 if held else None,
        chance5=held.chance5 if held else None,
        n_year=group.n_year,
        confidence=confidence,
        doubts=doubts,
    )


def _beside(n: int, other: int | None, period: Period, compared: Period, dispersion: float) -> Compared:
    share = period.days / (period.days + compared.days)
    found = compare_rates(n, other or 0, share, dispersion)
    if other is None:
        nothing = float("nan")
        found = found._replace(ratio=nothing, low=nothing, high=nothing)
    ratio, low, high = (float(each) if math.isfinite(each) else None for each in found)
    return Compared(compared, other, ratio, low, high, found.direction)


def judge(group: Group) -> tuple[Confidence, tuple[str, ...]]:
    """Return how far the data carry what is said of a group, and what lowers it: each doubt one step, a grave one two.

    Grave: fewer than 85 % of the rows have usable coordinates, fewer than 80 % of the days have data, or fewer than 20
    incidents.
    """
    doubts, steps = [*group.grave, *group.doubts], 2 * len(group.grave) + len(group.doubts)
    if group.geocoded < GOOD_GEOCODED:
        doubts.append(f"only {group.geocoded:.0%} of the rows have usable coordinates")
        steps += 2 if group.geocoded < LEAST_GEOCODED else 1
    if group.covered < 1:
        doubts.append(f"data for {group.covered:.0%} of the days and areas only")
        steps += 2 if group.covered < LEAST_COVERED else 1
    if group.n < FEW:
        doubts.append(f"fewer than {FEW} incidents")
        steps += 2
    return tuple(Confidence)[min(steps, 2)], tuple(doubts)

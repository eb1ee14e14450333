"""The rules by which the system finds an intelligence gap: plain values in, findings out.

Each sentence names no count of its own; the counts stand in the facts, where the release gate can withhold them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np

from ilpgeo.core.arrays import BoolArray, FloatArray, IntArray
from ilpgeo.core.briefing import Priority, Tier
from ilpgeo.core.gaps import Fact, Finding, GapKind
from ilpgeo.core.ingested import Flag
from ilpgeo.core.query import Level, Period
from ilpgeo.core.sources import Source
from ilpgeo.core.space import Areas
from ilpgeo.core.wording import day, span

LEAST_GEOCODED = 0.85  # Ratcliffe 2004, doi:10.1080/13658810310001596076
MOST_COARSE = 0.25
FALSE_ALARMS = 0.05
SILENT_SHARE = 0.5
LEAST_EVIDENCE = 20


def no_data(areas: Areas, has_data: BoolArray, year: Period) -> tuple[Finding, ...]:
    """Return the largest areas in which no source has a day of data.

    Parameters
    ----------
    has_data
        Shape (n_finest,): whether any source covers the area on any day of `year`.
    """
    finest = areas.finest
    total, empty = np.zeros(len(areas), np.int64), np.zeros(len(areas), np.int64)
    for area_type in areas.types:
        above = areas.ancestor(area_type)[finest]
        np.add.at(total, above[above >= 0], 1)
        np.add.at(empty, above[(above >= 0) & ~has_data], 1)
    blank = (total > 0) & (empty == total)
    return tuple(_blank(areas, int(at), int(total[at]), year) for at in _topmost(areas, blank))


def _blank(areas: Areas, at: int, n_areas: int, year: Period) -> Finding:
    facts = []
    if n_areas > 1:
        facts.append(Fact(f"Areas in it ({areas.types[0]})", f"{n_areas:,}"))
    if np.isfinite(areas.population[at]):
        facts.append(Fact("Residents", f"{areas.population[at]:,.0f}"))
    return Finding(
        GapKind.NO_DATA, areas.id[at], "", areas.levels[int(areas.type[at])],
        f"No data from {areas.name[at]}: not ranked, which does not mean safe",
        f"An area is a gap when no source covers a single day of {span(year)} there; the largest such area is named",
        tuple(facts),
    )  # fmt: skip


def _topmost(areas: Areas, chosen: BoolArray) -> list[int]:
    """Return the chosen areas that lie in no chosen one, coarsest first."""
    return [int(at) for at in np.flatnonzero(chosen)[::-1] if not chosen[list(areas.line(int(at))[1:])].any()]


def chance_of_so_few(n: IntArray, before: IntArray, days: int, days_before: int) -> FloatArray:
    """Return how likely as few as `n` incidents are if nothing has changed, shape (n_areas,).

    Incidents that come independently at an even rate fall into the last `days` with chance days / (days + days_before)
    each, so that the number there is binomial given the sum: the exact comparison of two Poisson counts, which holds
    although the usual rate is only estimated (Przyborowski & Wilenski 1940, doi:10.1093/biomet/31.3-4.313).
    """
    from scipy.special import bdtr

    share = days / (days + days_before)
    answer: FloatArray = np.asarray(bdtr(n.astype(np.float64), n + before, share), np.float64)
    return np.where(n + before > 0, answer, 1.0)


def silences(
    areas: Areas, source: str, n: IntArray, before: IntArray, recent: Period, days_before: int, n_tests: int
) -> tuple[Finding, ...]:
    """Return the areas from which a source has gone silent; of areas in one another the largest.

    An area is silent when it had less than half of what is usual and so few come by chance in fewer than
    `FALSE_ALARMS` / `n_tests` of all looks: over all areas tested, at most one look in twenty raises a false alarm.

    Parameters
    ----------
    n, before
        Shape (n_areas,): incidents of every area in `recent`, and in the `days_before` covered days before it.
    n_tests
        How many areas are tested, of all sources together.
    """
    if days_before <= 0 or n_tests <= 0:
        return ()
    usual = before * (recent.days / days_before)
    limit = FALSE_ALARMS / n_tests
    silent = (chance_of_so_few(n, before, recent.days, days_before) < limit) & (n < SILENT_SHARE * usual)
    return tuple(
        Finding(
            GapKind.SILENCE, areas.id[at], source, areas.levels[int(areas.type[at])],
            f"{source} has gone silent in {areas.name[at]}: far fewer incidents than usual in {span(recent)}. "
            "Less may have happened, or less may reach us",
            f"Fewer than half the usual number, and so few by chance in under 1 of {1 / limit:,.0f} looks; over all "
            f"{n_tests:,} areas with incidents before, that is a false alarm in at most 1 look of "
            f"{1 / FALSE_ALARMS:.0f} if incidents come independently at an even rate (a season can raise more)",
            (
                Fact(f"Incidents in {span(recent)}", "under half of the usual", int(n[at])),
                Fact(f"Usual in {recent.days} days", f"{usual[at]:.0f}", int(before[at])),
                Fact("The usual rests on", f"{days_before} days with data before them"),
            ),
        )
        for at in _topmost(areas, silent)
    )  # fmt: skip


def late(source: Source, last: date, today: date) -> Finding | None:
    """Return a registered source whose data are older than its expected refresh; None where they are not."""
    due = last + timedelta(days=source.refresh_days)
    if not source.refresh_days or due >= today:
        return None
    return Finding(
        GapKind.LATE, "", source.name, source.reach,
        f"{source.name} is late: new data were expected by {day(due)}",
        f"Its register entry expects new data every {source.refresh_days} days",
        (
            Fact("Last day with data", day(last)),
            Fact("Days late", f"{(today - due).days:,}"),
            Fact("Who gives it", f"{source.agency}, {source.owner}"),
        ),
    )  # fmt: skip


def unregistered(source: str, n: int) -> Finding:
    """Return a source whose incidents are in use though nobody registered it."""
    return Finding(
        GapKind.UNREGISTERED, "", source, Level.NATIONAL,
        f"{source} is in use but not registered: owner, legal basis, grading and handling rule are not known",
        "Every source that brought incidents in must stand in the register of sources",
        (Fact("Incidents", f"{n:,}", n),),
    )  # fmt: skip


def past_retention(source: Source, n: int, keep_from: date) -> Finding:
    """Return a registered source that is kept longer than its entry allows.

    Parameters
    ----------
    n
        Incidents from before `keep_from`, the first day that may be kept.
    """
    return Finding(
        GapKind.RETENTION, "", source.name, Level.NATIONAL,
        f"{source.name} is kept longer than it may be: remove what is from before {day(keep_from)}",
        f"Its register entry lets an incident be kept for {source.retention_days:,} days, counted from the day it "
        "happened; nothing is removed by itself",
        (Fact("Incidents past it", f"{n:,}", n), Fact("Who answers for it", f"{source.agency}, {source.owner}")),
    )  # fmt: skip


def geocoding(source: str, rows: int, share: float) -> Finding | None:
    """Return a source of which too few rows have usable coordinates; None at 85 % and above."""
    if not rows or share >= LEAST_GEOCODED:
        return None
    return Finding(
        GapKind.GEOCODING, "", source, Level.NATIONAL,
        f"Too few rows of {source} can be put on the map: where the others happened is not known",
        "At least 85 % of the rows must have usable coordinates (Ratcliffe 2004)",
        (Fact("Rows with usable coordinates", _percent(share)), Fact("Rows read", f"{rows:,}", rows)),
    )  # fmt: skip


def coarse(source: str, n: int, n_coarse: int) -> Finding | None:
    """Return a source of which more than a quarter of the times are known to the day or coarser."""
    if not n or n_coarse <= MOST_COARSE * n:
        return None
    return Finding(
        GapKind.COARSE, "", source, Level.NATIONAL,
        f"When incidents of {source} happened is often not known: many times are known to the day or coarser",
        "At most a quarter of the times may be known to the day, the month or a window only",
        (Fact("Coarse times", _percent(n_coarse / n), n_coarse), Fact("Incidents", f"{n:,}", n)),
    )  # fmt: skip


_HEAPS: Mapping[str, str] = MappingProxyType(
    {
        "point": "one point",
        "day": "one day",
        "first of January": "1 January",
        "first of the month": "the first of other months",
    }
)


def piles(source: str, flags: Sequence[Flag]) -> Finding | None:
    """Return a source whose files hold heaps that look like a default value rather than a place or a day."""
    heaps = [each for each in flags if each.kind in _HEAPS]
    if not heaps:
        return None
    facts = tuple(Fact(f"Rows on {_HEAPS[each.kind]}", f"{each.n:,}", each.n) for each in heaps[:5])
    more = (Fact("More of the kind", f"{len(heaps) - 5:,}"),) if len(heaps) > 5 else ()
    return Finding(
        GapKind.PILE, "", source, Level.NATIONAL,
        f"Rows of {source} pile up on single points or days: they may be a default value, not where or when it was",
        "A point is a pile at 50 rows and 1 % of its file, a day at 50 rows and five times the usual day",
        (*facts, *more),
    )  # fmt: skip


def thin(priorities: Sequence[Priority], level: Level, trained_on: Period) -> tuple[Finding, ...]:
    """Return the areas ranked critical or high on fewer than `LEAST_EVIDENCE` incidents.

    With 20 incidents the 95 % interval of a Poisson count reaches from 12 to 31: a rank that rests on fewer is weak.
    """
    return tuple(
        Finding(
            GapKind.THIN, each.id, "", level,
            f"{each.name} is ranked {each.tier} on thin evidence",
            f"A critical or high rank should rest on at least {LEAST_EVIDENCE} incidents in {span(trained_on)}",
            (
                Fact("Incidents behind it", "withheld" if each.trained_n is None else f"{each.trained_n}",
                     each.trained_n),
                Fact("Rank, 90 % interval", "withheld" if each.rank_interval is None
                     else f"{each.rank_interval[0]} to {each.rank_interval[1]}"),
            ),
        )
        for each in priorities
        if each.tier in {Tier.CRITICAL, Tier.HIGH} and _is_thin(each)
    )  # fmt: skip


def _is_thin(each: Priority) -> bool:
    # Where the count is withheld, the expectation is too if the count is small; otherwise nothing can be said.
    return each.expected is None if each.trained_n is None else each.trained_n < LEAST_EVIDENCE


def _percent(share: float) -> str:
    # Rounded down, so that what is under a bound never reads as if it met it.
    return f"{np.floor(1000 * share) / 10:.1f} %"

"""Intelligence gaps: found by rules on the data as they are, put on record, kept by people, closed when they are gone.

What the system finds is recorded the first time it is seen, so that an owner, a due date and a state can stay with it;
each look records what changed since the last one, and nothing when nothing did.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from ilpgeo.areas.rollup import roll_up
from ilpgeo.core.arrays import IntArray
from ilpgeo.core.errors import Conflict, InvalidInput, NotAllowed
from ilpgeo.core.gaps import SYSTEM, Finding, Gap, GapKind, GapMarks, GapState, ListedGap
from ilpgeo.core.query import Level, Period, months_later
from ilpgeo.core.recorded import Change, Recorded
from ilpgeo.core.types import Access, Query, Released
from ilpgeo.cycle import gap_rules
from ilpgeo.pipeline.opened import Opened, coverage, cube, default_period, is_monthly, last_complete_day, now
from ilpgeo.pipeline.recorded import journal_of, records_stamp
from ilpgeo.pipeline.retained import past_retention
from ilpgeo.pipeline.scope import covered_days
from ilpgeo.pipeline.source_register import handling_rules, not_given, registered

LOOK_BACK_DAYS = 28
BEFORE_DAYS = 364
GONE = "Closed by itself: its cause is gone"
BACK = "Found again after it had closed by itself"
_PRESSING = (
    GapKind.SILENCE, GapKind.LATE, GapKind.GEOCODING, GapKind.ASKED, GapKind.THIN, GapKind.NO_DATA, GapKind.PILE,
    GapKind.COARSE, GapKind.UNREGISTERED, GapKind.RETENTION,
)  # fmt: skip


def gaps(opened: Opened, access: Access, today: date, made_for: str = "") -> Released[tuple[ListedGap, ...]]:
    """Look for gaps, put what is found on record, and return the gaps a role sees.

    Those that wait come first, overdue ones before all; then the most pressing kinds, the widest areas.

    Parameters
    ----------
    made_for
        The agency they are listed for, besides that of who asks: gaps of sources not given to it are left out.
    """
    found = {each.id: each for each in _found(opened, today)}
    return _listed(opened, _noted(opened, found), found, access, today, made_for)


def known_gaps(opened: Opened, access: Access, today: date) -> Released[tuple[ListedGap, ...]]:
    """Return the gaps on record that a role sees, as the last look left them, without their evidence."""
    return _listed(opened, _on_record(opened, records_stamp(opened)), {}, access, today)


def _listed(
    opened: Opened,
    on_record: tuple[Recorded[Gap], ...],
    found: dict[str, Finding],
    access: Access,
    today: date,
    made_for: str = "",
) -> Released[tuple[ListedGap, ...]]:
    from ilpgeo.safeguards.release import release_gaps

    without = not_given(opened, tuple(each for each in (access.agency, made_for) if each))
    listed = [
        ListedGap(
            id=each.id,
            revision=each.revision,
            gap=each.value,
            facts=found[each.id].facts if each.id in found else (),
            is_found=each.id in found,
            is_overdue=each.value.is_overdue(today),
            begun_at=each.begun_at,
            begun_by=each.begun_by,
            made_at=each.made_at,
            made_by=each.made_by,
        )
        for each in on_record
        if is_seen(opened, each.value.area, access) and each.value.source not in without
    ]
    listed.sort(key=lambda each: (*_urgency(each), each.gap.text))
    return release_gaps(tuple(listed), opened.workspace.settings.small_count)


def _urgency(each: ListedGap) -> tuple[bool, bool, int, int]:
    gap = each.gap
    return (not gap.state.is_waiting, not each.is_overdue, _PRESSING.index(gap.kind), -gap.level.rank)


def gap_marks(opened: Opened, listed: tuple[ListedGap, ...]) -> GapMarks:
    """Return how gaps stand on a map; one that is closed or answered does not."""
    areas = opened.areas
    silent: set[str] = set()
    words: dict[str, list[str]] = {}
    for each in listed:
        gap = each.gap
        if gap.state in {GapState.CLOSED, GapState.ANSWERED} or gap.area not in areas.position:
            continue
        inside = [areas.id[at] for at in np.flatnonzero(areas.within((gap.area,)))]
        if gap.kind is GapKind.SILENCE:
            silent.update(inside)
        for area in inside:
            words.setdefault(area, []).append(f"{gap.kind}, {gap.state}")
    return GapMarks(frozenset(silent), {area: "; ".join(dict.fromkeys(said)) for area, said in words.items()})


def save_gap(
    opened: Opened, gap: Gap, access: Access, by: str, id: str = "", based_on: int = 0, *, today: date | None = None
) -> Recorded[Gap]:
    """Record a person's question, or what is done about a gap.

    Parameters
    ----------
    today
        A day it is due that is given now may not lie before it; None: any day may be given.

    Raises
    ------
    NotAllowed
        For an area the role does not see.
    NotFound, InvalidInput
        For an area the workspace does not have; without a name; for a due day that is over when it is given.
    Conflict
        When somebody changed the gap after the revision the change is based on.
    """
    if gap.area:
        opened.areas.at(gap.area)
    if not is_seen(opened, gap.area, access):
        raise NotAllowed(f"the role {access.role} does not cover this area; choose one of its own")
    if today is not None and gap.is_overdue(today) and not _was_due(opened, id, gap.due):
        raise InvalidInput(f"gap: it would be due on {gap.due}, before today; choose a day to come")
    return journal_of(opened).save(gap, by=by, id=id, based_on=based_on)


def _was_due(opened: Opened, id: str, due: date | None) -> bool:
    found = journal_of(opened).history(Gap, id) if id else ()
    return bool(found) and found[-1].value.due == due


def gap_history(opened: Opened, id: str, access: Access) -> tuple[Recorded[Gap], ...]:
    """Return every revision of a gap, oldest first."""
    found = journal_of(opened).history(Gap, id)
    return tuple(each for each in found if is_seen(opened, each.value.area, access))


def gaps_of_area(opened: Opened, area: str, listed: tuple[ListedGap, ...]) -> tuple[ListedGap, ...]:
    """Return the waiting gaps that touch an area: its own, those of what it lies in and of what lies in it."""
    line = {opened.areas.id[at] for at in opened.areas.line(opened.areas.at(area))}
    inside = opened.areas.within((area,))
    return tuple(
        each
        for each in listed
        if each.gap.state.is_waiting
        and each.gap.area in opened.areas.position
        and (each.gap.area in line or inside[opened.areas.at(each.gap.area)])
    )


def is_seen(opened: Opened, area: str, access: Access) -> bool:
    """Return whether a role sees what concerns an area: its own, a part of it, or one that holds its own."""
    if not area or not access.areas or area not in opened.areas.position:
        return not area or not access.areas
    at = opened.areas.at(area)
    return bool(opened.areas.within(access.areas)[at] or opened.areas.within((area,))[_at(opened, access)].any())


def _at(opened: Opened, access: Access) -> list[int]:
    return [opened.areas.at(each) for each in access.areas]


def _noted(opened: Opened, found: dict[str, Finding]) -> tuple[Recorded[Gap], ...]:
    """Return the gaps on record after what the system finds now was put there."""
    on_record = _on_record(opened, records_stamp(opened))
    changes = list(_changes({each.id: each for each in on_record}, found))
    if not changes:
        return on_record
    with suppress(Conflict):  # another look has just recorded the same
        journal_of(opened).record(changes, SYSTEM)
    return _on_record(opened, records_stamp(opened))


@lru_cache(maxsize=8)
def _on_record(opened: Opened, stamp: str) -> tuple[Recorded[Gap], ...]:
    return journal_of(opened).newest(Gap) if stamp else ()


def _changes(on_record: dict[str, Recorded[Gap]], found: dict[str, Finding]) -> Iterator[Change[Gap]]:
    for each in found.values():
        known = on_record.get(each.id)
        if known is None:
            yield Change(_as_gap(each), each.id)
        elif known.value.state is GapState.CLOSED and known.made_by == SYSTEM:
            gap = known.value
            state = GapState.ASSIGNED if gap.owner and gap.due else GapState.OPEN
            yield Change(replace(gap, text=each.text, rule=each.rule, state=state, note=BACK), known.id, known.revision)
    for known in on_record.values():
        gap = known.value
        if gap.kind is not GapKind.ASKED and known.id not in found and gap.state is not GapState.CLOSED:
            note = f"{gap.note}\n{GONE}" if gap.note and gap.note != BACK else GONE
            yield Change(replace(gap, state=GapState.CLOSED, note=note), known.id, known.revision)


def _as_gap(finding: Finding) -> Gap:
    return Gap(finding.kind, finding.text, finding.area, finding.source, finding.level, finding.rule)


def _found(opened: Opened, today: date) -> tuple[Finding, ...]:
    register = {each.source.name: each.source for each in registered(opened)}
    version = opened.store.version()
    found = [*_of_data(opened, version), *_of_ranks(opened, version, handling_rules(opened))]
    for name, n in opened.store.totals().by_source.items():
        entry, last = register.get(name), last_complete_day(opened, name)
        if entry is None:
            found.append(gap_rules.unregistered(name, n))
        elif last is not None and (overdue := gap_rules.late(entry, last, today)) is not None:
            found.append(overdue)
    found += [
        gap_rules.past_retention(register[each.source], each.n, each.keep_from)
        for each in past_retention(opened, today)
        if each.n
    ]
    return tuple(found)


@lru_cache(maxsize=8)
def _of_data(opened: Opened, version: str) -> tuple[Finding, ...]:  # noqa: ARG001  (the version is the cache key)
    """Return what follows from the data alone."""
    year = Period.ending(now(opened) - timedelta(days=1), BEFORE_DAYS + 1)
    found = list(gap_rules.no_data(opened.areas, covered_days(opened, year, ()) > 0, year))
    found += _silences(opened)
    totals, files = opened.store.totals(), opened.store.files()
    for source, n in totals.by_source.items():
        of_source = [each for each in files if each.source == source]
        rows = sum(each.rows_read for each in of_source)
        located = sum(each.rows_read * each.geocoded_share for each in of_source)
        flags = [flag for each in of_source for flag in each.flags]
        judged = (
            gap_rules.geocoding(source, rows, located / rows if rows else 1.0),
            gap_rules.coarse(source, n, totals.coarse_by_source.get(source, 0)),
            gap_rules.piles(source, flags),
        )
        found += [each for each in judged if each is not None]
    return tuple(found)


def _silences(opened: Opened) -> list[Finding]:
    sources = cube(opened).sources
    tested: list[tuple[str, Period, IntArray, IntArray, int]] = []
    for source in sources:
        window = _window(opened, source)
        if window is not None:
            n, n_before = (_of_all_areas(opened, source, each) for each in window)
            places = [entry.area for entry in coverage(opened).entries if entry.source == source]
            days_before = coverage(opened).covered_days(places, window[1], (source,))
            tested.append((source, window[0], n, n_before, days_before))
    n_tests = sum(int((n_before > 0).sum()) for *_, n_before, _ in tested)
    found: list[Finding] = []
    for source, recent, n, n_before, days_before in tested:
        found += gap_rules.silences(opened.areas, source, n, n_before, recent, days_before, n_tests)
    return found


def _window(opened: Opened, source: str) -> tuple[Period, Period] | None:
    """Return a source's last days and the year before them, whole months where it knows no better."""
    last = last_complete_day(opened, source)
    if last is None:
        return None
    if is_monthly(opened, (source,)):
        recent = Period(last, last).whole_months()
        return recent, Period(months_later(recent.start, -12), recent.start - timedelta(days=1))
    recent = Period.ending(last, LOOK_BACK_DAYS)
    return recent, Period.ending(recent.start - timedelta(days=1), BEFORE_DAYS)


def _of_all_areas(opened: Opened, source: str, period: Period) -> IntArray:
    """Return a source's incidents in every area, shape (n_areas,)."""
    held = cube(opened)
    finest = held.by_area_and_offence(held.chosen(period, (), (source,)))[:-1].sum(axis=1)
    return np.concatenate([roll_up(opened.areas, finest, name) for name in opened.areas.types])


@lru_cache(maxsize=8)
def _of_ranks(
    opened: Opened,
    version: str,  # noqa: ARG001  (part of the cache key)
    rules: tuple[tuple[str, Level], ...],  # noqa: ARG001  (part of the cache key)
) -> tuple[Finding, ...]:
    """Return what is wrong with the ranks that a commander sees first, level by level."""
    from ilpgeo.pipeline.ranked import brief

    found: dict[str, Finding] = {}
    period = default_period(opened)
    for level in Level:
        for area_type in opened.areas.types_at(level)[:1]:
            try:
                told = brief(opened, Query(level, period, area_type), Access()).value
            except NotAllowed:  # no source may be shown at this level
                continue
            for each in gap_rules.thin(told.priorities, told.ranked_level, told.trained_on):
                found.setdefault(each.id, each)
    return tuple(found.values())

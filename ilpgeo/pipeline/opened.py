"""An opened workspace, and the two things every answer needs first: the cube of counts and the coverage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from ilpgeo.areas.cube import Cube
from ilpgeo.core.query import Coverage, Covered, Period, months_later
from ilpgeo.core.settings import Workspace
from ilpgeo.core.types import Areas, FileReport, IncidentStore, Selection
from ilpgeo.store.lake import Lake

_LOW_DAY_SHARE = 0.5
_LOOK_BACK_DAYS = 28
_WORTH_JUDGING = 5


@dataclass(frozen=True, eq=False)
class Opened:
    """A workspace with its areas and its store: what every call works on; cheap to keep, safe to share."""

    workspace: Workspace
    store: IncidentStore

    @cached_property
    def areas(self) -> Areas:
        """The area hierarchy, read when first asked for."""
        from ilpgeo.areas.files import read_areas

        return read_areas(self.workspace.areas_file, self.workspace.settings.crs)


def open_workspace(folder: Path, version: str = "") -> Opened:
    """Return the workspace in `folder`, at an older store version if one is named.

    Raises
    ------
    NotFound
        When `folder` is no workspace, or the store has no such version.
    InvalidInput
        When its settings or area file cannot be used.
    """
    workspace = Workspace.open(folder)
    settings = workspace.settings
    store: IncidentStore = Lake(workspace.lake, crs=settings.crs, timezone=settings.timezone)
    if version and version != store.version():
        store = store.at(version)
    return Opened(workspace, store)


@lru_cache(maxsize=8)
def _cube(opened: Opened, version: str) -> Cube:  # noqa: ARG001  (the version is the cache key)
    return Cube.of(opened.store.daily_counts(Selection()), opened.areas)


def cube(opened: Opened) -> Cube:
    """Return the counts by day, area, offence and source of the store's current version, kept in memory."""
    return _cube(opened, opened.store.version())


def last_complete_day(opened: Opened, source: str = "") -> date | None:
    """Return the last day with complete data, of one source or of all; None without data.

    Data known only to the month are complete to the month's end. Otherwise the last day holding data counts as
    complete unless it holds less than half the median of the 28 days before it.
    """
    reports = [each for each in opened.store.files() if each.last and source in {"", each.source}]
    if not reports:
        return None
    monthly = [each.last for each in reports if each.precision == "month" and each.last]
    daily = [each.last for each in reports if each.precision != "month" and each.last]
    ends = [Period(day, day).whole_months().end for day in monthly]
    if daily:
        ends.append(_complete(opened, max(daily), source))
    return max(ends)


def _complete(opened: Opened, last: date, source: str) -> date:
    counts = cube(opened)
    keep = counts.chosen(None, (), (source,) if source else ())
    before = counts.by_day(keep, Period.ending(last - timedelta(days=1), _LOOK_BACK_DAYS))
    on_last = counts.by_day(keep, Period(last, last))[0]
    usual = float(np.median(before))
    return last - timedelta(days=1) if usual >= _WORTH_JUDGING and on_last < _LOW_DAY_SHARE * usual else last


@lru_cache(maxsize=8)
def _coverage(opened: Opened, version: str) -> Coverage:  # noqa: ARG001  (the version is the cache key)
    from ilpgeo.areas.coverage import find_coverage

    if opened.workspace.settings.declared:
        return Coverage(_still_held(opened, opened.workspace.settings.declared))
    counts = cube(opened)
    entries: list[Covered] = []
    for source in counts.sources:
        months, by_month = counts.months(source)
        last = last_complete_day(opened, source)
        if not months or last is None:
            continue
        first = min(each.first for each in opened.store.files() if each.source == source and each.first)
        held = Period(first, max(first, last))
        for entry in find_coverage(opened.areas, source, months, by_month):
            start, end = max(entry.period.start, held.start), min(entry.period.end, held.end)
            if start <= end:
                entries.append(Covered(source, entry.area, Period(start, end)))
    return Coverage(tuple(entries))


def _still_held(opened: Opened, declared: tuple[Covered, ...]) -> tuple[Covered, ...]:
    """Return what was declared without the days whose rows were removed for good: they would read as quiet."""
    first_kept: dict[str, date] = {}
    for removal in opened.store.removals():
        for source, day in removal.before.items():
            first_kept[source] = max(day, first_kept.get(source, day))
    held = []
    for each in declared:
        start = max(each.period.start, first_kept.get(each.source, each.period.start))
        if start <= each.period.end:
            held.append(replace(each, period=Period(start, each.period.end)))
    return tuple(held)


def coverage(opened: Opened) -> Coverage:
    """Return where and when each source has data: declared in the settings, or found in what was brought in."""
    return _coverage(opened, opened.store.version())


def now(opened: Opened, as_of: date | None = None, sources: tuple[str, ...] = ()) -> date:
    """Return the day after the last complete day of data, or `as_of`; the workspace's start date without data.

    Where data are known to the month only, `as_of` becomes the first of its month: the days of that month before it
    cannot be told from those that come after.
    """
    if as_of is not None:
        return as_of.replace(day=1) if is_monthly(opened, sources) else as_of
    last = last_complete_day(opened)
    return opened.workspace.settings.start if last is None else last + timedelta(days=1)


def is_monthly(opened: Opened, sources: tuple[str, ...] = ()) -> bool:
    """Return whether any of the sources (empty: all) knows its dates only to the month."""
    reports: tuple[FileReport, ...] = opened.store.files()
    return any(each.precision == "month" and (not sources or each.source in sources) for each in reports)


def default_period(opened: Opened, as_of: date | None = None) -> Period:
    """Return the last 28 complete days, or the last whole month where the data are no finer than that."""
    today = now(opened, as_of)
    if is_monthly(opened):
        first = months_later(today, -1)
        return Period(first, first).whole_months()
    return Period.ending(today - timedelta(days=1), _LOOK_BACK_DAYS)

"""Links across areas: the same series in different areas, shown to those who see both, an alert to the level above."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ilpgeo.core import columns
from ilpgeo.core.arrays import BoolArray, IntArray
from ilpgeo.core.links import Link, LinkPicture
from ilpgeo.core.query import Level, Period
from ilpgeo.core.types import Access, Released, Selection
from ilpgeo.cycle.links import going_on, level_above, shared_series
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.source_register import handling_rules, not_given, of_reader

if TYPE_CHECKING:
    import pyarrow as pa


def links(opened: Opened, access: Access, area_type: str, period: Period) -> Released[LinkPicture]:
    """Return which areas of a type share series in a period, as a role sees them.

    A link is seen by a role whose areas and levels cover both ends and the level above them. Incidents of a source
    count only where its handling rule lets it be shown at that level.

    Raises
    ------
    NotFound
        For an area type the workspace does not have.
    """
    from ilpgeo.safeguards.release import release_links

    of_reader(opened, access)
    without = not_given(opened, (access.agency,) if access.agency else ())
    rules = handling_rules(opened)
    raw = _links(opened, opened.store.version(), access, area_type, period, rules, without)
    return release_links(raw, opened.workspace.settings.small_count)


def alert_type(opened: Opened, level: Level) -> str:
    """Return the kind of area whose links are an alert to a level: the coarsest below it; empty where there is none."""
    areas = opened.areas
    below = [name for name, at in zip(areas.types, areas.levels, strict=True) if at.rank < level.rank]
    return below[-1] if below else ""


@lru_cache(maxsize=16)
def _links(
    opened: Opened,
    version: str,
    access: Access,
    area_type: str,
    period: Period,
    rules: tuple[tuple[str, Level], ...],
    without: tuple[str, ...],
) -> LinkPicture:
    areas = opened.areas
    areas.of_type(area_type)
    table = opened.store.series_counts(_during(opened, period))
    place = _places(opened, table, area_type)
    series = _codes(table, "series")
    n = columns.values(table["n"], np.int64)
    seen = areas.within(access.areas)
    found: list[Link] = []
    for level in Level:
        allowed = _allowed(table, level, rules, without) & (place >= 0)
        pairs = shared_series(series[allowed], place[allowed], n[allowed])
        for pair in pairs:
            if level_above(areas, pair.one, pair.other) is not level:
                continue
            if seen[pair.one] and seen[pair.other] and level in access.levels:
                found.append(Link(areas.id[pair.one], areas.id[pair.other], level, pair.n_series, pair.n))
    inside = np.flatnonzero(seen).astype(np.int64)
    n_elsewhere = 0
    if access.areas:
        told = _allowed(
            table, Level.NATIONAL, rules, without
        )  # what stays below must not show elsewhere that it is there
        n_elsewhere = going_on(series[told], place[told], n[told], inside)
    widest = max(access.levels, key=lambda level: level.rank)
    within = np.isin(place, inside) & _allowed(table, widest, rules, without)
    found.sort(key=lambda each: (-each.n, -each.n_series, areas.at(each.one), areas.at(each.other)))
    return LinkPicture(area_type, period, tuple(found), 0, n_elsewhere, len(np.unique(series[within])), version)


def _during(opened: Opened, period: Period) -> Selection:
    zone = opened.workspace.settings.zone
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (period.start, period.after))
    return Selection(t_from=start, t_until=end)


def _codes(table: pa.Table, name: str) -> IntArray:
    return columns.codes(table[name].combine_chunks()).astype(np.int64)


def _places(opened: Opened, table: pa.Table, area_type: str) -> IntArray:
    """Return each count's position among the areas, climbed to a type; -1 for unplaced."""
    areas = opened.areas
    words = table["area"].combine_chunks().dictionary.to_pylist()
    above = areas.ancestor(area_type)
    known = [int(above[areas.position[word]]) if word in areas.position else -1 for word in words]
    return np.array([*known, -1], np.int64)[_codes(table, "area")]


def _allowed(
    table: pa.Table, level: Level, rules: tuple[tuple[str, Level], ...], without: tuple[str, ...]
) -> BoolArray:
    """Return which counts are of a source that may be shown at a level, and to who asks."""
    kept_back = {*without, *(name for name, reach in rules if level.rank > reach.rank)}
    words = table["source"].combine_chunks().dictionary.to_pylist()
    marks = np.array([word not in kept_back for word in words] + [False], np.bool_)
    return np.asarray(marks[_codes(table, "source")], np.bool_)

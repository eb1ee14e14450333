"""The control strategy of a workspace: set, taken back, brought in from a table, read by every ranking."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from ilpgeo.core.errors import InvalidInput, raise_all
from ilpgeo.core.query import Access, Level, Period, Query
from ilpgeo.core.recorded import Change, Recorded
from ilpgeo.core.strategy import Emphasis
from ilpgeo.core.types import Areas
from ilpgeo.pipeline.opened import Opened, cube
from ilpgeo.pipeline.recorded import journal_of, records_stamp
from ilpgeo.safeguards.scope import apply_access

COLUMNS = ("offence", "weight", "owner", "reason", "expires")


def control_strategy(opened: Opened) -> tuple[Recorded[Emphasis], ...]:
    """Return every priority ever set, in the order they were begun."""
    return _strategy(opened, records_stamp(opened))


@lru_cache(maxsize=8)
def _strategy(opened: Opened, stamp: str) -> tuple[Recorded[Emphasis], ...]:
    return journal_of(opened).newest(Emphasis) if stamp else ()


def strategy_entries(opened: Opened) -> tuple[Emphasis, ...]:
    """Return the entries of the control strategy, in the order they were begun."""
    return tuple(each.value for each in control_strategy(opened))


def strategy_day(opened: Opened, as_of: date | None) -> date:
    """Return the day the strategy is read for: the one looked from, else the day by the workspace's clock."""
    return as_of or opened.workspace.settings.today()


def set_priority(opened: Opened, entry: Emphasis, access: Access, by: str) -> Recorded[Emphasis]:
    """Record a new priority.

    Raises
    ------
    NotAllowed
        When the access does not cover its level or area.
    InvalidInput
        For an offence or area the workspace does not have, or an area of another level.
    """
    _require(opened, entry, access)
    return journal_of(opened).save(entry, by=by)


def end_priority(opened: Opened, standing: Recorded[Emphasis], access: Access, by: str, today: date) -> None:
    """Take a priority back from today on; raise Conflict when somebody changed it meanwhile."""
    _require(opened, standing.value, access)
    if standing.value.ended is not None:
        raise InvalidInput(f"this priority was taken back on {standing.value.ended} already")
    ended = replace(standing.value, ended=today)
    journal_of(opened).save(ended, by=by, id=standing.id, based_on=standing.revision)


def bring_strategy(opened: Opened, file: Path, access: Access, by: str, today: date) -> int:
    """Record the rows of a table (offence, weight, owner, reason, expires; level and area where it has them).

    Raises
    ------
    InvalidInput
        Listing every fault; nothing is recorded then.
    """
    found, faults = [], []
    for row, columns in enumerate(_rows(file), start=2):
        try:
            entry = _entry(columns, today)
            _require(opened, entry, access)
            found.append(entry)
        except InvalidInput as error:
            faults.append(f"row {row}: {error}")
    raise_all(faults, subject=file.name)
    journal_of(opened).record([Change(each) for each in found], by)
    return len(found)


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(lines)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{file} cannot be read: {error}; save it as CSV in UTF-8, with commas") from error
    missing = [name for name in COLUMNS if rows and name not in rows[0]]
    if missing or not rows:
        raise InvalidInput(f"{file.name}: it needs rows and the columns {', '.join(COLUMNS)}")
    return rows


def _entry(columns: dict[str, str], today: date) -> Emphasis:
    try:
        return Emphasis(
            offence=columns["offence"],
            weight=float(columns["weight"]),
            owner=columns["owner"],
            reason=columns["reason"],
            level=Level(columns.get("level") or Level.NATIONAL),
            start=date.fromisoformat(columns["start"]) if columns.get("start") else today,
            expires=date.fromisoformat(columns["expires"]),
            area=columns.get("area", ""),
        )
    except InvalidInput:
        raise
    except ValueError as error:
        raise InvalidInput(f"{columns['offence'] or 'no offence'}: {error}") from error


def _require(opened: Opened, entry: Emphasis, access: Access) -> None:
    access.require(entry.level)
    areas = opened.areas
    if entry.area:
        _require_area(areas, entry)
    known = cube(opened).offences
    if entry.offence not in known:
        raise InvalidInput(f"there is no offence {entry.offence}; this workspace has {', '.join(sorted(known))}")
    if access.areas:
        if not entry.area:
            raise InvalidInput("your role covers some areas only: set the priority for one of them")
        apply_access(Query(entry.level, Period(entry.start, entry.expires), "", (entry.area,)), access, areas)


def _require_area(areas: Areas, entry: Emphasis) -> None:
    if entry.area not in areas.position:
        raise InvalidInput(f"there is no area {entry.area!r} in this workspace; choose one of its own")
    level = areas.levels[int(areas.type[areas.at(entry.area)])]
    if level is not entry.level:
        raise InvalidInput(f"{areas.name[areas.at(entry.area)]} is an area of the {level} level, not the {entry.level}")

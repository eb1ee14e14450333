"""The line from file to released product; every screen and command makes one call into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ilpgeo.core.settings import Workspace
from ilpgeo.core.types import (
    Access,
    Answer,
    AreaPicture,
    Areas,
    Briefing,
    FileReport,
    HotspotSet,
    IncidentStore,
    Model,
    Query,
    Released,
)

Progress = Callable[[int, int | None], None]  # rows done, rows in all (None: unknown)


@dataclass(frozen=True, eq=False)
class Opened:
    """A workspace with its areas and its store: what every call below works on; cheap to keep, safe to share."""

    workspace: Workspace
    areas: Areas
    store: IncidentStore


def open_workspace(folder: Path, version: str = "") -> Opened:
    """Return the workspace in `folder`, at an older store version if one is named."""
    raise NotImplementedError


def now(opened: Opened, as_of: date | None = None) -> date:
    """Return the day after the last complete day of data, or `as_of`."""
    raise NotImplementedError


def brief(opened: Opened, query: Query, access: Access, as_of: date | None = None) -> Released[Briefing]:
    """Return the ranked areas of a question."""
    raise NotImplementedError


def picture(
    opened: Opened, query: Query, area: str, access: Access, as_of: date | None = None
) -> Released[AreaPicture]:
    """Return trend, time of week and offence mix of one area (any type) for the question's offences and period."""
    raise NotImplementedError


def hotspots(
    opened: Opened, model: Model, query: Query, access: Access, as_of: date | None = None, seed: int = 0
) -> Released[HotspotSet]:
    """Return a model's hotspots inside the question's scope, from the period's incidents."""
    raise NotImplementedError


def answer(
    opened: Opened, model: Model, query: Query, access: Access, cell_m: float | None = None, seed: int = 0
) -> Released[Answer]:
    """Return a model's answer itself (surface, clusters, significance), for the analyst's map."""
    raise NotImplementedError


def ingest(
    opened: Opened,
    file: Path,
    source: str = "",
    mapping: Mapping[str, str] | None = None,
    crs: str = "",
    timezone: str = "",
    progress: Progress | None = None,
) -> FileReport:
    """Bring one file in: read, validate, place, store; every row is accounted for in the report."""
    raise NotImplementedError

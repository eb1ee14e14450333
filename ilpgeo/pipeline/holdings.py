"""What a workspace holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ilpgeo.core.ingested import FileReport
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.retained import past_retention


@dataclass(frozen=True, slots=True)
class Status:
    """What a workspace holds.

    Attributes
    ----------
    incidents, unplaced
        Rows stored, and how many of them lie in no area.
    rows_read, quarantined, duplicates
        Over the files stored now; incidents + quarantined + duplicates + removed make rows_read.
    removed
        Rows removed for good since, because their retention was over.
    past_retention
        Incidents that are kept longer than their source's entry allows, by source.
    sources
        Incidents by source.
    first, last
        First and last local day.
    geocoded_share
        Share of the rows read with usable coordinates.
    """

    name: str
    incidents: int
    unplaced: int
    rows_read: int
    quarantined: int
    duplicates: int
    sources: dict[str, int]
    version: str
    first: date | None
    last: date | None
    geocoded_share: float | None
    files: tuple[FileReport, ...]
    removed: int = 0
    past_retention: dict[str, int] = field(default_factory=dict)


def status(opened: Opened) -> Status:
    """Return what a workspace holds."""
    totals, files = opened.store.totals(), opened.store.files()
    read = sum(each.rows_read for each in files)
    located = sum(each.rows_read * each.geocoded_share for each in files)
    return Status(
        name=opened.workspace.settings.name,
        incidents=totals.n,
        unplaced=totals.unplaced,
        rows_read=read,
        quarantined=sum(each.quarantined for each in files),
        duplicates=sum(each.duplicates for each in files),
        sources=dict(totals.by_source),
        version=opened.store.version(),
        first=totals.first,
        last=totals.last,
        geocoded_share=located / read if read else None,
        files=files,
        removed=sum(each.removed for each in files),
        past_retention={each.source: each.n for each in past_retention(opened, opened.workspace.settings.today())},
    )

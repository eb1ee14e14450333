"""Files in: read, validate, place, store; withdraw and re-map."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ilpgeo.areas.locate import Locator
from ilpgeo.core.errors import NotFound
from ilpgeo.core.types import FileReport
from ilpgeo.ingest.intake import read_candidates
from ilpgeo.ingest.mapping import ColumnMapping
from ilpgeo.ingest.offences import groups_of, plain
from ilpgeo.ingest.presets import preset_for
from ilpgeo.ingest.readers import open_table
from ilpgeo.ingest.rules import Jurisdiction, Rules
from ilpgeo.pipeline.opened import Opened

Progress = Callable[[int, int | None], None]  # rows done, rows in all (None: unknown)
QUARANTINE = "quarantine"


def files_in(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files named, folders replaced by the files in them; raise NotFound for what is not there."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise NotFound(f"there is no file {path}")
        inside = sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
        if path.is_dir() and not inside:
            raise NotFound(f"the folder {path} holds no file")
        found += inside if path.is_dir() else [path]
    return tuple(found)


def rules_of(opened: Opened) -> Rules:
    """Return what the workspace demands of a row."""
    settings, table = opened.workspace.settings, opened.workspace.table("offences")
    return Rules(
        crs=settings.crs,
        timezone=settings.timezone,
        start=settings.start,
        today=datetime.now(settings.zone).date(),
        groups=groups_of(table) if table else None,
    )


def jurisdiction_of(opened: Opened) -> Jurisdiction:
    """Return where incidents may lie."""
    import shapely

    areas = opened.areas
    finest = areas.geometry[areas.finest]
    west, south, east, north = (float(each) for each in shapely.total_bounds(finest))
    locator = Locator.of(finest)
    return Jurisdiction(tuple(areas.id[at] for at in areas.finest), (west, south, east, north), locator.locate)


def ingest(
    opened: Opened,
    file: Path,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    crs: str = "",
    timezone: str = "",
    progress: Progress | None = None,
) -> FileReport:
    """Bring one file in; every row is accounted for in the report.

    Parameters
    ----------
    source
        Name of the source; empty: told from the file.
    columns
        Field of each column that is to be taken otherwise than guessed (``{"Block": "place"}``).
    crs, timezone
        Of the file, where they are not the workspace's.
    progress
        Called with (rows done, rows in all or None).

    Raises
    ------
    InvalidInput
        When the file cannot be read or its columns cannot be told; nothing is stored.
    StoreBusy
        When another process changes the store for too long.
    """
    mapping = understand(file).changed(columns or {}, crs, timezone)
    rules, jurisdiction = rules_of(opened), jurisdiction_of(opened)
    source = source or mapping.preset
    with closing(read_candidates(file, mapping, rules, jurisdiction, source=source, progress=progress)) as intake:

        def account() -> FileReport:
            if intake.report.rows_read:
                intake.quarantine.save(opened.workspace.folder / QUARANTINE)
            return intake.report

        return opened.store.append(intake.batches(), account)


def understand(file: Path) -> ColumnMapping:
    """Return how the columns of a file are understood before anyone confirms."""
    preset = preset_for(open_table(file).columns)
    return preset.mapping if preset else ColumnMapping(())


def withdraw(opened: Opened, file_id: str) -> str:
    """Take a file's incidents out; return the new store version. A unique beginning of the id will do."""
    fitting = [each.file_id for each in opened.store.files() if each.file_id.startswith(file_id)]
    if len(fitting) != 1:
        raise NotFound(f"{'no file' if not fitting else 'more than one file'} begins with {file_id!r}; see status")
    return opened.store.withdraw(fitting[0])


def remap(opened: Opened) -> str:
    """Give every incident the offence group that the offences table now says; return the store version."""
    groups = groups_of(opened.workspace.table("offences"))
    return opened.store.remap(lambda label: groups.get(plain(label)))

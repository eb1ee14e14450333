"""Files in: read, validate, place, store; withdraw and re-map."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ilpgeo.areas.locate import Locator
from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.types import FileReport
from ilpgeo.ingest.again import read_origins
from ilpgeo.ingest.intake import Intake, read_candidates
from ilpgeo.ingest.mapping import ColumnMapping
from ilpgeo.ingest.nearness import near_areas
from ilpgeo.ingest.offences import groups_of, plain
from ilpgeo.ingest.origin import is_again
from ilpgeo.ingest.readers import RawTable, open_table
from ilpgeo.ingest.readers.shapefile import shapefile_of
from ilpgeo.ingest.rules import TOLERANCE_M, Jurisdiction, Rules
from ilpgeo.ingest.sources import remember_mapping, remembered_mapping
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.previewed import bounds_of, taken_as, understand
from ilpgeo.pipeline.series_secret import series_secret
from ilpgeo.pipeline.waiting import AGAIN, SWAPPED, UNKNOWN_OFFENCE, kept_in, of_reason, plain_name, waiting_rows

Progress = Callable[[int, int | None], None]  # rows done, rows in all (None: unknown)
INCOMING = "incoming"
_LEFT_S = 86_400


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of several files: the accounts of those read, and (name, why) of those refused."""

    reports: tuple[FileReport, ...]
    refused: tuple[tuple[str, str], ...] = ()


def files_in(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files named, folders replaced by the files in them; raise NotFound for what is not there.

    The parts of a shapefile come with their .shp and are left out where that is among the files.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise NotFound(f"there is no file {path}")
        inside = sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
        if path.is_dir() and not inside:
            raise NotFound(f"the folder {path} holds no file")
        found += inside if path.is_dir() else [path]
    listed = set(found)
    return tuple(each for each in found if shapefile_of(each) not in listed)


def rules_of(opened: Opened) -> Rules:
    """Return what the workspace demands of a row."""
    settings, table = opened.workspace.settings, opened.workspace.table("offences")
    return Rules(
        crs=settings.crs,
        timezone=settings.timezone,
        start=settings.start,
        today=settings.today(),
        groups=groups_of(table) if table else None,
        series_secret=partial(series_secret, opened),
    )


def jurisdiction_of(opened: Opened) -> Jurisdiction:
    """Return where incidents may lie: in the finest areas, or unplaced within the tolerance of one."""
    areas = opened.areas
    finest = areas.geometry[areas.finest]
    near = near_areas(finest, TOLERANCE_M)
    ids = tuple(areas.id[at] for at in areas.finest)
    return Jurisdiction(ids, bounds_of(opened), Locator.of(finest).locate, near)


def ingest(
    opened: Opened,
    file: Path,
    source: str = "",
    columns: Mapping[str, str] | None = None,
    crs: str = "",
    timezone: str = "",
    progress: Progress | None = None,
    date_order: str = "",
) -> FileReport:
    """Bring one file in; every row is accounted for in the report, and how it was read is remembered for its source.

    Its columns are taken as named here, else as remembered for the source, else as a known format has them, else as
    guessed. Rows that were in quarantine leave it (see docs/decisions/0004-quarantine.md).

    Parameters
    ----------
    source
        Name of the source; empty: told from the file.
    columns
        Field of each column that is to be taken otherwise than guessed (``{"Block": "place"}``).
    crs, timezone
        Of the file, where they are not the workspace's.
    progress
        Called with (rows done, rows in all or None); what it raises stops the file, and nothing is stored.
    date_order
        ``day-month-year`` or ``month-day-year``; empty: as told.

    Raises
    ------
    InvalidInput
        When the file cannot be read or its columns cannot be told; nothing is stored.
    StoreBusy
        When another process changes the store for too long.
    """
    table = open_table(file)
    jurisdiction = jurisdiction_of(opened)
    understood = understand(opened, file, table, source, jurisdiction.bounds)
    mapping = taken_as(understood, columns or {}, crs, timezone, date_order, table.crs)
    report = _bring(opened, file, table, mapping, understood.source, jurisdiction, progress)
    if understood.told_by != "again" and mapping != remembered_mapping(opened.workspace.folder, understood.source):
        remember_mapping(opened.workspace.folder, understood.source, mapping)
    return report


def _bring(
    opened: Opened,
    file: Path,
    table: RawTable,
    mapping: ColumnMapping,
    source: str,
    jurisdiction: Jurisdiction,
    progress: Progress | None,
) -> FileReport:
    candidates = read_candidates(
        file, mapping, rules_of(opened), jurisdiction, source=source, progress=progress, opened=table
    )
    with closing(candidates) as intake:
        stored = {each.file_id for each in opened.store.files()}

        def account() -> FileReport:
            if intake.report.rows_read and intake.file_id not in stored:
                _keep(kept_in(opened, intake.file_id), intake, table, mapping)
            return intake.report

        return opened.store.append(intake.batches(), account)


def _keep(folder: Path, intake: Intake, table: RawTable, mapping: ColumnMapping) -> None:
    """Keep the rejected rows, how the file was read, and which rows it brought in again; before the commit.

    What is kept counts only while the store holds the file, so a commit that fails leaves nothing half-done.
    """
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    intake.quarantine.save(folder)
    remember_mapping(folder, intake.file_id, mapping)
    if is_again(table.columns):
        part = folder / f"{AGAIN}.part"
        pq.write_table(read_origins(table), part)
        part.replace(folder / AGAIN)


def ingest_each(
    opened: Opened,
    files: Iterable[Path],
    source: str = "",
    columns: Mapping[str, str] | None = None,
    crs: str = "",
    timezone: str = "",
    progress: Progress | None = None,
    date_order: str = "",
) -> Brought:
    """Bring several files in, each whole or not at all; one that cannot be read does not keep the others out."""
    reports, refused = [], []
    for file in files:
        try:
            reports.append(ingest(opened, file, source, columns, crs, timezone, progress, date_order))
        except InvalidInput as error:
            refused.append((file.name, str(error)))
    return Brought(tuple(reports), tuple(refused))


def bring_corrected(opened: Opened, file_id: str, reason: str, progress: Progress | None = None) -> FileReport:
    """Bring a file's waiting rows of one reason in again, corrected where the correction is certain.

    Swapped coordinates are exchanged; rows of an unknown offence are those whose label the offences table now has;
    rows of any other reason are tried as they are. The rows leave the quarantine of the file they first stood in.

    Raises
    ------
    NotFound
        When no such rows wait.
    """
    from ilpgeo.ingest.again import with_known_offence
    from ilpgeo.ingest.quarantine import with_corrections, write_csv

    rows = of_reason(waiting_rows(opened, file_id), reason)
    report = next(each for each in opened.store.files() if each.file_id == file_id)
    mapping = remembered_mapping(kept_in(opened, file_id), file_id)
    if mapping is None:
        raise NotFound(f"how {report.name} was read is not kept here; download its quarantine and bring it corrected")
    if reason == SWAPPED:
        rows = with_corrections(rows, mapping)
    elif reason == UNKNOWN_OFFENCE:
        rows = with_known_offence(rows, mapping, rules_of(opened).groups)
    if not rows.num_rows:
        raise NotFound(f"no rows of {report.name} wait in quarantine that could be brought in again for: {reason}")
    words = {SWAPPED: "coordinates exchanged", UNKNOWN_OFFENCE: "offence known now"}.get(reason, "tried again")
    with incoming(opened, f"{plain_name(report.name)}, {words}.csv") as file:
        write_csv(rows, file)
        return _bring(opened, file, open_table(file), mapping, report.source, jurisdiction_of(opened), progress)


@contextmanager
def incoming(opened: Opened, name: str) -> Iterator[Path]:
    """Give a place inside the workspace for a file of this name to be written to; it is removed afterwards.

    What was left there by a process that was cut short is removed a day later.
    """
    place = opened.workspace.folder / INCOMING
    place.mkdir(exist_ok=True)
    for left in place.iterdir():
        if time.time() - left.stat().st_mtime > _LEFT_S:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=place))
    try:
        yield folder / (Path(name.replace("\\", "/")).name or "file")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def withdraw(opened: Opened, file_id: str) -> str:
    """Take a file's incidents out; return the new store version. A unique beginning of the id will do."""
    if not file_id.strip():
        raise NotFound("name the file by the beginning of its id; see status")
    fitting = [each.file_id for each in opened.store.files() if each.file_id.startswith(file_id)]
    if len(fitting) != 1:
        raise NotFound(f"{'no file' if not fitting else 'more than one file'} begins with {file_id!r}; see status")
    return opened.store.withdraw(fitting[0])


def remap(opened: Opened) -> str:
    """Give every incident the offence group that the offences table now says; return the store version."""
    groups = groups_of(opened.workspace.table("offences"))
    return opened.store.remap(lambda label: groups.get(plain(label)))

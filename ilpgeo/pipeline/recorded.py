"""The records of a workspace: publications, and the journal of everything else that people decide."""

from __future__ import annotations

from functools import lru_cache

from ilpgeo.core.recorded import Journal
from ilpgeo.pipeline.opened import Opened
from ilpgeo.store.database import Database
from ilpgeo.store.journal import DatabaseJournal
from ilpgeo.store.records import Records


@lru_cache(maxsize=8)
def database_of(opened: Opened) -> Database:
    """Return the database of records of a workspace."""
    return Database(opened.workspace.folder, opened.workspace.settings.records_url)


def records_of(opened: Opened) -> Records:
    """Return what was published in a workspace."""
    return Records(database_of(opened))


def journal_of(opened: Opened) -> Journal:
    """Return the journal of a workspace."""
    return DatabaseJournal(database_of(opened))


def records_stamp(opened: Opened) -> str:
    """Return another text after each thing recorded; empty before the first."""
    return database_of(opened).stamp()

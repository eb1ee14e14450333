"""The register of sources: who gives what, and how far it may be shown; obeyed by every question."""

from __future__ import annotations

from functools import lru_cache

from ilpgeo.core.recorded import Recorded
from ilpgeo.core.sources import Source
from ilpgeo.core.types import Access
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.recorded import journal_of, records_stamp


def registered(opened: Opened) -> tuple[Recorded[Source], ...]:
    """Return the register, by name."""
    return _registered(opened, records_stamp(opened))


@lru_cache(maxsize=8)
def _registered(opened: Opened, stamp: str) -> tuple[Recorded[Source], ...]:
    if not stamp:
        return ()
    return tuple(sorted(journal_of(opened).newest(Source), key=lambda each: each.value.name.casefold()))


def register_source(opened: Opened, source: Source, access: Access, by: str, based_on: int = 0) -> Recorded[Source]:
    """Record a source's entry, a new one or a new revision of it.

    Raises
    ------
    NotAllowed
        For a role that does not manage data.
    Conflict
        When the entry was changed after the revision the change is based on.
    """
    access.require_data_management()
    return journal_of(opened).save(source, by=by, id=source_id(source.name), based_on=based_on)


def source_id(name: str) -> str:
    """Return the id of a source's entry: the same for the same name, so that it is registered once."""
    import hashlib

    return "source-" + hashlib.sha256(name.encode()).hexdigest()[:12]

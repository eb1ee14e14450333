"""The register of sources: who gives what, how far and to whom it may be shown; obeyed by every question."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from ilpgeo.core.errors import InvalidInput, NotAllowed
from ilpgeo.core.grading import GradeWeights, Trust
from ilpgeo.core.query import Level, Query
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.sources import Grading, Registered, Scale, Source
from ilpgeo.core.types import Access
from ilpgeo.core.wording import not_given_words
from ilpgeo.pipeline.opened import Opened, last_complete_day
from ilpgeo.pipeline.recorded import journal_of, records_stamp

TABLE = "sources"
_WEIGHTS_ID = "grade-weights"
COLUMNS = (
    "source", "agency", "owner", "legal_basis", "scale", "reliability", "information", "handling", "reach",
    "shared_with", "handling_note", "refresh_days", "retention_days", "example",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source as the page shows it.

    Attributes
    ----------
    name
        As the incidents carry it.
    entry
        Its entry; None where it brought incidents in and is not registered.
    n, last
        Incidents stored, and the last complete day of data; 0 and None where there are none.
    """

    name: str
    entry: Registered | None
    n: int
    last: date | None


def registered(opened: Opened) -> tuple[Registered, ...]:
    """Return the register, by name: what was recorded, and what only the workspace's table has."""
    found = {each.source.name: each for each in _of_table(opened)}
    found |= {each.source.name: each for each in _of_records(opened, records_stamp(opened))}
    return tuple(found[name] for name in sorted(found, key=str.casefold))


@lru_cache(maxsize=8)
def _of_records(opened: Opened, stamp: str) -> tuple[Registered, ...]:
    if not stamp:
        return ()
    recorded = journal_of(opened).newest(Source)
    return tuple(Registered(each.value, each.revision, each.made_by, each.made_at) for each in recorded)


@lru_cache(maxsize=8)
def _of_table(opened: Opened) -> tuple[Registered, ...]:
    rows = opened.workspace.table(TABLE)
    try:
        return tuple(Registered(_source(name, row)) for name, row in rows.items())
    except ValueError as error:
        raise InvalidInput(f"{TABLE}.csv cannot be used: {error}") from error


def _source(name: str, row: Mapping[str, str]) -> Source:
    grading = Grading(
        Scale(row.get("scale") or Scale.FOUR), row.get("reliability", ""), row.get("information", ""),
        row.get("handling", ""),
    )  # fmt: skip
    return Source(
        name=name,
        agency=row.get("agency", ""),
        owner=row.get("owner", ""),
        legal_basis=row.get("legal_basis", ""),
        grading=grading,
        reach=Level(row.get("reach") or Level.NATIONAL),
        shared_with=tuple(each.strip() for each in row.get("shared_with", "").split(";") if each.strip()),
        handling_note=row.get("handling_note", ""),
        refresh_days=int(row.get("refresh_days") or 0),
        retention_days=int(row.get("retention_days") or 0),
        is_example=row.get("example", "").lower() == "yes",
    )


def register_source(opened: Opened, source: Source, access: Access, by: str, based_on: int = 0) -> Registered:
    """Record a source's entry, a new one or a new revision of it.

    Raises
    ------
    NotAllowed
        For a role that does not manage data.
    Conflict
        When the entry was changed after the revision the change is based on.
    """
    access.require_data_management()
    source_id = "source-" + hashlib.sha256(source.name.encode()).hexdigest()[:12]
    made = journal_of(opened).save(source, by=by, id=source_id, based_on=based_on)
    return Registered(made.value, made.revision, made.made_by, made.made_at)


def source_lines(opened: Opened) -> tuple[SourceLine, ...]:
    """Return every source that is registered or brought incidents in, by name."""
    entries = {each.source.name: each for each in registered(opened)}
    held = opened.store.totals().by_source
    names = sorted({*entries, *held}, key=str.casefold)
    return tuple(
        SourceLine(
            name, entries.get(name), held.get(name, 0), last_complete_day(opened, name) if name in held else None
        )
        for name in names
    )


def register_stamp(opened: Opened) -> str:
    """Return another text after each change of the register: what is shown depends on its rules and grades."""
    return hashlib.sha256(repr([each.source for each in registered(opened)]).encode()).hexdigest()[:12]


def handling_rules(opened: Opened) -> tuple[tuple[str, Level], ...]:
    """Return the sources that may not be shown at every level, each with the highest at which it may."""
    kept = (each.source for each in registered(opened) if each.source.reach is not Level.NATIONAL)
    return tuple((each.name, each.reach) for each in kept)


def kept_back(opened: Opened, level: Level, sources: tuple[str, ...]) -> tuple[str, ...]:
    """Return which sources with incidents a picture of a level leaves out; no sources asked for means all."""
    rules = handling_rules(opened)
    if not rules:
        return ()
    held = opened.store.totals().by_source
    return tuple(
        name for name, reach in rules if name in held and level.rank > reach.rank and (not sources or name in sources)
    )


def readers(query: Query, access: Access) -> tuple[str, ...]:
    """Return the agencies that will see a picture: of who asks, and the one it is made for; those that are named."""
    return tuple(dict.fromkeys(each.strip() for each in (access.agency, query.made_for) if each.strip()))


def not_given(opened: Opened, agencies: tuple[str, ...], sources: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return which sources with incidents one of some agencies may not have; no sources asked for means all.

    A source that is not registered is given to nobody: nobody has said to whom it may go.
    """
    if not agencies:
        return ()
    entries = {each.source.name: each.source for each in registered(opened)}
    return tuple(
        name
        for name in opened.store.totals().by_source
        if (not sources or name in sources)
        and not (name in entries and all(entries[name].is_given_to(agency) for agency in agencies))
    )


def under_rules(opened: Opened, query: Query, access: Access) -> Query:
    """Return the question without the sources that its level or its readers may not be shown; see `permitted`."""
    return replace(query, sources=permitted(opened, query.level, query.sources, readers(query, access)))


def permitted(
    opened: Opened, level: Level | None, sources: tuple[str, ...], agencies: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Return the sources asked for without those that a level or an agency may not be shown; none asked for means all.

    Parameters
    ----------
    level
        None for what has no level of its own.

    Raises
    ------
    NotAllowed
        When that leaves none.
    """
    above = () if level is None else kept_back(opened, level, sources)
    elsewhere = not_given(opened, agencies, sources)
    if not (above or elsewhere):
        return sources
    without = {*above, *elsewhere}
    left = tuple(name for name in sources or tuple(opened.store.totals().by_source) if name not in without)
    if left:
        return left
    if elsewhere:
        raise NotAllowed(
            f"no source that is asked for is given to {' and '.join(agencies)}; the page Sources says who gives "
            "what to whom"
        )
    raise NotAllowed(
        f"the handling rule of {', '.join(above)} keeps it below the {level} level, and there is no other "
        "source; look at a lower level"
    )


def of_reader(opened: Opened, access: Access) -> tuple[str, ...]:
    """Return the sources that the agency of who asks may have, for what has no level; none means all.

    Raises
    ------
    NotAllowed
        When there are none.
    """
    return permitted(opened, None, (), (access.agency,) if access.agency else ())


def withheld_remark(opened: Opened, access: Access) -> tuple[str, ...]:
    """Return the sentence that sources are left out because they are not given to the agency of who asks."""
    n = len(not_given(opened, (access.agency,) if access.agency else ()))
    return (not_given_words(n, (access.agency,)),) if n else ()


def grade_weights(opened: Opened) -> Recorded[GradeWeights] | None:
    """Return the weights by grading that were agreed on for the workspace; None where none were."""
    stamp = records_stamp(opened)
    return _weights_of(opened, stamp) if stamp else None


@lru_cache(maxsize=8)
def _weights_of(opened: Opened, stamp: str) -> Recorded[GradeWeights] | None:  # noqa: ARG001  (the stamp is the key)
    found = journal_of(opened).newest(GradeWeights)
    return found[-1] if found else None


def save_grade_weights(
    opened: Opened, weights: GradeWeights, access: Access, by: str, based_on: int = 0
) -> Recorded[GradeWeights]:
    """Record the weights by grading that the workspace agrees on, for who switches them on.

    Raises
    ------
    NotAllowed
        For a role that does not publish.
    Conflict
        When somebody changed them after the revision the change is based on.
    """
    access.require_publishing()
    return journal_of(opened).save(weights, by=by, id=_WEIGHTS_ID, based_on=based_on)


def source_weights(opened: Opened, weights: GradeWeights | None) -> dict[str, float]:
    """Return the weight of each source with incidents by its grade; empty where nothing is weighted."""
    if weights is None:
        return {}
    trust = {each.source.name: each.source.grading.trust for each in registered(opened)}
    return {name: weights.of(trust.get(name, Trust.UNGRADED)) for name in opened.store.totals().by_source}

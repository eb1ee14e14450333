"""Threat assessments as recorded: one series for each level and scope, its revisions the versions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

from ilpgeo.core.assessment import Assessment
from ilpgeo.core.errors import Conflict, InvalidInput
from ilpgeo.core.query import Level, Period
from ilpgeo.core.recorded import Recorded
from ilpgeo.core.types import Access, Query, Released
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.recorded import journal_of
from ilpgeo.pipeline.scope import ranked_type
from ilpgeo.pipeline.source_register import not_given, readers
from ilpgeo.safeguards.release import release_assessment
from ilpgeo.safeguards.scope import apply_access

USUAL_DUE_DAYS: Mapping[Level, int] = MappingProxyType({Level.LOCAL: 28, Level.REGIONAL: 91, Level.NATIONAL: 182})
_KEY_BYTES = 6


def assessments(opened: Opened, query: Query, access: Access) -> tuple[Recorded[Assessment], ...]:
    """Return every version of the assessment of a question's level and scope, newest first.

    None for readers of an agency that is not given every source: what was recorded may rest on any of them.
    """
    if not_given(opened, readers(query, access)):
        return ()
    seen = apply_access(query, access, opened.areas)
    return journal_of(opened).history(Assessment, _series(opened, seen))[::-1]


def reopen(opened: Opened, version: Recorded[Assessment]) -> Released[Assessment]:
    """Return a recorded version for the screen: its numbers as they were recorded."""
    return release_assessment(version.value, opened.workspace.settings.small_count)


def record_assessment(
    opened: Opened,
    made: Released[Assessment],
    access: Access,
    by: str,
    *,
    comments: Mapping[str, str],
    due: date | None,
    based_on: int = 0,
) -> Recorded[Assessment]:
    """Record an assessment as a draft with the analyst's comments; return the new version.

    Parameters
    ----------
    based_on
        The newest version the person saw; 0 for none.

    Raises
    ------
    Conflict
        When somebody recorded another version meanwhile.
    """
    value = made.value
    asked = Query(value.level, value.period, value.area_type, value.areas)
    seen = apply_access(asked, access, opened.areas)
    said = {offence: text.strip() for offence, text in comments.items() if text.strip()}
    full = replace(value, comments=said, due=due, signed_by="")
    return journal_of(opened).save(full, by=by, id=_series(opened, seen), based_on=based_on)


def sign_assessment(opened: Opened, version: Recorded[Assessment], access: Access, by: str) -> Recorded[Assessment]:
    """Sign a version off: a new version with the same numbers and words and the name under it.

    Raises
    ------
    InvalidInput
        Without a name, or when it is signed already.
    Conflict
        When there is a newer version: that one is to be read first.
    """
    value = version.value
    apply_access(Query(value.level, value.period, value.area_type, value.areas), access, opened.areas)
    if not by.strip():
        raise InvalidInput("the name of who signs it off is needed")
    if value.is_signed:
        raise InvalidInput(f"this version is signed off already, by {value.signed_by}")
    newest = journal_of(opened).one(Assessment, version.id)
    if newest.revision != version.revision:
        raise Conflict(
            f"there is a newer version ({newest.revision}, by {newest.made_by}); nothing was signed: read that first"
        )
    signed = replace(value, signed_by=by.strip())
    return journal_of(opened).save(signed, by=by, id=version.id, based_on=version.revision)


def usual_due(level: Level, period: Period, today: date) -> date:
    """Return when the next assessment is usually due: 4 weeks local, a quarter regional, half a year national."""
    return max(today, period.end) + timedelta(days=USUAL_DUE_DAYS[level])


def _series(opened: Opened, query: Query) -> str:
    """Return the id of a series: of the kind of area that is ranked, however the question names it."""
    area_type, types = query.area_type, opened.areas.types_at(query.level)
    if types and (not area_type or area_type in types):
        _, area_type = ranked_type(opened.areas, query)
    key = "\n".join((query.level, area_type, *sorted(query.areas)))
    return hashlib.blake2b(key.encode(), digest_size=_KEY_BYTES).hexdigest()

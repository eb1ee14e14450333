"""Commands of the intelligence cycle: the threat assessment of a level, events."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ilpgeo.cli.values import access_of
from ilpgeo.core.errors import InvalidInput, NotFound
from ilpgeo.core.query import Level, Query


def assessment(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Work out the threat assessment of a level, or list what is recorded."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    period = options.period or pipeline.default_period(opened, options.as_of)
    query = Query(
        Level(options.level), period, options.area_type, tuple(options.area), (), tuple(options.source),
        options.made_for,
    )  # fmt: skip
    if options.versions:
        return _versions(pipeline.assessments(opened, query, access_of(opened)))
    released = pipeline.assess(opened, query, access_of(opened), options.as_of)
    value = released.value
    document = {**asdict(value), "period": str(value.period), "year": str(value.year), "notes": list(released.notes)}
    lines = [f"{value.level}, {value.place}, {value.period}", *(f"- {each}." for each in value.text)]
    return document, "\n".join([*lines, *(f"({each}.)" for each in (*value.remarks, *released.notes))])


def _versions(versions: Any) -> tuple[dict[str, Any], str]:
    rows = [
        {
            "version": each.revision,
            "period": str(each.value.period),
            "made_by": each.made_by,
            "made_at": each.made_at.isoformat(),
            "signed_by": each.value.signed_by,
            "due": each.value.due and each.value.due.isoformat(),
            "data_version": each.value.data_version,
        }
        for each in versions
    ]
    lines = [
        f"{each['version']:>3}  {each['period']}  {each['made_by']}  "
        + (f"signed off by {each['signed_by']}" if each["signed_by"] else "draft")
        for each in rows
    ]
    return {"versions": rows}, "\n".join(lines) or "nothing is recorded for this level and area"


def events(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """List the events on record, or the picture of one of them or of a place and window given."""
    from ilpgeo import pipeline
    from ilpgeo.core.event import Event

    opened = pipeline.open_workspace(options.workspace)
    known = pipeline.events(opened, access_of(opened))
    if options.event:
        found = next((each.value for each in known if each.id == options.event), None)
        if found is None:
            raise NotFound(f"there is no event {options.event!r}; list them with: ilpgeo events")
        return _pictured(pipeline.event_picture(opened, found, access_of(opened)), found)
    if options.place:
        if options.start is None or options.end is None:
            raise InvalidInput("a place needs --from and --to, such as 2021-12-17T18:00")
        lat, lon = options.place
        asked = Event("asked", lon, lat, options.radius, options.start, options.end, "command line")
        return _pictured(pipeline.event_picture(opened, asked, access_of(opened)), asked)
    rows = [{"id": each.id, **asdict(each.value), "revision": each.revision} for each in known]
    lines = [f"{each['id']}  {each['start']}  {each['name']}" for each in rows]
    return {"events": rows}, "\n".join(lines) or "no event is recorded"


def _pictured(released: Any, event: Any) -> tuple[dict[str, Any], str]:
    value = released.value
    lines = [f"{event.name}, {event.start} to {event.end}", "usual   range     last year  event  offence group"]
    for each in (value.total, *value.groups):
        usual = "withheld" if each.expected is None else f"{each.expected:.1f}"
        spread = "" if each.low is None else f"{each.low:g}..{each.high:g}"
        last, own = ("-" if n is None else n for n in (each.last_year, each.n))
        lines.append(f"{usual:<7} {spread:<9} {last:<10} {own:<6} {each.offence or 'all offences'}")
    notes = [f"({each}.)" for each in (*value.remarks, *released.notes)]
    return {**asdict(value), "notes": list(released.notes)}, "\n".join([*lines, *notes])

"""Commands of the intelligence cycle: the threat assessment of a level."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ilpgeo.core.query import Access, Level, Query


def assessment(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Work out the threat assessment of a level, or list what is recorded."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    period = options.period or pipeline.default_period(opened, options.as_of)
    query = Query(Level(options.level), period, options.area_type, tuple(options.area), (), tuple(options.source))
    if options.versions:
        return _versions(pipeline.assessments(opened, query, Access()))
    released = pipeline.assess(opened, query, Access(), options.as_of)
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

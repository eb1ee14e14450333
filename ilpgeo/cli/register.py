"""The register of sources and the list of intelligence gaps on the command line."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Access, Level
from ilpgeo.core.sources import Grading, Scale, Source

if TYPE_CHECKING:
    from ilpgeo.core.gaps import ListedGap
    from ilpgeo.pipeline import Opened, SourceLine


def sources(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """List the register, or register a source."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    if options.action == "register":
        before = next((each for each in pipeline.registered(opened) if each.source.name == options.name), None)
        source = _changed(before.source if before else None, options)
        made = pipeline.register_source(opened, source, Access(), options.by, before.revision if before else 0)
        return asdict(made), f"{made.source.name}: registered, revision {made.revision}"
    lines = pipeline.source_lines(opened)
    return {"sources": [_record(each) for each in lines]}, "\n".join(map(_text, lines)) or "no sources yet"


def _changed(before: Source | None, options: argparse.Namespace) -> Source:
    """Return the entry that the options describe; what they leave out stays as it was."""
    given = {
        "agency": options.agency,
        "owner": options.owner,
        "legal_basis": options.legal_basis,
        "grading": None if options.grading is None else _grading(options.grading),
        "reach": None if options.reach is None else Level(options.reach),
        "shared_with": None if options.share is None else tuple(options.share),
        "handling_note": options.conditions,
        "refresh_days": options.refresh,
        "retention_days": options.retention,
    }
    told = {name: value for name, value in given.items() if value is not None}
    if before is not None:
        return replace(before, **told, is_example=False)
    return Source(options.name, **{"agency": "", "owner": "", "legal_basis": "", **told})


def _grading(text: str) -> Grading:
    scale, _, marks = text.partition(":")
    if scale not in set(Scale):
        raise InvalidInput(f"grading {text!r} is not of the form 4x4:B2, 6x6:A1 or 3x5x2:1/A/P")
    return Grading(Scale(scale), *marks.replace("/", "")[:3])


def _record(line: SourceLine) -> dict[str, Any]:
    entry = asdict(line.entry.source) if line.entry else {}
    if line.entry:
        grading = line.entry.source.grading
        entry["grading"] = {**entry["grading"], "code": grading.code, "words": grading.sentence()}
    return {
        **entry,
        "name": line.name,
        "registered": line.entry is not None,
        "incidents": line.n,
        "last": line.last,
        "revision": line.entry.revision if line.entry else None,
    }


def _text(line: SourceLine) -> str:
    if line.entry is None:
        return f"{line.name}: NOT REGISTERED, {line.n:,} incidents"
    source = line.entry.source
    grade = f"{source.grading.scale} {source.grading.code}" if source.grading.code else "not graded"
    return f"{line.name}: {source.agency}, {grade}, shown up to {source.reach}, {line.n:,} incidents"


def gaps(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """List intelligence gaps; what is found is put on record."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    found = pipeline.gaps(opened, Access(), _today(opened)).value
    listed = [each for each in found if options.all or each.gap.state.is_waiting]
    return {"gaps": [_gap(each) for each in listed]}, "\n".join(map(_gap_text, listed)) or "no gap waits"


def _today(opened: Opened) -> date:
    return datetime.now(UTC).astimezone(opened.workspace.settings.zone).date()


def _gap(each: ListedGap) -> dict[str, Any]:
    facts = {fact.name: fact.text for fact in each.facts}
    return {
        "id": each.id, **asdict(each.gap), "facts": facts, "found": each.is_found, "overdue": each.is_overdue,
        "begun_at": each.begun_at, "begun_by": each.begun_by,
    }  # fmt: skip


def _gap_text(each: ListedGap) -> str:
    gap = each.gap
    due = f", due {gap.due}{' (OVERDUE)' if each.is_overdue else ''}" if gap.due else ""
    return f"{each.id}  {gap.kind}, {gap.state}{', ' + gap.owner if gap.owner else ''}{due}: {gap.text}"

"""The register of sources and the list of intelligence gaps on the command line."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.grading import GradeWeights, Trust
from ilpgeo.core.query import Access, Level
from ilpgeo.core.sources import Grading, Scale, Source

if TYPE_CHECKING:
    from ilpgeo.core.gaps import ListedGap
    from ilpgeo.pipeline import Opened, SourceLine


def sources(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """List the register, register a source, see to its retention, or agree on weights by grading."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    if options.action == "register":
        before = next((each for each in pipeline.registered(opened) if each.source.name == options.name), None)
        source = _changed(before.source if before else None, options)
        made = pipeline.register_source(opened, source, Access(), options.by, before.revision if before else 0)
        return asdict(made), f"{made.source.name}: registered, revision {made.revision}"
    if options.action in {"past", "remove-past"}:
        return _past(opened, options)
    if options.action == "weights":
        return _weights(opened, options)
    lines = pipeline.source_lines(opened)
    return {"sources": [_record(each) for each in lines]}, "\n".join(map(_text, lines)) or "no sources yet"


def _past(opened: Opened, options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """List what is past its retention, or remove it for good where its number is confirmed."""
    from ilpgeo import pipeline

    today = opened.workspace.settings.today()
    found = [each for each in pipeline.past_retention(opened, today) if options.name in {"", each.source}]
    record = {"past_retention": [asdict(each) for each in found], "n": sum(each.n for each in found)}
    lines = [
        f"{each.source}: {each.n:,} incidents from before {each.keep_from} (kept for {each.days} days), "
        f"{each.old_files} files of older versions, rejected rows of {each.n_rejected} files"
        for each in found
    ]
    if options.action == "past":
        return record, "\n".join(lines) or "nothing is past its retention"
    if options.confirm is None or options.confirm != record["n"]:
        raise InvalidInput(
            "; ".join(lines or ["nothing is past its retention"])
            + f". Nothing was removed; to remove it for good: --confirm {record['n']}"
        )
    expected = {each.source: each.n for each in found}
    made = pipeline.remove_past_retention(opened, Access(), options.by, options.why, today, expected)
    gone = {"removed": dict(made.rows), "files": made.n_files, "version": made.version, "by": made.by, "why": made.why}
    return gone, f"{made.n:,} incidents removed for good; the store is now at version {made.version}"


def _weights(opened: Opened, options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Show the weights by grading, or agree on others."""
    from ilpgeo import pipeline

    agreed = pipeline.grade_weights(opened)
    if options.weights:
        given = GradeWeights.parse(options.weights)
        agreed = pipeline.save_grade_weights(opened, given, Access(), options.by, agreed.revision if agreed else 0)
    if agreed is None:
        return {"weights": None}, "no weights by grading are agreed: every incident counts the same"
    told = {str(trust): agreed.value.of(trust) for trust in Trust}
    return {"weights": told, "revision": agreed.revision, "by": agreed.made_by}, agreed.value.words


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
    found = pipeline.gaps(opened, Access(), opened.workspace.settings.today()).value
    listed = [each for each in found if options.all or each.gap.state.is_waiting]
    return {"gaps": [_gap(each) for each in listed]}, "\n".join(map(_gap_text, listed)) or "no gap waits"


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

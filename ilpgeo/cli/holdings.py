"""Commands about what a workspace holds: made, brought in, taken out, accounted for."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ilpgeo.cli.values import count_rows, pairs
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.ingested import FileReport


def demo(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Make a workspace from a bundled sample."""
    from ilpgeo import pipeline

    folder = options.workspace or Path("workspace") / options.sample
    opened = pipeline.make_demo(options.sample, folder, count_rows(options.sample))
    status = asdict(pipeline.status(opened))
    return {"workspace": str(folder), **status}, f"{folder}: {status['incidents']:,} incidents"


def init(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Make a workspace from area files."""
    from ilpgeo import pipeline

    made, remarks = pipeline.make_workspace(
        options.folder,
        tuple(options.areas),
        name=options.name or options.folder.resolve().name,
        crs=options.crs or "",
        timezone=options.timezone,
        start=options.start,
    )
    settings, areas = made.workspace.settings, made.areas
    kinds = {kind: len(areas.of_type(kind)) for kind in areas.types}
    document = {
        "workspace": str(options.folder),
        "crs": settings.crs,
        "timezone": settings.timezone,
        "areas": kinds,
        "remarks": remarks,
    }
    counted = ", ".join(f"{n:,} {kind}" for kind, n in kinds.items())
    lines = [f"{options.folder}: {counted}; {settings.crs}, {settings.timezone}", *(f"  {each}" for each in remarks)]
    return document, "\n".join(lines)


def ingest(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Bring files in, one after the other; a refused one keeps no other out."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    columns = pairs(options.columns, "COLUMN=FIELD", is_last=True)
    reports: list[FileReport] = []
    refused: list[dict[str, str]] = []
    for file in pipeline.files_in(options.files):
        brought = pipeline.ingest_each(
            opened, (file,), options.source, columns, options.crs, options.timezone, count_rows(file.name)
        )
        reports += brought.reports
        refused += [{"name": name, "why": why} for name, why in brought.refused]
    if not reports:
        raise InvalidInput("; ".join(each["why"] for each in refused))
    reasons: dict[str, int] = {}
    for report in reports:
        for reason, n in report.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + n
    totals = {
        name: sum(getattr(report, name) for report in reports)
        for name in ("rows_read", "accepted", "quarantined", "duplicates")
    }
    document: dict[str, Any] = {**totals, "reasons": reasons, "files": [asdict(report) for report in reports]}
    if refused:
        document["refused"] = refused
    return document, "\n".join(_report_text(report) for report in reports)


def _report_text(report: FileReport) -> str:
    lines = [
        f"{report.name}: {report.rows_read:,} rows read = {report.accepted:,} accepted"
        f" + {report.quarantined:,} quarantined + {report.duplicates:,} duplicates"
    ]
    lines += [f"  quarantined, {reason}: {n:,}" for reason, n in report.reasons.items()]
    lines += [f"  dropped at the door, about persons: {', '.join(report.dropped_columns)}"] * bool(
        report.dropped_columns
    )
    return "\n".join([*lines, *(f"  note: {flag.message}" for flag in report.flags)])


def withdraw(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Take a file's incidents out."""
    from ilpgeo import pipeline

    version = pipeline.withdraw(pipeline.open_workspace(options.workspace), options.file_id)
    return {"withdrawn": options.file_id, "version": version}, f"withdrawn; the store is now at version {version}"


def remap(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Give every incident the offence group the table now says."""
    from ilpgeo import pipeline

    version = pipeline.remap(pipeline.open_workspace(options.workspace))
    return {"version": version}, f"offences re-mapped; the store is now at version {version}"


def factors(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Add, list or remove factor layers."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    if options.action == "add":
        if not (options.name and options.file):
            raise InvalidInput("a name and a file are needed: ilpgeo factors add bars bars.geojson")
        factor, remarks = pipeline.add_factor(opened, options.name, options.file, crs=options.crs)
        lines = [f"{factor.name}: {factor.n_features:,} features", *(f"  {each}" for each in remarks)]
        return {**asdict(factor), "remarks": remarks}, "\n".join(lines)
    if options.action == "remove":
        if not options.name:
            raise InvalidInput("a name is needed: ilpgeo factors remove bars")
        pipeline.remove_factor(opened, options.name)
        return {"removed": options.name}, f"{options.name}: removed"
    known = pipeline.known_factors(opened)
    text = "\n".join(f"{each.name}: {each.n_features:,} {_kind_of(each)}" for each in known)
    return {"factors": [asdict(each) for each in known]}, text or "no factor layers yet"


def _kind_of(factor: Any) -> str:
    return "points" if factor.are_points else "lines, polygons or mixed shapes"


def status(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Say what the store holds."""
    from ilpgeo import pipeline

    status = asdict(pipeline.status(pipeline.open_workspace(options.workspace)))
    lines = [f"{name.replace('_', ' ')}: {value}" for name, value in status.items() if name != "files"]
    lines += [
        f"file {each['file_id'][:12]}: {each['name']} ({each['source']}), {each['accepted']:,} accepted"
        for each in status["files"]
    ]
    return status, "\n".join(lines)

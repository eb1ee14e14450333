"""The command line: parse, make one call into the pipeline, print; `ilpgeo COMMAND --help` explains each."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from ilpgeo import __version__
from ilpgeo.core.errors import IlpgeoError, InvalidInput
from ilpgeo.core.ingested import FileReport
from ilpgeo.core.query import Access, Level, Period, Query

_MOST_ROWS = 30
Command = Callable[[argparse.Namespace], tuple[dict[str, Any] | list[Any], str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status: 0 ok, 1 refused or failed with a message, 2 usage."""
    options = _parser().parse_args(arguments)
    try:
        document, text = options.run(options)
    except (IlpgeoError, OSError) as error:
        if getattr(options, "json", False):
            sys.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False) + "\n")
        sys.stderr.write(f"ilpgeo: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nilpgeo: stopped; nothing half-done was kept\n")
        return 1
    if getattr(options, "json", False):
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=str) + "\n")
    elif text:
        sys.stdout.write(text.rstrip("\n") + "\n")
    refused = document.get("refused", []) if isinstance(document, dict) else []
    for each in refused:
        sys.stderr.write(f"ilpgeo: {each['name']} was not brought in: {each['why']}\n")
    return 1 if refused else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("ilpgeo", description="Hotspot analytics for intelligence-led policing.")
    parser.add_argument("--version", action="version", version=f"ilpgeo {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str, run: Command, *, workspace: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(run=run)
        if workspace:
            default = os.environ.get("ILPGEO_WORKSPACE")
            sub.add_argument(
                "--workspace",
                type=Path,
                default=default and Path(default),
                required=not default,
                metavar="DIR",
                help="the workspace's folder (or set ILPGEO_WORKSPACE)",
            )
        if name != "serve":
            sub.add_argument("--json", action="store_true", help="print one JSON document")
        return sub

    demo = command("demo", "make a workspace from a bundled real sample", _demo, workspace=False)
    demo.add_argument("--sample", choices=("toronto", "england-wales"), default="toronto")
    demo.add_argument("--workspace", type=Path, metavar="DIR", help="default: workspace/SAMPLE")

    init = command("init", "make a workspace of your own from area files", _init, workspace=False)
    init.add_argument("folder", type=Path, metavar="DIR")
    init.add_argument(
        "--areas",
        action="append",
        required=True,
        metavar="[LEVEL:TYPE=]FILE",
        help="an area file; one alone is the local level, its union the national; repeat for more",
    )
    init.add_argument("--name", help="name of the workspace (default: the folder's name)")
    init.add_argument("--crs", help="projected CRS in metres, EPSG:n (default: chosen from the extent)")
    init.add_argument("--timezone", help="IANA name such as Europe/London (default: UTC)", default="UTC")
    init.add_argument("--start", type=_day, default=date(2000, 1, 1), help="first day kept (default: 2000-01-01)")

    ingest = command("ingest", "bring incident files in", _ingest)
    ingest.add_argument("files", nargs="+", type=Path, metavar="FILE", help="file or folder")
    ingest.add_argument("--source", default="", help="name of the source (default: from the file's kind and name)")
    ingest.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        dest="columns",
        help='which column holds which field; repeat; the rest is guessed; "=burglary=offence": a file of one offence',
    )
    ingest.add_argument("--crs", default="", help="CRS of projected coordinates, EPSG:n")
    ingest.add_argument("--timezone", default="", help="time zone of the file's times (default: the workspace's)")

    withdraw = command("withdraw", "take a file's incidents out again", _withdraw)
    withdraw.add_argument("file_id", metavar="FILE_ID", help="as shown by status")
    command("remap", "give every incident the offence group that offences.csv now says", _remap)

    factors = command("factors", "factor layers for risk terrain: add, list, remove", _factors)
    factors.add_argument("action", choices=("add", "list", "remove"))
    factors.add_argument("name", nargs="?", metavar="NAME", help="what its features are, such as bars")
    factors.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="GeoJSON, GeoPackage, shapefile, KML, or a table of points"
    )
    factors.add_argument("--crs", default="", help="CRS of the file's coordinates where it does not say, EPSG:n")

    command("status", "rows, sources, quality, version", _status)
    _add_questions(command)

    serve = command("serve", "the dashboard in a browser", _serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8501)
    return parser


def _add_questions(command: Callable[..., argparse.ArgumentParser]) -> None:
    command("models", "every model with its parameters, units and bounds", _models, workspace=False)

    hotspots = command("hotspots", "a model's hotspots as polygons", _hotspots)
    hotspots.add_argument("--output", type=Path, metavar="FILE", help=".geojson, .gpkg, .kml or .csv")
    explain = command("explain", "what a model found in words and tables: fitted values, diagnostics", _explain)
    explain.add_argument("--output", type=Path, metavar="FILE", help=".csv: every table under its title")
    for sub in (hotspots, explain):
        sub.add_argument("--model", required=True)
        sub.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
        sub.add_argument("--cell", type=float, metavar="METRES", help="side of a cell (default: the workspace's)")
        sub.add_argument("--seed", type=_seed, default=0, help="seed of the random numbers (default: 0)")

    priorities = command("priorities", "the ranked areas of one level", _priorities)
    priorities.add_argument("--level", required=True, choices=[str(level) for level in Level])
    priorities.add_argument("--area-type", default="", help="default: the level's first")
    priorities.add_argument("--output", type=Path, metavar="FILE", help=".csv or .json")
    for sub in (hotspots, explain, priorities):
        sub.add_argument("--area", action="append", default=[], metavar="ID", help="only within this area; repeat")
        sub.add_argument("--period", type=_period, metavar="A..B", help="ISO dates, both included")
        sub.add_argument("--offence", action="append", default=[], help="only this offence group; repeat")
        sub.add_argument("--source", action="append", default=[], help="only this source; repeat")
        sub.add_argument("--as-of", type=_day, metavar="DATE", help="look from this day, blind to what came later")


def _day(text: str) -> date:
    try:
        return Period.parse(text).start
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date of the form YYYY-MM-DD from 1900 to 2200") from error


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except InvalidInput as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _pairs(texts: Sequence[str], form: str, *, is_last: bool = False) -> dict[str, str]:
    """Return key and value of each text, parted at its first equals sign, or its last."""
    pairs = {}
    for text in texts:
        key, equals, value = text.rpartition("=") if is_last else text.partition("=")
        if not (key and equals and value):
            raise InvalidInput(f"{text!r} is not of the form {form}")
        pairs[key] = value
    return pairs


def _progress(name: str) -> Callable[[int, int | None], None]:
    """Return a progress callback that rewrites one line of a terminal, and is silent in a pipe."""

    def show(done: int, in_all: int | None) -> None:
        if sys.stderr.isatty():
            share = f" of {in_all:,}" if in_all else ""
            sys.stderr.write(f"\r{name}: {done:,}{share} rows")
            if in_all and done >= in_all:
                sys.stderr.write("\n")
            sys.stderr.flush()

    return show


def _demo(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo import pipeline

    folder = options.workspace or Path("workspace") / options.sample
    opened = pipeline.make_demo(options.sample, folder, _progress(options.sample))
    status = asdict(pipeline.status(opened))
    return {"workspace": str(folder), **status}, f"{folder}: {status['incidents']:,} incidents"


def _init(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
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


def _ingest(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    columns = _pairs(options.columns, "COLUMN=FIELD", is_last=True)
    reports: list[FileReport] = []
    refused: list[dict[str, str]] = []
    for file in pipeline.files_in(options.files):
        brought = pipeline.ingest_each(
            opened, (file,), options.source, columns, options.crs, options.timezone, _progress(file.name)
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


def _withdraw(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo import pipeline

    version = pipeline.withdraw(pipeline.open_workspace(options.workspace), options.file_id)
    return {"withdrawn": options.file_id, "version": version}, f"withdrawn; the store is now at version {version}"


def _remap(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo import pipeline

    version = pipeline.remap(pipeline.open_workspace(options.workspace))
    return {"version": version}, f"offences re-mapped; the store is now at version {version}"


def _factors(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
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


def _status(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo import pipeline

    status = asdict(pipeline.status(pipeline.open_workspace(options.workspace)))
    lines = [f"{name.replace('_', ' ')}: {value}" for name, value in status.items() if name != "files"]
    lines += [
        f"file {each['file_id'][:12]}: {each['name']} ({each['source']}), {each['accepted']:,} accepted"
        for each in status["files"]
    ]
    return status, "\n".join(lines)


def _models(_: argparse.Namespace) -> tuple[list[Any], str]:
    from ilpgeo import pipeline

    known = pipeline.describe_models()
    lines = []
    for model in known:
        lines.append(f"{model['name']}: {model['summary']}")
        for each in model["parameters"]:
            bounds = "|".join(each["choices"]) or f"{each['low']}..{each['high']} {each['unit']}".strip()
            lines.append(f"  {each['name']} = {each['default']}  ({bounds})  {each['help']}")
    return known, "\n".join(lines)


def _query(options: argparse.Namespace, opened: Any, level: Level) -> Query:
    from ilpgeo import pipeline

    period = options.period or pipeline.default_period(opened, options.as_of)
    area_type = getattr(options, "area_type", "")
    return Query(level, period, area_type, tuple(options.area), tuple(options.offence), tuple(options.source))


def _hotspots(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo import pipeline
    from ilpgeo.reports import files

    model = pipeline.build_model(options.model, _pairs(options.settings, "KEY=VALUE"))
    opened = pipeline.open_workspace(options.workspace)
    query = _query(options, opened, Level.LOCAL)
    released = pipeline.hotspots(opened, model, query, Access(), options.as_of, options.seed, cell_m=options.cell)
    records = files.hotspot_records(released)
    document = {
        "model": options.model,
        "period": str(query.period),
        "total": released.value.total,
        "withheld": released.value.withheld,
        "hotspots": records,
    }
    if options.output:
        files.write_hotspots(released, options.output)
        return {**document, "output": str(options.output)}, f"{options.output}: {len(records)} hotspots"
    lines = [f"{each['rank']:>3}  {each['n']:>6,}  {each['area_km2']:7.2f} km2  {each['name']}" for each in records]
    return document, "\n".join(lines) or "no hotspots"


def _explain(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo import pipeline
    from ilpgeo.reports import tables

    if options.output and options.output.suffix.lower() != ".csv":
        raise InvalidInput(f"{options.output}: tables are written as .csv")
    model = pipeline.build_model(options.model, _pairs(options.settings, "KEY=VALUE"))
    opened = pipeline.open_workspace(options.workspace)
    query = _query(options, opened, Level.LOCAL)
    released = pipeline.answer(opened, model, query, Access(), options.as_of, options.seed, cell_m=options.cell)
    record = {"model": options.model, "period": str(query.period), **tables.explanation_record(released)}
    if options.output:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(tables.tables_csv(released), "utf-8")
    lines = [f"{each}." for each in record["findings"]] or [f"{model.title}: nothing but its map; see hotspots"]
    for table in record["tables"]:
        rows = [list(table["rows"][0]), *([*row.values()] for row in table["rows"])] if table["rows"] else []
        lines += ["", table["title"], *("  ".join(_shown(value) for value in row) for row in rows[: _MOST_ROWS + 1])]
        lines += [f"... {len(table['rows']) - _MOST_ROWS} more rows; --output FILE writes them all"] * bool(
            len(table["rows"]) > _MOST_ROWS
        )
    return record, "\n".join(lines)


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "-" if value is None else str(value)


def _priorities(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo import pipeline
    from ilpgeo.reports import files

    if options.output and options.output.suffix.lower() not in {".csv", ".json"}:
        raise InvalidInput(f"{options.output}: priorities are written as .csv or .json")
    opened = pipeline.open_workspace(options.workspace)
    released = pipeline.brief(opened, _query(options, opened, Level(options.level)), Access(), options.as_of)
    record = files.briefing_record(released)
    if options.output:
        is_csv = options.output.suffix.lower() == ".csv"
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(files.briefing_csv(released) if is_csv else json.dumps(record, indent=2), "utf-8")
    lines = [
        f"{each['rank'] or '-':>4}  {each['tier']:<9} {each['name']}  {'; '.join(each['reasons'][:1])}"
        for each in record["areas"]
    ]
    total = "number of incidents withheld" if record["total"] is None else f"{record['total']:,} incidents"
    return record, "\n".join([f"{record['level']}, {record['period']}, {total}", *lines])


def _serve(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from ilpgeo.ui import asgi

    asgi.serve(options.workspace, options.host, options.port)
    return {}, ""

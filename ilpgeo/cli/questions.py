"""Commands that ask: which models there are, hotspots, what a model found, the ranked areas."""

from __future__ import annotations

import argparse
import json
from typing import Any

from ilpgeo.cli.values import access_of, grade_weights, pairs, shown
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Level, Query

_MOST_ROWS = 30


def models(_: argparse.Namespace) -> tuple[list[Any], str]:
    """List the models."""
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
    return Query(
        level, period, area_type, tuple(options.area), tuple(options.offence), tuple(options.source), options.made_for,
        grade_weights(opened, getattr(options, "weights", "")),
    )  # fmt: skip


def _of_sources(opened: Any, query: Query) -> dict[str, Any]:
    """Return for whom an answer is made, how many sources are left out for it, and how its order is weighted."""
    from ilpgeo import pipeline

    readers = tuple(each for each in (opened.workspace.settings.agency, query.made_for) if each)
    return {
        "made_for": query.made_for or None,
        "sources_not_given": len(pipeline.not_given(opened, readers, query.sources)),
        "weights": query.weights.text if query.weights else None,
    }


def hotspots(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Find a model's hotspots."""
    from ilpgeo import pipeline
    from ilpgeo.reports import files, geofiles

    model = pipeline.build_model(options.model, pairs(options.settings, "KEY=VALUE"))
    opened = pipeline.open_workspace(options.workspace)
    query = _query(options, opened, Level.LOCAL)
    released = pipeline.hotspots(
        opened, model, query, access_of(opened), options.as_of, options.seed, cell_m=options.cell
    )
    records = files.hotspot_records(released)
    document = {
        "model": options.model,
        "period": str(query.period),
        "total": released.value.total,
        "withheld": released.value.withheld,
        **_of_sources(opened, query),
        "hotspots": records,
    }
    if options.output:
        geofiles.write_hotspots(released, options.output)
        return {**document, "output": str(options.output)}, f"{options.output}: {len(records)} hotspots"
    lines = [f"{each['rank']:>3}  {each['n']:>6,}  {each['area_km2']:7.2f} km2  {each['name']}" for each in records]
    return document, "\n".join(lines) or "no hotspots"


def explain(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Say what a model found."""
    from ilpgeo import pipeline
    from ilpgeo.reports import saving, tables

    if options.output and options.output.suffix.lower() != ".csv":
        raise InvalidInput(f"{options.output}: tables are written as .csv")
    model = pipeline.build_model(options.model, pairs(options.settings, "KEY=VALUE"))
    opened = pipeline.open_workspace(options.workspace)
    query = _query(options, opened, Level.LOCAL)
    released = pipeline.answer(
        opened, model, query, access_of(opened), options.as_of, options.seed, cell_m=options.cell
    )
    about = {"model": options.model, "period": str(query.period), **_of_sources(opened, query)}
    record = {**about, **tables.explanation_record(released)}
    if options.output:
        saving.save_bytes(options.output, tables.tables_csv(released).encode())
    nothing = "too few incidents to say anything" if record["title"] else "nothing but its map; see hotspots"
    lines = [f"{each}." for each in record["findings"]] or [f"{model.title}: {nothing}"]
    for table in record["tables"]:
        rows = [list(table["rows"][0]), *([*row.values()] for row in table["rows"])] if table["rows"] else []
        lines += ["", table["title"], *("  ".join(shown(value) for value in row) for row in rows[: _MOST_ROWS + 1])]
        lines += [f"... {len(table['rows']) - _MOST_ROWS} more rows; --output FILE writes them all"] * bool(
            len(table["rows"]) > _MOST_ROWS
        )
    return record, "\n".join(lines)


def priorities(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Rank the areas of a level."""
    from ilpgeo import pipeline
    from ilpgeo.reports import files, saving

    if options.output and options.output.suffix.lower() not in {".csv", ".json"}:
        raise InvalidInput(f"{options.output}: priorities are written as .csv or .json")
    opened = pipeline.open_workspace(options.workspace)
    released = pipeline.brief(opened, _query(options, opened, Level(options.level)), access_of(opened), options.as_of)
    record = files.briefing_record(released)
    if options.output:
        is_csv = options.output.suffix.lower() == ".csv"
        text = files.briefing_csv(released) if is_csv else json.dumps(record, indent=2)
        saving.save_bytes(options.output, text.encode())
    lines = [
        f"{each['rank'] or '-':>4}  {each['tier']:<9} {each['name']}  {'; '.join(each['reasons'][:1])}"
        for each in record["areas"]
    ]
    total = "number of incidents withheld" if record["total"] is None else f"{record['total']:,} incidents"
    return record, "\n".join([f"{record['level']}, {record['period']}, {total}", *lines])

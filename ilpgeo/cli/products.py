"""The commands that make what people carry away."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ilpgeo.cli.values import access_of, grade_weights
from ilpgeo.core.products import Marking, expiry
from ilpgeo.core.query import Level, Query

if TYPE_CHECKING:
    from ilpgeo.pipeline import Opened

_SINCE_DAYS = 28


@contextmanager
def _unswept() -> Iterator[None]:
    """Spare a process that makes one file and ends the search for garbage: a twentieth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _asked(options: argparse.Namespace, areas: tuple[str, ...]) -> tuple[Opened, Marking, Query]:
    """Return the workspace, what stands on every page, and the question."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace, options.data_version)
    stamp = pipeline.marking(opened, options.handling, options.made)
    if options.expires:
        stamp = replace(stamp, expires_on=expiry(options.expires, stamp.made_on))
    period = options.period or pipeline.default_period(opened, options.as_of)
    query = Query(
        Level(options.level), period, options.area_type, areas, tuple(options.offence), tuple(options.source),
        options.made_for, grade_weights(opened, options.weights),
    )  # fmt: skip
    return opened, stamp, query


@_unswept()
def report(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Make a briefing of a level or an area, in the form the file's ending asks for."""
    from ilpgeo import pipeline
    from ilpgeo.reports import formats

    kind = formats.format_of(options.output)
    area, scope = (options.area[0], ()) if len(options.area) == 1 else ("", tuple(options.area))
    opened, stamp, query = _asked(options, scope)
    made = pipeline.product(opened, query, access_of(opened), stamp, area, options.as_of)
    formats.write_product(made, options.output)
    briefing = made.briefing.value
    document = {
        "output": str(options.output),
        "format": kind.title,
        "bytes": options.output.stat().st_size,
        "level": str(briefing.query.level),
        "ranked_type": briefing.ranked_type,
        "area": made.subject or None,
        "period": str(briefing.query.period),
        "window": str(briefing.window),
        "areas": len(briefing.priorities),
        "version": briefing.version,
        "made_for": briefing.query.made_for or None,
        "sources_not_given": briefing.n_not_given,
        "handling": stamp.handling,
        "made": stamp.made_on.isoformat(),
        "expires": stamp.expires_on.isoformat(),
    }
    text = f"{options.output}: {kind.title}, data version {briefing.version}, expires {stamp.expires_on}"
    return document, text


@_unswept()
def meeting(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Make the pack of a tasking meeting, in the form the file's ending asks for."""
    from ilpgeo import pipeline
    from ilpgeo.reports import formats, saving

    kind = formats.meeting_format_of(options.output)
    opened, stamp, query = _asked(options, tuple(options.area))
    today = options.on or stamp.made_on
    since = options.since or today - timedelta(days=_SINCE_DAYS)
    pack = pipeline.meeting_pack(opened, query, access_of(opened), today, since, options.as_of)
    saving.save_bytes(options.output, kind.make(pack, stamp))
    version = pack.briefing.value.version
    document = {
        "output": str(options.output),
        "format": kind.title,
        "bytes": options.output.stat().st_size,
        "level": str(query.level),
        "place": pack.place,
        "on": today.isoformat(),
        "since": since.isoformat(),
        "period": str(query.period),
        "taskings": len(pack.board.value.taskings),
        "due": len(pack.due),
        "version": version,
        "handling": stamp.handling,
        "made": stamp.made_on.isoformat(),
        "expires": stamp.expires_on.isoformat(),
    }
    return document, f"{options.output}: {kind.title}, data version {version}, expires {stamp.expires_on}"

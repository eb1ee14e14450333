"""Patrol plans on the command line."""

from __future__ import annotations

import argparse
from typing import Any

from ilpgeo.cli.values import access_of
from ilpgeo.core.plans import Patrols
from ilpgeo.core.query import Level, Query


def allocate(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Lay patrol stops over the places and hours where most harm is expected."""
    from ilpgeo import pipeline
    from ilpgeo.reports import plans

    opened = pipeline.open_workspace(options.workspace)
    patrols = Patrols(
        on=options.on or pipeline.now(opened), days=options.days, shift_starts=tuple(options.shift or (6, 14, 22)),
        units=options.units, free_hours=options.free_hours, stop_minutes=options.stop_minutes,
        travel_minutes=options.travel_minutes, places=options.places, place_m=options.place, seed=options.seed,
    )  # fmt: skip
    query = Query(
        Level.LOCAL, pipeline.default_period(opened), areas=tuple(options.area), offences=tuple(options.offence)
    )  # fmt: skip
    released = pipeline.plan_patrols(
        opened, patrols, query, access_of(opened), pipeline.default_forecaster(opened), weeks=options.test_weeks
    )
    record = plans.plan_record(released)
    return record, plans.plan_text(record)

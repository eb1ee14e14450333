"""The command of the control strategy: what is set; a table brought in."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from ilpgeo.core.query import Access


def strategy(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """List the priorities of the control strategy, after bringing a table in where one is given."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    today = pipeline.strategy_day(opened, options.as_of)
    brought = 0
    if options.bring:
        brought = pipeline.bring_strategy(opened, options.bring, Access(), options.by, today)
    rows = [
        {**asdict(each.value), "id": each.id, "holds": each.value.holds_on(today), "set_by": each.begun_by}
        for each in pipeline.control_strategy(opened)
    ]
    lines = [f"{brought} brought in from {options.bring}"] * bool(options.bring)
    lines += [
        f"{'holds' if each['holds'] else 'does not hold':<14}{each['offence']} x {each['weight']:g}  {each['level']} "
        f"{each['area'] or 'everywhere'}  {each['start']}..{each['expires']}  {each['owner']}: {each['reason']}"
        for each in rows
    ]
    return {"brought": brought, "today": str(today), "priorities": rows}, "\n".join(lines) or "no priority is set"

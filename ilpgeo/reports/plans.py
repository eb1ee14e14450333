"""A patrol plan as a plain record and as text to carry on patrol."""

from __future__ import annotations

from typing import Any

from ilpgeo.core.briefing import Released
from ilpgeo.core.plans import Plan, Shift

_MOST_UNCOVERED = 10


def plan_record(released: Released[Plan]) -> dict[str, Any]:
    """Return a plan as a JSON-able document."""
    plan = released.value
    names = {spot.id: spot.name for spot in plan.spots}
    return {
        "window": str(plan.window),
        "model": plan.model,
        "seed": plan.patrols.seed,
        "stops_per_shift": plan.patrols.stops_per_shift,
        "covered_share": _share(plan.covered, plan.looked_at),
        "covered_share_of_all": _share(plan.covered, plan.total),
        "places": [
            {"id": spot.id, "name": spot.name, "expected": round(spot.expected, 3), "harm": round(spot.harm, 3)}
            for spot in plan.spots
        ],
        "shifts": [_shift_record(shift, names) for shift in plan.shifts],
        "uncovered": [{"id": spot, "name": names[spot]} for spot in plan.uncovered],
        "tested": None if plan.tested is None else {
            "weeks": plan.tested.weeks,
            "incidents": plan.tested.n,
            "hour_unknown": plan.tested.unknown,
            "plan": round(plan.tested.plan, 4),
            "plan_interval": [round(plan.tested.low, 4), round(plan.tested.high, 4)],
            "prior_count": round(plan.tested.prior, 4),
            "random": round(plan.tested.random, 4),
        },
        "notes": [*released.notes, plan.note],
        "version": plan.version,
    }  # fmt: skip


def _shift_record(shift: Shift, names: dict[str, str]) -> dict[str, Any]:
    return {
        "on": shift.on.isoformat(),
        "from_hour": shift.from_hour,
        "until_hour": shift.until_hour,
        "route_km": round(shift.route_km, 2),
        "stops": [
            {"place": stop.spot, "name": names[stop.spot], "unit": stop.unit, "at": stop.clock} for stop in shift.stops
        ],
    }


def plan_text(record: dict[str, Any]) -> str:
    """Return a plan as lines: each shift with each patrol's stops in their order, then what stays uncovered."""
    lines = []
    for shift in record["shifts"]:
        lines.append(
            f"{shift['on']} {shift['from_hour']:02d}-{shift['until_hour']:02d} h: {len(shift['stops'])} stops, "
            f"{shift['route_km']:.1f} km"
        )
        for stop in sorted(shift["stops"], key=lambda each: each["unit"]):
            lines.append(f"  patrol {stop['unit']}  {stop['at']}  {stop['name']}")
    share = record["covered_share"]
    if share is not None:
        lines.append(f"covers {share:.0%} of the harm expected at the places looked at, in their hours")
    missed = [each["name"] for each in record["uncovered"]]
    if missed:
        more = f" and {len(missed) - _MOST_UNCOVERED} more" if len(missed) > _MOST_UNCOVERED else ""
        lines.append(f"never visited: {', '.join(missed[:_MOST_UNCOVERED])}{more}")
    tested = record["tested"]
    if tested is not None:
        low, high = tested["plan_interval"]
        lines.append(
            f"on {tested['weeks']} past weeks such plans held {tested['plan']:.1%} of the incidents "
            f"({low:.1%} to {high:.1%}); by the prior count {tested['prior_count']:.1%}, "
            f"at random {tested['random']:.1%}"
        )
    return "\n".join([*lines, *(f"{note}." for note in record["notes"] if note)])


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None

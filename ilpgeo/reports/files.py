"""Released hotspots and priorities as plain records, rows and CSV text."""

from __future__ import annotations

from typing import Any

from ilpgeo.core.grading import Trust
from ilpgeo.core.types import Briefing, HotspotSet, Priority, Released
from ilpgeo.reports import sentences
from ilpgeo.reports.text import csv_text


def briefing_record(released: Released[Briefing]) -> dict[str, Any]:
    """Return a briefing as a JSON-able document; intervals are 90 %."""
    briefing = released.value
    return {
        "level": str(briefing.query.level),
        "ranked_level": str(briefing.ranked_level),
        "area_type": briefing.ranked_type,
        "period": str(briefing.query.period),
        "now": briefing.now.isoformat(),
        "window": str(briefing.window),
        "trained_on": str(briefing.trained_on),
        "areas": [_priority_record(priority) for priority in briefing.priorities],
        "unplaced": briefing.unplaced,
        "suppressed_total": briefing.suppressed_total,
        "total": briefing.total,
        "tier_rule": briefing.tier_rule,
        "notes": list(released.notes),
        "version": briefing.version,
        "made_for": briefing.query.made_for or None,
        "sources_left_out": list(briefing.sources_left_out),
        "sources_not_given": briefing.n_not_given,
        "order_weighted_by_grading": _weights(briefing),
    }


def _weights(briefing: Briefing) -> dict[str, float] | None:
    weights = briefing.query.weights
    return None if weights is None else {str(trust): weights.of(trust) for trust in Trust}


def _priority_record(priority: Priority) -> dict[str, Any]:
    return {
        "id": priority.id,
        "name": priority.name,
        "parent": priority.parent,
        "rank": priority.rank,
        "rank_interval": priority.rank_interval,
        "rank_without_strategy": priority.plain_rank,
        "tier": str(priority.tier),
        "n": priority.n,
        "suppressed": priority.suppressed,
        "expected": priority.expected,
        "expected_interval": priority.expected_interval,
        "score": priority.score,
        "previous": priority.previous,
        "last_year": priority.last_year,
        "reasons": [reason.text for reason in priority.reasons],
    }


def briefing_rows(released: Released[Briefing]) -> list[dict[str, Any]]:
    """Return the ranking as flat rows, one per area; None is a count that is withheld or not known."""
    rows = []
    for record in briefing_record(released)["areas"]:
        low, high = record.pop("expected_interval") or (None, None)
        best, worst = record.pop("rank_interval") or (None, None)
        reasons = "; ".join(record.pop("reasons"))
        rows.append(
            {
                **record,
                "expected_low": low,
                "expected_high": high,
                "rank_best": best,
                "rank_worst": worst,
                "reasons": reasons,
            }
        )
    return rows


def briefing_csv(released: Released[Briefing]) -> str:
    """Return the ranking as CSV text, one row per area; an empty cell is a count that is withheld or not known."""
    said = sentences.remarks_on_sources(released.value)
    return csv_text([{**row, "sources": said} if said else row for row in briefing_rows(released)])


def hotspot_records(released: Released[HotspotSet]) -> list[dict[str, Any]]:
    """Return the hotspots' properties, without their polygons."""
    return [
        {
            "id": spot.id,
            "name": spot.name,
            "rank": spot.rank,
            "n": spot.n,
            "area_km2": round(spot.area_km2, 6),
            "density_km2": round(spot.density_km2, 3),
            "share": round(spot.share, 6),
            "peak": spot.peak,
        }
        for spot in released.value.hotspots
    ]

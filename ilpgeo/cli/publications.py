"""Publications on the command line: a model published, those that stand listed, withdrawn, followed."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from ilpgeo.core.products import expiry
from ilpgeo.core.publications import Draft, Publication, Verdict
from ilpgeo.core.query import Access, Level
from ilpgeo.core.recipes import Entry, Recipe


def publish(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Test a model and publish it."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    today = opened.workspace.settings.today()
    recipe = Recipe.read(options.recipe) if options.recipe else None
    model = Entry.parse(options.model)
    draft = Draft(
        model=model,
        offence=options.offence,
        area=options.area,
        level=Level(options.level) if options.level else None,
        cell_m=options.cell or (recipe.cell_m if recipe else 0.0),
        note=options.note,
        owner=options.owner,
        expires_on=expiry(options.expires, today),
        approver=options.approver,
        reason=options.reason,
        recipe=None if recipe is None else replace(recipe, version=""),
    )
    made = pipeline.publish(opened, draft, Access())
    return _record(made, today), f"{made.id}: {made.model}, to {made.expires_on}; {_caught(made.verdict)}"


def publications(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """List publications; withdraw one; make the standing tests."""
    from ilpgeo import pipeline

    opened = pipeline.open_workspace(options.workspace)
    today = opened.workspace.settings.today()
    if options.withdraw:
        gone = pipeline.withdraw_publication(opened, options.withdraw, Access(), options.by, options.why)
        return _record(gone, today), f"{gone.id} withdrawn"
    lines = []
    document: dict[str, Any] = {}
    if options.test:
        pipeline.catch_up(opened)
        verdict, refusal = pipeline.judge_default(opened)
        document["default"] = {"model": "blend", "untested": refusal, **(_numbers(verdict) if verdict else {})}
        lines.append(f"default (blend): {_caught(verdict) if verdict else refusal}")
    found = [each for each in pipeline.publications(opened, Access()) if options.all or each.is_valid(today)]
    records = []
    for each in found:
        records.append(_record(each, today))
        place = " ".join(filter(None, [each.offence or "every offence", each.area or "everywhere", each.level or ""]))
        lines.append(
            f"{each.id}  {records[-1]['state']:<9}  {each.model}  {place}  to {each.expires_on}  {each.owner}; "
            f"{_caught(each.verdict)}"
        )
        if options.test and each.is_valid(today):
            drift = pipeline.drift(opened, each)
            records[-1]["drift"] = {
                "windows": drift.n_windows,
                "hit_rate": _number(drift.live.value),
                "prior_hit_rate": _number(drift.prior.value),
                "is_outside": drift.is_outside,
                "has_drifted": drift.has_drifted,
            }
            state = "outside its back-test's interval" if drift.is_outside else "no drift"
            lines[-1] += f"; {'WORSE THAN TESTED' if drift.has_drifted else state} on {drift.n_windows} windows"
    document["publications"] = records
    return document, "\n".join(lines) or "nothing is published: the default forecast (blend) is shown"


def _record(each: Publication, today: date) -> dict[str, Any]:
    state = "withdrawn" if each.withdrawn_at else "valid" if each.is_valid(today) else "expired"
    plain = {name: value for name, value in asdict(each).items() if name not in {"verdict", "model"}}
    return {**plain, "model": str(each.model), "state": state, **_numbers(each.verdict)}


def _numbers(verdict: Verdict) -> dict[str, Any]:
    rates = {"hit_rate": verdict.hit_rate, "prior_hit_rate": verdict.prior, "difference": verdict.difference}
    numbers: dict[str, Any] = {}
    for name, each in rates.items():
        numbers[name] = _number(each.value)
        numbers[f"{name}_interval"] = [_number(each.low), _number(each.high)]
    return {
        **numbers,
        "ground": verdict.ground,
        "flagged_km2": verdict.flagged_km2,
        "horizon": verdict.horizon,
        "windows": verdict.n_windows,
        "n": verdict.n,
    }


def _number(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124  (NaN is not in JSON)


def _caught(verdict: Verdict) -> str:
    return (
        f"catches {verdict.hit_rate.value:.1%} on {verdict.ground} of the ground, "
        f"the prior count {verdict.prior.value:.1%}"
    )

"""Verdicts and drifts as JSON texts and back; what is not a number becomes null."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

from ilpgeo.core.publications import Drift, Measured, Verdict
from ilpgeo.core.query import Period


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict as JSON; `verdict_of` gives the same back."""
    return _text({**asdict(verdict), "tested_on": str(verdict.tested_on)})


def verdict_of(text: str) -> Verdict:
    """Return the verdict written in a text."""
    document = json.loads(text)
    measured = {name: _measured(document[name]) for name in ("hit_rate", "prior", "difference")}
    return Verdict(**{**document, **measured, "tested_on": Period.parse(document["tested_on"])})


def drift_text(drift: Drift) -> str:
    """Return a drift as JSON; `drift_of` gives the same back."""
    return _text({**asdict(drift), "since": str(drift.since) if drift.since else None})


def drift_of(text: str) -> Drift:
    """Return the drift written in a text."""
    document = json.loads(text)
    measured = {name: _measured(document[name]) for name in ("live", "prior", "expected")}
    since = Period.parse(document["since"]) if document["since"] else None
    return Drift(**{**document, **measured, "since": since})


def _measured(document: dict[str, float | None]) -> Measured:
    return Measured(**{name: math.nan if value is None else value for name, value in document.items()})


def _text(document: dict[str, Any]) -> str:
    return json.dumps(_nulled(document), allow_nan=False, sort_keys=True)


def _nulled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _nulled(each) for name, each in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value

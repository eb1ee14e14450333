"""The stamp of a product made now."""

from __future__ import annotations

from datetime import date, timedelta

from ilpgeo.core.products import KEPT_DAYS, Marking
from ilpgeo.pipeline.opened import Opened


def marking(opened: Opened, handling: str | None = None, made_on: date | None = None) -> Marking:
    """Return the stamp of a product made today, good for a week, with the workspace's own handling mark."""
    settings = opened.workspace.settings
    made_on = made_on or settings.today()
    return Marking(settings.handling if handling is None else handling, made_on, made_on + timedelta(days=KEPT_DAYS))

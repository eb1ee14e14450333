"""Who is looking: what the pipeline is told about the person at the screen."""

from __future__ import annotations

from ilpgeo.core.types import Access


def current_access() -> Access:
    """Return the access of the person at the screen; without a roles file everyone is a commander."""
    return Access()

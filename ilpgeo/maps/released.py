"""The door of this room: nothing is drawn that did not pass the release gate."""

from __future__ import annotations

from typing import TypeVar

from ilpgeo.core.briefing import Released

T = TypeVar("T")


def value_of(released: Released[T], kind: type[T]) -> T:
    """Return what was released, or raise TypeError for anything else (a screen's mistake, not a user's)."""
    if not isinstance(released, Released) or not isinstance(released.value, kind):
        raise TypeError(f"a map shows only what was released: expected Released[{kind.__name__}]")
    return released.value

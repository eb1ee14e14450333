"""The kinds of slide there are: a new one is a module beside these and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ilpgeo.core.rooms import NOTICE
from ilpgeo.ui.display import due, hours, level, notice, places, reasons
from ilpgeo.ui.display.scene import Scene

SCOPE = frozenset({"area_type", "area", "offence", "days"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of slide.

    Attributes
    ----------
    title, help
        What people call it, and what it shows.
    draw
        Returns the slide as markup.
    fields
        The fields of `Slide` that say something for it, besides `seconds` and `until`.
    """

    title: str
    help: str
    draw: Callable[[Scene], str]
    fields: frozenset[str] = SCOPE


KINDS: Mapping[str, Kind] = MappingProxyType({
    "level": Kind("Level picture", "Every area by tier, the first five by name", level.draw),
    "reasons": Kind("Top areas with reasons", "The first five areas and why they rank first", reasons.draw),
    "hours": Kind("Time windows", "The busiest hours of the first five areas", hours.draw),
    "places": Kind("Places inside an area", "The hotspots expected in one area, by the published model", places.draw),
    "due": Kind("Taskings due", "Where something is to be done, when, and what is late", due.draw, frozenset({"area"})),
    NOTICE: Kind("Notice", "Words of your own", notice.draw, frozenset({"title", "text"})),
})  # fmt: skip

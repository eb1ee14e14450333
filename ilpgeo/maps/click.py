"""What was clicked on the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Click:
    """A click on a shape of a layer.

    Attributes
    ----------
    kind
        ``area`` or ``hotspot``.
    id
        The id of the area or hotspot.
    serial
        Different for every click: the component repeats its last answer on each run, so act on a new serial only.
    """

    kind: str
    id: str
    serial: str


def read_click(returned: Mapping[str, Any] | None) -> Click | None:
    """Return the last click of what `st_folium` returned, or None where nothing clickable was hit yet."""
    drawing = (returned or {}).get("last_active_drawing") or {}
    properties = drawing.get("properties") or {}
    if not properties.get("id"):
        return None
    return Click(str(properties["kind"]), str(properties["id"]), str(properties["serial"]))

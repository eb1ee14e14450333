"""A notice: what people in the room are told, in their own words."""

from __future__ import annotations

from ilpgeo.ui.display.scene import Scene, message


def draw(scene: Scene) -> str:
    """Return the slide."""
    return message(scene.slide.title, scene.slide.text)

"""The picture of a level: every ranked area by tier, the first five by name with what is expected in them."""

from __future__ import annotations

from ilpgeo.core import wording as words
from ilpgeo.core.types import Priority
from ilpgeo.reports import sentences
from ilpgeo.ui.display.scene import Scene, about, expected, first_areas, layout, named, ranked_map, tier


def draw(scene: Scene) -> str:
    """Return the slide."""
    released = scene.brief()
    first = first_areas(released.value)
    picture = ranked_map(scene, released, first)
    rows = [named(each, _under(each), expected(each)) for each in first]
    return layout(about(released.value), sentences.lead(released.value), picture, rows, kind="level")


def _under(each: Priority) -> str:
    sure = ""
    if each.rank_interval is not None and each.rank_interval[0] != each.rank_interval[1]:
        sure = f"<span>rank {words.interval(each.rank_interval)}</span>"
    return f"{tier(each)}{sure}"

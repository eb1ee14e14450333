"""The first areas with their reasons, on a map that goes near them."""

from __future__ import annotations

from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.types import Priority
from ilpgeo.ui.display.scene import Scene, about, expected, first_areas, layout, named, ranked_map

_TOLD = 2


def draw(scene: Scene) -> str:
    """Return the slide."""
    released = scene.brief()
    first = first_areas(released.value)
    picture = ranked_map(scene, released, first, is_near=True)
    shared = _shared(first)
    rows = [named(each, _why(each, shared), expected(each)) for each in first]
    return layout(about(released.value), _sentence(first), picture, rows, kind="reasons")


def _shared(first: tuple[Priority, ...]) -> frozenset[str]:
    """Return what is said of every area alike: it tells none of them from another."""
    if len(first) < 2:
        return frozenset()
    return frozenset.intersection(*(frozenset(reason.text for reason in each.reasons) for each in first))


def _sentence(first: tuple[Priority, ...]) -> str:
    if not first:
        return "No area can be ranked: there are no data for this period."
    leading = first[0]
    reason = next((each.text for each in leading.reasons if each.kind == "volume"), leading.reasons[0].text)
    return f"{leading.name} leads: {reason}"


def _why(each: Priority, shared: frozenset[str]) -> str:
    told = [reason.text for reason in each.reasons if reason.text not in shared] or [each.reasons[0].text]
    return f"<p>{escape('. '.join(words.opening(text) for text in told[:_TOLD]))}</p>"

"""The key to the map."""

from __future__ import annotations

from collections.abc import Sequence

from ilpgeo.core import wording as words
from ilpgeo.core.briefing import Briefing, Tier
from ilpgeo.maps.palette import LIGHT
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports.drawing import INK, Drawing, Ink, Label, Shape, box, mark, moved

Item = tuple[tuple[Shape, ...], str]


def is_about_one(product: Product) -> bool:
    """Return whether the product is about one of the areas it ranks."""
    return any(each.id == product.subject for each in value_of(product.briefing, Briefing).priorities)


def map_key(product: Product, width_mm: float) -> Drawing:
    """Return the key to a product's map, in as many rows as it needs."""
    items: list[Item] = []
    if is_about_one(product):
        items.append(((Shape((box(0.6, 1.6, 2.8, 2.8),), Ink("", INK, 0.7)),), "This area"))
    if product.hotspots is not None:
        items.append(((Shape((box(0.4, 1.4, 3.2, 3.2),), Ink(LIGHT.ramp[10], INK, 0.3)),), "Expected hotspot"))
    return key(width_mm, items)


def key(width_mm: float, more: Sequence[Item] = ()) -> Drawing:
    """Return the key to a map of ranked areas; `more` are marks drawn on it, each with its words."""
    look = LIGHT.marks[Tier.HIGH]
    items: list[Item] = [
        (mark(tier, 2.0, 3.0, 3.6), words.opening(tier.value)) for tier in Tier if tier is not Tier.NO_DATA
    ]
    outlined = Ink(look.fill, look.edge, 0.4, 0.14)
    items.append(((Shape((box(0.4, 1.4, 3.2, 3.2),), outlined),), "Outlined: tier uncertain"))
    items.append((mark(Tier.NO_DATA, 2.0, 3.0, 3.8), "No data: not ranked, not safe"))
    items += more
    parts: list[Shape | Label] = []
    x = y = 0.0
    for drawn, said in items:
        wide = 9.5 + 1.38 * len(said)
        if x + wide > width_mm + 4.0:
            x, y = 0.0, y + 5.0
        parts += moved(Drawing(0, 0, "", (*drawn, Label(5.0, 4.1, said, 8))), x, y)
        x += wide
    return Drawing(width_mm, y + 6.0, "Key to the map", tuple(parts))

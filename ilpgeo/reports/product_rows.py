"""What a product's data files hold: its layers, its rows, and what is said of all of them."""

from __future__ import annotations

from typing import Any

from ilpgeo.core.briefing import Briefing
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports import briefing_text, sentences
from ilpgeo.reports.layers import Layer, area_layer, hotspot_layer
from ilpgeo.reports.text import plain


def layers(product: Product) -> tuple[Layer, ...]:
    """Return the ranked areas, and the hotspots where there are any."""
    areas = area_layer(product.briefing, product.areas)
    return (areas, hotspot_layer(product.hotspots)) if product.hotspots is not None else (areas,)


def about(product: Product) -> dict[str, str]:
    """Return what holds for every row: name to words; names that come more than once are numbered."""
    told: dict[str, str] = {"title": briefing_text.title(product)}
    for name, value in briefing_text.about(product):
        key, at = name, 2
        while key in told:
            key, at = f"{name} ({at})", at + 1
        told[key] = value
    return told


def ranking_rows(product: Product) -> list[dict[str, Any]]:
    """Return the ranking as rows that can stand alone: each says period, data version, handling mark and expiry."""
    briefing, stamp = value_of(product.briefing, Briefing), product.marking
    common = {
        "period": str(briefing.query.period),
        "window": str(briefing.window),
        "data_version": briefing.version,
        "handling": plain(stamp.shown),
        "made": stamp.made_on.isoformat(),
        "expires": stamp.expires_on.isoformat(),
    }
    if said := sentences.remarks_on_sources(briefing):
        common["sources"] = plain(said)
    return [{**row, **common} for row in area_layer(product.briefing, product.areas).rows]

"""Where inside an area: the hotspots that the published model, else the default one, expects."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from ilpgeo.core import wording as words
from ilpgeo.core.publications import ModelCard
from ilpgeo.core.types import Hotspot, HotspotSet, Tier
from ilpgeo.maps.wall_places import hotspot_map
from ilpgeo.ui import cache
from ilpgeo.ui.display.scene import N_AREAS, Scene, layout, message

MOST_HOTSPOTS = 10
TOP_SHARE = 0.1  # of one area's ground, as on the commander's screen


def draw(scene: Scene) -> str:
    """Return the slide: of the area chosen, or of the one that ranks first."""
    area, name = _area(scene)
    if not area:
        return message("Nothing to look into", "No area can be ranked: there are no data for this period.")
    query = replace(scene.query, areas=(area,))
    card = cache.model_card(scene.key, scene.records, scene.opened, query, scene.access, scene.today)
    found = cache.forecast(
        scene.key, scene.opened, card.value, query, scene.access, None, top_share=TOP_SHARE, most=MOST_HOTSPOTS
    )  # fmt: skip
    picture = hotspot_map(found, scene.shapes, area, N_AREAS)
    rows = [_row(spot, name) for spot in found.value.hotspots[:N_AREAS]]
    return layout(_over(card.value, found.value), _sentence(name, found.value), picture, rows, kind="places")


def _area(scene: Scene) -> tuple[str, str]:
    areas = scene.opened.areas
    if scene.slide.area:
        return scene.slide.area, areas.name[areas.at(scene.slide.area)]
    ranked = [each for each in scene.brief().value.priorities if each.tier is not Tier.NO_DATA]
    return (ranked[0].id, ranked[0].name) if ranked else ("", "")


def _over(card: ModelCard, found: HotspotSet) -> str:
    window = found.window or found.query.period
    by = "published model" if card.publication else "default model"
    until = f", shown to {words.day(card.publication.expires_on)}" if card.publication else ""
    offences = words.listed(list(found.query.offences)) if found.query.offences else "all offences"
    return (
        f"Expected hotspots, {offences}, {words.span(window)} \u00b7 {by}: {card.title}{until} \u00b7 "
        f"learned from {words.span(found.trained_on)}"
    )


def _sentence(name: str, found: HotspotSet) -> str:
    if not found.hotspots:
        return f"No hotspot stands out inside {name}"
    first = found.hotspots[0]
    return f"Inside {name}: {_short(first, name)} comes first, {words.number(first.expected or 0.0)} expected"


def _short(spot: Hotspot, area: str) -> str:
    """Return a hotspot's name without the area's, which the slide names already."""
    return words.opening(spot.name.replace(f" of {area}", ""))


def _row(spot: Hotspot, area: str) -> str:
    return (
        f'<b class="rank">{spot.rank}</b><div class="who"><strong><bdi>{escape(_short(spot, area))}</bdi></strong>'
        f'<div class="under"><p>{escape(words.opening(spot.peak))}</p></div></div>'
        f'<div class="beside"><b>{words.number(spot.expected or 0.0)}</b><i>expected</i></div>'
    )

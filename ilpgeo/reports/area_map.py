"""The map of ranked areas on paper: tiers, parents, hotspots, scale, north; in millimetres, for every product."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.briefing import Briefing, HotspotSet, Priority, Released, Tier
from ilpgeo.core.space import Areas
from ilpgeo.maps.certainty import gather_gaps, is_uncertain, tier_cuts
from ilpgeo.maps.palette import LIGHT
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports.drawing import INK, PAPER, Drawing, Ink, Label, Shape, box, disc, mark
from ilpgeo.reports.map_furniture import gaps_in, ground, parent_borders, scale_bar
from ilpgeo.reports.map_view import View, border_lines, painted, simplified, view_of
from ilpgeo.reports.text import plain

N_NUMBERED = 7
_PADDING = 0.05
_AROUND_ONE = 0.45  # so much of one area's size is seen around it
_MARK_MM = {Tier.CRITICAL: 3.4, Tier.HIGH: 3.1, Tier.ELEVATED: 2.3}
_DRAWN_FIRST = (Tier.ROUTINE, Tier.ELEVATED, Tier.HIGH, Tier.CRITICAL)
_MOST_MARKS = 400
Over = Callable[[View], list[Shape | Label]]


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """What a map of ranked areas shows.

    Attributes
    ----------
    subject, name
        Id of the area it is about, empty for none; and what it is a map of.
    hotspots
        Expected inside the subject.
    """

    briefing: Released[Briefing]
    areas: Areas
    name: str
    subject: str = ""
    hotspots: Released[HotspotSet] | None = None


def _mapped(product: Product) -> Mapped:
    return Mapped(product.briefing, product.areas, product.subject_name, product.subject, product.hotspots)


def area_map(product: Product, width_mm: float, height_mm: float, *, has_numbers: bool = True) -> Drawing:
    """Return the map of a product.

    The view holds the ranked areas with data; where the product is about one of them, that one and what is around it.

    Parameters
    ----------
    has_numbers
        Whether the first seven areas (or the hotspots) carry their rank.

    Notes
    -----
    Filled: the tier is sure. Outlined: it could be another. Hatched: no data. Cost: about 0.1 s for 140 areas.
    """
    return ranked_map(_mapped(product), width_mm, height_mm, has_numbers=has_numbers)


def ranked_map(
    shown: Mapped, width_mm: float, height_mm: float, *, has_numbers: bool = True, over: Over | None = None
) -> Drawing:
    """Return a map of ranked areas; `over` returns what is drawn on them. See `area_map`."""
    briefing, areas = value_of(shown.briefing, Briefing), shown.areas
    ranked = [each for each in briefing.priorities if each.tier is not Tier.NO_DATA]
    known = np.array([areas.at(each.id) for each in ranked], np.int64)
    gaps = np.array([areas.at(each.id) for each in briefing.priorities if each.tier is Tier.NO_DATA], np.int64)
    is_about_one = any(each.id == shown.subject for each in briefing.priorities)
    view = view_of(areas, _focus(shown), width_mm, height_mm, _AROUND_ONE if is_about_one else _PADDING)
    parts: list[Shape | Label] = [Shape((box(0, 0, width_mm, height_mm),), Ink(LIGHT.water))]
    parts += ground(areas, view)
    parts += gaps_in(areas, gather_gaps(gaps, areas)[0], view)
    shapes = simplified(areas, known, view)
    parts += _tiers(ranked, shapes, view, shown.subject)
    parts += parent_borders(areas, known, view)
    if is_about_one:
        parts += _outlined(areas.geometry[areas.at(shown.subject)], view)
    spots = value_of(shown.hotspots, HotspotSet) if shown.hotspots is not None else None
    if spots is not None and spots.hotspots:
        parts += _hotspots(spots, view, has_numbers=has_numbers)
    else:
        parts += _marks(ranked, shapes, view, has_numbers=has_numbers)
    parts += over(view) if over is not None else []
    parts += [Shape((box(0, 0, width_mm, height_mm),), Ink("", "#aab1b9", 0.25))]
    parts += scale_bar(areas, view)
    n = sum(each.rank is not None for each in briefing.priorities)
    title = f"Map of {n} ranked areas by tier, {plain(shown.name)}"
    return Drawing(width_mm, height_mm, title, tuple(parts))


def ratio(product: Product) -> float:
    """Return width over height of what the map shows."""
    return ranked_ratio(_mapped(product))


def ranked_ratio(shown: Mapped) -> float:
    """Return width over height of what a map of ranked areas shows."""
    import shapely

    west, south, east, north = shapely.total_bounds(shown.areas.geometry[_focus(shown)])
    return float((east - west) / max(north - south, 1.0))


def _focus(shown: Mapped) -> IntArray:
    """Return the positions of the areas that the map is about."""
    briefing, areas = value_of(shown.briefing, Briefing), shown.areas
    every = [each.id for each in briefing.priorities]
    if shown.subject in every:
        return np.array([areas.at(shown.subject)], np.int64)
    known = [each.id for each in briefing.priorities if each.tier is not Tier.NO_DATA]
    return np.array([areas.at(each) for each in known or every], np.int64)


def locator(product: Product, width_mm: float, height_mm: float) -> Drawing:
    """Return a small map of everything with the product's subject filled, to say where in the world it lies."""
    areas = product.areas
    whole = areas.of_type(areas.types[-1])
    view = view_of(areas, whole, width_mm, height_mm, 0.06)
    parts: list[Shape | Label] = [Shape((box(0, 0, width_mm, height_mm),), Ink(PAPER))]
    for each in simplified(areas, whole, view):
        parts += painted(each, view, Ink(LIGHT.land, LIGHT.line, 0.15))
    subject = areas.geometry[areas.at(product.subject)]
    parts += painted(subject, view, Ink(INK, INK, 0.6))
    parts.append(Shape((box(0, 0, width_mm, height_mm),), Ink("", "#aab1b9", 0.25)))
    where = plain(product.settings.name)
    return Drawing(width_mm, height_mm, f"{plain(product.subject_name)} within {where}", tuple(parts))


def _tiers(ranked: list[Priority], shapes: Any, view: View, subject: str) -> list[Shape | Label]:
    cuts = tier_cuts(len(ranked))
    order = sorted(
        range(len(ranked)),
        key=lambda at: (is_uncertain(ranked[at], cuts), _DRAWN_FIRST.index(ranked[at].tier)),
    )
    parts: list[Shape | Label] = []
    for at in order:
        each, look = ranked[at], LIGHT.marks[ranked[at].tier]
        ink = Ink(look.fill, LIGHT.casing, 0.2)
        if each.id == subject:
            ink = Ink("", LIGHT.casing, 0.2)
        elif is_uncertain(each, cuts):
            ink = Ink(look.fill, look.edge, 0.35, 0.14)
        parts += painted(shapes[at], view, ink, f"{plain(each.name)}: {each.tier.value}")
    return parts


def _outlined(geometry: Any, view: View) -> list[Shape | Label]:
    borders = border_lines(geometry, view)
    return [
        Shape(borders, Ink("", LIGHT.casing, 1.5), False),
        Shape(borders, Ink("", LIGHT.selected, 0.7), False),
    ] if borders else []  # fmt: skip


def _marks(ranked: list[Priority], shapes: Any, view: View, *, has_numbers: bool) -> list[Shape | Label]:
    """Return the tiers' marks, and the first areas' ranks beside them; a rank that has no room is left out."""
    import shapely

    tiers = [tier for tier in _MARK_MM if sum(each.tier is tier for each in ranked) <= _MOST_MARKS]
    points = view.place(shapely.get_coordinates(shapely.point_on_surface(shapes))) if len(ranked) else np.empty((0, 2))
    taken: list[tuple[float, float]] = []
    parts: list[Shape | Label] = []
    rows = sorted(range(len(ranked)), key=lambda at: -(ranked[at].rank or 0))
    for at in rows:
        x, y = points[at].tolist()
        if not (1.5 < x < view.width_mm - 1.5 and 1.5 < y < view.height_mm - 1.5) or ranked[at].tier not in tiers:
            continue
        parts += mark(ranked[at].tier, x, y, _MARK_MM[ranked[at].tier], has_halo=True)
        taken.append((x, y))
    if not has_numbers:
        return parts
    for at in sorted(range(len(ranked)), key=lambda at: ranked[at].rank or 0)[:N_NUMBERED]:
        x, y = points[at].tolist()
        if 4 < x < view.width_mm - 4 and 4 < y < view.height_mm - 4:
            parts += _number(x, y, str(ranked[at].rank), taken)
    return parts


def _number(x: float, y: float, text: str, taken: list[tuple[float, float]]) -> list[Shape | Label]:
    for dx, dy in ((3.9, 0.0), (-3.9, 0.0), (0.0, -3.9), (0.0, 3.9), (3.2, -2.8), (-3.2, 2.8)):
        near = min((math.hypot(x + dx - px, y + dy - py) for px, py in taken), default=9.0)
        if near > 3.0:
            taken.append((x + dx, y + dy))
            return [
                Shape((disc(x + dx, y + dy, 1.9),), Ink(PAPER, INK, 0.2)),
                Label(x + dx, y + dy + 1.1, text, 8, INK, "middle", True),
            ]
    return []


def _hotspots(found: HotspotSet, view: View, *, has_numbers: bool) -> list[Shape | Label]:
    import shapely

    parts: list[Shape | Label] = []
    for spot in reversed(found.hotspots):
        share = 1 - (spot.rank - 1) / max(len(found.hotspots), 1)
        fill = LIGHT.ramp[4 + round(9 * share)]
        parts += painted(spot.polygon, view, Ink(fill, INK, 0.3), f"Hotspot {spot.rank}: {plain(spot.name)}")
    if has_numbers:
        for spot in reversed(found.hotspots):
            largest = max(shapely.get_parts(spot.polygon), key=shapely.area)
            x, y = view.place(shapely.get_coordinates(shapely.point_on_surface(largest)))[0].tolist()
            if 2 < x < view.width_mm - 2 and 2 < y < view.height_mm - 2:
                parts.append(Shape((disc(x, y, 1.9),), Ink(PAPER, INK, 0.2)))
                parts.append(Label(x, y + 1.1, str(spot.rank), 8, INK, "middle", True))
    return parts

"""The map of ranked areas on paper: tiers, parents, hotspots, scale, north; in millimetres, for every product."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.briefing import Briefing, HotspotSet, Priority, Tier
from ilpgeo.maps.certainty import gather_gaps, is_uncertain, tier_cuts
from ilpgeo.maps.palette import LIGHT
from ilpgeo.maps.released import value_of
from ilpgeo.pipeline.products import Product
from ilpgeo.reports.drawing import INK, PAPER, Drawing, Ink, Label, Shape, box, disc, line, mark
from ilpgeo.reports.text import plain

N_NUMBERED = 7
_PADDING = 0.05
_AROUND_ONE = 0.45  # so much of one area's size is seen around it
_PAPER_STEP_MM = 0.12  # detail finer than this is not drawn
_HATCH_MM = 1.5
_MARK_MM = {Tier.CRITICAL: 3.4, Tier.HIGH: 3.1, Tier.ELEVATED: 2.3}
_DRAWN_FIRST = (Tier.ROUTINE, Tier.ELEVATED, Tier.HIGH, Tier.CRITICAL)
_MOST_MARKS = 400


@dataclass(frozen=True, slots=True)
class _View:
    """From metres in the workspace's CRS to millimetres on paper."""

    west: float
    north: float
    mm_per_m: float
    width_mm: float
    height_mm: float

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        return (
            self.west,
            self.north - self.height_mm / self.mm_per_m,
            self.west + self.width_mm / self.mm_per_m,
            self.north,
        )

    def place(self, xy: FloatArray) -> FloatArray:
        return np.column_stack([(xy[:, 0] - self.west) * self.mm_per_m, (self.north - xy[:, 1]) * self.mm_per_m])


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
    briefing = value_of(product.briefing, Briefing)
    areas = product.areas
    ranked = [each for each in briefing.priorities if each.tier is not Tier.NO_DATA]
    known = np.array([areas.at(each.id) for each in ranked], np.int64)
    gaps = np.array([areas.at(each.id) for each in briefing.priorities if each.tier is Tier.NO_DATA], np.int64)
    is_about_one = any(each.id == product.subject for each in ranked)
    view = _view(product, _focus(product), width_mm, height_mm, _AROUND_ONE if is_about_one else _PADDING)
    parts: list[Shape | Label] = [Shape((box(0, 0, width_mm, height_mm),), Ink(LIGHT.water))]
    parts += _ground(product, view)
    parts += _gaps(product, gather_gaps(gaps, areas)[0], view)
    shapes = _simple(product, known, view)
    parts += _tiers(ranked, shapes, view, product.subject)
    parts += _parents(product, known, view)
    if is_about_one:
        chosen = shapes[[each.id for each in ranked].index(product.subject)]
        parts += _outlined(chosen, view)
    spots = value_of(product.hotspots, HotspotSet) if product.hotspots is not None else None
    if spots is not None and spots.hotspots:
        parts += _hotspots(spots, view, has_numbers=has_numbers)
    else:
        parts += _marks(ranked, shapes, view, has_numbers=has_numbers)
    parts += [Shape((box(0, 0, width_mm, height_mm),), Ink("", "#aab1b9", 0.25))]
    parts += _scale(product, view)
    return Drawing(width_mm, height_mm, _title(product, briefing), tuple(parts))


def ratio(product: Product) -> float:
    """Return width over height of what the map shows."""
    import shapely

    west, south, east, north = shapely.total_bounds(product.areas.geometry[_focus(product)])
    return float((east - west) / max(north - south, 1.0))


def _focus(product: Product) -> IntArray:
    """Return the positions of the areas that the map is about."""
    briefing, areas = value_of(product.briefing, Briefing), product.areas
    known = [each.id for each in briefing.priorities if each.tier is not Tier.NO_DATA]
    if product.subject and (product.subject in known or not known):
        known = [product.subject]
    shown = known or [each.id for each in briefing.priorities]
    return np.array([areas.at(each) for each in shown], np.int64)


def locator(product: Product, width_mm: float, height_mm: float) -> Drawing:
    """Return a small map of everything with the product's subject filled, to say where in the world it lies."""
    areas = product.areas
    whole = areas.of_type(areas.types[-1])
    view = _view(product, whole, width_mm, height_mm, 0.06)
    parts: list[Shape | Label] = [Shape((box(0, 0, width_mm, height_mm),), Ink(PAPER))]
    for each in _simple(product, whole, view):
        parts += _painted(each, view, Ink(LIGHT.land, LIGHT.line, 0.15))
    subject = areas.geometry[areas.at(product.subject)]
    parts += _painted(subject, view, Ink(INK, INK, 0.6))
    parts.append(Shape((box(0, 0, width_mm, height_mm),), Ink("", "#aab1b9", 0.25)))
    where = plain(product.settings.name)
    return Drawing(width_mm, height_mm, f"{plain(product.subject_name)} within {where}", tuple(parts))


def _title(product: Product, briefing: Briefing) -> str:
    n = sum(each.rank is not None for each in briefing.priorities)
    return f"Map of {n} ranked areas by tier, {plain(product.subject_name)}"


def _view(product: Product, positions: IntArray, width_mm: float, height_mm: float, padding: float) -> _View:
    import shapely

    west, south, east, north = (float(each) for each in shapely.total_bounds(product.areas.geometry[positions]))
    wide, high = max(east - west, 1.0) * (1 + 2 * padding), max(north - south, 1.0) * (1 + 2 * padding)
    mm_per_m = min(width_mm / wide, height_mm / high)
    return _View(
        (west + east) / 2 - width_mm / mm_per_m / 2,
        (south + north) / 2 + height_mm / mm_per_m / 2,
        mm_per_m,
        width_mm,
        height_mm,
    )


def _simple(product: Product, positions: IntArray, view: _View) -> Any:
    """Return the areas' geometry without what paper cannot show; neighbours keep their common border."""
    import shapely

    areas = product.areas
    answer = areas.geometry[positions].copy()
    for number in np.unique(areas.type[positions]):
        rows = np.flatnonzero(areas.type[positions] == number)
        simple = shapely.coverage_simplify(answer[rows], _PAPER_STEP_MM / view.mm_per_m)
        lost = shapely.is_empty(simple)
        simple[lost] = answer[rows][lost]
        answer[rows] = simple
    return answer


def _rings(geometry: Any, view: _View) -> tuple[FloatArray, ...]:
    """Return the rings of what is seen of a geometry."""
    import shapely

    seen = shapely.clip_by_rect(geometry, *view.bounds)
    rings = []
    for part in shapely.get_parts(seen):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings += [view.place(shapely.get_coordinates(ring)[:-1]) for ring in (part.exterior, *part.interiors)]
    return tuple(rings)


def _lines(geometry: Any, view: _View) -> tuple[FloatArray, ...]:
    """Return the borders of a geometry as lines, cut at the frame so that the frame is no border."""
    import shapely

    seen = shapely.clip_by_rect(shapely.boundary(geometry), *view.bounds)
    return tuple(view.place(shapely.get_coordinates(part)) for part in shapely.get_parts(seen) if not part.is_empty)


def _painted(geometry: Any, view: _View, ink: Ink, name: str = "") -> list[Shape | Label]:
    rings = _rings(geometry, view)
    return [Shape(rings, ink, name=name)] if rings else []


def _ground(product: Product, view: _View) -> list[Shape | Label]:
    import shapely
    from pyproj import Transformer

    from ilpgeo.maps.land import land_shape

    areas = product.areas
    west, south, east, north = view.bounds
    to_degrees = Transformer.from_crs(areas.crs, "EPSG:4326", always_xy=True)
    land = land_shape(to_degrees.transform_bounds(west, south, east, north))
    parts: list[Shape | Label] = []
    if land is not None:
        back = Transformer.from_crs("EPSG:4326", areas.crs, always_xy=True)
        wide = shapely.box(
            *to_degrees.transform_bounds(2 * west - east, 2 * south - north, 2 * east - west, 2 * north - south)
        )
        near = shapely.segmentize(shapely.intersection(land, wide), 0.1)
        metres = shapely.transform(near, lambda xy: np.column_stack(back.transform(xy[:, 0], xy[:, 1])))
        parts += _painted(shapely.make_valid(metres), view, Ink(LIGHT.land))
    for each in _simple(product, areas.of_type(areas.types[-1]), view):
        parts += _painted(each, view, Ink(LIGHT.ground, LIGHT.line, 0.2))
    return parts


def _gaps(product: Product, positions: IntArray, view: _View) -> list[Shape | Label]:
    import shapely

    if not len(positions):
        return []
    parts: list[Shape | Label] = []
    shapes = _simple(product, positions, view)
    for at, each in zip(positions, shapes, strict=True):
        parts += _painted(each, view, Ink(LIGHT.marks[Tier.NO_DATA].fill), plain(product.areas.name[int(at)]))
    west, south, east, north = view.bounds
    whole = shapely.union_all(shapely.make_valid(shapely.clip_by_rect(shapes, west, south, east, north)))
    step, high = _HATCH_MM / view.mm_per_m, north - south
    starts = np.arange(west - high, east, step)
    hatch = shapely.multilinestrings([shapely.linestrings([[x, south], [x + high, north]]) for x in starts])
    inside = shapely.get_parts(shapely.intersection(hatch, whole))
    lines = tuple(view.place(shapely.get_coordinates(each)) for each in inside if each.geom_type == "LineString")
    if lines:
        parts.append(Shape(lines, Ink("", LIGHT.hatch, 0.12), False))
    borders = tuple(ring for each in shapes for ring in _lines(each, view))
    return [*parts, Shape(borders, Ink("", LIGHT.line, 0.12), False)] if borders else parts


def _tiers(ranked: list[Priority], shapes: Any, view: _View, subject: str) -> list[Shape | Label]:
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
        parts += _painted(shapes[at], view, ink, f"{plain(each.name)}: {each.tier.value}")
    return parts


def _parents(product: Product, known: IntArray, view: _View) -> list[Shape | Label]:
    areas = product.areas
    parents = np.unique(areas.parent[known])
    parents = parents[parents >= 0].astype(np.int64)
    if len(parents) < 2:
        return []
    borders = tuple(ring for each in _simple(product, parents, view) for ring in _lines(each, view))
    return [Shape(borders, Ink("", "#4a525c", 0.3), False)] if borders else []


def _outlined(geometry: Any, view: _View) -> list[Shape | Label]:
    borders = _lines(geometry, view)
    return [
        Shape(borders, Ink("", LIGHT.casing, 1.5), False),
        Shape(borders, Ink("", LIGHT.selected, 0.7), False),
    ] if borders else []  # fmt: skip


def _marks(ranked: list[Priority], shapes: Any, view: _View, *, has_numbers: bool) -> list[Shape | Label]:
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


def _hotspots(found: HotspotSet, view: _View, *, has_numbers: bool) -> list[Shape | Label]:
    import shapely

    parts: list[Shape | Label] = []
    for spot in reversed(found.hotspots):
        share = 1 - (spot.rank - 1) / max(len(found.hotspots), 1)
        fill = LIGHT.ramp[4 + round(9 * share)]
        parts += _painted(spot.polygon, view, Ink(fill, INK, 0.3), f"Hotspot {spot.rank}: {plain(spot.name)}")
    if has_numbers:
        for spot in reversed(found.hotspots):
            largest = max(shapely.get_parts(spot.polygon), key=shapely.area)
            x, y = view.place(shapely.get_coordinates(shapely.point_on_surface(largest)))[0].tolist()
            parts.append(Shape((disc(x, y, 1.9),), Ink(PAPER, INK, 0.2)))
            parts.append(Label(x, y + 1.1, str(spot.rank), 8, INK, "middle", True))
    return parts


def _scale(product: Product, view: _View) -> list[Shape | Label]:
    """Return scale bar and north arrow, true to the ground at the middle of the map, on a plate of their own."""
    from pyproj import CRS, Proj, Transformer

    crs = CRS.from_user_input(product.areas.crs)
    west, south, east, north = view.bounds
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform((west + east) / 2, (south + north) / 2)
    factors = Proj(crs).get_factors(lon, lat)
    stretch = math.sqrt(abs(factors.areal_scale)) if math.isfinite(factors.areal_scale) else 1.0
    turn = math.radians(factors.meridian_convergence) if math.isfinite(factors.meridian_convergence) else 0.0
    mm_per_km = view.mm_per_m * 1000 * stretch
    length = next(
        step * 10.0**power
        for power in range(4, -4, -1)
        for step in (5, 2, 1)
        if step * 10.0**power * mm_per_km <= min(30.0, view.width_mm / 4)
    )
    words = f"{length:g} km" if length >= 1 else f"{length * 1000:g} m"
    bar = length * mm_per_km
    right, bottom = view.width_mm - 3.0, view.height_mm - 3.0
    left = right - bar - 9.0
    y = bottom - 1.6
    arrow = line((0, -3.0), (1.5, 2.2), (0, 1.1), (-1.5, 2.2))
    spin = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return [
        Shape((box(left - 2, bottom - 7.4, right - left + 4, 9.2),), Ink(PAPER, "", 0.2, 0.88)),
        Shape((line((left, y - 1), (left, y), (left + bar, y), (left + bar, y - 1)),), Ink("", INK, 0.4), False),
        Label(left + bar / 2, y - 2.0, words, 7.5, INK, "middle"),
        Shape((arrow @ spin + np.array([right - 2.0, bottom - 2.4]),), Ink(INK), name="North"),
        Label(right - 2.0, bottom - 5.2 + 0.0, "N", 6.5, INK, "middle", True),
    ]

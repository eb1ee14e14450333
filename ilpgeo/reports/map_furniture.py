"""What lies under and over the ranked areas on a map: land and water, areas without data, parents, scale and north."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.briefing import Tier
from ilpgeo.core.space import Areas
from ilpgeo.maps.palette import LIGHT
from ilpgeo.reports.drawing import INK, PAPER, Ink, Label, Shape, box, line
from ilpgeo.reports.map_view import View, border_lines, painted, simplified
from ilpgeo.reports.text import plain

_HATCH_MM = 1.5


def ground(areas: Areas, view: View) -> list[Shape | Label]:
    """Return the land, and the whole jurisdiction on it."""
    import shapely
    from pyproj import Transformer

    from ilpgeo.maps.land import land_shape

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
        parts += painted(shapely.make_valid(metres), view, Ink(LIGHT.land))
    for each in simplified(areas, areas.of_type(areas.types[-1]), view):
        parts += painted(each, view, Ink(LIGHT.ground, LIGHT.line, 0.2))
    return parts


def gaps_in(areas: Areas, positions: IntArray, view: View) -> list[Shape | Label]:
    """Return areas without data, grey and hatched by lines cut to their shape."""
    import shapely

    if not len(positions):
        return []
    parts: list[Shape | Label] = []
    shapes = simplified(areas, positions, view)
    for at, each in zip(positions, shapes, strict=True):
        parts += painted(each, view, Ink(LIGHT.marks[Tier.NO_DATA].fill), plain(areas.name[int(at)]))
    west, south, east, north = view.bounds
    whole = shapely.union_all(shapely.make_valid(shapely.clip_by_rect(shapes, west, south, east, north)))
    step, high = _HATCH_MM / view.mm_per_m, north - south
    starts = np.arange(west - high, east, step)
    hatch = shapely.multilinestrings([shapely.linestrings([[x, south], [x + high, north]]) for x in starts])
    inside = shapely.get_parts(shapely.intersection(hatch, whole))
    lines = tuple(view.place(shapely.get_coordinates(each)) for each in inside if each.geom_type == "LineString")
    if lines:
        parts.append(Shape(lines, Ink("", LIGHT.hatch, 0.12), False))
    borders = tuple(ring for each in shapes for ring in border_lines(each, view))
    return [*parts, Shape(borders, Ink("", LIGHT.line, 0.12), False)] if borders else parts


def parent_borders(areas: Areas, known: IntArray, view: View) -> list[Shape | Label]:
    """Return the borders of the areas that the ranked ones lie in; none where that is one."""
    parents = np.unique(areas.parent[known])
    parents = parents[parents >= 0].astype(np.int64)
    if len(parents) < 2:
        return []
    borders = tuple(ring for each in simplified(areas, parents, view) for ring in border_lines(each, view))
    return [Shape(borders, Ink("", "#4a525c", 0.3), False)] if borders else []


def scale_bar(areas: Areas, view: View) -> list[Shape | Label]:
    """Return scale bar and north arrow, true to the ground at the middle of the map, on a plate of their own."""
    from pyproj import CRS, Proj, Transformer

    crs = CRS.from_user_input(areas.crs)
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

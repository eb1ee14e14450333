"""Maps that nobody moves: SVG in Web Mercator for a wall, drawn once on the server and only painted by the browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.briefing import Briefing, Priority, Released, Tier
from ilpgeo.maps.badges import Badge, badges
from ilpgeo.maps.certainty import gather_gaps, is_uncertain, tier_cuts
from ilpgeo.maps.land import land_around
from ilpgeo.maps.palette import Scheme, Theme, scheme_of
from ilpgeo.maps.released import value_of
from ilpgeo.maps.shapes import AreaShapes, Bounds

WIDTH, HEIGHT = 1000.0, 720.0
_MARGIN = 44.0  # room for the badges at the edge
_NEAR = 0.12  # so much of its width and height is seen around what the view goes to
_HATCH = "wall-hatch"
_DRAWN_FIRST = (Tier.NO_DATA, Tier.ROUTINE, Tier.ELEVATED, Tier.HIGH, Tier.CRITICAL)


@dataclass(frozen=True, slots=True)
class View:
    """Where degrees fall on the picture: Web Mercator, scaled to fit, the middle in the middle."""

    x0: float
    y0: float
    scale: float

    @classmethod
    def of(cls, bounds: Bounds) -> View:
        """Return the view that just holds a rectangle (west, south, east, north, degrees)."""
        west, south = _mercator(np.array([bounds[:2]]))[0]
        east, north = _mercator(np.array([bounds[2:]]))[0]
        scale = min((WIDTH - 2 * _MARGIN) / max(east - west, 1e-9), (HEIGHT - 2 * _MARGIN) / max(north - south, 1e-9))
        return cls((west + east) / 2 - WIDTH / 2 / scale, (south + north) / 2 + HEIGHT / 2 / scale, scale)

    def place(self, degrees: FloatArray) -> FloatArray:
        """Return points of shape (n, 2), longitude and latitude, as x and y of the picture."""
        flat = _mercator(degrees)
        return np.column_stack([(flat[:, 0] - self.x0) * self.scale, (self.y0 - flat[:, 1]) * self.scale])


def tier_map(
    released: Released[Briefing],
    shapes: AreaShapes,
    named: Sequence[str],
    *,
    is_near: bool = False,
    theme: Theme = Theme.DARK,
) -> str:
    """Return the ranked areas by tier as SVG, those named with their rank in a badge.

    Parameters
    ----------
    named
        Ids of the areas that carry a badge.
    is_near
        True shows the named areas and what lies around them; False shows every ranked area.

    Notes
    -----
    Filled: the rank interval stays within one top share. Outlined: it reaches over a border. Hatched: no data.
    Cost: about 30 ms for 140 areas, 90 kB.
    """
    briefing, scheme, areas = value_of(released, Briefing), scheme_of(theme), shapes.areas
    ranked = [each for each in briefing.priorities if each.tier != Tier.NO_DATA]
    shown = [areas.at(each) for each in named] if is_near and named else [areas.at(each.id) for each in ranked]
    shown = shown or [areas.at(each.id) for each in briefing.priorities]
    view = View.of(_around(shapes.bounds(np.array(shown, np.int64)), _NEAR if is_near else 0.0))
    gaps = np.array([areas.at(each.id) for each in briefing.priorities if each.tier == Tier.NO_DATA], np.int64)
    drawn = [*ground(shapes, view, scheme), *_gaps(shapes, view, scheme, gaps)]
    cuts = tier_cuts(len(ranked))
    outlines = outlines_of(shapes, view, [areas.at(each.id) for each in ranked])
    order = sorted(ranked, key=lambda one: (is_uncertain(one, cuts), _DRAWN_FIRST.index(one.tier)))
    drawn += [_area(outlines[each.id], each, scheme, is_open=is_uncertain(each, cuts)) for each in order]
    drawn += _parents(shapes, view, scheme, [areas.at(each.id) for each in ranked])
    marked = [each for each in ranked if each.id in set(named)]
    drawn += [
        f'<path d="{outlines[each.id]}" fill="none" stroke="{scheme.selected}" stroke-width="2.2"/>' for each in marked
    ]
    points = {each.id: _point(shapes, view, areas.at(each.id)) for each in marked}
    drawn += badges([Badge(str(each.rank), *points[each.id]) for each in marked], scheme, (WIDTH, HEIGHT))
    names = ", ".join(f"{each.rank}: {each.name}" for each in marked)
    return picture(drawn, scheme, f"Map of the ranked areas by tier. {names}")


def picture(drawn: Iterable[str], scheme: Scheme, said: str) -> str:
    """Return what was drawn as one SVG that says in words what it shows."""
    words = escape(said)
    hatch = (
        f'<defs><pattern id="{_HATCH}" visibility="visible" width="9" height="9" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="9" height="9" fill="{scheme.marks[Tier.NO_DATA].fill}"/>'
        f'<line y2="9" stroke="{scheme.hatch}" stroke-width="2.4"/></pattern></defs>'
    )
    return (
        f'<svg class="wall-map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-label="{words}">{hatch}{"".join(drawn)}</svg>'
    )


def _area(outline: str, each: Priority, scheme: Scheme, *, is_open: bool) -> str:
    mark = scheme.marks[each.tier]
    if is_open:
        look = f'fill="{mark.fill}" fill-opacity="0.18" stroke="{mark.edge}" stroke-width="2" stroke-opacity="0.9"'
    else:
        look = f'fill="{mark.fill}" stroke="{scheme.casing}" stroke-width="1"'
    return f'<path d="{outline}" {look} stroke-linejoin="round"/>'


def _gaps(shapes: AreaShapes, view: View, scheme: Scheme, gaps: IntArray) -> list[str]:
    """Return what has no data, hatched; many areas of one parent as the parent."""
    drawn, _ = gather_gaps(gaps, shapes.areas)
    found = outlines_of(shapes, view, drawn.tolist())
    return [
        f'<path d="{each}" fill="url(#{_HATCH})" stroke="{scheme.line}" stroke-width="0.8"/>' for each in found.values()
    ]


def ground(shapes: AreaShapes, view: View, scheme: Scheme) -> Iterable[str]:
    """Yield water, land and the jurisdiction."""
    coarsest = np.flatnonzero(shapes.areas.type == len(shapes.areas.types) - 1).astype(np.int64)
    land = _land(shapes.bounds(coarsest))
    far = f'x="{-2 * WIDTH}" y="{-2 * HEIGHT}" width="{5 * WIDTH}" height="{5 * HEIGHT}"'
    yield f'<rect {far} fill="{scheme.water if land else scheme.land}"/>'
    if land:
        outline = "".join(_ring(ring, view) for polygon in land for ring in polygon)
        yield f'<path d="{outline}" fill="{scheme.land}"/>'
    for each in outlines_of(shapes, view, coarsest.tolist()).values():
        yield f'<path d="{each}" fill="{scheme.ground}" stroke="{scheme.line}" stroke-width="1.2"/>'


def _parents(shapes: AreaShapes, view: View, scheme: Scheme, ranked: Sequence[int]) -> list[str]:
    """Return the borders of what the ranked areas lie in, where there is more than one."""
    parents = sorted({int(shapes.areas.parent[at]) for at in ranked} - {-1})
    if len(parents) < 2:
        return []
    found = outlines_of(shapes, view, parents)
    return [
        f'<path d="{each}" fill="none" stroke="{scheme.ink}" stroke-width="1.4" opacity="0.5"/>'
        for each in found.values()
    ]


def outlines_of(shapes: AreaShapes, view: View, positions: Sequence[int]) -> Mapping[str, str]:
    """Return the outline of each area by its id; of one outside the picture, nothing but its name's place."""
    areas, found = shapes.areas, {}
    for number in sorted({int(areas.type[at]) for at in positions}):
        row_of = {int(at): row for row, at in enumerate(shapes.of_type(number).positions)}
        for at in positions:
            if int(areas.type[at]) == number:
                found[areas.id[at]] = _outline(shapes, number, row_of[int(at)], view)
    return found


@lru_cache(maxsize=4096)  # new data give new colours to the same outlines
def _outline(shapes: AreaShapes, number: int, row: int, view: View) -> str:
    return outline_of(shapes.of_type(number).geometry[row], view)


def outline_of(geometry: Any, view: View) -> str:
    """Return a polygon or multipolygon in degrees as an SVG path."""
    from shapely import get_coordinates, get_parts

    rings = (
        get_coordinates(ring)
        for part in get_parts(geometry)
        if part.geom_type == "Polygon" and not part.is_empty
        for ring in (part.exterior, *part.interiors)
    )
    return "".join(_ring(ring, view) for ring in rings)


def _ring(degrees: FloatArray, view: View) -> str:
    placed = np.round(view.place(degrees[:-1]), 1)
    low, high = placed.min(axis=0), placed.max(axis=0)
    if (high < (-WIDTH, -HEIGHT)).any() or (low > (2 * WIDTH, 2 * HEIGHT)).any():
        return ""  # far outside what any screen shows
    # equal neighbours say nothing on a picture this size
    kept = placed[np.append(True, (np.diff(placed, axis=0) != 0).any(axis=1))]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept.tolist()) + "Z"


def _point(shapes: AreaShapes, view: View, at: int) -> tuple[float, float]:
    of_type = shapes.of_type(int(shapes.areas.type[at]))
    row = int(np.flatnonzero(of_type.positions == at)[0])
    x, y = view.place(of_type.points[row : row + 1])[0].tolist()
    return x, y


def _around(bounds: Bounds, share: float) -> Bounds:
    west, south, east, north = bounds
    wide, high = share * (east - west), share * (north - south)
    return west - wide, max(south - high, -85.0), east + wide, min(north + high, 85.0)


def _mercator(degrees: FloatArray) -> FloatArray:
    latitude = np.radians(np.clip(degrees[:, 1], -85.0, 85.0))
    return np.column_stack([np.radians(degrees[:, 0]), np.log(np.tan(np.pi / 4 + latitude / 2))])


@lru_cache(maxsize=4)
def _land(bounds: Bounds) -> tuple[tuple[npt.NDArray[np.float64], ...], ...]:
    """Return the land around as polygons of rings in degrees."""
    text = land_around(bounds)
    if not text:
        return ()
    shape = json.loads(text)["land"]["geometry"]
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return tuple(tuple(np.array(ring, np.float64) for ring in polygon) for polygon in polygons)

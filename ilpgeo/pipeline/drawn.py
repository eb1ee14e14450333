"""Places drawn on a map: from clicks in longitude and latitude to ground in metres."""

from __future__ import annotations

from collections.abc import Sequence

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.taskings import Place
from ilpgeo.core.types import Areas
from ilpgeo.pipeline.opened import Opened
from ilpgeo.pipeline.taskings import area_at

LonLat = tuple[float, float]
_DECIMALS = 1
_WIDEST_M = 20_000.0


def whole_area(areas: Areas, area: str) -> Place:
    """Return a whole area as a place; raise NotFound for one this workspace does not have."""
    return Place(areas.name[areas.at(area)], area)


def circle_at(opened: Opened, at: LonLat, radius_m: float) -> Place:
    """Return the circle around a point; raise InvalidInput outside the workspace or for no radius."""
    import shapely

    if not 0 < radius_m <= _WIDEST_M:
        raise InvalidInput(f"the circle's radius must be above 0 and at most {_WIDEST_M:g} m, not {radius_m:g}")
    [(x, y)] = metres(opened, [at])
    area = area_at(opened.areas, x, y)
    name = f"Within {radius_m:g} m in {opened.areas.name[opened.areas.at(area)]}"
    return Place(name, area, shapely.to_wkt(shapely.Point(x, y).buffer(radius_m), rounding_precision=_DECIMALS))


def outline_of(opened: Opened, corners: Sequence[LonLat]) -> Place:
    """Return the ground inside corners, in their order.

    Raises
    ------
    InvalidInput
        For fewer than three corners, lines that cross, or ground outside the workspace.
    """
    import shapely

    if len(corners) < 3:
        raise InvalidInput("an outline needs at least three corners: click them on the map one after the other")
    shape = shapely.Polygon(metres(opened, corners))
    if not shape.is_valid or not shape.area:
        raise InvalidInput("the outline crosses itself; take the last corner back and click another")
    middle = shape.representative_point()
    area = area_at(opened.areas, middle.x, middle.y)
    name = f"Outline in {opened.areas.name[opened.areas.at(area)]}"
    return Place(name, area, shapely.to_wkt(shape, rounding_precision=_DECIMALS))


def metres(opened: Opened, points: Sequence[LonLat]) -> list[tuple[float, float]]:
    """Return points of longitude and latitude in the workspace's CRS."""
    from pyproj import Transformer

    turn = Transformer.from_crs(4326, opened.workspace.settings.crs, always_xy=True)
    return [(float(x), float(y)) for x, y in (turn.transform(*point) for point in points)]

"""Numbered places on a wall's map: hotspots inside an area, and the ground of taskings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.briefing import HotspotSet, Released
from ilpgeo.core.taskings import Board
from ilpgeo.maps.badges import Badge, badges
from ilpgeo.maps.palette import Scheme, Theme, scheme_of
from ilpgeo.maps.released import value_of
from ilpgeo.maps.shapes import AreaShapes, to_degrees
from ilpgeo.maps.wall import HEIGHT, WIDTH, View, ground, outline_of, outlines_of, picture

_BESIDE = 58.0


def hotspot_map(
    released: Released[HotspotSet], shapes: AreaShapes, area: str, most: int, *, theme: Theme = Theme.DARK
) -> str:
    """Return the first hotspots inside one area as SVG, each with its rank in a badge.

    Parameters
    ----------
    area
        Id of the area they lie in.
    most
        How many are drawn, by rank.
    """
    found, scheme, areas = value_of(released, HotspotSet), scheme_of(theme), shapes.areas
    at = areas.at(area)
    view = View.of(shapes.bounds(np.array([at], np.int64)))
    drawn = _borders(shapes, view, scheme, [at])
    spots = found.hotspots[:most]
    polygons = np.array([each.polygon for each in spots], dtype=object)
    drawn += _numbered(to_degrees(polygons, found.crs), [str(each.rank) for each in spots], view, scheme)
    names = ", ".join(f"{each.rank}: {each.name}" for each in spots)
    return picture(drawn, scheme, f"Map of the hotspots expected in {areas.name[at]}. {names}")


def board_map(
    released: Released[Board], shapes: AreaShapes, chosen: Sequence[str], *, theme: Theme = Theme.DARK
) -> str:
    """Return the ground of some taskings as SVG, numbered in their order, in the areas they lie in.

    Parameters
    ----------
    chosen
        Ids of the taskings.
    """
    board, scheme, areas = value_of(released, Board), scheme_of(theme), shapes.areas
    ids = [each.tasking.id for each in board.taskings]
    rows = [ids.index(each) for each in chosen]
    around = sorted({areas.at(board.taskings[row].value.place.area) for row in rows})
    view = View.of(shapes.bounds(np.array(around, np.int64)))
    drawn = _borders(shapes, view, scheme, around)
    polygons = to_degrees(np.array([board.polygons[row] for row in rows], dtype=object), board.crs)
    drawn += _numbered(polygons, [str(number) for number in range(1, len(rows) + 1)], view, scheme)
    names = ", ".join(f"{number}: {board.taskings[row].value.place.name}" for number, row in enumerate(rows, start=1))
    return picture(drawn, scheme, f"Map of the taskings. {names}")


def _borders(shapes: AreaShapes, view: View, scheme: Scheme, chosen: Sequence[int]) -> list[str]:
    """Return the ground, the borders of the areas of the chosen ones' types, and the chosen ones themselves."""
    areas = shapes.areas
    types = sorted({int(areas.type[at]) for at in chosen})
    beside = np.flatnonzero(np.isin(areas.type, types)).tolist()
    outlines = outlines_of(shapes, view, beside)
    drawn = list(ground(shapes, view, scheme))
    drawn += [
        f'<path d="{each}" fill="none" stroke="{scheme.line}" stroke-width="1" opacity="0.6"/>'
        for each in outlines.values()
        if each
    ]
    drawn += [
        f'<path d="{outlines[areas.id[at]]}" fill="{scheme.ramp[0]}" stroke="{scheme.selected}" stroke-width="3" '
        'stroke-linejoin="round"/>'
        for at in chosen
    ]
    return drawn


def _numbered(polygons: npt.NDArray[Any], numbers: Sequence[str], view: View, scheme: Scheme) -> list[str]:
    import shapely

    drawn, marks = [], []
    for polygon, number in zip(polygons, numbers, strict=True):
        drawn.append(
            f'<path d="{outline_of(polygon, view)}" fill="{scheme.ramp[11]}" fill-opacity="0.9" '
            f'stroke="{scheme.casing}" stroke-width="1"/>'
        )
        x, y = view.place(shapely.get_coordinates(shapely.point_on_surface(polygon)))[0].tolist()
        marks.append(Badge(number, x, y))
    return drawn + badges(marks, scheme, (WIDTH, HEIGHT), beside=_BESIDE)

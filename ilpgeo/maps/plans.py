"""A shift of a patrol plan as a layer: its places in the order of visits, and the ways between them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import folium
import numpy as np

from ilpgeo.core.briefing import Released
from ilpgeo.core.plans import Plan, Shift, Stop
from ilpgeo.maps.palette import Theme, scheme_of, step_of
from ilpgeo.maps.places import Drawn, places_layer
from ilpgeo.maps.released import value_of
from ilpgeo.maps.shapes import to_degrees


def plan_layer(released: Released[Plan], shift: Shift, theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return the places looked at, the more harm expected the stronger, those visited in a shift by their order.

    The lines join the stops of one patrol in one block of two hours.
    """
    plan, scheme = value_of(released, Plan), scheme_of(theme)
    orders: dict[str, list[str]] = defaultdict(list)
    tours: dict[tuple[int, int], list[Stop]] = defaultdict(list)
    numbers: dict[int, int] = defaultdict(int)
    for stop in shift.stops:
        numbers[stop.unit] += 1
        orders[stop.spot].append(f"patrol {stop.unit}, stop {numbers[stop.unit]}")
        tours[stop.unit, stop.hour].append(stop)
    harms = np.sort([spot.harm for spot in plan.spots])
    styles: dict[str, dict[str, Any]] = {"way": {"color": scheme.ink, "weight": 2, "opacity": 0.75, "dashArray": "5 4"}}
    drawn = []
    for spot in plan.spots:
        place = float(np.searchsorted(harms, spot.harm, side="right")) / len(harms)
        visited = spot.id in orders
        style = f"{step_of(place)} {'visited' if visited else 'missed'}"
        styles[style] = {
            "color": scheme.ink, "weight": 2 if visited else 0.7, "opacity": 1,
            "fillColor": scheme.ramp[step_of(place)], "fillOpacity": 0.85 if visited else 0.35,
        }  # fmt: skip
        rows = (("Expected", f"{spot.expected:.2f} incidents"), *(("Visited", each) for each in orders[spot.id]))
        number = str(len(orders[spot.id])) if visited else ""
        drawn.append(Drawn(spot.id, spot.polygon, style, spot.name, number, rows))
    middle = {spot.id: spot.polygon.centroid for spot in plan.spots}
    lines = []
    for stops in tours.values():
        if len(stops) > 1:
            points = to_degrees(np.array([middle[stop.spot] for stop in stops], dtype=object), plan.crs)
            lines.append(([[float(point.x), float(point.y)] for point in points], "way"))
    legend = (
        "<summary>Patrol plan</summary><ul><li><span>Number: visits in the shift</span></li>"
        "<li><span>Colour: harm expected, strongest most</span></li><li><span>Pale: not visited in it</span></li></ul>"
    )
    return places_layer("Plan", drawn, styles, plan.crs, scheme, lines=lines, legend=legend, kind="spot")

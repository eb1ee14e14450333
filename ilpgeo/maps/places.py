"""Places people chose, as a layer: taskings, what an evaluation compares, an outline being drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import folium
import numpy as np
import numpy.typing as npt

from ilpgeo.core.briefing import Released
from ilpgeo.core.evaluations import Evaluated, Role
from ilpgeo.core.taskings import Board, State
from ilpgeo.maps.areas_map import corners, days, outline, padded
from ilpgeo.maps.element import Call
from ilpgeo.maps.palette import Scheme, Theme, scheme_of
from ilpgeo.maps.released import value_of
from ilpgeo.maps.shapes import Bounds, geojson, to_degrees

_AROUND, _AROUND_MANY, _MANY = 0.6, 0.05, 12  # so much of their width and height is seen around the places
_DASHES = MappingProxyType({
    State.PROPOSED: "3 5", State.AGREED: "9 4", State.RUNNING: "", State.DONE: "", State.DROPPED: "1 6",
})  # fmt: skip
_STEPS = MappingProxyType({
    State.PROPOSED: 0.06, State.AGREED: 0.16, State.RUNNING: 0.5, State.DONE: 0.1, State.DROPPED: 0.0,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """One place: its polygon in metres, its style by name, what stands on it and in its tooltip."""

    id: str
    polygon: Any
    style: str
    title: str
    number: str = ""
    rows: tuple[tuple[str, str], ...] = ()


def tasking_layer(
    released: Released[Board],
    theme: Theme = Theme.LIGHT,
    *,
    selected: str = "",
    has_view: bool = True,
    within: Bounds | None = None,
) -> folium.FeatureGroup:
    """Return the taskings by state, dropped ones left out; a click returns the tasking's id.

    State is told by line and filling, not by colour: colour means risk.

    Parameters
    ----------
    within
        What the map looks at without them: it goes on doing so where they and what is seen around them take half of
        its width or height, or more.
    """
    board = value_of(released, Board)
    scheme = scheme_of(theme)
    drawn = [
        Drawn(
            each.tasking.id, polygon, each.value.state.value, each.value.place.name,
            rows=(
                ("State", each.value.state.capitalize()), ("Owner", each.value.owner),
                ("Days", days(each.value.period)),
                ("Aim", each.value.aim[:120]),
            ),
        )
        for each, polygon in zip(board.taskings, board.polygons, strict=True)
        if polygon is not None and (each.value.state is not State.DROPPED or each.tasking.id == selected)
    ]  # fmt: skip
    styles = {
        state.value: {
            "color": scheme.ink, "weight": 2.5 if state is State.RUNNING else 1.8, "opacity": 0.95,
            "dashArray": _DASHES[state], "fillColor": scheme.cold, "fillOpacity": _STEPS[state],
        }
        for state in State
    }  # fmt: skip
    there = {each.style for each in drawn}
    legend = _legend("Taskings", [(styles[state.value], state.capitalize()) for state in State if state.value in there])
    return places_layer(
        "Taskings", drawn, styles, board.crs, scheme, selected=selected, legend=legend, kind="tasking",
        has_view=has_view, within=within,
    )  # fmt: skip


def evaluation_layer(released: Released[Evaluated], theme: Theme = Theme.LIGHT) -> folium.FeatureGroup:
    """Return the places an evaluation compares, with their counts before and after."""
    import shapely

    found, scheme = value_of(released, Evaluated), scheme_of(theme)
    styles = role_styles(scheme)
    is_parted = len(found.design.comparison) > 1
    drawn = [
        Drawn(
            side.role.value, part, side.role.value, f"{found.design.called(side.role)}: {side.name}", _mark(side.role),
            (("Before", _n(side.before)), ("After", _n(side.after)), ("Ground in all", f"{side.area_km2:,.2f} km²")),
        )
        for side in found.sides
        for part in (shapely.get_parts(side.polygon) if is_parted and side.role is Role.COMPARISON else [side.polygon])
    ]  # fmt: skip
    legend = _legend("Compared", [(styles[side.role.value], found.design.called(side.role)) for side in found.sides])
    return places_layer("Compared", drawn, styles, found.crs, scheme, legend=legend, kind="side")


def _mark(role: Role) -> str:
    return {Role.TREATED: "T", Role.COMPARISON: "C"}.get(role, "")


def role_styles(scheme: Scheme) -> dict[str, dict[str, Any]]:
    """Return the look of each part a place plays in an evaluation."""
    solid = {"color": scheme.ink, "weight": 2.2, "opacity": 0.95, "fillColor": scheme.cold, "fillOpacity": 0.45}
    hollow = solid | {"fillOpacity": 0.08}
    ring = {"color": scheme.ink, "weight": 1, "opacity": 0.7, "dashArray": "2 4", "fillColor": scheme.ink}
    return {
        Role.TREATED.value: solid,
        Role.COMPARISON.value: hollow | {"dashArray": "9 4"},
        Role.DISPLACEMENT.value: ring | {"fillOpacity": 0.1},
        Role.COMPARISON_DISPLACEMENT.value: ring | {"fillOpacity": 0.04},
    }


def sketch_layer(
    drawn: Sequence[Drawn], corners_m: Sequence[tuple[float, float]], crs: str, theme: Theme = Theme.LIGHT,
    *, has_view: bool = False,
) -> folium.FeatureGroup:  # fmt: skip
    """Return places somebody is choosing, and the corners of an outline that is not closed yet; it counts nothing."""
    scheme = scheme_of(theme)
    dots = to_degrees(_points(corners_m), crs) if corners_m else np.empty(0, object)
    lines = [([[float(each.x), float(each.y)] for each in dots], "line")] if len(dots) else []
    marks = [
        Drawn(f"corner-{at}", _points([(x, y)])[0].buffer(12), Role.TREATED.value, "Corner", str(at + 1))
        for at, (x, y) in enumerate(corners_m)
    ]
    styles = role_styles(scheme) | {"line": {"color": scheme.ink, "weight": 2.5, "dashArray": "6 4"}}
    return places_layer(
        "Sketch", [*drawn, *marks], styles, crs, scheme, lines=lines, kind="sketch", has_view=has_view
    )  # fmt: skip


def _points(xy: Sequence[tuple[float, float]]) -> npt.NDArray[Any]:
    import shapely

    return np.asarray(shapely.points(np.array(xy, np.float64)), dtype=object)


def places_layer(
    name: str,
    drawn: Sequence[Drawn],
    styles: Mapping[str, Mapping[str, Any]],
    crs: str,
    scheme: Scheme,
    *,
    selected: str = "",
    legend: str = "",
    lines: Sequence[tuple[list[list[float]], str]] = (),
    kind: str = "place",
    foot: str = "",
    has_view: bool = True,
    within: Bounds | None = None,
) -> folium.FeatureGroup:
    """Return places as polygons in named styles; larger ones lie below smaller ones.

    Parameters
    ----------
    lines
        Points in longitude and latitude, and the style.
    kind
        What a click on one is called.
    has_view
        Whether the map goes to them, or to the selected one.
    within
        What the map looks at without them; see `tasking_layer`.
    """
    import shapely

    ordered = sorted(drawn, key=lambda each: -each.polygon.area)
    shapes: npt.NDArray[Any] = np.array([each.polygon for each in ordered], dtype=object)
    degrees = to_degrees(shapes, crs) if ordered else shapes
    rows = []
    for each, polygon in zip(ordered, degrees, strict=True):
        at = shapely.centroid(polygon)
        rows.append([each.id, geojson(polygon), each.style, [at.x, at.y], each.number, each.title, list(each.rows)])
    view = None
    if ordered and has_view:
        looked_at = [selected in {"", each.id} for each in ordered]
        bounds = shapely.bounds(degrees[looked_at] if any(looked_at) else degrees)
        whole = (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))
        west, south, east, north = (float(each) for each in whole)
        seen = padded((west, south, east, north), _AROUND_MANY if len(ordered) > _MANY else _AROUND)
        view = None if within is not None and _takes_half(seen, within) else corners(seen)
    group = folium.FeatureGroup(name=name)
    Call(
        "places",
        {
            "places": rows, "styles": styles, "lines": list(lines), "kind": kind, "foot": foot, "legend": legend,
            "selected": selected, "outline": outline(scheme), "view": view,
        },
    ).add_to(group)  # fmt: skip
    return group


def _takes_half(seen: Bounds, within: Bounds) -> bool:
    wide, high = (seen[at + 2] - seen[at] >= (within[at + 2] - within[at]) / 2 for at in (0, 1))
    return wide or high


def _legend(title: str, items: Sequence[tuple[Mapping[str, Any], str]]) -> str:
    rows = "".join(
        '<li><svg width="22" height="14" aria-hidden="true">'
        f'<rect x="1" y="1" width="20" height="12" fill="{style["fillColor"]}" fill-opacity="{style["fillOpacity"]}" '
        f'stroke="{style["color"]}" stroke-width="{style["weight"]}" '
        f'stroke-dasharray="{style.get("dashArray") or "none"}"/></svg><span>{words}</span></li>'
        for style, words in items
    )
    return f"<summary>{title}</summary><ul>{rows}</ul>" if rows else ""


def _n(n: int | None) -> str:
    return "too few to show" if n is None else f"{n:,} incidents"

"""Maps that places are chosen on: the ranked areas, the ground, and what a click chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.errors import IlpgeoError
from ilpgeo.core.taskings import Place
from ilpgeo.maps.click import read_click
from ilpgeo.ui import cache, last_act, map_frame, model_map, tasking_state
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.tasking_state import AREA, CIRCLE, OUTLINE, Sketch

if TYPE_CHECKING:
    from folium import FeatureGroup

    from ilpgeo.maps.shapes import Bounds

HEIGHT_PX = 460
_WORDS = {AREA: "Whole area", CIRCLE: "Circle", OUTLINE: "Outline"}


def drawn_map(around: Frame, layers: Sequence[FeatureGroup], *, key: str, clicked: Callable[[str], None]) -> None:
    """Draw layers over the base map.

    Parameters
    ----------
    clicked
        Called with the map's key in the session after a click.
    """
    with st.container(key=f"{key}-frame"):
        map_frame.draw(
            around, layers, key=key, height_px=HEIGHT_PX, told=[map_frame.HIT, map_frame.POINT], clicked=clicked
        )


def ground(around: Frame, *, everywhere: bool = False) -> FeatureGroup:
    """Return borders and names to find one's way by, with the view on the page's scope, or on all there is."""
    from ilpgeo.maps.layers import ground_layer

    scope = () if everywhere else around.view.query.areas
    return ground_layer(around.shapes, *model_map.ground(around.areas, scope), around.theme)


def looked_at(around: Frame) -> Bounds:
    """Return the rectangle the view is on: the page's scope."""
    return around.shapes.bounds(model_map.ground(around.areas, around.view.query.areas)[2])


def ranked(around: Frame, selected: str, *, is_open: bool = False) -> FeatureGroup:
    """Return the ranked areas of the question of the Priorities page; a click returns the area.

    Parameters
    ----------
    is_open
        True shows what lies in the selected area, and the view goes to it.
    """
    from ilpgeo.maps.areas_map import priority_layer

    released = cache.brief(around.key, around.opened, around.view.query, around.access, around.view.as_of)
    return priority_layer(released, around.shapes, selected or None, around.theme, is_open=is_open)


def chooser(of: str) -> Sketch:
    """Draw how a click is taken on one map: a whole area, a circle, the corners of an outline."""
    sketch = tasking_state.sketch(of)
    with st.container(key=f"{of}-how", horizontal=True, vertical_alignment="center", gap="small"):
        mode = str(
            st.segmented_control(
                "A click chooses", list(_WORDS), default=sketch.mode, required=True, format_func=_WORDS.__getitem__,
                key=f"{of}-mode", label_visibility="collapsed",
            )
        )  # fmt: skip
        if mode == CIRCLE:
            radius = st.number_input(
                "Radius, m", value=int(sketch.radius_m), step=50, key=f"{of}-radius", label_visibility="collapsed",
                width=130, format="%d m", help="Radius of the circle, metres.",
            )  # fmt: skip
            sketch = replace(sketch, radius_m=float(radius))
        if mode == OUTLINE and sketch.corners:
            st.button("Take the last corner back", key=f"{of}-back", type="tertiary", on_click=_take_back, args=(of,))
    tasking_state.sketch_is(of, replace(sketch, mode=mode))
    return tasking_state.sketch(of)


def _take_back(of: str) -> None:
    sketch = tasking_state.sketch(of)
    tasking_state.sketch_is(of, replace(sketch, corners=sketch.corners[:-1]))


def hint(sketch: Sketch) -> str:
    """Return what to do next on the map, in words."""
    if sketch.mode == AREA:
        return "Click an area on the map."
    if sketch.mode == CIRCLE:
        return "Click the middle of the circle on the map."
    left = 3 - len(sketch.corners)
    return f"Click the corners one after the other{f', {left} more at least' if left > 0 else ''}."


def clicked_place(around: Frame, of: str, map_key: str) -> Place | None:
    """Return the place a click has chosen; None where it has not yet, or the click is an old one.

    What is wrong with a click is kept as a sentence for the next run.
    """
    last_act.forget()
    clicked = st.session_state.get(map_key) or {}
    sketch = tasking_state.sketch(of)
    try:
        if sketch.mode == AREA:
            click = read_click(clicked)
            serial = f"ilpgeo-{of}-serial"
            if click is None or click.kind != "area" or click.serial == st.session_state.get(serial):
                return None
            st.session_state[serial] = click.serial
            return pipeline.whole_area(around.areas, click.id)
        at = clicked_point(of, map_key)
        if at is None:
            return None
        if sketch.mode == CIRCLE:
            return pipeline.circle_at(around.opened, at, sketch.radius_m)
        corners = (*sketch.corners, at)
        tasking_state.sketch_is(of, replace(sketch, seen=at, corners=corners))
        return pipeline.outline_of(around.opened, corners) if len(corners) >= 3 else None
    except IlpgeoError as error:
        last_act.tell(tasking_state.TOLD, words.opening(words.refused(error)), "none")
        return None


def clicked_point(of: str, map_key: str) -> tuple[float, float] | None:
    """Return the longitude and latitude of a click, once; None where there was none or it was returned before."""
    point = (st.session_state.get(map_key) or {}).get("last_clicked")
    sketch = tasking_state.sketch(of)
    at = (float(point["lng"]), float(point["lat"])) if point else None
    if at is None or at == sketch.seen:
        return None
    tasking_state.sketch_is(of, replace(sketch, seen=at))
    return at

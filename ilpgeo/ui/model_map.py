"""The middle of the models page: the layers that follow the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st

from ilpgeo.core import wording as words
from ilpgeo.core.arrays import IntArray
from ilpgeo.core.types import Areas, Clusters, Contrast, Released, RiskSurface, Significance, Zones
from ilpgeo.maps.click import read_click
from ilpgeo.pipeline import Explored
from ilpgeo.ui import map_frame, model_state
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_findings import chosen_cell
from ilpgeo.ui.model_view import ModelView

if TYPE_CHECKING:
    from folium import FeatureGroup

MOST_DRAWN = 120
MOST_NAMED = 500
_SEEN = "ilpgeo-model-click-seen"


def model_map(around: Frame, shown: ModelView, explored: Explored | None, height_px: int) -> None:
    """Draw a model's answer and its hotspots; a click on a hotspot selects it."""
    told = [map_frame.HIT, map_frame.POINT] if explored is not None and has_history(explored) else [map_frame.HIT]
    map_frame.draw(
        around, layers(around, shown, explored), key="model-map", height_px=height_px, told=told, clicked=_clicked
    )


def has_history(explored: Explored) -> bool:
    """Return whether each cell of the answer has a history that a click shows."""
    answer = explored.answer.value
    return isinstance(answer, Significance) and answer.history is not None


def layers(around: Frame, shown: ModelView, explored: Explored | None) -> list[FeatureGroup]:
    """Return borders, the answer and its hotspots as layers; the borders alone where there is no answer."""
    from ilpgeo.maps.cells import cell_layer, contrast_layer, significance_layer, surface_layer
    from ilpgeo.maps.layers import ground_layer, hotspot_layer

    named, lined, view = ground(around.areas, shown.query.areas, explored)
    made: list[FeatureGroup] = [ground_layer(around.shapes, named, lined, view, around.theme)]
    if explored is None:
        return made
    answer = explored.answer
    if isinstance(answer.value, RiskSurface):
        made.append(
            surface_layer(cast("Released[RiskSurface]", answer), around.theme, during=words.span(explored.window))
        )
    if isinstance(answer.value, Significance):
        made.append(significance_layer(cast("Released[Significance]", answer), around.theme))
    if isinstance(answer.value, Contrast):
        made.append(contrast_layer(cast("Released[Contrast]", answer), around.theme))
    is_filled = isinstance(answer.value, Clusters | Zones)
    made.append(
        hotspot_layer(
            explored.hotspots, around.theme, selected=shown.spot or None, is_filled=is_filled, most=MOST_DRAWN
        )
    )
    cell = chosen_cell(explored)
    if cell is not None and isinstance(answer.value, Significance):
        made.append(cell_layer(answer.value.grid, cell, around.theme))
    return made


def ground(
    areas: Areas, scope: tuple[str, ...], explored: Explored | None = None
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the areas to name under the pointer, those to draw stronger borders of, and those to look at.

    Asked of everywhere, an answer is looked at where data cover the ground.
    """
    inside = areas.within(scope)
    chosen = np.array([areas.at(area) for area in scope], np.int64) if scope else areas.of_type(areas.types[-1])
    counts = [(name, areas.of_type(name)) for name in areas.types]
    fitting = [members[inside[members]] for _, members in counts if 0 < inside[members].sum() <= MOST_NAMED]
    named = fitting[0] if fitting else chosen
    parents = np.unique(areas.parent[named])
    parents = parents[parents >= 0]
    lined = chosen if scope else parents if len(parents) > 1 else chosen
    held = named if scope or explored is None else _holding(areas, named, explored.study)
    # Where data cover everything the view stays what it was before the answer: a person may have moved the map.
    seen = chosen if np.isin(named, held).all() else held
    return named.astype(np.int64), lined.astype(np.int64), seen.astype(np.int64)


def _holding(areas: Areas, named: IntArray, study: IntArray) -> IntArray:
    """Return those of the named areas that hold an area of the study."""
    at = np.unique(study)
    while len(at) and not np.isin(at, named).all():
        at = np.unique(np.where(np.isin(at, named), at, areas.parent[at]))
        at = at[at >= 0]
    return at if len(at) else named


def _clicked(key: str) -> None:
    point = (st.session_state.get(key) or {}).get("last_clicked")
    if point:
        model_state.point_at(float(point["lng"]), float(point["lat"]))
    click = read_click(st.session_state.get(key))
    if click is None or click.serial == st.session_state.get(_SEEN):
        return
    st.session_state[_SEEN] = click.serial
    if click.kind == "hotspot":
        model_state.select(click.id)

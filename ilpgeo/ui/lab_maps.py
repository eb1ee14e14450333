"""The lab's maps: both models and their difference, moved together."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import streamlit as st

from ilpgeo.core.types import Answer, Contrast, Released
from ilpgeo.pipeline import Explored
from ilpgeo.ui import map_frame, model_map
from ilpgeo.ui.frame import Frame
from ilpgeo.ui.model_view import ModelView

if TYPE_CHECKING:
    from folium import FeatureGroup

HEIGHT_PX = 330
GROUP = "lab"
# Small maps: a narrow legend stands beside what is looked at, a folded one is one word, and the licence stands once
# beside the maps.
_FRAME_CSS = """
.leaflet-container.leaflet-container { --legend: 150px; }
.leaflet-bottom.leaflet-left.leaflet-left { bottom: 0; }
.ilp-box.ilp-legend { font-size: 12px; line-height: 1.3; padding: 4px 8px; }
.ilp-legend .ilp-ends span:last-child { text-align: right; }
.ilp-legend:not([open]) summary { font-size: 0; list-style: none; margin: 0; }
.ilp-legend:not([open]) summary::after { content: "\\25b8\\00a0 Legend"; font-size: 12px; }
.leaflet-control-attribution { font-size: 9px !important; }
"""


def answer_map(around: Frame, shown: ModelView, explored: Explored | None, side: str) -> None:
    """Draw one model's answer and its hotspots."""
    _draw(around, model_map.layers(around, shown, explored), side)


def difference_map(
    around: Frame, shown: ModelView, explored: Explored | None, difference: Released[Answer] | None
) -> None:
    """Draw where one model expects more than the other, looked at as the answer beside it."""
    from ilpgeo.maps.cells import contrast_layer
    from ilpgeo.maps.layers import ground_layer

    named, lined, view = model_map.ground(around.areas, shown.query.areas, explored)
    made: list[FeatureGroup] = [ground_layer(around.shapes, named, lined, view, around.theme)]
    if difference is not None:
        made.append(contrast_layer(cast("Released[Contrast]", difference), around.theme))
    _draw(around, made, "difference")


def _draw(around: Frame, layers: list[FeatureGroup], name: str) -> None:
    from ilpgeo.maps.together import move_together

    base = move_together(map_frame.base_of(around, style=_FRAME_CSS, has_licence=False), GROUP)
    with st.container(key=f"lab-map-{name}"):
        map_frame.draw(around, layers, key=f"lab-map-{name}", height_px=HEIGHT_PX, base=base)

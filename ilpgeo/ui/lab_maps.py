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
# Small maps: a folded legend is one word, and the licence stands once beside them.
_FRAME_CSS = """
.ilp-legend:not([open]) summary { font-size: 0; }
.ilp-legend:not([open]) summary::after { content: "Legend"; font-size: 12px; }
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

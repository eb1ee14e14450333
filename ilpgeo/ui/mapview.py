"""The map of ranked areas."""

from __future__ import annotations

import streamlit as st

from ilpgeo.core.gaps import GapMarks
from ilpgeo.core.types import Briefing, HotspotSet, Priority, Released
from ilpgeo.ui import map_frame, ranking
from ilpgeo.ui.frame import Frame

_SEEN = "ilpgeo-click-seen"


def mapview(
    frame: Frame,
    released: Released[Briefing],
    selected: Priority | None,
    spots: Released[HotspotSet] | None,
    height_px: int,
    gaps: GapMarks | None = None,
) -> None:
    """Draw the ranked areas by tier and the selected area's hotspots; a click on an area selects it."""
    from ilpgeo.maps.areas_map import priority_layer
    from ilpgeo.maps.layers import hotspot_layer

    area = None if selected is None else selected.id
    layers = [priority_layer(released, frame.shapes, area, frame.theme, is_open=spots is not None, gaps=gaps)]
    if spots is not None:
        layers.append(hotspot_layer(spots, frame.theme, has_legend=False))
    map_frame.draw(frame, layers, key="map", height_px=height_px, told=[map_frame.HIT], clicked=_clicked)


def _clicked(key: str) -> None:
    from ilpgeo.maps.click import read_click

    click = read_click(st.session_state.get(key))
    if click is None or click.serial == st.session_state.get(_SEEN):
        return
    st.session_state[_SEEN] = click.serial
    if click.kind == "area":
        ranking.select(click.id)

"""The page of links: which areas share crime series."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import streamlit as st

from ilpgeo.core import wording as words
from ilpgeo.core.links import LinkPicture
from ilpgeo.core.types import Period, Released
from ilpgeo.ui import cache, link_words, map_frame, markup, model_map, nav
from ilpgeo.ui.errors import guarded
from ilpgeo.ui.frame import Frame, frame

MAP_HEIGHT_PX = 520
YEAR, EVER = "Last 12 months", "All data"


def _period(around: Frame, which: str) -> Period:
    last = around.now - timedelta(days=1)
    return Period.ending(last, 365) if which == YEAR else Period(min(around.settings.start, last), last)


def _bar(around: Frame) -> tuple[str, Period]:
    types = [name for name in around.areas.types if len(around.areas.of_type(name)) > 1]
    with st.container(key="link-bar", horizontal=True, vertical_alignment="center", gap="small"):
        area_type = st.selectbox(
            "Between", types, min(1, len(types) - 1), words.opening, key="link-type", label_visibility="collapsed",
            width=220,
        )  # fmt: skip
        which = st.segmented_control(
            "Period", [YEAR, EVER], default=YEAR, key="link-period", label_visibility="collapsed", required=True
        )
    return area_type, _period(around, which)


def _map(around: Frame, released: Released[LinkPicture]) -> None:
    from ilpgeo.maps.layers import ground_layer
    from ilpgeo.maps.links_map import link_layer

    areas = around.areas
    named = areas.of_type(released.value.area_type)
    named = named if len(named) <= model_map.MOST_NAMED else np.empty(0, np.int64)
    linked = [areas.at(area) for each in released.value.links for area in (each.one, each.other)]
    view = np.array(sorted(set(linked)) or areas.of_type(areas.types[-1]).tolist(), np.int64)
    lined = areas.of_type(areas.types[-1])
    layers = [
        ground_layer(around.shapes, named, lined, view, around.theme),
        link_layer(released, around.shapes, around.theme),
    ]
    map_frame.draw(around, layers, key="link-map", height_px=MAP_HEIGHT_PX)


def _screen() -> None:
    around = frame()
    if around is None:
        return
    st.html(nav.HERE / "gap_page.css")
    place = st.container(key="link-head")
    area_type, period = _bar(around)
    released = cache.links(around.key, around.opened, around.access, area_type, period)
    picture = released.value
    if not picture.n_series:
        markup.show(link_words.first_steps())
        return
    with place:
        markup.show(link_words.lead(picture))
    left, right = st.columns([3, 2], gap="small")
    with left, st.container(key="link-map"), guarded():
        _map(around, released)
    with right, st.container(key="gap-list", gap=None):
        if picture.links:
            markup.show(link_words.table(picture, around.areas, around.settings))
        markup.show(link_words.remarks(picture, around.settings.small_count))


with guarded():
    _screen()

"""The map of ranked areas: a base that never changes, and the layers that do."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import cast

import streamlit as st

from ilpgeo.core.gaps import GapMarks
from ilpgeo.core.types import Briefing, HotspotSet, Priority, Released
from ilpgeo.ui import cache, ranking
from ilpgeo.ui.frame import Frame

# The page gives the frame its height by the size of the screen.
FRAME_CSS = "#map_div { height: 100vh !important; }"
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
    from branca.element import Element, Figure
    from streamlit_folium import st_folium

    from ilpgeo.maps.areas_map import base_map, priority_layer
    from ilpgeo.maps.layers import hotspot_layer
    from ilpgeo.ui import assets

    assets.serve()
    shapes = cache.shapes(frame.key.folder, frame.key.tables, frame.opened)
    settings = frame.settings
    base = base_map(
        shapes,
        frame.theme,
        attribution=settings.attribution,
        tiles_url=settings.tiles_url,
        tiles_attribution=settings.tiles_attribution,
    )
    cast(Figure, base.get_root()).header.add_child(Element(frame_style()))
    area = None if selected is None else selected.id
    layers = [priority_layer(released, shapes, area, frame.theme, is_open=spots is not None, gaps=gaps)]
    if spots is not None:
        layers.append(hotspot_layer(spots, frame.theme, has_legend=False))
    key = f"map-{shapes.key}"
    st_folium(
        base, key=key, height=height_px, use_container_width=True, returned_objects=["last_active_drawing"],
        feature_group_to_add=layers, on_change=lambda: _clicked(key),
    )  # fmt: skip


@lru_cache(maxsize=1)
def frame_style() -> str:
    """Return the style of the map's frame: the height the page gives it, and the page's own font."""
    media = Path(st.__file__).parent / "static" / "static" / "media"
    fonts = sorted(media.glob("SourceSansVF-Upright*.woff2"))
    about = "font-family: 'Source Sans Pro'; font-weight: 200 900;"
    faces = [f"@font-face {{ {about} src: url('../../static/media/{font.name}'); }}" for font in fonts[:1]]
    return f"<style>{' '.join(faces)} {FRAME_CSS}</style>"


def _clicked(key: str) -> None:
    from ilpgeo.maps.click import read_click

    click = read_click(st.session_state.get(key))
    if click is None or click.serial == st.session_state.get(_SEEN):
        return
    st.session_state[_SEEN] = click.serial
    if click.kind == "area":
        ranking.select(click.id)

"""The frame every map stands in: a base that never changes, the layers that do, and what a click tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import streamlit as st

from ilpgeo.ui.frame import Frame

if TYPE_CHECKING:
    from branca.element import Figure
    from folium import FeatureGroup, Map

# What a map can tell of a click: the place or area that was hit, and the point.
HIT, POINT = "last_active_drawing", "last_clicked"
# The page gives the frame its height by the size of the screen.
_HEIGHT = "#map_div { height: 100vh !important; }"


def base_of(around: Frame, *, style: str = "", has_licence: bool = True) -> Map:
    """Return the workspace's base map in the page's theme.

    Parameters
    ----------
    style
        CSS of this map's frame, after that of every map.
    has_licence
        False where the licence of the data stands beside the map.
    """
    from branca.element import Element

    from ilpgeo.maps.areas_map import base_map

    settings = around.settings
    made = base_map(
        around.shapes, around.theme, attribution=settings.attribution if has_licence else "",
        tiles_url=settings.tiles_url, tiles_attribution=settings.tiles_attribution,
    )  # fmt: skip
    cast("Figure", made.get_root()).header.add_child(Element(f"<style>{_style()}{style}</style>"))
    return made


def draw(
    around: Frame,
    layers: Sequence[FeatureGroup],
    *,
    key: str,
    height_px: int,
    base: Map | None = None,
    told: Sequence[str] = (),
    clicked: Callable[[str], None] | None = None,
) -> None:
    """Draw layers over a base map.

    Parameters
    ----------
    key
        The map's name on its page; with the workspace's shapes it makes the key in the session.
    height_px
        Height until the page's style gives another.
    base
        The usual one where none is given.
    told
        What the map tells of a click: `HIT`, `POINT`.
    clicked
        Called with the map's key in the session after a click.
    """
    from streamlit_folium import st_folium

    from ilpgeo.ui import assets

    assets.serve()
    kept = f"{key}-{around.shapes.key}"
    st_folium(
        base or base_of(around), key=kept, height=height_px, use_container_width=True, returned_objects=list(told),
        feature_group_to_add=list(layers), on_change=None if clicked is None else lambda: clicked(kept),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _style() -> str:
    """Return the CSS of every map's frame: the height the page gives it, and the page's own font."""
    media = Path(st.__file__).parent / "static" / "static" / "media"
    fonts = sorted(media.glob("SourceSansVF-Upright*.woff2"))
    about = "font-family: 'Source Sans Pro'; font-weight: 200 900;"
    faces = [f"@font-face {{ {about} src: url('../../static/media/{font.name}'); }}" for font in fonts[:1]]
    return f"{' '.join(faces)} {_HEIGHT}"

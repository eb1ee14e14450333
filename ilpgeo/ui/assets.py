"""Vendored map files and area shapes, served by the app's own server: no CDN, no static folder, no configuration.

Streamlit hands out the folder of every declared component at ``/component/<module>.<name>/``. The map's frame is such a
component, so its neighbours' files are one step up from it, wherever the app is mounted.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path

from ilpgeo.maps.offline import BROWSER, VENDOR
from ilpgeo.maps.shapes import Shelf

SHELF_VARIABLE = "ILPGEO_SHELF"


def serve() -> None:
    """Hand out the vendored files, the shelf and the map's frame; call once per run, before the map.

    Streamlit's own `declare_component` finds its caller by a walk over all loaded modules, and registers nothing
    outside a run: the map's frame, declared when streamlit_folium is imported, would stay unknown.
    """
    import streamlit_folium
    from streamlit import runtime
    from streamlit.components.v1.custom_component import CustomComponent

    if not runtime.exists():
        return
    registry = runtime.get_instance().component_registry
    for name, folder in (("vendor", VENDOR), ("browser", BROWSER), ("shapes", shelf().folder)):
        registry.register_component(CustomComponent(f"{__name__}.{name}", path=str(folder), module_name=__name__))
    registry.register_component(streamlit_folium._component_func)


@lru_cache(maxsize=1)
def shelf() -> Shelf:
    """Return the folder of area shapes that `serve` hands out.

    Boundaries only, no counts: the files are public to whoever reaches the app. The environment variable ILPGEO_SHELF
    names a folder that outlives the process; without it a temporary one is made, readable by this user alone.
    """
    named = os.environ.get(SHELF_VARIABLE, "")
    folder = Path(named) if named else Path(tempfile.mkdtemp(prefix="ilpgeo-shapes-"))
    folder.mkdir(parents=True, exist_ok=True)
    return Shelf(folder, f"../{__name__}.shapes/")

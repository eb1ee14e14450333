"""Vendored map files and area shapes, served by the app's own server: no CDN, no static folder, no configuration.

Streamlit hands out the folder of every declared component at ``/component/<module>.<name>/``. The map's frame is such a
component, so its neighbours' files are one step up from it, wherever the app is mounted.
"""

from __future__ import annotations

import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

from streamlit.components.v1.custom_component import CustomComponent

from ilpgeo.maps.offline import BROWSER, VENDOR
from ilpgeo.maps.shapes import Shelf

SHELF_VARIABLE = "ILPGEO_SHELF"


class MapFrame(CustomComponent):
    """The map's frame, called without lists and dictionaries: of each Streamlit asks pandas whether it is a data frame.

    Pandas would be loaded before the first map is painted, for nothing else.
    """

    def __call__(self, *args: Any, key: str | None = None, on_change: Any = None, **sent: Any) -> Any:
        """Draw the frame; what it answers is None until something was clicked, whatever `default` says."""
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in sent.items()
        }
        return super().__call__(*args, **(plain | {"default": None}), key=key, on_change=on_change)


def serve() -> None:
    """Hand out the vendored files, the shelf and the map's frame; call once per run, before the map.

    Streamlit's own `declare_component` finds its caller by a walk over all loaded modules, and registers nothing
    outside a run: the map's frame, declared when streamlit_folium is imported, would stay unknown.
    """
    import streamlit_folium
    from streamlit import runtime

    frame = streamlit_folium._component_func
    if not isinstance(frame, MapFrame):
        frame = MapFrame(frame.name, path=frame.path, module_name=frame.module_name)
        streamlit_folium._component_func = frame
    if not runtime.exists():
        return
    registry = runtime.get_instance().component_registry
    for name, folder in (("vendor", VENDOR), ("browser", BROWSER), ("shapes", shelf().folder)):
        registry.register_component(CustomComponent(f"{__name__}.{name}", path=str(folder), module_name=__name__))
    registry.register_component(frame)


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

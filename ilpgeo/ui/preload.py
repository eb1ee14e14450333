"""What the first page needs is loaded while the browser is still loading: a start is mostly imports."""

from __future__ import annotations

from importlib import import_module
from threading import Thread

# Nothing here may register a component: that needs the running server.
NEEDED = (
    "pandas",
    "geopandas",
    "scipy.special",
    "folium",
    "ilpgeo.areas.files",
    "ilpgeo.store.lake",
    "ilpgeo.pipeline.ranked",
    "ilpgeo.pipeline.pictured",
    "ilpgeo.maps.areas_map",
)


def preload() -> Thread:
    """Import what the first page needs in a thread of its own; return the thread."""
    thread = Thread(target=lambda: [import_module(name) for name in NEEDED], name="ilpgeo-preload", daemon=True)
    thread.start()
    return thread

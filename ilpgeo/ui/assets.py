"""Vendored map files and area shapes, served by the app's own server: no CDN, no static folder, no configuration."""

from __future__ import annotations

from ilpgeo.maps.shapes import Shelf


def serve() -> None:
    """Register the vendored files and the shelf with Streamlit; call once per run, before the map."""
    raise NotImplementedError


def shelf() -> Shelf:
    """Return the folder of area shapes that `serve` hands out."""
    raise NotImplementedError

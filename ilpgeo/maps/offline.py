"""No map asks another server: every asset link becomes a file of ours, or raises.

st_folium collects the links of a map's elements and loads them in its frame; folium's own defaults point at content
delivery networks. Here each link is looked up by the name folium gives it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ilpgeo.core.errors import InvalidInput

VENDOR = Path(__file__).parent / "vendor"
BROWSER = Path(__file__).parent / "browser"
# Addresses relative to st_folium's own frame: component folders that ilpgeo.ui.assets declares.
VENDOR_URL = "../ilpgeo.ui.assets.vendor/"
BROWSER_URL = "../ilpgeo.ui.assets.browser/"

FILES = MappingProxyType({
    "leaflet": (VENDOR, VENDOR_URL, "leaflet.js"),
    "leaflet_css": (VENDOR, VENDOR_URL, "leaflet.css"),
    "ilpgeo_map": (BROWSER, BROWSER_URL, "ilpgeo_map.js"),
    "ilpgeo_map_css": (BROWSER, BROWSER_URL, "ilpgeo_map.css"),
})  # fmt: skip
# Asked for by every folium.Map, used only by elements that `localise` refuses.
UNUSED = frozenset({
    "jquery", "bootstrap", "bootstrap_css", "glyphicons_css",
    "awesome_markers", "awesome_markers_css", "awesome_markers_font_css", "awesome_rotate_css",
})  # fmt: skip
_REFUSED = ("ColorMap", "Icon", "Popup", "Html", "GeoJsonPopup", "IFrame")


def walk(element: Any) -> Iterator[Any]:
    """Yield an element of a map and all that is in it."""
    yield element
    for child in element._children.values():
        yield from walk(child)


def localise(element: Any) -> None:
    """Point every asset link of a map's elements to a vendored file.

    Raises
    ------
    InvalidInput
        For an asset that is not vendored, or an element that would load or need one.
    """
    for each in walk(element):
        kinds = {kind.__name__ for kind in type(each).__mro__}
        refused = kinds & set(_REFUSED)
        if refused:
            raise InvalidInput(f"a map must not hold a {min(refused)}: it needs files that are not vendored")
        for links in ("default_js", "default_css"):
            if hasattr(each, links):
                setattr(each, links, [_local(name, url) for name, url in getattr(each, links) if name not in UNUSED])


def _local(name: str, url: str) -> tuple[str, str]:
    if name not in FILES:
        raise InvalidInput(f"map asset {name!r} ({url}) is not vendored; add it to scripts/vendor_assets.py")
    _, base, file = FILES[name]
    return name, base + file

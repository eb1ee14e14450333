"""A map as one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

import folium
from branca.element import Figure

from ilpgeo.maps.offline import FILES, localise, walk


def standalone_html(base: folium.Map, layers: Iterable[folium.FeatureGroup], title: str) -> str:
    """Return a map with its layers as one HTML document, every script, style and picture inlined.

    Parameters
    ----------
    base, layers
        Built from AreaShapes without a shelf: a file opened from a disk cannot fetch geometry.
    title
        The document's title.
    """
    for layer in layers:
        layer.add_to(base)
    localise(base)
    page = base.get_root()
    if isinstance(page, Figure):
        page.title = escape(title)
    for number, element in enumerate(walk(page)):
        element._id = f"{number:x}"  # branca's own are random, and the same map is to be the same text
    html = str(page.render())
    for element in walk(page):
        for name, url in (*getattr(element, "default_js", ()), *getattr(element, "default_css", ())):
            folder, _, file = FILES[name]
            text = (folder / file).read_text("utf-8")
            if file.endswith(".js"):
                inlined = text.replace("</script", "<\\/script")
                html = html.replace(f'<script src="{url}"></script>', f"<script>{inlined}</script>")
            else:
                html = html.replace(f'<link rel="stylesheet" href="{url}"/>', f"<style>{_inline(text, folder)}</style>")
    return html


def _inline(css: str, folder: Path) -> str:
    def data(found: re.Match[str]) -> str:
        path = folder / found.group(1).strip("\"'")
        if not path.is_file():
            return found.group(0)
        kind = mimetypes.guess_type(path.name)[0]
        return f"url(data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()})"

    return re.sub(r"url\(([^)]+)\)", data, css)

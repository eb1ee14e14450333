"""Every form a product can be carried away in."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ilpgeo.core.errors import InvalidInput
from ilpgeo.reports.saving import save_bytes

if TYPE_CHECKING:
    from ilpgeo.pipeline.products import Product


@dataclass(frozen=True, slots=True)
class Format:
    """A form: its name for people, its media type, and what makes it."""

    title: str
    media_type: str
    make: Callable[[Product], bytes]


def _pdf(product: Product) -> bytes:
    from ilpgeo.reports.pdf import briefing_pdf

    return briefing_pdf(product)


def _slides(product: Product) -> bytes:
    from ilpgeo.reports.slides import briefing_slides

    return briefing_slides(product)


def _page(product: Product) -> bytes:
    from ilpgeo.reports.webpage import briefing_page

    return briefing_page(product).encode()


def _geopackage(product: Product) -> bytes:
    from ilpgeo.reports.geofiles import write_geopackage
    from ilpgeo.reports.product_rows import about, layers

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "briefing.gpkg"
        write_geopackage(layers(product), about(product), path)
        return path.read_bytes()


def _kml(product: Product) -> bytes:
    from ilpgeo.reports.geofiles import kml
    from ilpgeo.reports.product_rows import about, layers

    return kml(layers(product), about(product)).encode()


def _geojson(product: Product) -> bytes:
    from ilpgeo.reports.geofiles import geojson_text
    from ilpgeo.reports.product_rows import about, layers

    return geojson_text(layers(product), about(product)).encode()


def _csv(product: Product) -> bytes:
    from ilpgeo.reports.product_rows import ranking_rows
    from ilpgeo.reports.text import csv_text

    return csv_text(ranking_rows(product)).encode("utf-8-sig")


def _workbook(product: Product) -> bytes:
    from ilpgeo.reports.workbook import workbook

    return workbook(product)


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: Mapping[str, Format] = MappingProxyType({
    ".pdf": Format("Document (PDF)", "application/pdf", _pdf),
    ".pptx": Format("Slides (PowerPoint)", f"{_OFFICE}.presentationml.presentation", _slides),
    ".html": Format("Live map (web page, opens offline)", "text/html", _page),
    ".xlsx": Format("Spreadsheet (Excel)", f"{_OFFICE}.spreadsheetml.sheet", _workbook),
    ".csv": Format("Table (CSV)", "text/csv", _csv),
    ".gpkg": Format("Map layers (GeoPackage)", "application/geopackage+sqlite3", _geopackage),
    ".kml": Format("Map layers (KML)", "application/vnd.google-earth.kml+xml", _kml),
    ".geojson": Format("Map layers (GeoJSON)", "application/geo+json", _geojson),
})  # fmt: skip


def format_of(path: Path) -> Format:
    """Return the form that a file's ending asks for, or raise InvalidInput."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise InvalidInput(
            f"{path}: a briefing is written as {', '.join(FORMATS)}, not {ending or 'without an ending'}"
        )
    return FORMATS[ending]


def write_product(product: Product, path: Path) -> None:
    """Write a product in the form its ending asks for; the file appears whole or not at all."""
    save_bytes(path, format_of(path).make(product))


def file_name(about: str, last: date, ending: str) -> str:
    """Return a name for the file, of what it is about and the last day counted: letters, digits and hyphens only.

    >>> file_name("Neighbourhoods of Toronto", date(2021, 12, 31), ".pdf")
    'briefing-neighbourhoods-of-toronto-2021-12-31.pdf'
    """
    simple = unicodedata.normalize("NFKD", about).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", simple.lower()).strip("-")[:60].strip("-")
    return "-".join(filter(None, ("briefing", words, last.isoformat()))) + ending

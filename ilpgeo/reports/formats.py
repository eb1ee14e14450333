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
from typing import TYPE_CHECKING, Generic, ParamSpec

from ilpgeo.core.errors import InvalidInput
from ilpgeo.reports.saving import save_bytes

if TYPE_CHECKING:
    from ilpgeo.core.products import Marking
    from ilpgeo.pipeline.meeting import MeetingPack
    from ilpgeo.pipeline.products import Product


P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Format(Generic[P]):
    """A form: its name for people, its media type, and what makes it."""

    title: str
    media_type: str
    make: Callable[P, bytes]


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
FORMATS: Mapping[str, Format[[Product]]] = MappingProxyType({
    ".pdf": Format("Document (PDF)", "application/pdf", _pdf),
    ".pptx": Format("Slides (PowerPoint)", f"{_OFFICE}.presentationml.presentation", _slides),
    ".html": Format("Live map (web page, opens offline)", "text/html", _page),
    ".xlsx": Format("Spreadsheet (Excel)", f"{_OFFICE}.spreadsheetml.sheet", _workbook),
    ".csv": Format("Table (CSV)", "text/csv", _csv),
    ".gpkg": Format("Map layers (GeoPackage)", "application/geopackage+sqlite3", _geopackage),
    ".kml": Format("Map layers (KML)", "application/vnd.google-earth.kml+xml", _kml),
    ".geojson": Format("Map layers (GeoJSON)", "application/geo+json", _geojson),
})  # fmt: skip


def _meeting_pdf(pack: MeetingPack, stamp: Marking) -> bytes:
    from ilpgeo.reports.meeting_pdf import meeting_pdf

    return meeting_pdf(pack, stamp)


def _meeting_slides(pack: MeetingPack, stamp: Marking) -> bytes:
    from ilpgeo.reports.meeting_slides import meeting_slides

    return meeting_slides(pack, stamp)


def _meeting_page(pack: MeetingPack, stamp: Marking) -> bytes:
    from ilpgeo.reports.meeting import meeting_page

    return meeting_page(pack, stamp).encode()


MEETING_FORMATS: Mapping[str, Format[[MeetingPack, Marking]]] = MappingProxyType({
    ".pdf": Format("Document (PDF)", "application/pdf", _meeting_pdf),
    ".pptx": Format("Slides (PowerPoint)", f"{_OFFICE}.presentationml.presentation", _meeting_slides),
    ".html": Format("Live map (web page, opens offline)", "text/html", _meeting_page),
})  # fmt: skip


def format_of(path: Path) -> Format[[Product]]:
    """Return the form of a briefing that a file's ending asks for, or raise InvalidInput."""
    return _form(path, FORMATS, "a briefing")


def meeting_format_of(path: Path) -> Format[[MeetingPack, Marking]]:
    """Return the form of a meeting pack that a file's ending asks for, or raise InvalidInput."""
    return _form(path, MEETING_FORMATS, "a meeting pack")


def _form(path: Path, forms: Mapping[str, Format[P]], what: str) -> Format[P]:
    ending = path.suffix.lower()
    if ending not in forms:
        raise InvalidInput(f"{path}: {what} is written as {', '.join(forms)}, not {ending or 'without an ending'}")
    return forms[ending]


def write_product(product: Product, path: Path) -> None:
    """Write a product in the form its ending asks for; the file appears whole or not at all."""
    save_bytes(path, format_of(path).make(product))


def file_name(about: str, last: date, ending: str, kind: str = "briefing") -> str:
    """Return a name for the file, of what it is about and the last day counted: letters, digits and hyphens only.

    >>> file_name("Neighbourhoods of Toronto", date(2021, 12, 31), ".pdf")
    'briefing-neighbourhoods-of-toronto-2021-12-31.pdf'
    """
    simple = unicodedata.normalize("NFKD", about).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", simple.lower()).strip("-")[:60].strip("-")
    return "-".join(filter(None, (kind, words, last.isoformat()))) + ending

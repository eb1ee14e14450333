"""The slides of one product: 16:9, the handling mark on each, and the same bytes for the same slides."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time

from ilpgeo.core import wording as words
from ilpgeo.core.products import Marking
from ilpgeo.reports.drawing import INK, MUTED, Drawing, Ink, Shape, line
from ilpgeo.reports.slide_shapes import Slide, Words
from ilpgeo.reports.text import plain

WIDTH_MM, HEIGHT_MM, MARGIN_MM = 338.667, 190.5, 15.0
INNER_MM = WIDTH_MM - 2 * MARGIN_MM
TOP_MM, BOTTOM_MM = 33.0, HEIGHT_MM - 16.5  # of what a slide holds
_STILL = (1980, 1, 1, 0, 0, 0)
_MOST_IN_PROPERTY = 255  # letters, by the format
_MOST_IN_FOOTER = 60


class Deck:
    """Slides of one product, as a file of PowerPoint.

    Parameters
    ----------
    title, about
        For the file's properties: what it is, and of whose data.
    subject
        What stands below each slide.
    stamp, version
        What stands on every slide.
    """

    def __init__(self, title: str, about: str, subject: str, stamp: Marking, version: str) -> None:
        from pptx import Presentation
        from pptx.util import Mm

        self._deck, self._stamp, self._version = Presentation(), stamp, version
        self._subject = words.cut(plain(subject), _MOST_IN_FOOTER)
        self._deck.slide_width, self._deck.slide_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
        properties = self._deck.core_properties
        properties.title = words.cut(plain(title), _MOST_IN_PROPERTY)
        properties.author = words.cut(plain(about), _MOST_IN_PROPERTY)
        properties.created = properties.modified = datetime.combine(stamp.made_on, time())
        properties.last_modified_by, properties.revision = "ilpgeo", 1
        properties.comments = f"Data version {version}; expires {stamp.expires_on}"

    def slide(self, title: str) -> Slide:
        """Return a new slide under a title."""
        slide, stamp = Slide(self._deck.slides.add_slide(self._deck.slide_layouts[5])), self._stamp
        slide.title(title, MARGIN_MM, 13.0, INNER_MM, 15.0, 24)
        below = Drawing(0, 0, "Rule", (Shape((line((0, 0), (INNER_MM, 0)),), Ink("", INK, 0.5), False),))
        slide.draw(below, MARGIN_MM, 29.5)
        for y in (4.0, HEIGHT_MM - 8.0):
            slide.put(MARGIN_MM, y, INNER_MM, 6.0, [Words(stamp.shown, 11, is_bold=True, anchor="middle")])
        made = f"Made {words.day(stamp.made_on)} \u00b7 expires {words.day(stamp.expires_on)}"
        foot = HEIGHT_MM - 13.5
        slide.put(MARGIN_MM, foot, 130.0, 6.0, [Words(f"{made} \u00b7 data version {self._version}", 9, MUTED)])
        said = f"{self._subject} \u00b7 {len(self._deck.slides)}"
        slide.put(WIDTH_MM - MARGIN_MM - 120, foot, 120.0, 6.0, [Words(said, 9, MUTED, anchor="end")])
        return slide

    def content(self) -> bytes:
        """Return the file, without the hour it was packed, so that the same slides are the same bytes."""
        saved, packed = io.BytesIO(), io.BytesIO()
        self._deck.save(saved)
        with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(zipfile.ZipInfo(name, _STILL), old.read(name), zipfile.ZIP_DEFLATED)
        return packed.getvalue()

"""For whom a page is: said on every page where the reader's agency is not given every source."""

from __future__ import annotations

from html import escape

from ilpgeo import pipeline
from ilpgeo.core.errors import IlpgeoError
from ilpgeo.core.wording import plural
from ilpgeo.ui import access, cache, markup


def said_on_every_page() -> None:
    """Draw the line; nothing where every source is given to the reader's agency, or it is not known."""
    try:
        agency = access.current_access().agency
        if agency:
            _, opened = cache.workspace()
            line = in_words(agency, len(pipeline.not_given(opened, (agency,))))
            if line:
                markup.show(line)
    except IlpgeoError:
        return  # the page itself says what is wrong with the workspace


def in_words(agency: str, n: int) -> str:
    """Return the line as markup; empty where no source is left out."""
    if not n:
        return ""
    verb = "is" if n == 1 else "are"
    return (
        f'<p class="ilp-reader">Read by {escape(agency)}: {plural(n, "source")} {verb} not given to it and left out of '
        "everything here; recorded assessments and products of other levels, which may rest on such data, are not "
        "shown.</p>"
    )

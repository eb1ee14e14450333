"""What a watched folder could not bring in, on the data manager's screen."""

from __future__ import annotations

from html import escape

from ilpgeo import pipeline
from ilpgeo.core.types import Access
from ilpgeo.core.watched import Outcome
from ilpgeo.ui import markup, words

MOST = 5


def watched(opened: pipeline.Opened, access: Access) -> None:
    """Draw the files of a watched folder that wait for a better delivery; nothing where there is none."""
    if not access.manages_data:
        return
    newest = {each.name: each for each in reversed(pipeline.watched_files(opened))}
    refused = [each for each in reversed(newest.values()) if each.outcome is Outcome.REFUSED]
    if not refused:
        return
    rows = "".join(f"<li><bdi>{escape(each.why)}</bdi></li>" for each in refused[:MOST])
    more = f" The newest {MOST} are listed." if len(refused) > MOST else ""
    markup.show(
        f'<div class="ilp-watched"><h2 class="ilp-h">{words.plural(len(refused), "file")} of the watched folder in '
        f'quarantine</h2><ul class="ilp-reasons">{rows}</ul><p class="ilp-fine">Nothing of them is stored or shown. '
        f"Delivered again, they are tried again.{more}</p></div>"
    )

"""What a watched folder could not bring in or is doubtful about, on the data manager's screen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ilpgeo import pipeline
from ilpgeo.core import wording as words
from ilpgeo.core.types import Access
from ilpgeo.core.watched import Outcome, WatchedFile
from ilpgeo.ui import markup

MOST = 5


def watched(opened: pipeline.Opened, access: Access) -> None:
    """Draw the files of a watched folder that wait for a better delivery or for a look; nothing where there is none."""
    if not access.manages_data:
        return
    newest = {each.name: each for each in reversed(pipeline.watched_files(opened))}
    refused = [each for each in reversed(newest.values()) if each.outcome is Outcome.REFUSED]
    doubtful = [
        each for each in reversed(newest.values()) if each.outcome is Outcome.BROUGHT and each.why and each.n_rows
    ]
    if refused:
        again = "Nothing of them is stored or shown. Delivered again, they are tried again."
        _listed(f"{words.plural(len(refused), 'file')} of the watched folder in quarantine", refused, again)
    if doubtful:
        _listed(
            f"{words.plural(len(doubtful), 'file')} of the watched folder to look at", doubtful, "They are brought in."
        )


def _listed(head: str, files: Sequence[WatchedFile], what: str) -> None:
    rows = "".join(f"<li><bdi>{escape(each.why)}</bdi></li>" for each in files[:MOST])
    more = f" The newest {MOST} are listed." if len(files) > MOST else ""
    markup.show(
        f'<div class="ilp-watched"><h2 class="ilp-h">{head}</h2><ul class="ilp-reasons">{rows}</ul>'
        f'<p class="ilp-fine">{what}{more}</p></div>'
    )

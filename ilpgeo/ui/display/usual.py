"""The playlist of a room that has none: what a briefing always needs, at the levels there are data for."""

from __future__ import annotations

from datetime import date

from ilpgeo import pipeline
from ilpgeo.core.errors import NotAllowed
from ilpgeo.core.rooms import Playlist, Slide
from ilpgeo.core.types import Access, Query
from ilpgeo.ui import cache, scope

USUAL = "Briefing"
_MOST_RANKED = 500  # more would be specks on a wall


def usual_playlist(key: cache.Key, opened: pipeline.Opened, access: Access, today: date) -> Playlist:
    """Return the finest level that makes a picture with all its slides, what is due, then the coarser levels."""
    period = pipeline.default_period(opened)
    drawn = []
    for name, level in zip(opened.areas.types, opened.areas.levels, strict=True):
        asked = Query(level, period, name)
        try:
            found = cache.brief(key, opened, asked, access, None).value
        except NotAllowed:  # no source may be shown at this level, or to who reads the wall
            continue
        n_ranked = sum(each.rank is not None for each in found.priorities)
        if found.ranked_type == name and 2 <= n_ranked <= _MOST_RANKED:
            drawn.append(name)
    finest = drawn[0] if drawn else scope.first_type(opened.areas)
    is_timed = not cache.is_monthly(cache.files(key, opened), ())
    kinds = ("level", "reasons", "hours", "places") if is_timed else ("level", "reasons", "places")
    detail = [Slide(kind, area_type=finest) for kind in kinds]
    due = [Slide("due")] if pipeline.taskings_due(opened, access, today) else []
    return Playlist(USUAL, (*detail, *due, *(Slide("level", area_type=name) for name in drawn[1:])))

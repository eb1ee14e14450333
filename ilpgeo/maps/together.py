"""Maps on one page that move together."""

from __future__ import annotations

import folium

from ilpgeo.maps.element import Call
from ilpgeo.maps.offline import localise


def move_together(shown: folium.Map, group: str) -> folium.Map:
    """Return the map, tied to the others of its group on the same page: what one is moved to, all are.

    Parameters
    ----------
    group
        Name of the group; maps in other groups, or in other tabs of the browser, stay where they are.
    """
    Call("together", {"group": group}).add_to(shown)
    localise(shown)
    return shown

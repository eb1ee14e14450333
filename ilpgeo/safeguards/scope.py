"""What a role may ask, intersected with what it asked; called in the pipeline, never in a screen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ilpgeo.core.errors import NotAllowed
from ilpgeo.core.query import Access, Query
from ilpgeo.core.space import Areas


def apply_access(query: Query, access: Access, areas: Areas) -> Query:
    """Return the question cut down to what the role may see.

    Areas that lie in the role's stay; of a larger area the role's part stays; no scope becomes the role's.

    Raises
    ------
    NotAllowed
        The level, or every area asked for, is outside the role's.
    NotFound
        An area that the workspace does not have.
    """
    access.require(query.level)
    asked = areas.within(query.areas)
    allowed = areas.within(access.areas)
    if not access.areas:
        return query
    if not query.areas:
        return replace(query, areas=access.areas)
    inside = [area for area in query.areas if allowed[areas.at(area)]]
    covered = areas.within(tuple(inside)) if inside else np.zeros(len(areas), np.bool_)
    part = [area for area in access.areas if asked[areas.at(area)] and not covered[areas.at(area)]]
    if not inside and not part:
        seen = ", ".join(areas.name[areas.at(area)] for area in access.areas)
        wanted = ", ".join(areas.name[areas.at(area)] for area in query.areas)
        raise NotAllowed(f"the role {access.role} sees {seen} only, not {wanted}; choose an area inside it")
    return replace(query, areas=tuple(dict.fromkeys(inside + part)))

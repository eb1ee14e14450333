"""Steps up and down the area hierarchy: which areas a screen ranks, and within which."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ilpgeo.core.types import Areas, Level, Query

MOST_AT_FIRST = 500


@dataclass(frozen=True, slots=True)
class Crumb:
    """One station of the way down: the scope and what would be ranked in it."""

    name: str
    areas: tuple[str, ...]
    area_type: str


def first_type(areas: Areas, most: int = MOST_AT_FIRST) -> str:
    """Return the finest area type with at most `most` areas: detail that still fits one map."""
    fitting = [name for name in areas.types if len(areas.of_type(name)) <= most]
    return fitting[0] if fitting else areas.types[-1]


def level_of(areas: Areas, area_type: str) -> Level:
    """Return the level of an area type."""
    return areas.levels[areas.types.index(area_type)]


def ranking(areas: Areas, query: Query, area_type: str) -> Query:
    """Return the question asked of another area type, its scope climbed to where it still holds such areas."""
    return fitted(areas, replace(query, level=level_of(areas, area_type), area_type=area_type))


def fitted(areas: Areas, query: Query) -> Query:
    """Return the question with a scope coarser than what is ranked; a scope that cannot be, or is all, is let go."""
    ranked = areas.types.index(query.area_type or areas.types_at(query.level)[0])
    top = len(areas.types) - 1
    widest = top - 1 if _is_single(areas) else top
    climbed = []
    for area in query.areas:
        wider = [at for at in areas.line(areas.at(area)) if ranked < areas.type[at] <= widest]
        climbed += [areas.id[at] for at in wider[:1]]
    return replace(query, areas=tuple(dict.fromkeys(climbed)))


def _is_single(areas: Areas) -> bool:
    return len(areas.of_type(areas.types[-1])) == 1


def opened(areas: Areas, query: Query, area: str) -> Query | None:
    """Return the question one step down, inside `area`; None where there is nothing finer."""
    finer = int(areas.type[areas.at(area)]) - 1
    if finer < 0:
        return None
    return replace(query, level=areas.levels[finer], area_type=areas.types[finer], areas=(area,))


def crumbs(areas: Areas, scope: tuple[str, ...], root: str) -> tuple[Crumb, ...]:
    """Return the way from everywhere to the scope, widest first; a single all-embracing area is the root itself."""
    top = len(areas.types) - 1
    single = _is_single(areas)
    way = [Crumb(root, (), areas.types[max(0, top - 1) if single else top])]
    if len(scope) == 1:
        for at in reversed(areas.line(areas.at(scope[0]))):
            type_number = int(areas.type[at])
            if not (single and type_number == top):
                way.append(Crumb(areas.name[at], (areas.id[at],), areas.types[max(0, type_number - 1)]))
    elif scope:
        way.append(Crumb(", ".join(areas.name[areas.at(each)] for each in scope), scope, areas.types[0]))
    return tuple(way)


def crumbed(areas: Areas, query: Query, crumb: Crumb) -> Query:
    """Return the question at one station of the way."""
    return replace(query, areas=crumb.areas, area_type=crumb.area_type, level=level_of(areas, crumb.area_type))

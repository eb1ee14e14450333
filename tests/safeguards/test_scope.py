from datetime import date

import numpy as np
import pytest

from ilpgeo.core.errors import NotAllowed, NotFound
from ilpgeo.core.query import Access, Level, Period, Query
from ilpgeo.core.space import Areas
from ilpgeo.safeguards.scope import apply_access

AREAS = Areas(
    id=("n1", "n2", "n3", "north", "south", "city"),
    name=("One", "Two", "Three", "North", "South", "City"),
    type=np.array([0, 0, 0, 1, 1, 2]),
    parent=np.array([3, 3, 4, 5, 5, -1]),
    population=np.full(6, np.nan),
    geometry=np.full(6, None, object),
    types=("neighbourhood", "division", "city"),
    levels=(Level.LOCAL, Level.REGIONAL, Level.NATIONAL),
    crs="EPSG:32617",
)


def asked(*areas: str, level: Level = Level.LOCAL) -> Query:
    return Query(level, Period(date(2024, 1, 1), date(2024, 1, 28)), areas=areas)


@pytest.mark.parametrize(
    ("query", "access", "scope"),
    [
        ((), (), ()),
        (("n1",), (), ("n1",)),
        ((), ("north",), ("north",)),
        (("n1",), ("north",), ("n1",)),
        (("city",), ("north",), ("north",)),
        (("north", "n3"), ("north",), ("north",)),
        (("north",), ("n1", "n2"), ("n1", "n2")),
        (("n1", "north"), ("north",), ("n1", "north")),
        (("n1", "city"), ("n1", "south"), ("n1", "south")),
    ],
)
def test_the_scope_is_the_part_both_hold(query, access, scope):
    found = apply_access(asked(*query), Access(areas=access), AREAS)
    assert set(found.areas) == set(scope)
    both = AREAS.within(query) & AREAS.within(access)
    assert (AREAS.within(found.areas) <= AREAS.within(access)).all()
    leaves = AREAS.finest
    assert (AREAS.within(found.areas)[leaves] == both[leaves]).all()


def test_nothing_in_common_is_refused_by_name():
    with pytest.raises(NotAllowed, match="the role officer sees North only, not Three"):
        apply_access(asked("n3"), Access("officer", areas=("north",)), AREAS)


def test_a_level_outside_the_role_is_refused():
    with pytest.raises(NotAllowed, match="national level"):
        apply_access(asked(level=Level.NATIONAL), Access("officer", frozenset({Level.LOCAL})), AREAS)


def test_an_unknown_area_is_refused():
    with pytest.raises(NotFound):
        apply_access(asked("atlantis"), Access(), AREAS)
    with pytest.raises(NotFound):
        apply_access(asked(), Access(areas=("atlantis",)), AREAS)

"""Coverage found at ingest, by hand-made cases of the rule."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely

from ilpgeo.areas.coverage import find_coverage, more_than_strays
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.query import Covered, Level, Period
from ilpgeo.core.space import Areas

MONTHS = (date(2020, 1, 1), date(2020, 2, 1), date(2020, 3, 1), date(2020, 5, 1))
WINTER = Period(date(2020, 1, 1), date(2020, 2, 29))
SPRING = Period(date(2020, 1, 1), date(2020, 3, 31))


def two_forces(country: bool = True) -> Areas:
    """Beats 0..3 in force A, 4..7 in force B, both in one country."""
    names = (*(f"b{k}" for k in range(8)), "A", "B", "all")
    areas = Areas(
        id=names,
        name=names,
        type=np.repeat([0, 1, 2], [8, 2, 1]),
        parent=np.array([8] * 4 + [9] * 4 + [10, 10, -1]),
        population=np.full(11, np.nan),
        geometry=np.full(11, shapely.box(0, 0, 1, 1), object),
        types=("beat", "force", "country"),
        levels=(Level.LOCAL, Level.REGIONAL, Level.NATIONAL),
        crs="EPSG:27700",
    )
    return areas if country else without_country(areas)


def without_country(areas: Areas) -> Areas:
    return replace(
        areas,
        id=areas.id[:10],
        name=areas.name[:10],
        type=areas.type[:10],
        parent=np.where(areas.type[:10] == 1, -1, areas.parent[:10]),
        population=areas.population[:10],
        geometry=areas.geometry[:10],
        types=areas.types[:2],
        levels=areas.levels[:2],
    )


def counts(**months_of_beat: list[int]) -> np.ndarray:
    """Incidents by beat (``b3=[0, 2]``: one each in January and March)."""
    table = np.zeros((8, 4), np.int64)
    for beat, months in months_of_beat.items():
        table[int(beat[1:]), months] = 1
    return table


def test_half_of_the_finest_areas_cover_the_country():
    found = find_coverage(two_forces(), "s", MONTHS, counts(b0=[0], b1=[1], b4=[0], b5=[1]))
    assert found == (Covered("s", "", WINTER),)


def test_one_force_alone_is_covered_not_the_country():
    found = find_coverage(two_forces(), "s", MONTHS, counts(b0=[0], b1=[1], b4=[3]))
    assert found == (Covered("s", "A", WINTER),)


def test_months_without_incidents_part_the_periods():
    found = find_coverage(two_forces(), "s", MONTHS, counts(b0=[0, 1, 2, 3], b1=[0]))
    assert [entry.period for entry in found] == [SPRING, Period(date(2020, 5, 1), date(2020, 5, 31))]
    assert {entry.area for entry in found} == {"A"}


def test_december_runs_on_into_january():
    months = (date(2019, 12, 15), date(2020, 1, 9), date(2020, 2, 1), date(2020, 3, 1))
    found = find_coverage(two_forces(), "s", months, counts(b0=[0], b1=[1]))
    assert found == (Covered("s", "A", Period(date(2019, 12, 1), date(2020, 1, 31))),)


def test_all_the_coarsest_areas_over_the_same_months_are_the_jurisdiction():
    flat = two_forces(country=False)
    same = counts(b0=[0], b1=[1], b4=[0, 1], b5=[0])
    assert find_coverage(flat, "s", MONTHS, same) == (Covered("s", "", WINTER),)
    differing = counts(b0=[0], b1=[1], b4=[0], b5=[0])
    january = Period(date(2020, 1, 1), date(2020, 1, 31))
    assert find_coverage(flat, "s", MONTHS, differing) == (Covered("s", "A", WINTER), Covered("s", "B", january))


def test_where_nothing_passes_the_second_finest_areas_with_incidents_are_covered():
    found = find_coverage(two_forces(), "s", MONTHS, counts(b6=[0, 1]))
    assert found == (Covered("s", "B", WINTER),)


def test_with_one_type_the_finest_areas_with_incidents_are_covered():
    flat = two_forces(country=False)
    beats = replace(
        flat, id=flat.id[:8], name=flat.name[:8], type=flat.type[:8], parent=np.full(8, -1),
        population=flat.population[:8], geometry=flat.geometry[:8], types=("beat",), levels=(Level.LOCAL,),
    )  # fmt: skip
    assert find_coverage(beats, "s", MONTHS, counts(b2=[0, 1])) == (Covered("s", "b2", WINTER),)


def test_no_incident_is_no_coverage():
    assert find_coverage(two_forces(), "s", MONTHS, counts()) == ()


def test_shapes_and_order_are_checked():
    with pytest.raises(InvalidInput, match=r"expected \(8, 4\)"):
        find_coverage(two_forces(), "s", MONTHS, np.zeros((7, 4), np.int64))
    with pytest.raises(InvalidInput, match="ascend"):
        find_coverage(two_forces(), "s", (MONTHS[1], MONTHS[0]), np.zeros((8, 2), np.int64))


def test_strays_over_the_border_cover_nothing():
    table = counts(b4=[0], b5=[1], b6=[2], b7=[3])
    table[:3, :2] = 30
    assert find_coverage(two_forces(), "s", MONTHS, table) == (Covered("s", "A", WINTER),)


def test_one_month_of_a_second_force_is_covered_and_strays_add_no_month():
    table = counts(b4=[1], b5=[2])
    table[:4] = 30
    table[4:, 0] = 20
    found = find_coverage(two_forces(country=False), "s", MONTHS, table)
    assert [entry.period for entry in found if entry.area == "B"] == [Period(date(2020, 1, 1), date(2020, 1, 31))]
    assert len([entry for entry in found if entry.area == "A"]) == 2


@pytest.mark.parametrize(
    ("held", "n_more"),
    [([], 0), ([0, 0], 0), ([3, 2, 1, 0], 3), ([1000, 1000, 1000, 800, 79, 3], 4), ([90_000, *[2000] * 20, 5], 21)],
)
def test_more_than_strays(held: list[int], n_more: int):
    assert more_than_strays(np.array(held, np.int64)).sum() == n_more

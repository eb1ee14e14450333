import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.ingest.nearness import near_areas

# An L of three squares, so that its box has an empty corner; the third square has a hole.
L = shapely.box([0, 10_000, 0], [0, 0, 10_000], [10_000, 20_000, 10_000], [10_000, 10_000, 20_000])
L[2] = shapely.difference(L[2], shapely.box(4_000, 14_000, 6_000, 16_000))


def test_the_empty_corner_of_the_box_is_not_near():
    x, y = np.array([10_100.0, 14_999.0, 15_001.0, 19_000.0]), np.array([10_100.0, 14_999.0, 15_001.0, 19_000.0])
    assert near_areas(L, 5_000.0)(x, y).tolist() == [True, True, False, False]


def test_a_rounded_corner_a_hole_and_a_rim():
    x = np.array([-3_000.0, -3_600.0, 5_000.0, 20_000.0])
    y = np.array([-3_999.0, -3_600.0, 15_000.0, 5_000.0])
    assert near_areas(L, 5_000.0)(x, y).tolist() == [True, False, True, True]


def test_missing_and_empty_polygons_are_near_nothing():
    none = np.array([None, shapely.Polygon()])
    assert not near_areas(none, 5_000.0)(np.array([0.0]), np.array([0.0])).any()


COORDINATE = st.floats(-12_000, 32_000, allow_nan=False)


@given(points=st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=30), distance=st.floats(1, 9_000))
def test_it_is_the_distance_to_the_union(points, distance):
    given_points = np.array([*points, points[0]])
    outside = given_points[shapely.disjoint(shapely.union_all(L), shapely.points(given_points))]
    expected = shapely.distance(shapely.union_all(L), shapely.points(outside))
    told = near_areas(L, distance)(outside[:, 0], outside[:, 1])
    clear = np.abs(expected - distance) > 1e-6
    assert (told == (expected <= distance))[clear].all()


@pytest.mark.parametrize("n", [0, 1])
def test_few_points(n):
    assert near_areas(L, 1.0)(np.full(n, 5e4), np.full(n, 5e4)).tolist() == [False] * n

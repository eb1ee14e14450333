import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.models.points import collapse

place = st.tuples(st.sampled_from([-2.5, -0.0, 0.0, 1.0, 1e6, 3e-300]), st.sampled_from([0.0, -0.0, 7.0, 1 / 3]))


@settings(max_examples=100, deadline=None)
@given(st.lists(place, max_size=60))
def test_places_are_the_distinct_points_by_first_appearance(points) -> None:
    x = np.array([p[0] for p in points], np.float64)
    y = np.array([p[1] for p in points], np.float64)
    places = collapse(x, y)
    distinct = list(dict.fromkeys(points))
    assert list(zip(places.x.tolist(), places.y.tolist(), strict=True)) == distinct
    assert places.of_point.tolist() == [distinct.index(p) for p in points]
    assert places.weight.tolist() == [float(points.count(p)) for p in distinct]


def test_weights_add_up_per_place() -> None:
    places = collapse(np.array([5.0, 1.0, 5.0]), np.array([2.0, 2.0, 2.0]), np.array([0.5, 2.0, 3.0]))
    assert places.weight.tolist() == [3.5, 2.0]
